"""The public door: what users call from Python, as everywhere in OpenMMLab."""

from typing import Any

from .extras import missing_extra
from .inference.fusion_inferencer import FusionInferencer
from .user_errors import MissingPackageError
from .zoo.model_index import list_models

__all__ = ["FusionInferencer", "get_model", "list_models"]  # noqa: F822


def __getattr__(name: str) -> Any:
    # It needs PyTorch, the others do not.
    if name != "get_model":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from .models.model_zoo import get_model
    except ImportError as error:
        extra = missing_extra(error)
        remedy = f"pip install 'mmfusion_distill[{extra}]'" if extra else "run `mmfusion doctor`"
        raise MissingPackageError(
            f"get_model cannot be imported ({error}): {remedy}", name=error.name
        ) from error
    return get_model
