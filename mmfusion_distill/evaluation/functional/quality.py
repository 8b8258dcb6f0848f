"""Composite scores that select checkpoints and head every table."""

from collections.abc import Mapping

QUALITY_INPUTS = ("SSIM", "VIF", "SD", "Qabf", "EN")
BALANCED_QUALITY_INPUTS = ("SSIM_balanced", "VIF_balanced", "SD", "Qabf_balanced", "EN")


def quality(scores: Mapping[str, float]) -> float:
    """Published composite: ``(SSIM + VIF + SD/45 + Qabf/0.70 + EN/6.75) / 5``.

    SSIM and VIF are sums over the two sources, all by the ``standard`` protocol. About 1 for a
    good fusion; higher is better. A bare copy of the visible image scores high, because a copy
    has perfect similarity to its own source: read :func:`balanced_quality` beside it.

    Args:
        scores: At least the metrics in ``QUALITY_INPUTS``.

    Raises:
        KeyError: The name of one that is missing.
    """
    return _composite(*(scores[name] for name in QUALITY_INPUTS))


def balanced_quality(scores: Mapping[str, float]) -> float:
    """The same composite with what the *neglected* source gets.

    SSIM and VIF, sums over two sources, become twice the smaller per-source value. Qabf is not a
    sum but the mean of the two per-source edge preservations, weighted by the sources' edge
    strength; with each source's share being half of its own value, twice the smaller share is
    the smaller value itself. Hence ``balanced_quality <= quality``, with equality if both
    sources are kept equally well. Higher is better.

    Args:
        scores: At least the metrics in ``BALANCED_QUALITY_INPUTS``.

    Raises:
        KeyError: The name of one that is missing.
    """
    ssim, vif, *others = (scores[name] for name in BALANCED_QUALITY_INPUTS)
    return _composite(2 * ssim, 2 * vif, *others)


def _composite(ssim: float, vif: float, sd: float, qabf: float, en: float) -> float:
    return (ssim + vif + sd / 45 + qabf / 0.70 + en / 6.75) / 5
