"""Wording of what a degradation did, as a person or a vision-language model would put it.

The set of texts is small enough that a text encoder soon has embedded every one of them.
"""

from pathlib import Path

import numpy as np

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
        str: A sentence, e.g. 'Haze veils the visible picture in the distance, slight.'
    """
    texts = DEGRADATION_TEXTS[kind]
    word = next(word for word, end in STRENGTH_WORDS.items() if strength <= end)
    text = texts[rng.integers(len(texts))].format(strength=word, place=place)
    return text[0].upper() + text[1:]
