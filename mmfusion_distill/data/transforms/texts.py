"""Texts of pairs: more, fewer, and some that contradict the images."""

from collections.abc import Collection, Mapping

import numpy as np

from ...annotation.annotation_types import Annotation, Event
from ...annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES, NORMAL_EVENT, check_modality
from ...images.pixels import LUMINANCE_WEIGHTS
from ...registry import TRANSFORMS
from ...user_errors import UserError
from ..degradations.degradation_kinds import (
    DegradationKind,
    degradation_kinds,
    describe_degradation,
    strong_annotation,
)
from .geometry import PairTransform, sample_generator

_LOW_LIGHT = "low_light"
_BLACK_SHARE = 0.01  # of the pixels, below the black point


@TRANSFORMS.register_module()
class AppendEvents(PairTransform):
    """Say in the annotation what is wrong with every pair of a data set, e.g. with recordings that are degraded.

    Modified keys: `annotation`; 'normal' goes. Added keys: `target_annotation`, the annotation as it was.

    Args:
        events (Mapping[str, str]): Descriptions by event.

    Raises:
        UserError: If there are none.
    """

    def __init__(self, events: Mapping[str, str]) -> None:
        if not events:
            raise UserError("AppendEvents: events is empty, wanted descriptions by event")
        self.events = dict(events)

    def transform(self, results: dict) -> dict:
        """Append the events to the annotation of one pair."""
        annotation = results.get("annotation")
        own = () if annotation is None else annotation.events
        kept = [event for event in own if event.type not in (NORMAL_EVENT, *self.events)]
        added = [Event(name, text) for name, text in self.events.items()]
        results["annotation"] = Annotation((*kept, *added), annotator=type(self).__name__)
        results["target_annotation"] = annotation
        return results


@TRANSFORMS.register_module()
class RandomDropText(PairTransform):
    """Train some samples with the learned null embedding, so that the network also runs without text.

    Needs a guidance with `null_embedding=True`. The events of the sample still choose its loss weights.

    Added keys: `drop_text` (bool).

    Args:
        prob (float): Probability in [0, 1].
    """

    def __init__(self, prob: float) -> None:
        if not 0 <= prob <= 1:
            raise UserError(f"RandomDropText: prob is {prob}, wanted a probability in [0, 1]")
        self.prob = prob

    def transform(self, results: dict) -> dict:
        """Decide for one sample."""
        results["drop_text"] = bool(np.random.random() < self.prob)
        return results


@TRANSFORMS.register_module()
class RandomTextConflict(PairTransform):
    """Train a teacher to restore what its text names, and only that.

    A network sees most degradations itself and may learn to do without the text. So some samples lose the events that
    :class:`RandomDegradation` appended, others get the event of a degradation that they do not have, and the text of
    others is left out: in all of these the target becomes the sources as the network sees them, which are to be fused
    as they are. Put it behind :class:`RandomDegradation`, instead of :class:`RandomDropText`.

    Required keys: those that :class:`RandomDegradation` leaves. Modified keys: `annotation`, `target_a`, `target_b`.
    Added keys: `drop_text` (bool).

    Args:
        drop_prob (float): Share of the samples that go without text. Default: 0.2.
        withhold_prob (float): Share that keep only the events they had before. Default: 0.1.
        replace_prob (float): Share that get the event of another degradation instead. Default: 0.15.
        bare_prob (float): Share whose events lose their descriptions, as a user types them. Default: 0.15.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.

    Raises:
        UserError: If a probability is out of range, the first three sum to more than 1, or the modality is not known.
    """

    def __init__(
        self,
        drop_prob: float = 0.2,
        withhold_prob: float = 0.1,
        replace_prob: float = 0.15,
        bare_prob: float = 0.15,
        modality: str = "infrared-visible",
    ) -> None:
        check_modality(modality, "RandomTextConflict")
        shares = (drop_prob, withhold_prob, replace_prob)
        if min(*shares, bare_prob) < 0 or sum(shares) > 1 or bare_prob > 1:
            raise UserError(
                f"RandomTextConflict: drop_prob {drop_prob}, withhold_prob {withhold_prob} and replace_prob "
                f"{replace_prob} are shares of the samples and sum to at most 1, bare_prob {bare_prob} is one too"
            )
        self.drop_prob, self.withhold_prob, self.replace_prob = shares
        self.bare_prob = bare_prob
        self.modality = modality
        self._kinds = degradation_kinds(modality)

    def transform(self, results: dict) -> dict:
        """Decide for one sample."""
        rng = sample_generator()
        drop, withhold, replace = np.cumsum([self.drop_prob, self.withhold_prob, self.replace_prob])
        draw = rng.random()
        results["drop_text"] = bool(draw < drop)
        own = results.get("target_annotation")
        if drop <= draw < withhold:
            results["annotation"] = own
        elif withhold <= draw < replace:
            results["annotation"] = self._other(rng, results.get("annotation"), own)
        if draw < replace:
            results.update(target_a=results["img_a"], target_b=results["img_b"])
        if results.get("annotation") is not None and rng.random() < self.bare_prob:
            events = tuple(Event(event.type) for event in results["annotation"].events)
            results["annotation"] = Annotation(events, annotator=type(self).__name__)
        return results

    def _other(
        self, rng: np.random.Generator, annotation: Annotation | None, own: Annotation | None
    ) -> Annotation:
        """The events of before and that of a degradation that the sample does not have."""
        present = () if annotation is None else annotation.event_types
        events = () if own is None else own.events
        return Annotation((*events, *_other_event(self._kinds, present, rng)), annotator=type(self).__name__)


