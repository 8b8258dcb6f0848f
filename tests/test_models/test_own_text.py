"""Every sample is steered by its own text and compared with its own targets, wherever it stands in a batch."""

from contextlib import contextmanager

import pytest
import torch
from batches import make_batch

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.registry import MODELS

ANNOTATIONS = [
    Annotation((Event("low_light", "the road is dark"),)),
    Annotation((Event("high_noise", "grain covers the thermal picture"),)),
    Annotation((Event("haze", "a white veil hides the distant houses"),)),
]
#: A swap: a shift of the texts by one place goes unseen if the batch is shifted as well.
ORDER = [1, 0, 2]


@pytest.fixture
def teacher(tiny_teacher):
    torch.manual_seed(2)
    return MODELS.build(
        dict(
            type="ImageFusor",
            generator=tiny_teacher,
            pixel_loss=dict(type="FusionLoss"),
            text_encoder=dict(type="SentenceTextEncoder"),
        )
    )


@pytest.fixture
def distiller(teacher, tiny_network, tiny_teacher, tmp_path):
    torch.save(dict(state_dict=teacher.state_dict()), tmp_path / "teacher.pth")
    model = MODELS.build(
        dict(
            type="FusionDistiller",
            student=tiny_network,
            teacher=tiny_teacher,
            teacher_checkpoint=str(tmp_path / "teacher.pth"),
            text_encoder=dict(type="SentenceTextEncoder"),
        )
    )
    model.init_weights()
    return model


def ordered(batch, order):
    return {key: [values[index] for index in order] for key, values in batch.items()}


@contextmanager
def seen_by(module):
    """What a module is called with."""
    calls = []
    handle = module.register_forward_pre_hook(
        lambda _, args, kwargs: calls.append((args, kwargs)), with_kwargs=True
    )
    yield calls
    handle.remove()


def run_loss(model, batch):
    data = model.data_preprocessor(batch, training=True)
    return data["inputs"], model(**data, mode="loss")


def assert_close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def fused_by(teacher, batch, texts):
    """The teacher's results for the pairs of a batch, one by one, with given texts."""
    results = []
    for index, annotation in enumerate(texts):
        single = ordered(batch, [index])
        single["data_samples"][0].set_metainfo(dict(annotation=annotation))
        results.append(teacher.test_step(single)[0].output.pred_img / 255)
    return torch.stack(results).flip(1)


def test_predictions_follow_their_pairs_and_texts(teacher):
    batch = make_batch(ANNOTATIONS)
    results = [sample.output.pred_img for sample in teacher.test_step(batch)]
    swapped = [
        sample.output.pred_img for sample in teacher.test_step(ordered(make_batch(ANNOTATIONS), ORDER))
    ]
    for place, index in enumerate(ORDER):
        torch.testing.assert_close(swapped[place], results[index], rtol=0, atol=0.01)
    own = fused_by(teacher, make_batch(ANNOTATIONS), ANNOTATIONS)
    torch.testing.assert_close(torch.stack(results).flip(1) / 255, own, rtol=0, atol=1e-4)
    others = fused_by(teacher, make_batch(ANNOTATIONS), ANNOTATIONS[1:] + ANNOTATIONS[:1])
    assert (own - others).abs().amax((1, 2, 3)).min() > 1e-3, "the text has to matter for this test"


def test_training_follows_pairs_texts_and_events(teacher):
    teacher.train()
    with seen_by(teacher.pixel_loss) as calls:
        inputs, losses = run_loss(teacher, make_batch(ANNOTATIONS))
        _, swapped = run_loss(teacher, ordered(make_batch(ANNOTATIONS), ORDER))
        singles = [run_loss(teacher, ordered(make_batch(ANNOTATIONS), [index]))[1] for index in range(3)]
    (fused, img_a, img_b), named = calls[0]
    assert torch.equal(img_a, inputs["img_a"]) and torch.equal(img_b, inputs["img_b"])
    assert [tuple(events) for events in named["events"]] == [entry.event_types for entry in ANNOTATIONS]
    assert_close(calls[1][0][0], fused[ORDER])
    for index in range(3):
        assert_close(calls[2 + index][0][0], fused[index : index + 1])
    for name, value in losses.items():
        assert_close(swapped[name], value)
        assert_close(torch.stack([single[name] for single in singles]).mean(), value)


