"""Sentences about sources that a user should know, each with a place for the number of images and their names.

Between brackets is what is said of one image, and what of several.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..system.number_range import numbered
from .pairing import shorten

MISALIGNED = (
    "{count} [pair is|pairs are] not registered: {names}, seen from source A; --register them, or calibrate "
    "the cameras and give --calibration"
)
SWAPPED = (
    "{count} [pair has|pairs have] a gray source A and a coloured source B: {names}; the sources may be "
    "exchanged, colour is taken from A"
)
COLORED = (
    "{count} [image|images] of source B [is|are] coloured, and only the luminance is taken: {names}; a "
    "false-colour palette does not grow brighter with warmth, export temperatures (16 bits, TIFF) or a gray "
    "palette; a visible image is no source B"
)
SAME_PICTURE = (
    "{count} [pair shows|pairs show] the same in both sources, so that nothing in them is infrared: {names}; "
    "give the infrared image as source B"
)
HALF_PLACED = (
    "{count} [pair of scans was|pairs of scans were] not compared, as only one of both says where it lies in "
    "the patient: {names}; check that they show the same slice"
)
SCREENSHOTS = (
    "{count} [image|images] of source B [holds|hold] temperatures but [was|were] read as shown, colours "
    "and all: {names}; pip install 'mmfusion_distill[thermal]' reads them"
)
TEMPERATURES = (
    "{count} [radiometric JPEG was|radiometric JPEGs were] read as temperatures, stretched between the "
    "percentiles 0.1 and 99.9 of each: {names}"
)
STRETCHED = (
    "{count} [image|images] of source B [has|have] 16 bits and [was|were] stretched between the "
    "percentiles 0.1 and 99.9 of each: {names}"
)
STRETCHED_VALUES = (
    "{count} [image|images] of source B [holds|hold] degrees or counts and [was|were] stretched between "
    "the percentiles 0.1 and 99.9 of each: {names}"
)
PART_OF_RANGE = (
    "{count} [image|images] of source A [uses|use] a small part of 16 bits and [comes|come] out dark: "
    "{names}; give --a-range LOW HIGH with the values of black and white, or --a-range auto"
)
NO_DATA = (
    "{count} [image|images] of source B [has|have] parts without data (fill values, no numbers, "
    "transparent or black borders), where source A is taken: {names}"
)
NO_NUMBERS = (
    "{count} [image|images] of source A [has|have] parts that are no numbers, shown as dark as the darkest place: "
    "{names}"
)
HOT_PIXELS = (
    "{count} [image|images] of source B [has|have] hot pixels, single ones far above all their neighbours: "
    "{names}"
)

#: In the order in which they are said.
_SENTENCES = (
    *(MISALIGNED, SWAPPED, COLORED, SAME_PICTURE, HALF_PLACED, SCREENSHOTS, TEMPERATURES),
    *(STRETCHED, STRETCHED_VALUES, PART_OF_RANGE, NO_NUMBERS, NO_DATA, HOT_PIXELS),
)
#: What is wrong with a pair, in short, for those notes that say more than what was done.
WRONG = {
    MISALIGNED: "not registered",
    SWAPPED: "A is gray and B is coloured, perhaps exchanged",
    COLORED: "B is coloured: a false-colour palette, or a visible image",
    SAME_PICTURE: "both show the same, nothing is infrared",
    HALF_PLACED: "only one of both scans says where it lies",
    SCREENSHOTS: "B holds temperatures, read as shown without mmfusion_distill[thermal]",
}

#: What was noted of pairs: names, by the sentence about them.
Noted = Mapping[str, Sequence[str]]


def write_notes(noted: Iterable[Noted]) -> list[str]:
    """Sentences about what was noted by one reader or several.

    Returns:
        list[str]: In an order that does not depend on which pair was read first.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for one in noted:
        for sentence, found in one.items():
            names[sentence] += found
    return [
        numbered(sentence, len(names[sentence])).format(
            count=len(names[sentence]), names=shorten(sorted(names[sentence]), 3)
        )
        for sentence in _SENTENCES
        if names[sentence]
    ]


#: Pairs at which Python's users get a close look; those who fuse thousands have seen enough.
FIRST_PAIRS = 4


class SourceWarning(UserWarning):
    """Something about the sources of a pair that a user should know."""


def warn_of_source(note: str) -> None:
    """Warn of a note, for :class:`PairReader`."""
    warnings.warn(note, SourceWarning, stacklevel=2)
