"""An exported network that is open in every process that uses it."""

import ctypes
import os
from pathlib import Path
from typing import Any

from ..user_errors import MissingFileError, MissingPackageError, UserError, reason_of
from .network_file import NetworkFile, UnusableFile
from .runtimes import is_torchscript, open_onnx, open_openvino, open_torchscript

_OPENERS = {".onnx": open_onnx, ".xml": open_openvino, ".pt": open_torchscript}

#: Extra of the package that brings a runtime.
_EXTRAS = {"openvino": "openvino", "torch": "train"}


class OpenedNetwork:
    """Opens the file at once, and again where it was copied to another process: by a fork, or pickled.

    Args:
        path (Path): `.onnx`, `.xml` or `.pt`.
        threads (int, optional): Threads to use. Default: None, as many as this process may use processors.
        device (str, optional): As for :class:`~mmfusion_distill.inference.exported_fusion.ExportedFusion`.
            Default: None.
        runtime (str, optional): 'openvino' runs an `.onnx` file by OpenVINO. Default: None, by the suffix.

    Raises:
        MissingFileError: If the file does not exist.
        MissingPackageError: If the runtime is not installed.
        UserError: If the suffix is unknown, the file is none of ours, or the runtime has no such device.
    """

    def __init__(
        self,
        path: Path,
        threads: int | None = None,
        device: str | None = None,
        runtime: str | None = None,
    ) -> None:
        self._path, self._threads, self._device, self._runtime = path, threads, device, runtime
        self._open_here()

    @property
    def threads(self) -> int:
        """Threads that it uses."""
        return self._threads or usable_processors()

    def with_threads(self, threads: int) -> "OpenedNetwork":
        """The same file opened with other threads."""
        return OpenedNetwork(self._path, threads, self._device, self._runtime)

    @property
    def file(self) -> NetworkFile:
        """The open file of this process."""
        if self._process != os.getpid():
            # Threads of a runtime do not outlive a fork, and closing its file would wait for them.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._file))
            self._open_here()
        return self._file

    def __getstate__(self) -> dict[str, Any]:
        own = ("_file", "_process")
        return {name: value for name, value in vars(self).items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._open_here()

    def _open_here(self) -> None:
        self._file, self._process = self._open(), os.getpid()

    def _open(self) -> NetworkFile:
        path = self._path
        if not path.is_file():
            raise MissingFileError(f"the exported network {path} does not exist")
        opener = open_torchscript if is_torchscript(path) else _OPENERS.get(path.suffix)
        if opener is None:
            raise UserError(f"{path}: suffix {path.suffix} is none of {', '.join(_OPENERS)}")
        if self._runtime == "openvino" and opener is open_onnx:
            opener = open_openvino
        try:
            return opener(path, self.threads, self._device)
        except ImportError as error:
            extra = _EXTRAS.get(error.name or "")
            package = f"'mmfusion_distill[{extra}]'" if extra else error.name
            raise MissingPackageError(f"{path} needs {error.name}: pip install {package}") from error
        except UnusableFile:
            raise
        except Exception as error:  # each runtime raises its own
            raise UnusableFile(
                f"{path} cannot be opened ({reason_of(error)}): export the network again"
            ) from error


def usable_processors() -> int:
    """Processors that this process may use, by OMP_NUM_THREADS or by what the system allows it."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
