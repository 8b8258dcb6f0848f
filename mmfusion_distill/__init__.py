"""Image fusion with text-guided teachers and small distilled students, as a plugin of MMagic.

Importing this package is enough for MMagic to know its components: its registries import them when a config names
one.
"""

import importlib
from importlib.util import find_spec

from .lazy import lazy_attributes
from .version import __version__

__all__ = ["__version__"]

_PACKAGES = ("annotation", "data", "engine", "evaluation", "models")
#: Modules and packages that register components.
_COMPONENTS = (
    "data.registered_annotators",
    "data.paired_fusion_dataset",
    "data.seeded_concat_dataset",
    "data.seeded_samplers",
    "data.transforms",
    "engine",
    "evaluation.metrics.fusion_metric",
    "inference.exported_network",
    "models",
    "models.model_zoo",
)


def _prepare_mmagic() -> None:
    from . import compat

    compat.apply()


def _import_components() -> None:
    global _components_are_imported
    if _components_are_imported:
        return
    _components_are_imported = True
    try:
        for name in _COMPONENTS:
            importlib.import_module(f".{name}", __name__)
    except BaseException:
        _components_are_imported = False
        raise


_components_are_imported = False
__getattr__, _lazy = lazy_attributes(__name__, dict.fromkeys(_PACKAGES, ""))

# Without PyTorch what is left is `inference` with exported networks, `images`, and scores of files.
if find_spec("torch") is not None:
    from . import deferred_imports

    deferred_imports.install(_prepare_mmagic, _import_components)
    __all__ += _lazy
