"""Gradio, imported late and told to call nobody."""

import os
from types import ModuleType

from ..user_errors import MissingPackageError


def import_gradio() -> ModuleType:
    """Import Gradio.

    Raises:
        MissingPackageError: If it is not installed; one sentence with the way to get it.
    """
    # Read when it is imported: no usage statistics and no look at PyPI for a newer version.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import gradio
    except ImportError as error:
        raise MissingPackageError(
            f'the page needs Gradio, which cannot be imported ({error}): pip install "mmfusion_distill[serve]"'
        ) from error
    return gradio
