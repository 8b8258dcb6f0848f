"""Gradio, imported late and told to call nobody."""

import os
from types import ModuleType


def import_gradio() -> ModuleType:
    """Import Gradio.

    Raises:
        ImportError: If it is not installed; one sentence with the way to get it.
    """
    # Read when it is imported: no usage statistics and no look at PyPI for a newer version.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import gradio
    except ImportError as error:
        raise ImportError(
            f'the page needs Gradio, which cannot be imported ({error}): pip install "mmfusion_distill[serve]"'
        ) from error
    return gradio
