"""The model around a network: losses, predictions, text."""

import pytest
import torch
from batches import DARK, make_batch, make_degraded_batch
from mmagic.structures import DataSample
from mmengine.optim import OptimWrapper
from torch import nn

from mmfusion_distill.models import FusionNetwork
from mmfusion_distill.models.fusors import image_fusor
from mmfusion_distill.registry import MODELS


@pytest.fixture
def student(tiny_network):
    return MODELS.build(dict(type="ImageFusor", generator=tiny_network, pixel_loss=dict(type="FusionLoss")))


@pytest.fixture
def teacher(tiny_teacher):
    return MODELS.build(
        dict(
            type="ImageFusor",
            generator=tiny_teacher,
            pixel_loss=dict(type="FusionLoss"),
            text_encoder=dict(type="SentenceTextEncoder"),
        )
    )


def test_the_loss_falls_over_training_steps(teacher):
    optimizer = OptimWrapper(torch.optim.AdamW(teacher.parameters(), lr=1e-3))
    batch = make_batch([DARK, DARK])
    losses = [float(teacher.train_step(batch, optimizer)["loss"]) for _ in range(4)]
    assert losses[-1] < losses[0]


def test_every_term_is_logged_and_the_sum_is_what_is_trained(student):
    data = student.data_preprocessor(make_batch([None]), training=True)
    losses = student(**data, mode="loss")
    total, logged = student.parse_losses(losses)
    assert set(logged) == {"loss", "loss_max", "loss_con", "loss_grad", "loss_ssim", "loss_color"}
    assert float(total) == pytest.approx(float(sum(losses.values())))


def test_predictions_come_in_bgr_pixels_with_their_sources(student):
    batch = make_batch([None])
    sources = batch["inputs"][0]["img_a"].clone(), batch["inputs"][0]["img_b"].clone()
    (sample,) = student.test_step(batch)
    assert sample.output.pred_img.shape == (3, 64, 64)
    assert sample.output.pred_img.min() >= 0 and sample.output.pred_img.max() <= 255
    torch.testing.assert_close(sample.img_a.flip(0), sources[0])
    torch.testing.assert_close(sample.img_b, sources[1])
    fused = student.generator(sources[0][None] / 255, sources[1][None] / 255)[0].clamp(0, 1) * 255
    torch.testing.assert_close(sample.output.pred_img.flip(0), fused, atol=1e-3, rtol=1e-4)


def test_tensor_mode_works_without_data_samples(student):
    inputs = dict(img_a=torch.rand(1, 3, 20, 30), img_b=torch.rand(1, 1, 20, 30))
    assert student(inputs).shape == (1, 3, 20, 30)
    samples = student(inputs, mode="predict")
    assert isinstance(samples[0], DataSample) and samples[0].output.pred_img.shape == (3, 20, 30)
    assert not samples[0].output.pred_img.requires_grad
    with pytest.raises(ValueError, match="mode 'guess'"):
        student(inputs, mode="guess")


@torch.no_grad()
def test_tensor_mode_reads_the_texts_of_its_samples_unless_an_embedding_is_given(teacher):
    batch = teacher.data_preprocessor(make_batch([DARK]))
    inputs, samples = batch["inputs"], batch["data_samples"]
    sources = inputs["img_a"], inputs["img_b"]
    own = teacher.embed_texts(samples, sources[0])
    torch.testing.assert_close(teacher(inputs, samples), teacher.generator(*sources, own))
    given = torch.rand_like(own)
    torch.testing.assert_close(teacher(inputs, samples, text_emb=given), teacher.generator(*sources, given))


def test_batches_of_mixed_sizes_lose_their_padding(student):
    batch = make_batch([None], (64, 64))
    other = make_batch([None], (40, 72))
    both = {key: batch[key] + other[key] for key in batch}
    samples = student.test_step(both)
    assert [tuple(sample.output.pred_img.shape) for sample in samples] == [(3, 64, 64), (3, 40, 72)]


def test_a_guided_network_without_text_names_the_pair(teacher):
    with pytest.raises(ValueError, match="no text for pair_1: annotate"):
        teacher.test_step(make_batch([DARK, None]))