def test_each_term_of_the_distillation_is_compared_with_what_it_is_meant_for(distiller, teacher):
    model = distiller.train()
    with (
        seen_by(model.student.pixel_loss) as fusion,
        seen_by(model.feature_loss) as feature,
        seen_by(model.result_loss) as result,
    ):
        inputs, losses = run_loss(model, make_batch(ANNOTATIONS))
        run_loss(model, ordered(make_batch(ANNOTATIONS), ORDER))

    with torch.no_grad():
        student, features = model.student.generator(**inputs, return_features=True)
        widened = [connect(feature) for connect, feature in zip(model.connectors, features)]
        texts = [[event.text for event in annotation.events] for annotation in ANNOTATIONS]
        embedded = teacher.text_embedder(texts, inputs["img_a"].device)
        target, target_features = teacher.generator(**inputs, text_emb=embedded, return_features=True)

    (fused, img_a, img_b), _ = fusion[0]
    assert torch.equal(img_a, inputs["img_a"]) and torch.equal(img_b, inputs["img_b"])
    assert_close(fused, student)
    (fused, wanted), _ = result[0]
    assert_close(fused, student)
    assert_close(wanted, target)
    assert_close(losses["loss_result"], torch.nn.functional.smooth_l1_loss(student, target))
    (ours, theirs), _ = feature[0]
    for level, reference in zip([*ours, *theirs], [*widened, *target_features]):
        assert_close(level, reference)
    assert_close(result[1][0][1], target[ORDER])
    for level, reference in zip(feature[1][0][1], target_features):
        assert_close(level, reference[ORDER])


def test_samples_with_and_without_text_are_fused_as_alone(tiny_teacher):
    tiny_teacher["guidance"]["null_embedding"] = True
    torch.manual_seed(2)
    model = MODELS.build(
        dict(type="ImageFusor", generator=tiny_teacher, text_encoder=dict(type="SentenceTextEncoder"))
    )
    torch.nn.init.normal_(model.generator.guidance.null, std=0.05)
    texts = [ANNOTATIONS[0], None, ANNOTATIONS[2]]
    together = [sample.output.pred_img for sample in model.test_step(make_batch(texts))]
    for index, result in enumerate(together):
        (alone,) = model.test_step(ordered(make_batch(texts), [index]))
        torch.testing.assert_close(result, alone.output.pred_img, rtol=0, atol=0.01)


def test_a_text_left_out_in_training_still_weighs_the_loss(tiny_teacher):
    tiny_teacher["guidance"]["null_embedding"] = True
    calls = []

    class Weighed(torch.nn.Module):
        def forward(self, fused, img_a, img_b, events=None):
            calls.append((fused, events))
            return dict(loss_it=fused.mean())

    model = MODELS.build(
        dict(
            type="ImageFusor",
            generator=tiny_teacher,
            pixel_loss=dict(type=Weighed),
            text_encoder=dict(type="SentenceTextEncoder"),
        )
    ).train()
    torch.nn.init.normal_(model.generator.guidance.null, std=0.05)
    batch, without = make_batch(ANNOTATIONS), make_batch([ANNOTATIONS[0], None, ANNOTATIONS[2]])
    for place, sample in enumerate(batch["data_samples"]):
        sample.set_metainfo(dict(drop_text=place == 1))
    run_loss(model, batch)
    run_loss(model, without)
    (fused, events), (expected, _) = calls
    assert [tuple(names) for names in events] == [entry.event_types for entry in ANNOTATIONS]
    assert_close(fused, expected)
