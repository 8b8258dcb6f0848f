"""What the fusion of a CT, PET or SPECT picture with an MRI picture should heed, found by measuring them."""

from dataclasses import dataclass

import numpy as np

from ..annotation_types import Event
from . import image_statistics as stats


@dataclass(frozen=True)
class MedicalThresholds:
    """Limits beyond which an event is named, in gray values (0 to 255) unless said.

    The defaults separate the slices of the Whole Brain Atlas from copies that were degraded as in
    :mod:`mmfusion_distill.annotation.degradations`; ``tools/analysis_tools/annotation_recall.py`` prints how well.

    Args:
        contrast (float): Range of B inside the head (2nd to 98th percentile) below which it needs
            ``contrast_enhancement``.
        noise (float): Noise deviation of either source inside the head above which it needs ``noise_suppression``.
        edge_sharpness (float): Sharpness of A (see :func:`image_statistics.edge_sharpness`) below which the
            edges of B are the only sharp ones: ``edge_preservation``.
        detail (float): Sharpness of B below which it needs ``detail_enhancement``.
        offset (float): Sideways distance of the two centres, over the square root of the larger area, above which the
            sources disagree: ``structure_consistency``. Heads are alike left and right, so the centres agree even
            where one source shows the brain alone; upwards they need not.
        stripes (float): Deviation of row or column offsets of either source above which it needs
            ``artifact_reduction``.
    """

    contrast: float = 75.0
    noise: float = 8.0
    edge_sharpness: float = 0.17
    detail: float = 0.2
    offset: float = 0.125
    stripes: float = 6.0


def find_medical_events(img_a: np.ndarray, img_b: np.ndarray, limits: MedicalThresholds) -> list[Event]:
    """Events of a pair.

    Args:
        img_a (np.ndarray): CT, PET or SPECT picture (H, W, 1 or 3), 0 to 255, RGB.
        img_b (np.ndarray): MRI picture (H, W, 1), 0 to 255.
        limits (MedicalThresholds): When an event counts as there.

    Returns:
        list[Event]: Empty for a pair without peculiarities.
    """
    grays = stats.luminance(img_a), stats.luminance(img_b)
    masks = stats.foreground_mask(grays[0]), stats.foreground_mask(grays[1])
    found = {
        "contrast_enhancement": _contrast_enhancement(grays[1], masks[1], limits),
        "noise_suppression": _noise_suppression(grays, masks, limits),
        "edge_preservation": _edge_preservation(grays[0], limits),
        "detail_enhancement": _detail_enhancement(grays[1], limits),
        "structure_consistency": _structure_consistency(masks, limits),
        "artifact_reduction": _artifact_reduction(grays, masks, limits),
    }
    return [Event(name, text) for name, text in found.items() if text]


def _contrast_enhancement(gray: np.ndarray, mask: np.ndarray, limits: MedicalThresholds) -> str:
    contrast = stats.contrast_range(gray, mask)
    if contrast >= limits.contrast:
        return ""
    return (
        f"Soft tissue of the MRI image has low contrast: inside the head its tones span {contrast:.0f} of 255 gray "
        "levels."
    )


def _noise_suppression(grays: tuple, masks: tuple, limits: MedicalThresholds) -> str:
    parts = []
    for name, gray, mask in zip(("first", "MRI"), grays, masks):
        sigma = stats.noise_sigma(gray, mask)
        if sigma > limits.noise:
            parts.append(f"The {name} image carries noise of standard deviation {sigma:.1f} gray levels.")
    return " ".join(parts)


def _edge_preservation(gray: np.ndarray, limits: MedicalThresholds) -> str:
    sharpness = stats.edge_sharpness(gray)
    if sharpness >= limits.edge_sharpness:
        return ""
    return (
        f"Boundaries of the first image are soft (edge sharpness {sharpness:.2f} of 1): the edges of the MRI image "
        "must survive."
    )


def _detail_enhancement(gray: np.ndarray, limits: MedicalThresholds) -> str:
    sharpness = stats.edge_sharpness(gray)
    if sharpness >= limits.detail:
        return ""
    return (
        f"Fine detail of the MRI image is blurred: edge sharpness {sharpness:.2f} of 1, variance of the Laplacian "
        f"{stats.laplacian_variance(gray):.0f}."
    )


def _structure_consistency(masks: tuple, limits: MedicalThresholds) -> str:
    if masks[0].shape != masks[1].shape or not masks[0].any() or not masks[1].any():
        return ""
    centres = [float(np.nonzero(mask)[1].mean()) for mask in masks]
    offset = abs(centres[0] - centres[1]) / np.sqrt(max(mask.sum() for mask in masks))
    if offset <= limits.offset:
        return ""
    return (
        f"The structures of the two images do not coincide: their centres lie {abs(centres[0] - centres[1]):.0f} "
        "pixels apart sideways."
    )


def _artifact_reduction(grays: tuple, masks: tuple, limits: MedicalThresholds) -> str:
    parts = [
        f"{stripes} cross the {name} image."
        for name, gray, mask in zip(("first", "MRI"), grays, masks)
        if (stripes := stats.stripes_in_words(gray, limits.stripes, mask))
    ]
    return " ".join(parts)
