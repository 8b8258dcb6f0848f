"""The prior: made of a text or of the pair, replaced by what is given, named, and learned from a teacher."""

import pytest
import torch
from batches import DARK, make_degraded_batch
from mmagic.structures import DataSample
from torch import nn

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.models import FusionUNet
from mmfusion_distill.registry import MODELS
from mmfusion_distill.user_errors import UserError

SHAPE = dict(
    type="FusionUNet",
    widths=(4, 6),
    blocks=dict(type="GatedConvBlock"),
    num_blocks=(1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=2),
    neck=dict(type="ConvFusion"),
    guidance=dict(type="FeatureWiseAffine"),
    head=dict(type="LaplacianBlendHead", noise_filter=True),
)
STUDENT = dict(SHAPE, prior=dict(type="PicturePrior", num_values=8))
TEACHER = dict(SHAPE, prior=dict(type="TextPrior", text_channels=384, num_values=8))


def build(config):
    torch.manual_seed(0)
    network = MODELS.build(config).eval()
    for parameter in network.head.parameters():
        nn.init.normal_(parameter, std=0.05)
    return network


def sources(count=2):
    return torch.rand(count, 3, 40, 60), torch.rand(count, 1, 40, 60)


def test_a_prior_of_the_pair_needs_no_text_and_one_of_a_text_takes_a_null():
    student, teacher = build(STUDENT), build(TEACHER)
    assert student.text_reader is None and teacher.text_reader is teacher.prior
    pair = sources()
    _, prior = student(*pair, return_prior=True)
    assert prior.shape == (2, 8) and float(prior.abs().max()) < 1
    texts = torch.randn(2, 384)
    (named, one), (silent, none) = (teacher(*pair, text, return_prior=True) for text in (texts, None))
    assert not torch.equal(one, none) and not torch.equal(named, silent)
    # texts of any scale say the same
    torch.testing.assert_close(teacher(*pair, 5 * texts), named, rtol=0, atol=1e-4)


def test_a_given_prior_takes_the_place_of_the_own_where_it_is_a_number():
    network, pair = build(STUDENT), sources()
    fused, own = network(*pair, return_prior=True)
    torch.testing.assert_close(network(*pair, prior=own), fused)
    nothing = torch.full((1, 8), torch.nan)
    assert torch.equal(network(*pair, prior=nothing), fused)
    given = torch.full((2, 8), torch.nan)
    given[0] = 0.9
    steered = network(*pair, prior=given)
    assert torch.equal(steered[1], fused[1]) and not torch.allclose(steered[0], fused[0])


def test_noise_that_the_network_sees_goes_whatever_is_named():
    network, (img_a, img_b) = build(STUDENT), sources(1)
    head, priors = network.head, torch.tanh(torch.randn(2, 1, 8))
    amounts = [head.whole(img_a[:, :1], img_b, (40, 60), prior).amounts for prior in priors]
    both = head.whole(img_a[:, :1], img_b, (40, 60), priors[0], own_prior=priors[1]).amounts
    torch.testing.assert_close(both, torch.maximum(*amounts))
    assert (amounts[0] - amounts[1]).abs().max() > 1e-4


def test_all_that_is_global_reads_it():
    network = build(STUDENT)
    network.prior.forward = lambda *_: torch.zeros(1, 8)
    seen = []
    network.guidance.register_forward_pre_hook(lambda _, given: seen.append(given[1]))
    for chooser in (network.head.noise_filter, network.head.tone_curve):
        chooser.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    network(*sources(1))
    assert len(seen) == 4 and all(torch.equal(prior, torch.zeros(1, 8)) for prior in seen)


