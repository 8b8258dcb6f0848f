"""Every workaround for the old dependencies of MMagic 1.2, and nothing else.

Each function states why it exists and under which condition it does nothing. `apply` runs them all;
:mod:`~mmfusion_distill.registry` calls it, so what registers or names a component has them.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from .user_errors import MissingOperatorError

#: Compiled operators that :mod:`compat_operators` serves.
SERVED = frozenset(
    {
        "deform_conv_backward_input",
        "deform_conv_backward_parameters",
        "deform_conv_forward",
        "modulated_deform_conv_backward",
        "modulated_deform_conv_forward",
        "nms",
        "roi_align_backward",
        "roi_align_forward",
        "sigmoid_focal_loss_backward",
        "sigmoid_focal_loss_forward",
    }
)
_placeholders: set[str] = set()
_is_applied = False


def restore_numpy_bool8() -> None:
    """Give NumPy 2 the name `np.bool8`, which MMagic 1.2 reads when it is imported.

    In NumPy 1 it means the same, but warns.
    """
    import numpy as np

    np.bool8 = np.bool_


def allow_missing_mmcv_operators() -> None:
    """Let `mmcv.ops` be imported from mmcv-lite, without the compiled operators.

    mmcv-lite has every Python file of mmcv but not `mmcv._ext`, and MMagic's models import `mmcv.ops`. Detectors also
    call some: what torchvision has too is served from there (:mod:`compat_operators`), the others are placeholders.
    `sys.modules` is left alone: mmengine would take a planted `mmcv._ext` for a complete mmcv.
    Does nothing where `mmcv._ext` is installed, or mmcv is not.
    """
    if importlib.util.find_spec("mmcv") is None or importlib.util.find_spec("mmcv._ext") is not None:
        return
    from mmcv.utils import ext_loader

    def load_ext(name: str, funcs: list[str]) -> SimpleNamespace:
        _placeholders.update(set(funcs) - SERVED)
        return SimpleNamespace(**{func: _operator(func) for func in funcs})

    ext_loader.load_ext = load_ext


def _operator(name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if name not in SERVED:
            raise MissingOperatorError(name)
        # torchvision is imported when an operator is called.
        operators = importlib.import_module(".compat_operators", __package__)
        return getattr(operators, name)(*args, **kwargs)

    call.__name__ = name
    return call


def placeholder_operators() -> list[str]:
    """Names of the mmcv operators that are placeholders in this installation, sorted."""
    if importlib.util.find_spec("mmcv") is not None:
        apply()
    return sorted(_placeholders)


def make_checkpoints_loadable() -> None:
    """Let a run resume from its own checkpoint while `torch.load` keeps refusing to execute code.

    Since torch 2.6 `torch.load` reads tensors and plain containers only (`weights_only=True`), and a full
    checkpoint of mmengine also holds `HistoryBuffer` objects (scalar histories, NumPy arrays). These are plain
    data once their table of methods is left out of the pickle, so they are declared safe.
    """
    import numpy as np
    import torch
    from mmengine.logging import HistoryBuffer

    def history_state(self: HistoryBuffer) -> dict:
        return {key: value for key, value in vars(self).items() if key != "statistics_methods"}

    HistoryBuffer.__getstate__ = history_state
    multiarray = importlib.import_module(
        "numpy._core.multiarray" if hasattr(np, "_core") else "numpy.core.multiarray"
    )
    dtypes = {type(np.dtype(kind)) for kind in ("f4", "f8", "i4", "i8", "?")}
    torch.serialization.add_safe_globals(
        [
            HistoryBuffer,
            np.ndarray,
            np.dtype,
            # NumPy 1 and 2 pickle under the name of their own module; files of either can be read.
            (multiarray._reconstruct, "numpy.core.multiarray._reconstruct"),
            (multiarray._reconstruct, "numpy._core.multiarray._reconstruct"),
            (multiarray.scalar, "numpy.core.multiarray.scalar"),
            (multiarray.scalar, "numpy._core.multiarray.scalar"),
            *dtypes,
        ]
    )


def register_mmcv_layers() -> None:
    """Register mmcv's layers and operators in mmengine's root registries.

    MMagic's editors import them in passing, and who asks the root registry for `BN` relies on it. Does nothing
    where mmcv is not installed.
    """
    if importlib.util.find_spec("mmcv") is not None:
        importlib.import_module("mmcv.cnn")
        importlib.import_module("mmcv.ops")


def allow_launchers_on_cpu() -> None:
    """Let `--launcher pytorch`, `slurm` and `mpi` run on machines without an accelerator, over gloo.

    mmengine selects a CUDA device for every process, which fails where there is none.
    The replaced functions hand over to mmengine's own as soon as CUDA or another accelerator is there.
    """
    from mmengine.dist import utils

    for launcher in ("pytorch", "slurm", "mpi"):
        name = f"_init_dist_{launcher}"
        setattr(utils, name, _without_device(getattr(utils, name)))


def _without_device(init_dist: Callable[..., None]) -> Callable[..., None]:
    def init(backend: str, **kwargs: Any) -> None:
        import torch
        from mmengine.device import get_device

        if torch.cuda.is_available() or get_device() != "cpu":
            init_dist(backend, **kwargs)
            return
        set_device = torch.cuda.set_device
        torch.cuda.set_device = lambda device: None
        try:
            init_dist("gloo", **kwargs)
        finally:
            torch.cuda.set_device = set_device

    return init


def treat_empty_variables_as_unset() -> None:
    """Let `{{$MMFUSION_DATA_ROOT:data}}` in a config mean `data` where the variable is empty, as shells do.

    mmengine takes an empty variable for one that is set and then misses its value. The replaced function hides ours
    from it while it looks, and does nothing where none is empty. Nor does it tell that ours are used.
    """
    from mmengine.config import Config
    from mmengine.logging import MMLogger

    original = Config._substitute_env_variables

    def substitute(filename: str, temp_config_name: str) -> dict:
        empty = [name for name, value in os.environ.items() if name.startswith("MMFUSION_") and not value]
        for name in empty:
            del os.environ[name]
        logger = MMLogger.get_current_instance()
        logger.addFilter(_tells_of_no_variable)
        try:
            return original(filename, temp_config_name)
        finally:
            logger.removeFilter(_tells_of_no_variable)
            os.environ.update(dict.fromkeys(empty, ""))

    Config._substitute_env_variables = staticmethod(substitute)


def _tells_of_no_variable(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Using env variable `MMFUSION_")


def be_known_to_hub() -> None:
    """Let `mmengine.hub` and `_base_ = 'mmfusion::...'` find our configs.

    mmengine has a list of packages, and looks for one that is installed to be edited where it is not. The replaced
    function hands over to mmengine's own for all others.
    """
    import mmengine.utils
    from mmengine.config import config, utils

    # By the scope: of a config that inherits from ours names without a scope are of ours then.
    utils.MODULE2PACKAGE["mmfusion"] = __package__
    original = mmengine.utils.get_installed_path

    def get_installed_path(package: str) -> str:
        return os.path.dirname(__file__) if package == __package__ else original(package)

    # Of the hub only if it is there already: importing it takes long, and it then takes what is here.
    for module in (mmengine.utils, config, sys.modules.get("mmengine.hub.hub")):
        if module is not None:
            vars(module)["get_installed_path"] = get_installed_path


def leave_out_broken_face_detector() -> None:
    """Let `mmagic.apis` be imported beside a mediapipe without `solutions`, as all are since 2025.

    It imports controlnet_aux, which reads them when it is imported, for a detector of faces that MMagic does not
    use. Does nothing where mediapipe has them, or one of both is not installed.
    """
    mediapipe, name = importlib.util.find_spec("mediapipe"), "controlnet_aux.mediapipe_face"
    if mediapipe is None or importlib.util.find_spec("controlnet_aux") is None:
        return
    if not Path(mediapipe.origin).with_name("python").joinpath("solutions").is_dir():
        vars(sys.modules.setdefault(name, ModuleType(name)))["MediapipeFaceDetector"] = None


def silence_old_packages() -> None:
    """Drop warnings about themselves that what MMagic needs gives when MMagic imports it.

    That of MMEngine is dropped in `__init__.py`: MMEngine is imported before this module can be called.
    """
    for module in (r"diffusers\..*", r"timm\.models\..*", r"torch\.jit\..*"):
        warnings.filterwarnings("ignore", category=FutureWarning, module=module)
    warnings.filterwarnings("ignore", "Overwriting .* in registry", UserWarning, r"controlnet_aux\..*")


def apply() -> None:
    """Apply every workaround of this module once; a second call does nothing."""
    global _is_applied
    if _is_applied:
        return
    # Before the rest: what is imported below asks for it again.
    _is_applied = True
    restore_numpy_bool8()
    allow_missing_mmcv_operators()
    register_mmcv_layers()
    make_checkpoints_loadable()
    allow_launchers_on_cpu()
    treat_empty_variables_as_unset()
    be_known_to_hub()
    leave_out_broken_face_detector()
    silence_old_packages()