def test_the_null_embedding_stands_in_for_missing_and_dropped_text(tiny_teacher):
    tiny_teacher["guidance"]["null_embedding"] = True
    model = MODELS.build(
        dict(
            type="ImageFusor",
            generator=tiny_teacher,
            pixel_loss=dict(type="FusionLoss"),
            text_encoder=dict(type="SentenceTextEncoder"),
        )
    )
    model.generator.guidance.null.data.normal_()
    samples = DataSample.stack([DataSample(metainfo=dict(key=str(i), annotation=DARK)) for i in range(2)])
    images = torch.rand(2, 3, 8, 8)
    kept = model.embed_texts(samples, images, training=True)
    assert torch.equal(kept, model.embed_texts(samples, images)), "nothing says that they are dropped"
    samples.set_metainfo(dict(drop_text=[True, False]))
    embeddings = model.embed_texts(samples, images, training=True)
    assert torch.equal(embeddings[0], model.generator.guidance.null)
    assert not torch.equal(embeddings[1], model.generator.guidance.null)
    assert not torch.equal(model.embed_texts(samples, images)[0], model.generator.guidance.null), (
        "texts are dropped in training only"
    )
    model.test_step(make_batch([None, DARK]))
    inputs = dict(img_a=torch.rand(1, 3, 16, 16), img_b=torch.rand(1, 1, 16, 16))
    torch.testing.assert_close(model(inputs), model.generator(*inputs.values(), None))


def test_a_text_encoder_of_other_length_is_an_error_at_build(tiny_teacher):
    tiny_teacher["guidance"]["text_channels"] = 512
    with pytest.raises(ValueError, match="gives 384 values.*text_channels=512"):
        MODELS.build(
            dict(type="ImageFusor", generator=tiny_teacher, text_encoder=dict(type="SentenceTextEncoder"))
        )


def test_text_encoder_and_cache_are_no_part_of_the_weights(teacher):
    assert all(key.startswith("generator.") for key in teacher.state_dict())


@pytest.mark.parametrize("kind, source", [("low_light", "a"), ("ir_noise", "b")])
def test_losses_compare_with_the_sources_before_their_degradation(student, kind, source):
    data = student.data_preprocessor(make_degraded_batch([None], kind), training=True)
    inputs, samples = data["inputs"], data["data_samples"]
    assert 0.5 < float(inputs["target_a"].max()) <= 1
    assert not torch.equal(inputs[f"img_{source}"], inputs[f"target_{source}"])
    losses = student(inputs, samples, mode="loss")
    fused = student(dict(img_a=inputs["img_a"], img_b=inputs["img_b"]))
    expected = student.pixel_loss(fused, inputs["target_a"], inputs["target_b"], events=[(kind,)])
    for name, value in expected.items():
        torch.testing.assert_close(losses[name], value)


def test_predictions_of_degraded_pairs_carry_their_targets(student):
    batch = make_degraded_batch([None], "ir_noise")
    clean = {name: image.clone() for name, image in batch["inputs"][0].items()}
    (sample,) = student.test_step(batch)
    torch.testing.assert_close(sample.target_a.flip(0), clean["target_a"])
    torch.testing.assert_close(sample.target_b, clean["target_b"])
    torch.testing.assert_close(sample.img_b, clean["img_b"])


@pytest.mark.parametrize("text_cache", ["default", None, "mine.sqlite"])
def test_embeddings_are_kept_where_the_config_says(tiny_teacher, tmp_path, monkeypatch, text_cache):
    monkeypatch.setenv("MMFUSION_CACHE", str(tmp_path / "cache"))
    wanted = {
        "default": tmp_path / "cache" / "text_embeddings.sqlite",
        "mine.sqlite": tmp_path / "mine.sqlite",
    }
    given = str(tmp_path / text_cache) if text_cache == "mine.sqlite" else text_cache
    encoder = dict(type="SentenceTextEncoder")
    model = MODELS.build(
        dict(type="ImageFusor", generator=tiny_teacher, text_encoder=encoder, text_cache=given)
    )
    model.test_step(make_batch([DARK]))
    assert [path for path in wanted.values() if path.exists()] == ([wanted[text_cache]] if text_cache else [])


def test_texts_and_events_are_read_by_guidance_and_by_a_loss_that_weighs_by_them(tiny_network, tiny_teacher):
    def reads(generator, **loss):
        return MODELS.build(dict(type="ImageFusor", generator=generator, **loss)).reads_annotations

    assert reads(tiny_teacher)
    assert reads(tiny_network, pixel_loss=dict(type="FusionLoss"))
    assert not reads(tiny_network, pixel_loss=dict(type="FusionLoss", use_events=False))
    assert not reads(tiny_network, pixel_loss=dict(type="PyramidDistanceLoss"))
    assert not reads(tiny_network)
    assert not reads(dict(type=Plain))


