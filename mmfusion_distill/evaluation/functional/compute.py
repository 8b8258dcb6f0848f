"""Scores of one fused image by name."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ...user_errors import UserError
from .catalog import METRICS_BY_NAME
from .gray_image import FusionTriple, GrayImage
from .metric_entry import FORMS, MetricEntry, Scoring, SourceWiseMetric
from .protocols import Protocol, get_protocol
from .quality import BALANCED_QUALITY_INPUTS, QUALITY_INPUTS, balanced_quality, quality

DEFAULT_METRICS = ("EN", "SD", "SF", "AG", "MI", "SCD", "CC", "VIF", "SSIM", "Qabf")
COMPOSITES = {
    "quality": (QUALITY_INPUTS, quality),
    "balanced_quality": (BALANCED_QUALITY_INPUTS, balanced_quality),
}
_WHOLE_PICTURE = ("SF", "CIEDE2000")  # what takes all channels at once


def compute_metrics(
    img_a: np.ndarray,
    img_b: np.ndarray,
    fused: np.ndarray,
    metrics: Sequence[str] = DEFAULT_METRICS,
    protocol: str | Protocol = "standard",
    data_range: float | None = None,
) -> dict[str, float]:
    """Score one fused image.

    A source-wise metric ``M`` has four keys: ``M`` (combined as its definition says), ``M_A`` and
    ``M_B`` (towards one source) and ``M_balanced`` (the worse of the two). ``quality`` and
    ``balanced_quality`` are composites, always by the standard protocol, for which their
    constants were chosen.

    Args:
        img_a: Source A, (H, W) or (H, W, 3) RGB; uint8, uint16 or float.
        img_b: Source B, (H, W), or (H, W, 3) of which the luminance is taken.
        fused: Fused image, (H, W) or (H, W, 3) RGB.
        metrics: Keys wanted.
        protocol: Name of a protocol or a :class:`Protocol`.
        data_range: Value of white; needed for float images only, taken for uint16 too, and of no effect on
            uint8, where it is 255.

    Returns:
        Finite floats under the keys in ``metrics``, in that order.

    Raises:
        UserError: If sizes differ, an image is malformed or a key is unknown.
    """
    images = [GrayImage(image, data_range) for image in (img_a, img_b, fused)]
    return score_triple(FusionTriple(*images), metrics, protocol)


def score_triple(
    triple: FusionTriple,
    metrics: Sequence[str] = DEFAULT_METRICS,
    protocol: str | Protocol = "standard",
) -> dict[str, float]:
    """Like :func:`compute_metrics`, for wrapped images: their intermediate results are kept.

    Several fusions of one pair are scored faster so, since the sources are analysed once.
    """
    _check_sizes(triple)
    protocol = get_protocol(protocol)
    composites = [name for name in metrics if name in COMPOSITES]
    inputs = [key for name in composites for key in COMPOSITES[name][0]]
    keys = [name for name in metrics if name not in COMPOSITES]
    if protocol.differences():
        scores = _score(triple, keys, protocol)
        of_composites = _score(triple, inputs, get_protocol("standard"))
    else:
        scores = of_composites = _score(triple, [*keys, *inputs], protocol)
    for name in composites:
        scores[name] = COMPOSITES[name][1](of_composites)
    return {name: scores[name] for name in metrics}


def parse_metric_names(names: Iterable[str]) -> list[tuple[str, MetricEntry | None, str]]:
    """Split result keys into (key, metric, form); the form is empty, A, B or balanced.

    Composites have no metric entry (None).

    Raises:
        UserError: If a key is unknown, or asks for a per-source form that does not exist.
    """
    parsed: list[tuple[str, MetricEntry | None, str]] = []
    for key in names:
        if key in COMPOSITES:
            parsed.append((key, None, ""))
            continue
        base, _, form = key.rpartition("_")
        if form not in FORMS or not base:
            base, form = key, ""
        if base not in METRICS_BY_NAME:
            known = ", ".join([*METRICS_BY_NAME, *COMPOSITES])
            raise UserError(
                f"No metric '{key}'; choose from {known}, source-wise ones also with _A, _B, _balanced"
            )
        entry = METRICS_BY_NAME[base]
        if form and not isinstance(entry, SourceWiseMetric):
            raise UserError(f"'{key}': {base} has no per-source form")
        parsed.append((key, entry, form))
    return parsed


def higher_is_better(key: str) -> bool:
    """Direction of a result key.

    Raises:
        UserError: If the key is unknown.
    """
    ((_, entry, _),) = parse_metric_names([key])
    return entry is None or entry.direction == "higher"


def source_wise_metrics(names: Iterable[str]) -> list[str]:
    """Those metrics among result keys that have per-source forms."""
    return [
        key
        for key, entry, form in parse_metric_names(names)
        if isinstance(entry, SourceWiseMetric) and not form
    ]


def _score(triple: FusionTriple, names: Sequence[str], protocol: Protocol) -> dict[str, float]:
    if protocol.channels != "each" or not triple.fused.is_color:
        return _score_once(triple, names, protocol)
    scores = _score_once(triple, [name for name in names if name in _WHOLE_PICTURE], protocol)
    names = [name for name in names if name not in _WHOLE_PICTURE]
    images = (triple.img_a, triple.img_b, triple.fused)
    channels = [
        _score_once(FusionTriple(*(image.channel(index) for image in images)), names, protocol)
        for index in range(3)
    ]
    scores.update({name: sum(channel[name] for channel in channels) / 3 for name in names})
    return scores


def _score_once(triple: FusionTriple, names: Sequence[str], protocol: Protocol) -> dict[str, float]:
    scoring = Scoring(triple, protocol)
    scores = {}
    for key, entry, form in parse_metric_names(names):
        value = entry.value(scoring, form)
        if not math.isfinite(value):
            raise ArithmeticError(f"{key} came out as {value}; please report the three images")
        scores[key] = float(value)
    return scores


def _check_sizes(triple: FusionTriple) -> None:
    sizes = {
        "source A": triple.img_a.shape,
        "source B": triple.img_b.shape,
        "the fused image": triple.fused.shape,
    }
    if len(set(sizes.values())) > 1:
        text = ", ".join(f"{name} {h}x{w}" for name, (h, w) in sizes.items())
        raise UserError(f"Images of different sizes (height x width): {text}")
