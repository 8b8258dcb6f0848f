"""Degradations with a known answer and a text that names them."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np

from ...annotation.annotation_types import Annotation, Event
from ...annotation.event_types import MEDICAL_NORMAL_EVENT, NORMAL_EVENT, check_modality
from ...registry import TRANSFORMS
from ...user_errors import UserError
from ..degradations.degradation_kinds import EXCLUSIVE_KINDS, degradation_kinds, describe_degradation
from .geometry import PairTransform, sample_generator

# Tries to draw a further kind that goes with those before.
_TRIES = 20


@TRANSFORMS.register_module()
class RandomDegradation(PairTransform):
    """Degrade some pairs and say so in their annotation.

    The untouched sources stay as targets, of every sample: losses and metrics compare with them. Put it behind crop
    and flips, which would have to treat the targets alike and would make it slow.

    Required keys: `img_a`, `img_b` (H, W, C), float32 in [0, 255]. Modified keys: `img_a`, `img_b`, rounded to
    8 bit where degraded; `annotation`. Added keys: `target_a`, `target_b`, the sources as they were;
    `target_annotation`, the annotation as it was; `degradations`, the names of the kinds that were applied, in order.

    Args:
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        prob (float): Share of the pairs that are degraded. Default: 0.5.
        max_degradations (int): A degraded pair gets one to this many, all numbers alike. Default: 2.
        kinds (Mapping[str, float] | Sequence[str], optional): Names of the kinds, with weights if they are not
            equally likely. Default: None, all kinds of the modality alike, see
            :mod:`mmfusion_distill.data.degradations.degradation_kinds`.
        strength (tuple[float, float]): Range of the strengths within [0, 1]: 0 is barely visible, 1 about the worst
            that is still an image. Default: (0.1, 1.0).
        annotate (bool): Whether events are appended to the annotation; 'normal' then goes. Default: True.
        seed (int, optional): Makes a fixed set, e.g. for validation: what happens to a pair depends on the seed and
            its `key` alone, but for the first kind, in which the pairs of a data set take turns. Default: None,
            everything is drawn again from NumPy's global generator.

    Raises:
        UserError: If an argument is out of range or a kind is unknown.
    """

    def __init__(
        self,
        modality: str = "infrared-visible",
        prob: float = 0.5,
        max_degradations: int = 2,
        kinds: Mapping[str, float] | Sequence[str] | None = None,
        strength: tuple[float, float] = (0.1, 1.0),
        annotate: bool = True,
        seed: int | None = None,
    ) -> None:
        check_modality(modality, "RandomDegradation")
        if not 0 <= prob <= 1:
            raise UserError(f"RandomDegradation: prob is {prob}, wanted a probability in [0, 1]")
        if max_degradations < 1:
            raise UserError(f"RandomDegradation: max_degradations is {max_degradations}, wanted 1 or more")
        if len(strength) != 2 or not 0 <= strength[0] <= strength[1] <= 1:
            raise UserError(f"RandomDegradation: strength is {strength}, wanted a range within [0, 1]")
        known = degradation_kinds(modality)
        weights = dict(kinds) if isinstance(kinds, Mapping) else dict.fromkeys(kinds or known, 1.0)
        unknown = [name for name in weights if name not in known]
        if unknown:
            raise UserError(
                f"RandomDegradation: no {modality} kind '{unknown[0]}', choose from {', '.join(known)}"
            )
        weights = {name: weight for name, weight in weights.items() if weight}
        if not weights or min(weights.values()) < 0:
            raise UserError("RandomDegradation: kinds want weights above 0, at least one of them")
        self.modality = modality
        self.prob = prob
        self.max_degradations = max_degradations
        self.kinds = weights
        self.strength = tuple(strength)
        self.annotate = annotate
        self.seed = seed

    def transform(self, results: dict) -> dict:
        """Degrade one pair, or leave it."""
        annotation = results.get("annotation")
        # A set of recordings that are degraded already brings its targets.
        results.setdefault("target_a", results["img_a"])
        results.setdefault("target_b", results["img_b"])
        results.setdefault("target_annotation", annotation)
        results["degradations"] = ()
        rng = self._generator(results)
        if rng.random() >= self.prob:
            return results
        known = degradation_kinds(self.modality)
        chosen = self._choose(rng, results.get("sample_idx"))
        events = []
        # In the order in which nature and camera act.
        results["degradations"] = tuple(name for name in known if name in chosen)
        for name in results["degradations"]:
            kind = known[name]
            key = ("img_a", "img_b")[kind.source]
            strength = float(rng.uniform(*self.strength))
            place = kind.draw_place(rng)
            image = np.ascontiguousarray(results[key], np.float32)
            results[key] = np.asarray(kind.degrade(image, rng, strength, place), np.float32)
            events.append(Event(kind.event, describe_degradation(name, strength, place, rng)))
        for key in ("img_a", "img_b"):
            if results[key] is not results[key.replace("img", "target")]:
                # Rounding what is rounded already changes nothing.
                results[key] = np.rint(np.clip(results[key], 0, 255))
        if self.annotate:
            results["annotation"] = _with_events(annotation, events)
        return results

    def _generator(self, results: dict) -> np.random.Generator:
        if self.seed is not None:
            return np.random.default_rng([self.seed, crc32(str(results.get("key")).encode())])
        return sample_generator()

    def _choose(self, rng: np.random.Generator, index: int | None) -> set[str]:
        names = list(self.kinds)
        shares = np.array(list(self.kinds.values())) / sum(self.kinds.values())
        chosen = set()
        if self.seed is not None and index is not None:
            chosen.add(names[index % len(names)])
        wanted = rng.integers(1, self.max_degradations + 1)
        for _ in range(_TRIES):
            if len(chosen) >= min(wanted, len(names)):
                break
            name = names[rng.choice(len(names), p=shares)]
            if not any(name in group and chosen & group for group in EXCLUSIVE_KINDS):
                chosen.add(name)
        return chosen


def _with_events(annotation: Annotation | None, events: list[Event]) -> Annotation:
    own = () if annotation is None else annotation.events
    kept = [event for event in own if event.type not in (NORMAL_EVENT, MEDICAL_NORMAL_EVENT)]
    return Annotation((*kept, *events), annotator=RandomDegradation.__name__)
