"""Every workaround for the old dependencies of MMagic 1.2, and nothing else.

Each function states why it exists and under which condition it does nothing. `apply` runs them all; once
`mmfusion_distill` is imported, that happens before MMagic is. What is imported when: `deferred_imports`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from .user_errors import UserError

__all__ = ["MissingOperatorError", "apply", "placeholder_operators"]

_placeholders: set[str] = set()
_is_applied = False


class MissingOperatorError(RuntimeError, UserError):
    """An operator of mmcv was called that this installation does not have."""


def restore_numpy_bool8() -> None:
    """Give NumPy 2 the name `np.bool8`, which MMagic 1.2 reads when it is imported.

    Does nothing where the attribute exists (NumPy 1).
    """
    import numpy as np

    # np.bool8 warns on NumPy 1.24+, hence the look into __dict__ and the version check before getattr.
    if int(np.__version__.split(".")[0]) >= 2 and "bool8" not in vars(np):
        np.bool8 = np.bool_


def allow_missing_mmcv_operators() -> None:
    """Let `mmcv.ops` be imported from mmcv-lite, with placeholders for the compiled operators.

    mmcv-lite has every Python file of mmcv but not `mmcv._ext`, and MMagic's models import `mmcv.ops`.
    `sys.modules` is left alone: mmengine would take a planted `mmcv._ext` for a complete mmcv.
    Does nothing where `mmcv._ext` is installed, or mmcv is not.
    """
    if importlib.util.find_spec("mmcv") is None or importlib.util.find_spec("mmcv._ext") is not None:
        return
    from mmcv.utils import ext_loader

    def load_ext(name: str, funcs: list[str]) -> SimpleNamespace:
        _placeholders.update(funcs)
        return SimpleNamespace(**{func: _placeholder(func) for func in funcs})

    ext_loader.load_ext = load_ext


def _placeholder(operator: str) -> Callable[..., Any]:
    def raise_missing(*args: Any, **kwargs: Any) -> None:
        raise MissingOperatorError(
            f"The compiled mmcv operator '{operator}' is not installed (mmcv-lite has none): "
            "run `pip uninstall mmcv-lite && pip install 'mmcv>=2.0.0,<2.2.0'` to get it."
        )

    raise_missing.__name__ = operator
    return raise_missing


def placeholder_operators() -> list[str]:
    """Names of the mmcv operators that are placeholders in this installation, sorted."""
    if importlib.util.find_spec("mmcv") is not None:
        apply()
        importlib.import_module("mmcv.ops")
    return sorted(_placeholders)


def make_checkpoints_loadable() -> None:
    """Let a run resume from its own checkpoint while `torch.load` keeps refusing to execute code.

    Since torch 2.6 `torch.load` reads tensors and plain containers only (`weights_only=True`), and a full
    checkpoint of mmengine also holds `HistoryBuffer` objects (scalar histories, NumPy arrays). These are plain
    data once their table of methods is left out of the pickle, so they are declared safe.
    Does nothing where torch has no list of safe classes (torch < 2.4).
    """
    import numpy as np
    import torch
    from mmengine.logging import HistoryBuffer

    if not hasattr(torch.serialization, "add_safe_globals"):
        return

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
            multiarray._reconstruct,
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


def allow_distributed_training_on_cpu() -> None:
    """Let `--launcher pytorch` run on machines without an accelerator, over gloo.

    mmengine selects a CUDA device for every process, which fails where there is none.
    The replaced function hands over to mmengine's own as soon as CUDA or another accelerator is there.
    """
    import torch
    import torch.distributed as torch_dist
    from mmengine.device import get_device
    from mmengine.dist import utils

    original = utils._init_dist_pytorch

    def init_dist_pytorch(backend: str, init_backend: str = "torch", **kwargs: Any) -> None:
        if torch.cuda.is_available() or get_device() != "cpu" or init_backend != "torch":
            original(backend, init_backend=init_backend, **kwargs)
            return
        torch_dist.init_process_group(
            backend="gloo",
            rank=int(os.environ["RANK"]),
            world_size=int(os.environ["WORLD_SIZE"]),
            **kwargs,
        )

    utils._init_dist_pytorch = init_dist_pytorch


def apply() -> None:
    """Apply every workaround of this module once; a second call does nothing."""
    global _is_applied
    if _is_applied:
        return
    restore_numpy_bool8()
    allow_missing_mmcv_operators()
    register_mmcv_layers()
    make_checkpoints_loadable()
    allow_distributed_training_on_cpu()
    _is_applied = True
