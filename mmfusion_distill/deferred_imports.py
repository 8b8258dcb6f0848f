"""MMagic's large packages, imported when something of theirs is wanted.

MMagic imports its 62 families of editors, all losses and all transforms as soon as any model of it is imported, and
with them diffusers, transformers, scikit-learn, albumentations, numba ... Here the packages in `DEFERRED` are entered
into `sys.modules` with their `__init__` still to run. It runs, unchanged, when

- an attribute of the package is used (`mmagic.models.editors.Restormer`, `mmagic.models.Restormer`,
  `from mmagic.datasets.transforms import Resize`), or
- a registry is asked for a name it does not have yet (`MODELS.build(dict(type='Restormer'))`).

Modules inside them (`mmagic.datasets.transforms.crop`) can be imported by themselves, as always. The registries know
our own components without anybody having imported them.
"""

from __future__ import annotations

import importlib
import sys
import threading
import warnings
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any

#: Deferred package -> registries that its modules register in.
DEFERRED: dict[str, tuple[str, ...]] = {
    "mmagic.models.editors": ("MODELS",),
    "mmagic.models.losses": ("MODELS",),
    "mmagic.datasets.transforms": ("TRANSFORMS",),
    "mmagic.evaluation.metrics": ("METRICS",),
    "mmagic.evaluation": ("METRICS", "EVALUATORS"),
}
#: The package that imports its own among them with a star.
STAR_PARENT = "mmagic.models"
#: Packages before which the workarounds are applied: MMagic, and what detectors import without it.
PREPARED = ("mmagic", "mmcv.ops", "mmengine.hub")


class _DeferredPackage:
    """One package of `DEFERRED`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.has_star_parent = name.startswith(f"{STAR_PARENT}.")
        self.is_complete = False
        self._is_completing = False
        self._lock = threading.RLock()

    def defer(self, module: ModuleType, loader: Loader) -> None:
        """Stand in for running the package's `__init__`."""
        self._module, self._loader = module, loader
        vars(module)["__getattr__"] = self._attribute
        if self.has_star_parent:
            vars(module)["__all__"] = []
            vars(sys.modules[STAR_PARENT])["__getattr__"] = _attribute_of_star_parent

    def complete(self) -> None:
        """Run the package's `__init__` unless that is done; a failure leaves things as they were."""
        with self._lock:
            if self.is_complete or self._is_completing:
                return
            if self.name not in sys.modules:
                importlib.import_module(self.name)
            self._is_completing = True
            try:
                with warnings.catch_warnings():
                    # Of the old diffusers, on import.
                    warnings.simplefilter("ignore")
                    self._loader.exec_module(self._module)
            finally:
                self._is_completing = False
            self.is_complete = True
            vars(self._module).pop("__getattr__", None)
            if self.has_star_parent:
                names = vars(sys.modules[STAR_PARENT])
                for name in self._module.__all__:
                    names.setdefault(name, getattr(self._module, name))

    def _attribute(self, name: str) -> Any:
        if not name.startswith("__") and not self._is_completing:
            try:
                self.complete()
            except ImportError:
                # A module that was imported by itself asks for its neighbour: `__init__` cannot run in between.
                if find_spec(f"{self.name}.{name}") is None:
                    raise
                return importlib.import_module(f"{self.name}.{name}")
        return _attribute_there(self.name, name)


_packages = {name: _DeferredPackage(name) for name in DEFERRED}


def _attribute_of_star_parent(name: str) -> Any:
    if not name.startswith("__"):
        complete_packages(below=STAR_PARENT)
    return _attribute_there(STAR_PARENT, name)


def _attribute_there(module: str, name: str) -> Any:
    names = vars(sys.modules[module])
    if name in names:
        return names[name]
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


class _Loader(Loader):
    """Gives a module and its own loader to a function that runs the module, now or later."""

    def __init__(self, loader: Loader, run: Callable[[ModuleType, Loader], None]) -> None:
        self._loader, self._run = loader, run

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # Who looks at the module (inspect, reload) sees the real loader.
        module.__loader__ = module.__spec__.loader = self._loader
        self._run(module, self._loader)


