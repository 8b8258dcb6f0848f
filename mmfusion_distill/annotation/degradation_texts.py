"""Wording of what a degradation did, as a person or a vision-language model would put it.

The set of texts is small enough that a text encoder soon has embedded every one of them.
"""

from collections.abc import Iterator

import numpy as np

from .degradation_kinds import degradation_kinds

#: Upper ends of the strengths that a word stands for.
STRENGTH_WORDS = {"slight": 0.4, "moderate": 0.7, "strong": float("inf")}

#: Kind -> wordings; some tell the strength, some the place, most both.
DEGRADATION_TEXTS: dict[str, tuple[str, ...]] = {
    "low_light": (
        "The visible picture is too dark {place}, {strength}.",
        "{strength} darkness {place} in the visible picture; colours are dull and grain comes through.",
        "There is too little light {place}, {strength}: shapes sink into shadow in the visible picture.",
        "The visible picture is underexposed {place}, {strength}, with noise in the shadows.",
        "Dim and grainy {place}: the visible picture needs to be brightened.",
        "As at night, the visible picture loses detail in the dark {place}.",
        "{strength} lack of light in the visible picture, detail drowns in black.",
        "The exposure of the visible picture was too short, {strength}.",
    ),
    "over_exposure": (
        "The visible picture is blown out {place}, {strength}.",
        "{strength} over-exposure {place}: bright surfaces of the visible picture turn to white.",
        "Glaring light {place} washes the visible picture out, {strength}.",
        "Highlights are clipped {place} in the visible picture, {strength}, and glow into their surroundings.",
        "Far too bright {place}: the visible picture shows no detail in the light parts.",
        "White without texture {place} in the visible picture.",
        "{strength} glare in the visible picture, colours bleach out.",
        "The exposure of the visible picture was too long, {strength}.",
    ),
    "haze": (
        "Haze veils the visible picture {place}, {strength}.",
        "{strength} fog {place}: the visible picture turns pale and grey.",
        "A milky veil lies {place} over the visible picture, {strength}.",
        "Mist lifts the blacks of the visible picture {place}, {strength}.",
        "Grey haze {place} swallows contrast and colour of the visible picture.",
        "Smoke or fog {place} hides what the visible picture should show.",
        "{strength} haze in the visible picture, contours fade.",
        "The air is not clear, {strength}, and the visible picture is washed out.",
    ),
    "motion_blur": (
        "The visible picture is smeared {place}, {strength}.",
        "{strength} motion blur {place} in the visible picture: edges become streaks.",
        "The camera moved {place}, {strength}; the visible picture has double edges.",
        "Everything in the visible picture is drawn out {place}, {strength}.",
        "Shake {place} wipes out fine detail of the visible picture.",
        "Contours of the visible picture run {place} into streaks.",
        "{strength} camera shake in the visible picture.",
        "The visible picture moved during exposure, {strength}.",
    ),
    "defocus": (
        "The visible picture is out of focus {place}, {strength}.",
        "{strength} defocus {place}: the visible picture is soft.",
        "Blurred {place}, {strength}: the lens of the visible camera was not in focus.",
        "Edges and lettering of the visible picture are soft {place}, {strength}.",
        "The visible picture lacks sharpness {place}.",
        "Soft and without fine detail {place}, the visible picture was focused wrongly.",
        "{strength} blur in the visible picture, alike in all directions.",
        "Fine structure of the visible picture is lost to a lens out of focus, {strength}.",
    ),
    "high_noise": (
        "Coloured grain covers the visible picture {place}, {strength}.",
        "{strength} noise {place} in the visible picture.",
        "The visible picture is grainy {place}, {strength}.",
        "Speckles of colour lie {place} on the visible picture, {strength}.",
        "Noise {place} hides the texture of the visible picture.",
        "The visible picture is noisy {place}, even areas are mottled.",
        "{strength} grain in the visible picture, as of a high sensitivity.",
        "Random coloured dots disturb the visible picture, {strength}.",
    ),
    "jpeg": (
        "Compression blocks are seen {place} in the visible picture, {strength}.",
        "{strength} block artifacts {place} of a compressed visible picture.",
        "The visible picture falls into squares {place}, {strength}.",
        "JPEG blocks and ringing along edges {place} in the visible picture, {strength}.",
        "Blocky {place}: the visible picture was compressed too far.",
        "Squares of even colour {place} replace the texture of the visible picture.",
        "{strength} compression artifacts in the visible picture.",
        "The visible picture was saved at too low a quality, {strength}.",
    ),
    "ir_low_contrast": (
        "The infrared picture is flat {place}, {strength}.",
        "{strength} loss of contrast {place} in the infrared picture.",
        "Warm and cold things have nearly the same grey {place} in the infrared picture, {strength}.",
        "Tones of the infrared picture lie close together {place}, {strength}.",
        "The infrared picture is an even grey {place}, targets hardly stand out.",
        "Warm objects melt into the background {place} in the infrared picture.",
        "{strength} lack of thermal contrast.",
        "The infrared picture is pale and without depth, {strength}.",
    ),
    "ir_noise": (
        "Grain covers the infrared picture {place}, {strength}.",
        "{strength} noise {place} in the infrared picture.",
        "The infrared picture is grainy {place}, {strength}.",
        "Fine speckle lies {place} on the infrared picture, {strength}.",
        "Noise {place} buries faint warmth in the infrared picture.",
        "The infrared picture is noisy {place}, even areas are mottled.",
        "{strength} grain in the infrared picture, as of a weak detector.",
        "Random dots disturb the infrared picture, {strength}.",
    ),
    "stripes": (
        "Stripes run {place} through the infrared picture, {strength}.",
        "{strength} stripes {place} in the infrared picture.",
        "The infrared detector leaves a pattern {place}, {strength}.",
        "Bands of different brightness {place} cross the infrared picture, {strength}.",
        "Lines {place} overlay the infrared picture and are not of the scene.",
        "Striped {place}: fixed-pattern noise of the infrared sensor.",
        "{strength} banding of the infrared picture.",
        "The infrared picture shows stripes of its sensor, {strength}.",
    ),
    "dead_pixels": (
        "Dead pixels {place} in the infrared picture, {strength}.",
        "{strength} loss of pixels {place} in the infrared picture: they are stuck at black or white.",
        "Black and white dots {place} in the infrared picture come from its sensor, {strength}.",
        "Pixels of the infrared detector fail {place}, {strength}.",
        "Defective pixels {place} pierce the infrared picture.",
        "The infrared picture has stuck pixels {place} that must not be carried over.",
        "{strength} pixel defects in the infrared picture.",
        "The infrared picture shows dead and hot pixels, {strength}.",
    ),
    "contrast_enhancement": (
        "Soft tissue of the MRI picture has low contrast {place}, {strength}.",
        "{strength} loss of contrast {place} in the MRI picture.",
        "Gray and white matter can hardly be told apart {place} in the MRI picture, {strength}.",
        "Tones of the MRI picture lie close together {place}, {strength}.",
        "The MRI picture is flat {place} and needs more contrast.",
        "Tissues melt into one grey {place} in the MRI picture.",
        "{strength} lack of tissue contrast in the MRI picture.",
        "The MRI picture is pale, {strength}.",
    ),
    "edge_preservation": (
        "Boundaries of the first picture are soft {place}, {strength}.",
        "{strength} blur {place} in the first picture: the edges of the MRI must survive.",
        "The first picture has no sharp contours {place}, {strength}.",
        "Outlines of the first picture are washed out {place}, {strength}.",
        "Soft edges {place} in the first picture; keep the sharp ones of the MRI.",
        "Blurred {place}, the first picture shows no clear boundary.",
        "{strength} softness of edges in the first picture.",
        "The first picture is blurred, {strength}.",
    ),
    "noise_suppression": (
        "Noise covers the MRI picture {place}, {strength}.",
        "{strength} noise {place} in the MRI picture.",
        "The MRI picture is grainy {place}, {strength}.",
        "Fine grain lies {place} on the MRI picture, {strength}, and should not be carried over.",
        "Grain {place} hides fine tissue in the MRI picture.",
        "The MRI picture is noisy {place}, even tissue is mottled.",
        "{strength} grain in the MRI picture.",
        "Random noise disturbs the MRI picture, {strength}.",
    ),
    "detail_enhancement": (
        "Fine detail of the MRI picture is blurred {place}, {strength}.",
        "{strength} blur {place} in the MRI picture.",
        "The MRI picture is soft {place}, {strength}: folds of the cortex run together.",
        "Small structures of the MRI picture are lost {place}, {strength}.",
        "The MRI picture lacks detail {place} and needs sharpening.",
        "Unsharp {place}, the MRI picture shows large structures only.",
        "{strength} loss of detail in the MRI picture.",
        "The MRI picture is out of focus, {strength}.",
    ),
    "structure_consistency": (
        "The structures of the two pictures do not coincide {place}, {strength}.",
        "{strength} displacement of the MRI picture {place}.",
        "The MRI picture is shifted to one side {place}, {strength}.",
        "Outlines of both pictures disagree {place}, {strength}.",
        "The two heads lie beside each other {place} instead of upon each other.",
        "Badly registered {place}: the MRI picture lies off the first one.",
        "{strength} misalignment of the two pictures.",
        "The patient moved between the two scans, {strength}.",
    ),
    "artifact_reduction": (
        "Stripes run {place} through the MRI picture, {strength}.",
        "{strength} stripes {place} in the MRI picture.",
        "The scanner leaves a pattern {place} on the MRI picture, {strength}.",
        "Bands of different brightness {place} cross the MRI picture, {strength}.",
        "Lines {place} overlay the MRI picture and are not of the patient.",
        "Striped {place}: an artifact of the MRI scanner that should be removed.",
        "{strength} banding of the MRI picture.",
        "The MRI picture shows stripes of its scanner, {strength}.",
    ),
}  # fmt: skip


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
    return _fill(texts[rng.integers(len(texts))], word, place)


def all_degradation_texts(modality: str) -> Iterator[tuple[str, str]]:
    """Every event and description that training can come up with.

    Args:
        modality (str): 'infrared-visible' or 'medical'.

    Yields:
        tuple[str, str]: Event and description, each once.
    """
    seen = set()
    for name, kind in degradation_kinds(modality).items():
        for text in DEGRADATION_TEXTS[name]:
            for place in kind.places:
                for word in STRENGTH_WORDS:
                    line = kind.event, _fill(text, word, place)
                    if line not in seen:
                        seen.add(line)
                        yield line


def _fill(text: str, strength: str, place: str) -> str:
    filled = text.format(strength=strength, place=place)
    return filled[0].upper() + filled[1:]
