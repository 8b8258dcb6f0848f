"""Kinds of degradation, and the texts that name them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...annotation.annotation_types import Annotation, Event
from .degradations import (
    add_color_noise,
    add_layered_haze,
    add_lights,
    add_noise,
    add_stripes,
    blur,
    blur_by_motion,
    compress,
    darken_with_noise,
    defocus,
    displace,
    fade,
    flatten_contrast,
    kill_pixels,
    over_expose_with_bloom,
)

#: An image (H, W, C), the generator, the strength and the place in words -> the degraded image.
PlacedDegradation = Callable[[np.ndarray, np.random.Generator, float, str], np.ndarray]

_EVERYWHERE = "all over"
_SIDES = {"on the left": "left", "on the right": "right", "at the top": "top", "at the bottom": "bottom"}
_ANGLES = {"sideways": 0.0, "up and down": np.pi / 2, "diagonally": np.pi / 4}


@dataclass(frozen=True)
class DegradationKind:
    """One kind of degradation.

    Args:
        event (str): Known event that an annotator would name.
        source (int): The source that is degraded, 0 for A and 1 for B.
        degrade (PlacedDegradation): What is done; gives a finite image within 0 to 255, because another may follow.
        places (tuple[str, ...]): Where or along what, in words; the most usual first.
    """

    event: str
    source: int
    degrade: PlacedDegradation
    places: tuple[str, ...] = (_EVERYWHERE,)

    def draw_place(self, rng: np.random.Generator) -> str:
        """The first place in half of the cases, any of them in the others."""
        return self.places[0 if rng.random() < 0.5 else rng.integers(len(self.places))]


def _anywhere(degrade: Callable) -> PlacedDegradation:
    return lambda image, rng, strength, place: degrade(image, rng, strength)


def _on_one_side(degrade: Callable) -> PlacedDegradation:
    def degrade_side(image: np.ndarray, rng: np.random.Generator, strength: float, place: str) -> np.ndarray:
        degraded = degrade(image, rng, strength)
        if place == _EVERYWHERE:
            return degraded
        return np.clip(image + fade(image.shape[:2], _SIDES[place]) * (degraded - image), 0, 255)

    return degrade_side


def _haze(image: np.ndarray, rng: np.random.Generator, strength: float, place: str) -> np.ndarray:
    return add_layered_haze(image, rng, strength, distant=place != _EVERYWHERE)


def _motion(image: np.ndarray, rng: np.random.Generator, strength: float, place: str) -> np.ndarray:
    angle = _ANGLES[place] * rng.choice([-1, 1]) + rng.uniform(-0.3, 0.3)
    return blur_by_motion(image, rng, strength, angle)


def _stripes(image: np.ndarray, rng: np.random.Generator, strength: float, place: str) -> np.ndarray:
    return add_stripes(image, rng, strength, rows=place == "along rows")


def _dead_pixels(image: np.ndarray, rng: np.random.Generator, strength: float, place: str) -> np.ndarray:
    return kill_pixels(image, rng, strength, lines=place != "scattered")


_SIDED = (_EVERYWHERE, *_SIDES)
_LINES = ("along rows", "along columns")

#: By name, in the order in which scene, lens, exposure, sensor and file act upon an image.
INFRARED_VISIBLE_KINDS: dict[str, DegradationKind] = {
    "haze": DegradationKind("haze", 0, _haze, ("in the distance", _EVERYWHERE)),
    "motion_blur": DegradationKind("motion_blur", 0, _motion, tuple(_ANGLES)),
    "defocus": DegradationKind("motion_blur", 0, _anywhere(defocus)),
    "low_light": DegradationKind("low_light", 0, _on_one_side(darken_with_noise), _SIDED),
    "over_exposure": DegradationKind("over_exposure", 0, _on_one_side(over_expose_with_bloom), _SIDED),
    "lights": DegradationKind("over_exposure", 0, _anywhere(add_lights), ("in spots",)),
    "high_noise": DegradationKind("high_noise", 0, _anywhere(add_color_noise)),
    "jpeg": DegradationKind("sensor_artifact", 0, _anywhere(compress)),
    "ir_low_contrast": DegradationKind("ir_low_contrast", 1, _anywhere(flatten_contrast)),
    "ir_noise": DegradationKind("ir_noise", 1, _anywhere(add_noise)),
    "stripes": DegradationKind("sensor_artifact", 1, _stripes, _LINES),
    "dead_pixels": DegradationKind("sensor_artifact", 1, _dead_pixels, ("scattered", "in whole lines")),
}
MEDICAL_KINDS: dict[str, DegradationKind] = {
    "structure_consistency": DegradationKind("structure_consistency", 1, _anywhere(displace)),
    "edge_preservation": DegradationKind("edge_preservation", 0, _anywhere(blur)),
    "detail_enhancement": DegradationKind("detail_enhancement", 1, _anywhere(blur)),
    "contrast_enhancement": DegradationKind("contrast_enhancement", 1, _anywhere(flatten_contrast)),
    "noise_suppression": DegradationKind("noise_suppression", 1, _anywhere(add_noise)),
    "artifact_reduction": DegradationKind("artifact_reduction", 1, _stripes, _LINES),
}
#: Kinds of which an image gets one at most: together they undo or double each other.
EXCLUSIVE_KINDS: tuple[frozenset[str], ...] = (
    frozenset({"low_light", "over_exposure"}),
    frozenset({"lights", "over_exposure"}),
    frozenset({"motion_blur", "defocus"}),
)


def degradation_kinds(modality: str) -> dict[str, DegradationKind]:
    """Kinds of a modality, 'infrared-visible' or 'medical', by name."""
    return MEDICAL_KINDS if modality == "medical" else INFRARED_VISIBLE_KINDS


#: Upper ends of the strengths that a word stands for.
STRENGTH_WORDS = {"slight": 0.4, "moderate": 0.7, "strong": float("inf")}


def read_texts(path: Path) -> dict[str, tuple[str, ...]]:
    """Read wordings by kind: a line with the kind, then its wordings, each behind two spaces."""
    texts: dict[str, tuple[str, ...]] = {}
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            texts[kind] += (line.strip(),)
        elif line and not line.startswith("#"):
            kind = line
            texts[kind] = ()
    return texts


#: Kind -> wordings; some tell the strength, some the place, most both.
DEGRADATION_TEXTS = read_texts(Path(__file__).parent / "texts" / "degradations.txt")


def describe_degradation(kind: str, strength: float, place: str, rng: np.random.Generator) -> str:
    """One of the wordings of a degradation.

    Returns:
        str: A sentence, e.g. 'Haze veils the visible image in the distance, slight.'
    """
    texts = DEGRADATION_TEXTS[kind]
    word = next(word for word, end in STRENGTH_WORDS.items() if strength <= end)
    text = texts[rng.integers(len(texts))].format(strength=word, place=place)
    return text[0].upper() + text[1:]


def strong_annotation(events: Sequence[str]) -> Annotation:
    """An annotation that names events as strong as they can be, each by the first wording of its first kind.

    Returns:
        Annotation: With the events in this order.

    Raises:
        KeyError: If no kind of degradation is such an event.
    """
    kinds = {
        kind.event: (name, kind)
        for name, kind in reversed({**INFRARED_VISIBLE_KINDS, **MEDICAL_KINDS}.items())
    }
    named = []
    for event in events:
        name, kind = kinds[event]
        text = DEGRADATION_TEXTS[name][0].format(strength="strong", place=kind.places[0])
        named.append(Event(event, text))
    return Annotation(tuple(named), annotator="user")
