"""Names of events, and kinds of image pairs."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from ..user_errors import OptionError, UserError
from .event_translations import QUALIFIERS, TRANSLATIONS

MODALITIES = ("infrared-visible", "medical")


def check_modality(modality: str, whose: str = "") -> None:
    """Check that a kind of pairs is one of :data:`MODALITIES`.

    Args:
        modality (str): The kind.
        whose (str): Who takes it, for the message. Default: ''.

    Raises:
        UserError: If it is none.
    """
    if modality not in MODALITIES:
        owner = f"{whose}: " if whose else ""
        raise UserError(f"{owner}modality '{modality}' is none of {', '.join(MODALITIES)}")


#: Events of infrared-visible pairs. Each but ``haze`` has its own row of loss weights.
EVENT_TYPES = (
    "low_light",
    "over_exposure",
    "ir_low_contrast",
    "ir_noise",
    "high_noise",
    "motion_blur",
    "sensor_artifact",
    "haze",
)

#: Events of CT, PET or SPECT + MRI pairs. They name what the fusion should do about the pair.
MEDICAL_EVENT_TYPES = (
    "contrast_enhancement",
    "edge_preservation",
    "noise_suppression",
    "detail_enhancement",
    "structure_consistency",
    "artifact_reduction",
)

#: Events that the prior of a network is read for, in the order of its read-out.
READ_EVENTS = (*EVENT_TYPES, *MEDICAL_EVENT_TYPES)

#: What a pair without a strong degradation gets; both mean "default loss weights".
NORMAL_EVENT = "normal"
MEDICAL_NORMAL_EVENT = "medical_normal"

#: All of these.
KNOWN_EVENT_TYPES = (*EVENT_TYPES, *MEDICAL_EVENT_TYPES, NORMAL_EVENT, MEDICAL_NORMAL_EVENT)

_SYNONYMS = {
    "low_light": "lowlight low_illumination low_lighting dark darkness underexposed under_exposure "
    "underexposure under_exposed insufficient_light insufficient_lighting poor_lighting "
    "poor_illumination dim dim_light night low_brightness low_exposure",
    "over_exposure": "overexposure overexposed over_exposed overexposition glare highlight "
    "saturation overbright strong_light high_exposure blown_out blown_highlights light_glare",
    "ir_low_contrast": "infrared_low_contrast low_contrast_ir low_contrast_infrared "
    "thermal_low_contrast low_thermal_contrast low_ir_contrast low_infrared_contrast "
    "ir_contrast_low",
    "ir_noise": "infrared_noise thermal_noise noise_ir noise_infrared noisy_ir noisy_infrared",
    "high_noise": "noise noisy heavy_noise image_noise visible_noise noise_visible gaussian_noise "
    "random_noise grain high_noise_level",
    "motion_blur": "blur blurred blurry blurring motionblur motion_blurring camera_shake movement_blur",
    "sensor_artifact": "sensor_artefact sensor_artifacts sensor_artefacts artifact artefact "
    "artifacts artefacts stripe stripes striping stripe_noise banding dead_pixels "
    "fixed_pattern_noise",
    "haze": "hazy fog foggy mist smoke smoky",
    "contrast_enhancement": "enhance_contrast contrast_improvement low_tissue_contrast",
    "edge_preservation": "preserve_edges edge_preserving boundary_preservation",
    "noise_suppression": "suppress_noise denoising noise_reduction noise_removal",
    "detail_enhancement": "enhance_detail enhance_details texture_enhancement",
    "structure_consistency": "structural_consistency structure_preservation structural_preservation",
    "artifact_reduction": "artefact_reduction artifact_removal artifact_suppression reduce_artifacts",
    "normal": "none n_a not_applicable clean no_degradation no_degradations no_event good_quality nothing",
    "medical_normal": "normal_medical",
}
_CANONICAL = {name: name for name in KNOWN_EVENT_TYPES} | {
    synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms.split()
}
_QUALIFIER = re.compile("|".join(sorted(QUALIFIERS.split(";"), key=len, reverse=True)))
# Words that only qualify an event: "severe low-light condition" is low_light.
_FILLERS = (
    "severe slight slightly mild strong moderate heavy extreme significant minor possible partial "
    "condition conditions issue issues degradation problem scene region regions area areas "
    "image images visible rgb vis has is present detected"
)


def snake_case(name: str) -> str:
    """Lower-case words of any script joined by single underscores, e.g. ``Ir  Noise!`` -> ir_noise."""
    folded = unicodedata.normalize("NFKC", split_humps(unicodedata.normalize("NFKC", name)).lower())
    return re.sub(r"[\W_]+", "_", folded).strip("_")


def split_humps(name: str) -> str:
    """Words of camel case apart: ``lowLight`` -> low_Light."""
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name)


def fold(name: str) -> str:
    """Snake case without accents, for comparing names of any language."""
    letters = unicodedata.normalize("NFKD", snake_case(name))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_FOREIGN = {fold(word): name for name, words in TRANSLATIONS.items() for word in words.split(";")}


def is_known_event(name: str) -> bool:
    """Whether ``name``, however spelt, means one of the known events."""
    return canonical_event_type(name) in KNOWN_EVENT_TYPES


@lru_cache(maxsize=4096)
def canonical_event_type(name: str) -> str:
    """Name of the event that free wording means.

    Synonyms (``overexposed``), spelling (``Low-Ligth``), qualifiers (``severe haze (visible)``) and other
    languages (``Bewegungsunschärfe``) lead to a known event; anything else is kept in snake case.

    Args:
        name (str): Wording, e.g. of a language model.

    Returns:
        str: Known event name, or ``name`` in snake case; empty if ``name`` has no letter or digit.
    """
    full = snake_case(name)
    bare = snake_case(re.sub(r"\([^()]*\)", " ", name))
    for candidate in (full, bare, _without_fillers(full), _without_fillers(bare)):
        known = _CANONICAL.get(candidate) or _FOREIGN.get(fold(candidate)) or _misspelt(candidate)
        if known:
            return known
    return _FOREIGN.get(fold(_QUALIFIER.sub("", bare)), full)


def _without_fillers(name: str) -> str:
    fillers = _FILLERS.split()
    return "_".join(word for word in name.split("_") if word not in fillers)


def _misspelt(name: str) -> str | None:
    # A word more is another meaning ("no_motion_blur"), so only names of as many words may match.
    alike = [known for known in _CANONICAL if known.count("_") == name.count("_") and len(name) > 5]
    matches = get_close_matches(name, alike, n=1, cutoff=0.85)
    return _CANONICAL[matches[0]] if matches else None


def read_event_types(names: Sequence[str]) -> list[str]:
    """The events of :data:`READ_EVENTS` that some names, however spelt, mean, in their order.

    Raises:
        OptionError: If none is given, or one is not known.
    """
    types = [canonical_event_type(name) for name in names]
    unknown = [name for name, event in zip(names, types) if event not in READ_EVENTS]
    if unknown or not types:
        said = f"'{unknown[0]}' is no known event" if unknown else "no event is given"
        raise OptionError(f"events: {said}: take some of {', '.join(READ_EVENTS)}")
    return sorted(set(types), key=READ_EVENTS.index)
