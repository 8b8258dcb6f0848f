"""Names of a package whose modules are imported when the name is first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from .user_errors import MissingPackageError


def lazy_attributes(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], list[str]]:
    """Make the `__getattr__` of a package (PEP 562), and list what it gives for its `__all__`.

    A help text or a check of files then does not pay for PyTorch because a neighbour of what it uses needs it.

    Args:
        package (str): `__name__` of the package.
        modules (Mapping[str, str]): Module that holds each name, relative to the package (e.g. '.trainer'); a name
            that is a module itself maps to an empty string.

    Returns:
        tuple[Callable[[str], Any], list[str]]: The function, which raises AttributeError for other names, and
            ImportError with the way to the doctor where something that this package needs is missing; and the names.
    """

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = importlib.import_module(modules[name] or f".{name}", package)
        except ImportError as error:
            if str(error).endswith(_ADVICE):
                raise
            raise MissingPackageError(f"{package}.{name} cannot be imported: {error}. {_ADVICE}") from error
        value = getattr(module, name) if modules[name] else module
        setattr(sys.modules[package], name, value)
        return value

    return load, list(modules)


_ADVICE = "Run `python -m mmfusion_distill.doctor` to see what is missing and how to mend it."