@TRANSFORMS.register_module()
class NameRandomEvents(PairTransform):
    """Draw one or two events that a user might name, so that a student learns to obey them.

    Some name what the pair has: of eight events a night would else be named low light by an eighth only, and what few
    samples ask for is learned slowly. Who names an event does not want to keep the degradations that a student sees
    by itself. Put it last, behind what degrades.

    Added keys: `named_annotation`, what was drawn, with the descriptions that the priors of named events are made of
    (:func:`~mmfusion_distill.inference.given.prior_of_events`); `obeyed_annotation`, that and what was appended to
    the annotation of the sources before their degradation.

    Args:
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        two_prob (float): Share of two events. Default: 0.25.
        present_prob (float): Share whose first event is one of the pair's annotation, where it has any of the
            modality; the others name whatever comes. Default: 0.3.

    Raises:
        UserError: If the modality is not known or a share out of range.
    """

    def __init__(
        self, modality: str = "infrared-visible", two_prob: float = 0.25, present_prob: float = 0.3
    ) -> None:
        check_modality(modality, "NameRandomEvents")
        for name, share in (("two_prob", two_prob), ("present_prob", present_prob)):
            if not 0 <= share <= 1:
                raise UserError(f"NameRandomEvents: {name} is {share}, wanted a share in [0, 1]")
        self.modality, self.two_prob, self.present_prob = modality, two_prob, present_prob

    def transform(self, results: dict) -> dict:
        """Draw for one sample."""
        rng = sample_generator()
        kinds = EVENT_TYPES if self.modality == "infrared-visible" else MEDICAL_EVENT_TYPES
        number = 2 if rng.random() < self.two_prob else 1
        seen, before = results.get("annotation"), results.get("target_annotation")
        order = rng.permutation(kinds).tolist()
        present = [event for event in order if seen is not None and event in seen.event_types]
        if present and rng.random() < self.present_prob:
            order.remove(present[0])
            order.insert(0, present[0])
        drawn = strong_annotation(order[:number])
        had = () if before is None else before.events
        appended = () if seen is None or "target_annotation" not in results else seen.events
        kept = [event for event in appended if event not in had and event.type not in drawn.event_types]
        results["named_annotation"] = drawn
        results["obeyed_annotation"] = Annotation((*kept, *drawn.events), annotator=type(self).__name__)
        return results


