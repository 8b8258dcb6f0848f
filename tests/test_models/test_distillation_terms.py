"""What each term of a distillation is given, for networks of different depth and all options.

Losses of the config note it, so nothing here knows how the distiller keeps its parts.
"""

import pytest
import torch
from batches import DARK, make_batch, make_degraded_batch
from torch import nn

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.registry import MODELS

ANNOTATIONS = [DARK, Annotation((Event("high_noise", "grain covers the thermal picture"),))]
TEXT = dict(type="FeatureWiseAffine", text_channels=384)
#: Features of strides 8, 4, 2, 1 and of 4, 2, 1.
DEEP = dict(
    type="XRestormerFusionNet",
    dim=4,
    num_blocks=(1, 1, 1, 1),
    num_refinement_blocks=1,
    ffn_expansion_factor=2,
)
SHALLOW = dict(
    type="FusionUNet",
    widths=(4, 6, 8),
    blocks=dict(type="GatedConvBlock"),
    num_blocks=(0, 1, 1),
    decoder_blocks=(1, 1, 1),
    stem=dict(type="PixelUnshuffleStem"),
    neck=dict(type="ConvFusion"),
    head=dict(type="ResidualHead", block=dict(type="GatedConvBlock")),
    color="rgb",
    reduce_finest=False,
)


class Recorder(nn.Module):
    """A loss that notes what it is called with."""

    def __init__(self, calls, name=None):
        super().__init__()
        self.calls, self.name = calls, name

    def forward(self, fused, *others, **named):
        self.calls.append((fused, *others, named))
        value = (fused if torch.is_tensor(fused) else fused[0]).mean()
        return {self.name: value} if self.name else value


class Trial:
    """A teacher, a distiller that learns from it, and what the distiller's losses were given."""

    def __init__(self, folder, student=SHALLOW, teacher=DEEP, **options):
        torch.manual_seed(3)
        teacher = dict(teacher, guidance=TEXT)
        encoder = dict(type="SentenceTextEncoder")
        self.teacher = MODELS.build(dict(type="ImageFusor", generator=teacher, text_encoder=encoder))
        self.student = MODELS.build(dict(type="ImageFusor", generator=student))
        torch.save(dict(state_dict=self.teacher.state_dict()), folder / "teacher.pth")
        self.fusion, self.features, self.results = [], [], []
        self.distiller = MODELS.build(
            dict(
                type="FusionDistiller",
                student=student,
                teacher=teacher,
                teacher_checkpoint=str(folder / "teacher.pth"),
                text_encoder=encoder,
                fusion_loss=dict(type=Recorder, calls=self.fusion, name="loss_fusion"),
                feature_loss=dict(type=Recorder, calls=self.features),
                result_loss=dict(type=Recorder, calls=self.results),
                **options,
            )
        )
        self.student.load_state_dict(self.distiller.state_dict())
        self.distiller.init_weights()

    def distil(self, batch):
        """Take the losses of a batch; these, and what the student makes of it by itself."""
        data = self.distiller.data_preprocessor(batch, training=True)
        losses = self.distiller.train()(**data, mode="loss")
        return losses, fused_by(self.student, batch)


@torch.no_grad()
def fused_by(model, batch):
    return model(**model.data_preprocessor(batch, training=True), return_features=True)


def assert_close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "teacher_input, given, seen",
    [
        ("degraded", make_degraded_batch, make_degraded_batch),
        ("clean", make_degraded_batch, make_batch),
        ("clean", make_batch, make_batch),
    ],
)
def test_the_target_is_what_the_teacher_makes_of_what_it_is_to_see(tmp_path, teacher_input, given, seen):
    trial = Trial(tmp_path, teacher_input=teacher_input)
    losses, (fused, _) = trial.distil(given(ANNOTATIONS))
    # Clean pairs are those of `make_batch`, with the annotation from before.
    target, target_features = fused_by(trial.teacher, seen(ANNOTATIONS))
    ((ours, theirs, _),) = trial.results
    assert_close(ours, fused)
    assert_close(theirs, target)
    for feature, expected in zip(trial.features[0][1], target_features[1:], strict=True):
        assert_close(feature, expected)
    clean = trial.student.data_preprocessor(make_batch(ANNOTATIONS), training=True)["inputs"]
    ((ours, img_a, img_b, named),) = trial.fusion
    assert_close(ours, fused)
    assert torch.equal(img_a, clean["img_a"]) and torch.equal(img_b, clean["img_b"])
    assert not named.get("events"), "events weigh nothing in a distillation"
    assert {"loss_fusion", "loss_feature", "loss_result"} == set(losses)


@pytest.mark.parametrize("side", ["student", "teacher"])
@pytest.mark.parametrize("student, teacher", [(SHALLOW, DEEP), (DEEP, SHALLOW)])
def test_features_of_equal_stride_are_compared_at_the_width_of_the_other_side(
    tmp_path, student, teacher, side
):
    trial = Trial(tmp_path, student, teacher, connector_side=side)
    _, (_, features) = trial.distil(make_batch(ANNOTATIONS))
    _, target_features = fused_by(trial.teacher, make_batch(ANNOTATIONS))
    ((ours, theirs, _),) = trial.features
    assert [feature.shape for feature in ours] == [feature.shape for feature in theirs]
    assert [feature.shape[-1] for feature in ours] == [16, 32, 64]
    # One side is compared as it is; the other one, whose connectors adapt it, learns.
    as_it_is, expected = (theirs, target_features) if side == "student" else (ours, features)
    for feature, own in zip(as_it_is, expected[-3:], strict=True):
        assert_close(feature, own)
    assert all(feature.requires_grad for feature in ours)
    assert not any(feature.requires_grad for feature in theirs)


def test_networks_without_a_common_stride_are_refused(tmp_path):
    # Of strides 8 and more: the other one has 4, 2 and 1.
    coarse = dict(
        SHALLOW, stem=dict(type="PixelUnshuffleStem", factor=8), head=dict(type="LaplacianBlendHead")
    )
    with pytest.raises(ValueError, match=r"strides \[32, 16, 8\].*of \[4, 2, 1\]: none match"):
        Trial(tmp_path, dict(coarse, color="luminance"), SHALLOW)


def test_a_text_encoder_that_does_not_fit_the_teacher_is_an_error_at_build():
    with pytest.raises(ValueError, match="gives 384 values.*text_channels=512"):
        MODELS.build(
            dict(
                type="FusionDistiller",
                student=DEEP,
                teacher=dict(DEEP, guidance=dict(TEXT, text_channels=512)),
                teacher_checkpoint="not_read_yet.pth",
                text_encoder=dict(type="SentenceTextEncoder"),
            )
        )
