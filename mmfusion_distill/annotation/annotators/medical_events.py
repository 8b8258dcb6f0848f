"""What the fusion of a CT, PET or SPECT image with an MRI image should heed, found by measuring them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...system.number_range import check_finite
from ..annotation_types import Event
from . import image_statistics as stats


@dataclass(frozen=True)
class MedicalThresholds:
    """Limits beyond which an event is named, in gray values (0 to 255) unless said.

    The defaults separate the slices of the Whole Brain Atlas from copies that were degraded as in
    :mod:`mmfusion_distill.data.degradations.degradations`; ``tools/analysis_tools/annotation_recall.py`` prints how
    well.

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

    Raises:
        OptionError: If one is no finite number.
    """

    contrast: float = 75.0
    noise: float = 8.0
    edge_sharpness: float = 0.17
    detail: float = 0.2
    offset: float = 0.125
    stripes: float = 6.0

    def __post_init__(self) -> None:
        check_finite(self)


def find_medical_events(img_a: np.ndarray, img_b: np.ndarray, limits: MedicalThresholds) -> Iterator[Event]:
    """Events of a pair.

    Args:
        img_a (np.ndarray): CT, PET or SPECT image (H, W, 1 or 3), 0 to 255, RGB.
        img_b (np.ndarray): MRI image (H, W, 1), 0 to 255.
        limits (MedicalThresholds): When an event counts as there.

    Yields:
        Event: None for a pair without peculiarities.
    """
    grays = stats.luminance(img_a), stats.luminance(img_b)
    masks = stats.foreground_mask(grays[0]), stats.foreground_mask(grays[1])
    contrast = stats.contrast_range(grays[1], masks[1])
    if contrast < limits.contrast:
        yield Event(
            "contrast_enhancement",
            f"Soft tissue of the MRI image has low contrast: inside the head its tones span {contrast:.0f} of 255 "
            "gray levels.",
        )
    sources = list(zip(("first", "MRI"), grays, masks))
    noise = [
        f"The {name} image carries noise of standard deviation {sigma:.1f} gray levels."
        for name, gray, mask in sources
        if (sigma := stats.noise_sigma(gray, mask)) > limits.noise
    ]
    if noise:
        yield Event("noise_suppression", " ".join(noise))
    sharpness = stats.edge_sharpness(grays[0])
    if sharpness < limits.edge_sharpness:
        yield Event(
            "edge_preservation",
            f"Boundaries of the first image are soft (edge sharpness {sharpness:.2f} of 1): the edges of the MRI "
            "image must survive.",
        )
    sharpness = stats.edge_sharpness(grays[1])
    if sharpness < limits.detail:
        yield Event(
            "detail_enhancement",
            f"Fine detail of the MRI image is blurred: edge sharpness {sharpness:.2f} of 1, variance of the "
            f"Laplacian {stats.laplacian_variance(grays[1]):.0f}.",
        )
    if masks[0].shape == masks[1].shape and masks[0].any() and masks[1].any():
        centres = [float(np.nonzero(mask)[1].mean()) for mask in masks]
        distance = abs(centres[0] - centres[1])
        if distance / np.sqrt(max(mask.sum() for mask in masks)) > limits.offset:
            yield Event(
                "structure_consistency",
                f"The structures of the two images do not coincide: their centres lie {distance:.0f} pixels apart "
                "sideways.",
            )
    stripes = [
        f"{found} cross the {name} image."
        for name, gray, mask in sources
        if (found := stats.stripes_in_words(gray, limits.stripes, mask))
    ]
    if stripes:
        yield Event("artifact_reduction", " ".join(stripes))
