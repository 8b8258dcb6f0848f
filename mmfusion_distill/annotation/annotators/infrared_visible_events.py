"""Degradations of a visible and an infrared image, found by measuring them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...system.number_range import check_finite
from ..annotation_types import Event
from . import image_statistics as stats
from .visible_measures import VisibleMeasures, blown_out, measure_visible


@dataclass(frozen=True)
class InfraredVisibleThresholds:
    """Limits beyond which an event is named, in gray values (0 to 255) unless said.

    The defaults of ``dark_mean``, ``bright_fraction`` and ``glare_*`` agree best with the annotations that a
    vision-language model wrote of RoadScene's training pairs; the others separate RoadScene's pairs from copies that
    were degraded as in :mod:`mmfusion_distill.data.degradations.degradations`.
    ``tools/analysis_tools/annotation_recall.py`` chooses the former and prints how well all do.

    Args:
        dark_mean (float): Mean luminance of A below which it is ``low_light``.
        bright_fraction (float): Share of A's pixels at 250 or more above which it is ``over_exposure``.
        ir_contrast (float): Range of B (2nd to 98th percentile) below which it is ``ir_low_contrast``.
        noise (float): Noise deviation of A above which it is ``high_noise``.
        ir_noise (float): Noise deviation of B above which it is ``ir_noise``.
        blur_peak (float): Motion leaves one direction sharper than the median one by more than this (dB) ...
        blur_detail (float): ... and the median direction with a fine-to-coarse ratio below this (dB).
        stripes (float): Deviation of row or column offsets above which an image has ``sensor_artifact``.
        haze (float): Mean dark channel of A above which it has ``haze``, unless it is over-exposed ...
        haze_contrast (float): ... or its range exceeds this ...
        haze_bright_fraction (float): ... and over-exposed is this share of A at 250 or more.
        glare_shadows (float): Glare of lamps or of the sun also veils A (``haze``), if the darkest tones around its
            pixels exceed this in the median ...
        glare_edges (float): ... the 95th percentile of its gradient is below this ...
        glare_sky (float): ... and the median of its upper third is below this: a bright sky has no dark tones either.

    Raises:
        OptionError: If one is no finite number.
    """

    dark_mean: float = 145.0
    bright_fraction: float = 0.009
    ir_contrast: float = 80.0
    noise: float = 5.0
    ir_noise: float = 6.0
    blur_peak: float = 8.7
    blur_detail: float = -24.5
    stripes: float = 5.0
    haze: float = 130.0
    haze_contrast: float = 80.0
    haze_bright_fraction: float = 0.25
    glare_shadows: float = 116.0
    glare_edges: float = 191.0
    glare_sky: float = 192.0

    def __post_init__(self) -> None:
        check_finite(self)


def find_infrared_visible_events(
    img_a: np.ndarray, img_b: np.ndarray, limits: InfraredVisibleThresholds
) -> Iterator[Event]:
    """Events of a pair.

    Args:
        img_a (np.ndarray): Visible image (H, W, 1 or 3), 0 to 255, RGB.
        img_b (np.ndarray): Infrared image (H, W, 1), 0 to 255.
        limits (InfraredVisibleThresholds): When an event counts as there.

    Yields:
        Event: None for a pair without strong degradations.
    """
    gray_a, gray_b = stats.luminance(img_a), stats.luminance(img_b)
    yield from _exposure_and_air(img_a, gray_a, limits)
    yield from _noise("high_noise", "visible", gray_a, limits.noise)
    contrast = stats.contrast_range(gray_b)
    if contrast < limits.ir_contrast:
        yield Event(
            "ir_low_contrast",
            f"The infrared image has low contrast: its tones span {contrast:.0f} of 255 gray levels around "
            f"{gray_b.mean():.0f}, warm and cold objects are hard to tell apart.",
        )
    yield from _noise("ir_noise", "infrared", gray_b, limits.ir_noise)
    yield from _blur_and_stripes(gray_a, gray_b, limits)


def is_dark(measures: VisibleMeasures, limits: InfraredVisibleThresholds) -> bool | np.ndarray:
    """Whether an image, or each of several, has ``low_light``."""
    return measures.mean < limits.dark_mean


def is_over_exposed(measures: VisibleMeasures, limits: InfraredVisibleThresholds) -> bool | np.ndarray:
    """Whether an image, or each of several, has ``over_exposure``."""
    return measures.bright_fraction > limits.bright_fraction


def is_hazy(measures: VisibleMeasures, limits: InfraredVisibleThresholds) -> bool | np.ndarray:
    """Whether an image, or each of several, has ``haze``."""
    fog = (
        (measures.dark_channel > limits.haze)
        & (measures.contrast < limits.haze_contrast)
        & (measures.bright_fraction <= limits.haze_bright_fraction)
    )
    return fog | is_veiled_by_glare(measures, limits)


def is_veiled_by_glare(measures: VisibleMeasures, limits: InfraredVisibleThresholds) -> bool | np.ndarray:
    """Whether the light of a lamp or of the sun veils an image, or each of several."""
    return (
        (measures.shadows > limits.glare_shadows)
        & (measures.edges < limits.glare_edges)
        & (measures.sky < limits.glare_sky)
    )


def _exposure_and_air(
    image: np.ndarray, gray: np.ndarray, limits: InfraredVisibleThresholds
) -> Iterator[Event]:
    measures = measure_visible(image)
    if is_dark(measures, limits):
        darkness = "very dark" if measures.mean < limits.dark_mean / 2 else "dark"
        yield Event(
            "low_light",
            f"The visible image is {darkness}: mean brightness {measures.mean:.0f} of 255, "
            f"{(gray < 30).mean():.0%} of its pixels nearly black, "
            f"darkest in the {stats.where_strongest(255 - gray)}.",
        )
    if is_over_exposed(measures, limits):
        extent = "The visible image" if measures.bright_fraction > 0.25 else "A part of the visible image"
        yield Event(
            "over_exposure",
            f"{extent} is over-exposed: {measures.bright_fraction:.1%} of the pixels are blown out, "
            f"mostly in the {stats.where_strongest(blown_out(gray))}; mean brightness {measures.mean:.0f} of 255.",
        )
    if is_veiled_by_glare(measures, limits):
        yield Event(
            "haze",
            f"Glare veils the visible image, brightest in the {stats.where_strongest(gray)}: even its shadows have a "
            f"brightness of {measures.shadows:.0f} of 255, its edges are weak.",
        )
    elif is_hazy(measures, limits):
        thickest = stats.where_strongest(stats.dark_channel(image))
        yield Event(
            "haze",
            f"Haze veils the visible image, most in the {thickest}: even dark places have a "
            f"brightness of {measures.dark_channel:.0f} of 255 and the tones span only "
            f"{measures.contrast:.0f} gray levels.",
        )


def _noise(event: str, name: str, gray: np.ndarray, limit: float) -> Iterator[Event]:
    sigma = stats.noise_sigma(gray)
    if sigma > limit:
        strength = "heavy" if sigma > 2 * limit else "clearly visible"
        yield Event(
            event,
            f"The {name} image carries {strength} noise of standard deviation {sigma:.1f} gray levels over the whole "
            "frame.",
        )


def _blur_and_stripes(
    gray_a: np.ndarray, gray_b: np.ndarray, limits: InfraredVisibleThresholds
) -> Iterator[Event]:
    sentences: dict[str, list[str]] = {"motion_blur": [], "sensor_artifact": []}
    for name, gray in (("visible", gray_a), ("infrared", gray_b)):
        peak, detail, angle = stats.directional_blur(gray)
        if stripes := stats.stripes_in_words(gray, limits.stripes):
            sentences["sensor_artifact"].append(f"{stripes} cross the whole {name} image.")
        # Stripes are sharp in one direction only, as if all else were blurred.
        elif peak > limits.blur_peak and detail < limits.blur_detail:
            sentences["motion_blur"].append(
                f"The {name} image is smeared along {angle:.0f} degrees: fine detail there is {peak:.0f} dB weaker "
                f"than across, variance of the Laplacian {stats.laplacian_variance(gray):.0f}."
            )
    for event, found in sentences.items():
        if found:
            yield Event(event, " ".join(found))