def _run_utils(module: ModuleType, loader: Loader) -> None:
    """Run `mmagic.utils`, whose `try_import` gets one of MMagic's crops all of mmdet, albumentations and pandas.

    mmdet waits until that crop asks for something of it.
    """
    loader.exec_module(module)
    original = vars(module)["try_import"]

    def try_import(name: str) -> ModuleType | None:
        if name != "mmdet.apis" or find_spec("mmdet") is None:
            return original(name)
        deferred = ModuleType(name)
        vars(deferred)["__getattr__"] = lambda attribute: getattr(importlib.import_module(name), attribute)
        return deferred

    vars(module)["try_import"] = try_import


def _run_controlnet_aux(module: ModuleType, loader: Loader) -> None:
    """Run `controlnet_aux`, which `mmagic.apis` imports, as if a mediapipe of 1.0 and later were not installed.

    It reads `mediapipe.solutions`, which these have no more, and does without where there is no mediapipe.
    """
    try:
        is_hidden = not hasattr(importlib.import_module("mediapipe"), "solutions")
    except ImportError:
        is_hidden = False
    kept = sys.modules.get("mediapipe")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if is_hidden:
                sys.modules["mediapipe"] = None  # type: ignore[assignment]
            loader.exec_module(module)
        finally:
            if is_hidden and kept is not None:
                sys.modules["mediapipe"] = kept


class _Finder(MetaPathFinder):
    def __init__(self, prepare: Callable[[], None], import_components: Callable[[], None]) -> None:
        def run_prepared(module: ModuleType, loader: Loader) -> None:
            prepare()
            loader.exec_module(module)

        def run_registry(module: ModuleType, loader: Loader) -> None:
            loader.exec_module(module)
            complete_registries_on_demand(import_components)

        self._runs = {
            **dict.fromkeys(PREPARED, run_prepared),
            "mmagic.utils": _run_utils,
            "controlnet_aux": _run_controlnet_aux,
            "mmagic.registry": run_registry,
            **{name: package.defer for name, package in _packages.items()},
        }

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self._runs:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and name not in sys.modules:
            spec.loader = _Loader(spec.loader, self._runs[name])
        return spec


def install(prepare: Callable[[], None], import_components: Callable[[], None]) -> None:
    """Defer MMagic's packages from now on; what is imported already stays so.

    Args:
        prepare (Callable): Called before one of `PREPARED` is imported, or now if MMagic is.
        import_components (Callable): Imports everything that this package registers; called when a registry of
            MMagic is asked for a name that it does not have.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder(prepare, import_components))
    for name, package in _packages.items():
        package.is_complete = name in sys.modules
    if "mmagic" in sys.modules or "mmengine.hub" in sys.modules:
        prepare()
    if "mmagic.registry" in sys.modules:
        complete_registries_on_demand(import_components)


def complete_registries_on_demand(import_components: Callable[[], None]) -> None:
    """Let MMagic's registries import what they lack when they are asked for it."""
    from mmengine.registry import Registry

    class CompletingRegistry(Registry):
        """A registry of MMagic, some of whose components are imported when it is first asked for them."""

        def get(self, key: str) -> type | None:
            if isinstance(key, str):
                scope, name = self.split_scope_key(key)
                if scope in (None, self.scope) and name not in self._module_dict:
                    import_components()
                    if name not in self._module_dict:
                        complete_packages(self._deferred_name)
            return super().get(key)

        @property
        def module_dict(self) -> dict:
            self._complete()
            return super().module_dict

        def __len__(self) -> int:
            self._complete()
            return super().__len__()

        def __repr__(self) -> str:
            self._complete()
            return super().__repr__()

        def _add_child(self, registry: Registry) -> None:
            # A child looks names up in its parents' tables without asking them.
            self._complete()
            super()._add_child(registry)

        def _complete(self) -> None:
            import_components()
            complete_packages(self._deferred_name)

    module = sys.modules["mmagic.registry"]
    for name, registry in vars(module).items():
        if type(registry) is Registry and registry.scope == "mmagic":
            registry.__class__ = CompletingRegistry
            registry._deferred_name = name


def complete_packages(registry: str | None = None, below: str = "mmagic") -> None:
    """Import deferred packages for real.

    Args:
        registry (str, optional): Only those whose modules register there, e.g. 'MODELS'. Default: None, all.
        below (str): Only this package and those in it. Default: 'mmagic', all.
    """
    for name, package in _packages.items():
        if (registry is None or registry in DEFERRED[name]) and f"{name}.".startswith(f"{below}."):
            package.complete()
