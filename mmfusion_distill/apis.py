"""The public door: what users call from Python, as everywhere in OpenMMLab."""

from .user_errors import MissingPackageError

try:
    from .inference.fusion_inferencer import FusionInferencer
    from .models.model_zoo import get_model, list_models
except ImportError as error:
    raise MissingPackageError(
        f"mmfusion_distill.apis cannot be imported: {error}. Run `python -m mmfusion_distill.doctor` to see what is "
        "missing and how to fix it",
        name=error.name,
    ) from error

__all__ = ["FusionInferencer", "get_model", "list_models"]