def _other_event(
    kinds: Mapping[str, DegradationKind], present: Collection[str], rng: np.random.Generator
) -> tuple[Event, ...]:
    """The event of a degradation that is not present, about a random severity and place; none if all are."""
    names = [name for name, kind in kinds.items() if kind.event not in present]
    if not names:
        return ()
    name = names[rng.integers(len(names))]
    text = describe_degradation(name, float(rng.random()), kinds[name].draw_place(rng), rng)
    return (Event(kinds[name].event, text),)


@TRANSFORMS.register_module()
class BrightenNamedNight(PairTransform):
    """Teach that the text `low_light` asks for a brighter image, also where the night is real.

    A degraded pair has a brighter original as its target; a real night has none, and a network that is only shown
    such nights learns that the text means nothing there. So where the pair's own annotation names low light and the
    text that the network reads names it too, the target of A passes the power that raises its median by `gain`, at
    most to `most`, above the black point, which stays. The factor of a pixel is the same for its three channels,
    which keeps the hue. Texts of nights name other faults too, which must not brighten: so some samples lose the
    event of low light, half of these for the event of another degradation in place of all, and keep their target.
    Put it behind :class:`RandomTextConflict`.

    Required keys: those that :class:`RandomDegradation` leaves. Modified keys: `target_a`, float32 in [0, 255];
    `annotation`, `drop_text`.

    Args:
        gain (float): Factor on the median of luminance, above 1. Default: 1.8.
        most (float): Median that is bright enough, in (0, 1). Default: 0.35.
        withhold_prob (float): Share of named nights that lose the event. Default: 0.4.

    Raises:
        UserError: If an argument is out of range.
    """

    def __init__(self, gain: float = 1.8, most: float = 0.35, withhold_prob: float = 0.4) -> None:
        if not (gain > 1 and 0 < most < 1 and 0 <= withhold_prob <= 1):
            raise UserError(
                f"BrightenNamedNight: gain {gain} is wanted above 1, most {most} between 0 and 1, and withhold_prob "
                f"{withhold_prob} is a share"
            )
        self.gain, self.most, self.withhold_prob = gain, most, withhold_prob
        self._kinds = degradation_kinds("infrared-visible")

    def transform(self, results: dict) -> dict:
        """Brighten the target of one sample, or leave it."""
        read, own = results.get("annotation"), results.get("target_annotation")
        named = all(
            annotation is not None and _LOW_LIGHT in annotation.event_types for annotation in (read, own)
        )
        if not named or results.get("drop_text"):
            return results
        rng = sample_generator()
        if rng.random() < self.withhold_prob:
            events = self._without_low_light(read, rng)
            if events:
                results["annotation"] = Annotation(events, annotator=type(self).__name__)
            results["drop_text"] = not events
        else:
            results["target_a"] = self._brightened(results["target_a"])
        return results

    def _without_low_light(self, read: Annotation, rng: np.random.Generator) -> tuple[Event, ...]:
        """The other events, or one that the night need not have, half of the time as a user types it."""
        if rng.random() >= 0.5:
            return tuple(event for event in read.events if event.type != _LOW_LIGHT)
        (event,) = _other_event(self._kinds, (_LOW_LIGHT,), rng)
        return (event if rng.random() < 0.5 else Event(event.type),)

    def _brightened(self, image: np.ndarray) -> np.ndarray:
        """An image (H, W, 1 or 3) in [0, 255] whose median luminance is raised, and whose darkest percent is not."""
        luminance = (
            image[..., :1] if image.shape[2] == 1 else (image @ np.float32(LUMINANCE_WEIGHTS))[..., None]
        )
        luminance = np.maximum(luminance, 1) / np.float32(255)
        # Only what is lighter than the black point is raised: a night that is lifted as a whole looks veiled.
        black = np.float32(np.quantile(luminance, _BLACK_SHARE))
        median = float(np.median(luminance))
        wanted = min(self.gain * median, self.most)
        if not black < median < wanted:
            return image
        above = np.maximum(luminance - black, 0) / (1 - black)
        power = np.log((wanted - black) / (1 - black)) / np.log((median - black) / (1 - black))
        raised = black + (1 - black) * above ** np.float32(power)
        factor = np.maximum(raised / luminance, 1)
        return np.minimum(np.rint(image * factor), 255).astype(np.float32)
