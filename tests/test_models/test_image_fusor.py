"""The model around a network: losses, predictions, text."""

import pytest
import torch
from batches import DARK, make_batch, make_degraded_batch
from mmagic.registry import MODELS
from mmagic.structures import DataSample
from mmengine.optim import OptimWrapper


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
    samples.set_metainfo(dict(drop_text=[True, False]))
    images = torch.rand(2, 3, 8, 8)
    embeddings = model.embed_texts(samples, images, training=True)
    assert torch.equal(embeddings[0], model.generator.guidance.null)
    assert not torch.equal(embeddings[1], model.generator.guidance.null)
    assert not torch.equal(model.embed_texts(samples, images)[0], model.generator.guidance.null), (
        "texts are dropped in training only"
    )
    model.test_step(make_batch([None, DARK]))


def test_a_text_encoder_of_other_length_is_an_error_at_build(tiny_teacher):
    tiny_teacher["guidance"]["text_channels"] = 512
    with pytest.raises(ValueError, match="gives 384 values.*text_channels=512"):
        MODELS.build(
            dict(type="ImageFusor", generator=tiny_teacher, text_encoder=dict(type="SentenceTextEncoder"))
        )


def test_text_encoder_and_cache_are_no_part_of_the_weights(teacher):
    assert all(key.startswith("generator.") for key in teacher.state_dict())


def test_losses_compare_with_the_sources_before_their_degradation(student):
    data = student.data_preprocessor(make_degraded_batch([None]), training=True)
    inputs, samples = data["inputs"], data["data_samples"]
    assert 0.5 < float(inputs["target_a"].max()) <= 1
    assert not torch.equal(inputs["img_a"], inputs["target_a"])
    losses = student(inputs, samples, mode="loss")
    fused = student(dict(img_a=inputs["img_a"], img_b=inputs["img_b"]))
    expected = student.pixel_loss(fused, inputs["target_a"], inputs["target_b"], events=[("low_light",)])
    for name, value in expected.items():
        torch.testing.assert_close(losses[name], value)


def test_predictions_of_degraded_pairs_carry_their_targets(student):
    batch = make_degraded_batch([None])
    clean = batch["inputs"][0]["target_a"].clone()
    (sample,) = student.test_step(batch)
    torch.testing.assert_close(sample.target_a.flip(0), clean)
    assert sample.target_b.shape == (1, 64, 64)


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
