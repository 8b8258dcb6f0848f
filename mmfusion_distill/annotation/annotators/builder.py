"""Annotators by name or config."""

import re
from importlib import import_module

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
    kind = cfg.pop("type", None)
    annotator = _class_of(kind) if isinstance(kind, str) else kind
    try:
        return annotator(**cfg)
    except TypeError as error:
        unknown = re.search(r"unexpected keyword argument '(.*)'", str(error))
        reason = f"it has no setting '{unknown[1]}'" if unknown else str(error)
        raise OptionError(f"annotator '{kind}' cannot be built: {reason}") from error


def _class_of(kind: str) -> type[Annotator]:
    name = SHORT_NAMES.get(kind, kind)
    for short, own in SHORT_NAMES.items():
        if name == own:
            # Neither statistics nor a server needs PyTorch, which takes seconds.
            return getattr(import_module(f".{short}_annotator", __package__), own)
    from ...registry import TASK_UTILS

    annotator = TASK_UTILS.get(name)
    if annotator is None:
        raise OptionError(
            f"annotator '{kind}' is none of {', '.join(SHORT_NAMES)}, nor a class registered in "
            "mmfusion_distill.registry.TASK_UTILS"
        )
    return annotator