def test_what_is_named_steers_tone_curves_and_noise_filter_and_leaves_details_to_the_network():
    network, pair = build(STUDENT), sources(1)
    own, named = network(*pair, return_prior=True)[1], torch.full((1, 8), 0.5)
    guides, chosen = [], []
    network.guidance.register_forward_pre_hook(lambda _, given: guides.append(given[1]))
    network.head.tone_curve.register_forward_pre_hook(lambda _, given: chosen.append(given[0]))
    network(*pair, prior=named)
    assert len(guides) == 2 and all(torch.equal(prior, own) for prior in guides)
    assert torch.equal(chosen[0], named)


def test_events_are_learned_from_the_pair():
    torch.manual_seed(0)
    loss = dict(type="PyramidDistanceLoss", loss_weight=0.0)
    fusor = MODELS.build(
        dict(
            type="ImageFusor",
            generator=STUDENT,
            pixel_loss=dict(type="LossSet", losses=dict(distance=loss)),
            event_loss=dict(type="EventLoss", loss_weight=1.0),
        )
    )
    assert fusor.reads_annotations
    batch = make_degraded_batch([None, DARK])
    optimizer, values = torch.optim.Adam(fusor.parameters(), 0.01), []
    for _ in range(15):
        data = fusor.data_preprocessor(batch, True)
        losses = fusor(data["inputs"], data["data_samples"], mode="loss")
        optimizer.zero_grad()
        losses["loss_event"].backward()
        optimizer.step()
        values.append(float(losses["loss_event"].detach()))
    assert values[-1] < 0.7 * values[0]


def distiller(tmp_path, **options):
    teacher = MODELS.build(
        dict(type="ImageFusor", generator=TEACHER, text_encoder=dict(type="SentenceTextEncoder"))
    )
    torch.save(dict(state_dict=teacher.state_dict()), tmp_path / "teacher.pth")
    model = MODELS.build(
        dict(
            type="FusionDistiller",
            student=STUDENT,
            teacher=TEACHER,
            teacher_checkpoint=str(tmp_path / "teacher.pth"),
            text_encoder=dict(type="SentenceTextEncoder"),
            fusion_loss=dict(type="LossSet", losses=dict(distance=dict(type="PyramidDistanceLoss"))),
            **options,
        )
    )
    model.init_weights()
    return model


def losses_of(model, annotations, named=None):
    batch = model.data_preprocessor(make_degraded_batch(annotations, named=named), True)
    return model(batch["inputs"], batch["data_samples"], mode="loss")


GRAINY = Annotation((Event("high_noise", "grain all over"),))


def test_the_prior_is_learned_from_the_teachers_text_and_steers_the_student(tmp_path):
    torch.manual_seed(0)
    model = distiller(
        tmp_path,
        prior_loss=dict(type="PriorDistillationLoss"),
        event_loss=dict(type="EventLoss"),
        steered_share=1.0,
    )
    given = []
    model.student.generator.guidance.register_forward_pre_hook(lambda _, passed: given.append(passed[1]))
    losses = losses_of(model, [DARK, GRAINY])
    text_emb = model.teacher.text_embedder([["low_light: the road is dark"], ["high_noise: grain all over"]])
    assert {"loss_prior", "loss_event", "loss_feature", "loss_result"} <= set(losses)
    assert given[0].shape == (2, 8) and text_emb.shape == (2, 384)
    assert float(losses["loss_prior"]) > 0
    losses["loss_prior"].backward()
    assert float(model.student.generator.prior.layers[0].weight.grad.abs().sum()) > 0


def test_what_is_steered_has_the_teachers_result_as_its_only_target(tmp_path):
    torch.manual_seed(0)
    model = distiller(tmp_path, gate=True, steered_share=1.0)
    losses = losses_of(model, [DARK, GRAINY])
    # Untrained, both give the same result; their features differ.
    assert float(losses["loss_distance"]) == 0 < float(losses["loss_feature"])


