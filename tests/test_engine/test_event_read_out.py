"""What a prior knows of a pair is read out of it, and the fused image stays as it was."""

import numpy as np
import pytest
import torch
from mmagic.structures import DataSample
from torch.utils.data import Dataset

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.engine.event_read_out import fit_read_out
from mmfusion_distill.models import FusionUNet
from mmfusion_distill.user_errors import UserError


class Scenes(Dataset):
    """Even scenes, every second one dark and annotated as such; `annotated` of them have an annotation."""

    def __init__(self, annotated=True):
        self.annotated = annotated

    def __len__(self):
        return 1000

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        level = 25 if index % 2 else 150
        img_a = torch.from_numpy(rng.integers(level, level + 60, (3, 32, 32))).byte()
        img_b = torch.from_numpy(rng.integers(60, 190, (1, 32, 32))).byte()
        event = Event("low_light" if index % 2 else "normal")
        sample = DataSample()
        sample.set_metainfo(dict(key=f"scene_{index}"))
        if self.annotated:
            sample.set_metainfo(dict(annotation=Annotation((event,))))
        return dict(inputs=dict(img_a=img_a, img_b=img_b), data_samples=sample)


@pytest.fixture
def student():
    torch.manual_seed(0)
    blocks = dict(type="GatedConvBlock")
    network = FusionUNet(
        (8, 8),
        blocks,
        (0, 1),
        neck=dict(type="ConvFusion"),
        prior=dict(type="PicturePrior"),
        guidance=dict(type="FeatureWiseAffine", identity_start=True),
        head=dict(type="LaplacianBlendHead", noise_filter=True),
    )
    return network.eval()


def test_a_student_learns_to_name_what_its_prior_knows(student):
    scene = {name: image[None].float() / 255 for name, image in Scenes()[1]["inputs"].items()}
    with torch.no_grad():
        before = student(**scene)
        fit = fit_read_out(student, Scenes(), samples=90)
        assert fit.after < 0.5 * fit.base_rates and fit.after < fit.before
        named = []
        for index in (1, 2):
            scene = {name: image[None].float() / 255 for name, image in Scenes()[index]["inputs"].items()}
            _, prior = student(**scene, return_prior=True)
            named.append(float(student.prior.events(prior)[0, 0].sigmoid()))
        assert named[0] > 0.8 and named[1] < 0.2
        scene = {name: image[None].float() / 255 for name, image in Scenes()[1]["inputs"].items()}
        assert torch.equal(student(**scene), before)


def test_pairs_that_nobody_looked_at_teach_nothing(student):
    with pytest.raises(UserError, match="0 of 40 samples are annotated"):
        fit_read_out(student, Scenes(annotated=False), samples=40)


def test_a_network_without_a_prior_of_its_own_is_refused():
    with pytest.raises(UserError, match="events are read out of the prior of a student"):
        fit_read_out(torch.nn.Identity(), Scenes(), samples=40)
