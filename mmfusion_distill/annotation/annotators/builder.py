"""Annotators by name or config."""

from mmagic.registry import TASK_UTILS

from ...user_errors import OptionError
from .base import Annotator

#: Short names for configs and command lines.
SHORT_NAMES = {
    "statistics": "StatisticsAnnotator",
    "transformers": "TransformersAnnotator",
    "openai": "OpenAIAnnotator",
}


def build_annotator(cfg: str | dict) -> Annotator:
    """Build an annotator.

    Args:
        cfg (str | dict): A short name (``statistics``), the name of a registered class, or a config with ``type``.

    Raises:
        OptionError: If no annotator has this name, or it does not take these arguments.
    """
    cfg = dict(type=cfg) if isinstance(cfg, str) else dict(cfg)
    kind = cfg.get("type")
    if isinstance(kind, str):
        cfg["type"] = SHORT_NAMES.get(kind, kind)
        if TASK_UTILS.get(cfg["type"]) is None:
            raise OptionError(
                f"annotator '{kind}' is none of {', '.join(SHORT_NAMES)}, nor a class registered in "
                "mmagic.registry.TASK_UTILS"
            )
    try:
        return TASK_UTILS.build(cfg)
    except TypeError as error:
        raise OptionError(f"annotator '{kind}' cannot be built: {error}") from error
