"""A training from nothing begins with a noise filter that tells noise from texture."""

import numpy as np
import pytest
import torch
from mmagic.structures import DataSample
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from torch.utils.data import Dataset
from toy import toy_runner

from mmfusion_distill.engine.noise_filter_start import NoiseFilterStartHook, fit_noise_filter
from mmfusion_distill.models.ops.statistics import pair_statistics
from mmfusion_distill.models.parts.source_tuning import NoiseFilter
from mmfusion_distill.user_errors import UserError

SIDE = 64


def scene(rng):
    """Smooth ground, with a patch of sharp texture on it: (1, SIDE, SIDE) in [40, 200]."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    image = 120 + 40 * np.sin(rows / rng.uniform(9, 30) + rng.uniform(0, 6)) * np.cos(
        columns / rng.uniform(9, 30)
    )
    top, left = rng.integers(0, SIDE // 2, 2)
    image[top : top + 32, left : left + 32] += rng.uniform(-40, 40, (32, 32))
    return np.clip(image, 0, 255)[None]


class NoisyPairs(Dataset):
    """Pairs of which every second has noise in A, and every third in B, with the clean ones as targets."""

    def __len__(self):
        return 600

    def __getitem__(self, index):
        rng = np.random.default_rng(int(index))
        inputs = {}
        for name, period in (("a", 2), ("b", 3)):
            clean = scene(rng)
            noise = rng.normal(0, 15, clean.shape) if index % period == 0 else 0
            for key, image in ((f"img_{name}", clean + noise), (f"target_{name}", clean)):
                inputs[key] = torch.from_numpy(np.clip(image, 0, 255)).byte()
        if index % 2 and index % 3:
            del inputs["target_a"], inputs["target_b"]
        return dict(inputs=inputs, data_samples=DataSample())


def amounts_for(noise_filter, index):
    inputs = NoisyPairs()[index]["inputs"]
    images = [inputs[name][None].float() / 255 for name in ("img_a", "img_b")]
    prior = torch.randn(1, 5)
    with torch.no_grad():
        return noise_filter(prior, pair_statistics(*images, (SIDE, SIDE)).noise)[0].tolist()


def test_a_fitted_filter_takes_noise_and_leaves_texture():
    torch.manual_seed(0)
    noise_filter = NoiseFilter(5)
    before = torch.get_rng_state()
    error, of_none = fit_noise_filter(noise_filter, NoisyPairs(), samples=150)
    assert error < 0.1 * of_none
    assert torch.equal(torch.get_rng_state(), before), "the training's random numbers are another matter"
    for index in range(301, 331):
        for amount, period in zip(amounts_for(noise_filter, index), (2, 3)):
            assert amount > 0.4 if index % period == 0 else amount < 0.1, index


def test_the_same_seed_gives_the_same_filter():
    filters = [NoiseFilter(5) for _ in range(2)]
    for noise_filter in filters:
        fit_noise_filter(noise_filter, NoisyPairs(), samples=50, seed=3)
    one, other = (noise_filter.state_dict() for noise_filter in filters)
    assert all(torch.equal(one[key], other[key]) for key in one)


@MODELS.register_module()
class FilterAlone(BaseModel):
    """A noise filter whose loss has a gradient of 0, so that it stays as it is, and a teacher's, not trained."""

    def __init__(self, data_preprocessor=None):
        super().__init__()
        self.teacher = NoiseFilter(0).requires_grad_(False)
        self.part = NoiseFilter(0)

    def forward(self, inputs, data_samples=None, mode="loss"):
        return dict(loss=sum(0 * parameter.sum() for parameter in self.part.parameters()))


def trained(work_dir, **settings):
    loader = dict(
        dataset=NoisyPairs(), batch_size=1, num_workers=0, sampler=dict(type="DefaultSampler", shuffle=False)
    )
    runner = toy_runner(
        work_dir,
        model=dict(type="FilterAlone"),
        hooks=dict(noise_filter=dict(type="NoiseFilterStartHook", samples=50)),
        train_dataloader=loader,
        train_cfg=dict(by_epoch=False, max_iters=1),
        **settings,
    )
    runner.train()
    assert runner.model.teacher.layers[2].weight.abs().max() == 0
    return runner.model.part.state_dict()


def test_a_training_from_nothing_begins_with_it_and_one_from_weights_keeps_theirs(tmp_path):
    assert trained(tmp_path / "first")["layers.2.weight"].abs().max() > 0.1
    untrained = FilterAlone()
    torch.save(dict(state_dict=untrained.state_dict()), tmp_path / "start.pth")
    kept = trained(tmp_path / "second", load_from=str(tmp_path / "start.pth"))
    assert all(torch.equal(kept[key], value) for key, value in untrained.part.state_dict().items())


def test_a_model_without_a_filter_is_trained_as_it_is(tmp_path):
    toy_runner(tmp_path, hooks=dict(noise_filter=dict(type="NoiseFilterStartHook"))).train()


def test_too_few_samples_are_refused():
    with pytest.raises(UserError, match="samples is 10, wanted 50 or more"):
        NoiseFilterStartHook(samples=10)
