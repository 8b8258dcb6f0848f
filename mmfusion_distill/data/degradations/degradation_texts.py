"""Wording of what a degradation did, as a person or a vision-language model would put it.

The set of texts is small enough that a text encoder soon has embedded every one of them.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...annotation.annotation_types import Annotation, Event
from .degradation_kinds import INFRARED_VISIBLE_KINDS, MEDICAL_KINDS

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

    Args:
        kind (str): Name of the kind, a key of `DEGRADATION_TEXTS`.
        strength (float): In [0, 1].
        place (str): One of the kind's places.
        rng (np.random.Generator): Draws the wording.

    Returns:
        str: A sentence, e.g. 'Haze veils the visible image in the distance, slight.'
    """
    texts = DEGRADATION_TEXTS[kind]
    word = next(word for word, end in STRENGTH_WORDS.items() if strength <= end)
    text = texts[rng.integers(len(texts))].format(strength=word, place=place)
    return text[0].upper() + text[1:]


def strong_annotation(events: Sequence[str]) -> Annotation:
    """An annotation that names events as strong as they can be, each by the first wording of its first kind.

    Args:
        events (Sequence[str]): Names of events that some kind of degradation is.

    Returns:
        Annotation: With the events in this order.

    Raises:
        KeyError: If no kind of degradation is such an event.
    """
    kinds = {kind.event: (name, kind) for name, kind in reversed({**INFRARED_VISIBLE_KINDS, **MEDICAL_KINDS}.items())}
    named = []
    for event in events:
        name, kind = kinds[event]
        text = DEGRADATION_TEXTS[name][0].format(strength="strong", place=kind.places[0])
        named.append(Event(event, text))
    return Annotation(tuple(named), annotator="user")
