"""Image fusion with text-guided teachers and small distilled students, as a plugin of MMagic."""

import sys
from importlib.util import find_spec

from .version import __version__

__all__ = ["__version__"]

# Without PyTorch what is left is `deployment`, which runs exported networks, and `files`. The doctor examines
# installations in which the imports below fail.
if find_spec("torch") is not None and "mmfusion_distill.doctor" not in sys.orig_argv:
    try:
        from . import compat

        compat.apply()
        from . import annotation, datasets, engine, evaluation, models

        __all__ += ["annotation", "datasets", "engine", "evaluation", "models"]
    except ImportError as error:
        raise ImportError(
            f"mmfusion_distill cannot be imported: {error}. "
            "Run `python -m mmfusion_distill.doctor` to see what is missing and how to mend it."
        ) from error
