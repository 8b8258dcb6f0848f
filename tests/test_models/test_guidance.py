"""Guidance by itself: the equation, the level, and whose text is missing."""

import pytest
import torch

from mmfusion_distill.registry import MODELS

CHANNELS = (2, 5)


def build(**options):
    torch.manual_seed(0)
    return MODELS.build(dict(type="FeatureWiseAffine", text_channels=3, channels=CHANNELS, **options))


@pytest.mark.parametrize("identity_start", [False, True])
@pytest.mark.parametrize("level", [1, 2])
def test_maps_are_scaled_and_shifted_by_channel_as_their_own_text_says(level, identity_start):
    guidance = build(identity_start=identity_start)
    for parameter in guidance.parameters():
        torch.nn.init.normal_(parameter)
    width = CHANNELS[level - 1]
    x, texts = torch.randn(3, width, 4, 6), torch.randn(3, 3)
    first, _, last = guidance.levels[level - 1]
    hidden = (texts @ first.weight.T + first.bias).clamp(min=0)
    gamma, beta = (hidden @ last.weight.T + last.bias).split(width, dim=1)
    gamma = 1 + gamma if identity_start else gamma
    expected = torch.stack([gamma[n, :, None, None] * x[n] + beta[n, :, None, None] for n in range(3)])
    torch.testing.assert_close(guidance(x, texts, level), expected)


def test_an_identity_at_the_start_is_one_whatever_the_text():
    guidance = build(identity_start=True)
    for level, width in enumerate(CHANNELS, start=1):
        x = torch.randn(2, width, 4, 4)
        assert torch.equal(guidance(x, torch.randn(2, 3), level), x)


def test_only_the_samples_without_text_get_the_null_embedding():
    guidance = build(null_embedding=True)
    torch.nn.init.normal_(guidance.null)
    texts = torch.randn(3, 3)
    embedded = guidance.embed(texts, 3, torch.tensor([True, False, True]))
    assert torch.equal(embedded, torch.stack([guidance.null, texts[1], guidance.null]))
    assert torch.equal(guidance.embed(None, 2), guidance.null.expand(2, 3))
    assert torch.equal(guidance.embed(texts, 3), texts)


@pytest.mark.parametrize("text", [None, torch.zeros(2, 3)])
def test_without_a_null_embedding_every_sample_needs_its_text(text):
    dropped = None if text is None else torch.tensor([True, False])
    with pytest.raises(ValueError, match=r"no null embedding: pass text_emb of shape \(2, 3\)"):
        build().embed(text, 2, dropped)


@pytest.mark.parametrize("shape", [(1, 3), (2, 4)])
def test_texts_are_one_for_each_sample_and_of_the_length_said(shape):
    with pytest.raises(ValueError, match=r"wanted \(2, 3\)"):
        build().embed(torch.zeros(shape), 2)


def test_a_scale_and_a_shift_are_learned_from_a_start_of_their_own():
    """As published; without an initialisation that the config asks for."""
    x, texts = torch.ones(1, 2, 4, 4), torch.ones(1, 3)
    assert not torch.allclose(build()(x, texts, 1), x)
    guidance = build(init_cfg=dict(type="Constant", layer="Linear", val=0.5, bias=0.25))
    guidance.init_weights()
    # Hidden values are 3 * 0.5 + 0.25, and gamma and beta 2 * 0.5 * 1.75 + 0.25.
    torch.testing.assert_close(guidance(x, texts, 1), torch.full_like(x, 2 + 2))