def test_what_is_logged_is_the_mean_over_processes_and_not_what_is_trained(student, monkeypatch):
    data = student.data_preprocessor(make_batch([None]), training=True)
    losses = student(**data, mode="loss")

    def reduce(values, op):
        assert op == "mean"
        for value in values.values():
            assert not value.requires_grad, "a log that holds the graph fills the memory"
            value.zero_()

    monkeypatch.setattr(image_fusor, "all_reduce_dict", reduce)
    total, logged = student.parse_losses(losses)
    assert not any(logged.values())
    assert float(total) == pytest.approx(float(sum(losses.values()))) and total.requires_grad


class Plain(FusionNetwork):
    """A network that says nothing about itself."""

    def forward(self, img_a, img_b, text_emb=None):
        assert text_emb is None
        return img_a + img_b


def test_a_network_that_is_none_is_one_sentence():
    with pytest.raises(ValueError, match="Linear is no FusionNetwork: derive it from"):
        MODELS.build(dict(type="ImageFusor", generator=dict(type=nn.Linear, in_features=1, out_features=1)))


def test_a_network_that_says_nothing_about_itself_is_fused_whole_and_in_tiles():
    a, b = torch.rand(2, 3, 128, 300), torch.rand(2, 1, 128, 300)
    for test_cfg in (None, dict(mode="tile", tile=128, overlap=64)):
        fusor = MODELS.build(dict(type="ImageFusor", generator=dict(type=Plain), test_cfg=test_cfg))
        torch.testing.assert_close(fusor.fuse(a, b), a + b)
        (first, _) = fusor(dict(img_a=a, img_b=b), mode="predict")
        torch.testing.assert_close(
            first.output.pred_img.flip(0), 255 * (a + b)[0].clamp(max=1), atol=1e-3, rtol=0
        )


def test_the_preprocessor_of_the_config_is_used():
    unscaled = dict(type="mmagic.DataPreprocessor", mean=[0.0], std=[1.0], data_keys=None)
    for given, most in ((unscaled, 255), (None, 1)):
        fusor = MODELS.build(dict(type="ImageFusor", generator=dict(type=Plain), data_preprocessor=given))
        largest = float(fusor.data_preprocessor(make_batch([None]))["inputs"]["img_a"].max())
        assert 0.9 * most < largest <= most


def test_a_guided_network_without_samples_or_encoder_says_what_it_lacks(teacher, tiny_teacher):
    inputs = dict(img_a=torch.rand(1, 3, 16, 16), img_b=torch.rand(1, 1, 16, 16))
    with pytest.raises(ValueError, match=r"no text for \?: annotate"):
        teacher(inputs, mode="predict")
    mute = MODELS.build(dict(type="ImageFusor", generator=tiny_teacher))
    with pytest.raises(ValueError, match="needs a text_encoder in the config"):
        mute.test_step(make_batch([DARK]))


def test_without_samples_the_loss_has_its_default_weights(student):
    inputs = dict(img_a=torch.rand(1, 3, 16, 16), img_b=torch.rand(1, 1, 16, 16))
    expected = student.pixel_loss(student(inputs), inputs["img_a"], inputs["img_b"])
    for name, value in student(inputs, mode="loss").items():
        torch.testing.assert_close(value, expected[name])


class Undecided(nn.Module):
    """A text encoder whose weights are still to be fetched."""

    name, channels = "undecided", None


def test_an_encoder_that_does_not_know_its_length_yet_is_taken(tiny_teacher):
    fusor = MODELS.build(dict(type="ImageFusor", generator=tiny_teacher, text_encoder=dict(type=Undecided)))
    assert fusor.text_embedder.encoder.channels is None


def test_an_encoder_is_of_no_use_to_a_network_without_guidance_and_does_no_harm(tiny_network):
    class Encoder(Undecided):
        channels = 5

    MODELS.build(dict(type="ImageFusor", generator=tiny_network, text_encoder=dict(type=Encoder)))


def test_weights_start_as_the_config_says(tiny_network):
    start = dict(type="Constant", layer="Conv2d", val=0.5)
    fusor = MODELS.build(dict(type="ImageFusor", generator=tiny_network, init_cfg=start))
    fusor.init_weights()
    assert (fusor.generator.encoder_a.stem.conv.weight == 0.5).all()


def test_results_in_half_precision_become_pixels_in_full_precision():
    a, b = torch.rand(1, 3, 8, 8).bfloat16() / 2, torch.rand(1, 1, 8, 8).bfloat16() / 2
    fusor = MODELS.build(dict(type="ImageFusor", generator=dict(type=Plain)))
    (sample,) = fusor(dict(img_a=a, img_b=b), mode="predict")
    torch.testing.assert_close(sample.output.pred_img.flip(0), 255 * (a + b)[0].float())