def test_what_is_steered_costs_no_losses_against_the_sources(tmp_path):
    torch.manual_seed(0)
    model = distiller(tmp_path, gate=True, steered_share=0.5)
    loss = model.student.pixel_loss.losses["distance"]
    measured, samples = loss.per_sample, []
    loss.per_sample = lambda fused, *targets: (samples.append(len(fused)), measured(fused, *targets))[1]
    means = {}
    for steered in ([False, False], [True, False], [True, True]):
        model._steered = lambda *_, drawn=steered: (torch.tensor(drawn), torch.zeros(2, dtype=torch.bool))
        means[sum(steered)] = float(losses_of(model, [DARK, GRAINY])["loss_distance"])
    # The student's, then the teacher's; a mean over all samples, of which those that are steered give 0.
    assert samples == [2, 2, 1, 1, 1, 1]
    assert 0 < means[1] < means[0] and means[2] == 0


def test_half_of_what_is_steered_is_given_events_that_were_drawn(tmp_path):
    torch.manual_seed(0)
    model = distiller(tmp_path, steered_share=1.0)
    given, read = [], []
    head = model.student.generator.head
    head.tone_curve.register_forward_pre_hook(lambda _, passed: given.append(passed[0][0]))
    model.teacher.generator.prior.register_forward_pre_hook(lambda _, passed: read.append(passed[0][0]))

    def draw(results):
        both = Annotation((*DARK.events, *GRAINY.events))
        return dict(results, named_annotation=GRAINY, obeyed_annotation=both)

    for _ in range(12):
        losses_of(model, [DARK, DARK], named=draw)
    embed = model.teacher.text_embedder
    # The degradation is low light too; the teacher is told of it beside the event that was drawn.
    dark, grainy, both = (
        embed([[event.text for event in events]])[0]
        for events in (DARK.events, GRAINY.events, (*DARK.events, *GRAINY.events))
    )
    with torch.no_grad():
        told = model.teacher.generator.prior(grainy[None], None, None)[0]
    drawn = sum(torch.allclose(prior, told, atol=1e-4) for prior in given)
    assert len(given) == 12 and 2 < drawn < 10
    assert any(torch.allclose(text, both, atol=1e-5) for text in read)


def test_without_drawn_events_all_that_is_steered_has_its_own_text(tmp_path):
    model = distiller(tmp_path, steered_share=1.0)
    samples = DataSample.stack(make_degraded_batch([DARK])["data_samples"])
    for _ in range(8):
        steered, named = model._steered(1, torch.device("cpu"), samples)
        assert steered.all() and not named.any()


def test_a_teacher_that_is_no_better_does_not_pull(tmp_path):
    torch.manual_seed(0)
    model = distiller(tmp_path, gate=True)
    loss = model.student.pixel_loss.losses["distance"]
    measured = loss.per_sample
    losses = {}
    for advantage in (0.1, -0.1):
        # Of the teacher alone, whose results have no gradient.
        loss.per_sample = lambda fused, *targets, less=advantage: (
            measured(fused, *targets) - (0.0 if fused.requires_grad else less)
        )
        losses[advantage] = losses_of(model, [DARK, GRAINY])
    better, worse = losses.values()
    assert float(worse["loss_result"]) == 0 and float(worse["loss_feature"]) == 0 < float(
        better["loss_feature"]
    )
    assert float(better["loss_distance"]) == pytest.approx(float(worse["loss_distance"]))


def test_priors_of_two_lengths_are_refused(tmp_path):
    other = dict(SHAPE, prior=dict(type="TextPrior", text_channels=384, num_values=9))
    with pytest.raises(UserError, match="prior has 8 values and the teacher's 9"):
        MODELS.build(
            dict(
                type="FusionDistiller",
                student=STUDENT,
                teacher=other,
                teacher_checkpoint="none",
                steered_share=0.5,
            )
        )


def test_a_network_without_a_prior_ignores_what_is_given():
    network = FusionUNet(
        **{key: value for key, value in SHAPE.items() if key not in ("type", "guidance")}
    ).eval()
    pair = sources(1)
    assert torch.equal(network(*pair, prior=torch.zeros(1, 8)), network(*pair))
    assert network(*pair, return_prior=True)[1] is None
