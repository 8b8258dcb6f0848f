"""Who writes annotations."""

from mmagic.registry import TASK_UTILS

from .base import Annotator
from .statistics_annotator import StatisticsAnnotator

__all__ = ["Annotator", "StatisticsAnnotator", "build_annotator"]

_SHORT_NAMES = {"statistics": "StatisticsAnnotator"}


def build_annotator(cfg: str | dict) -> Annotator:
    """Build an annotator.

    Args:
        cfg (str | dict): A short name ('statistics') or a config with `type`.

    Returns:
        Annotator: The annotator.

    Raises:
        ValueError: If the short name is unknown.
    """
    if isinstance(cfg, str):
        if cfg not in _SHORT_NAMES:
            raise ValueError(f"annotator '{cfg}' is none of {', '.join(_SHORT_NAMES)}")
        cfg = dict(type=_SHORT_NAMES[cfg])
    return TASK_UTILS.build(dict(cfg))
