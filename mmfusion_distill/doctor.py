"""Examine the installation: `mmfusion doctor`.

Prints every dependency with what was found and what is wanted, and for each problem the command that fixes it.
What the package imports is imported in a child process (`doctor_probe`). Exit code 0 if fusing, and
training where any part of PyTorch or OpenMMLab is installed, can run here, else 1. Works when nothing but Python
itself does.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill


@dataclass(frozen=True)
class Check:
    """One line of the table.

    Args:
        name (str): What is examined.
        found (str): What is there.
        wanted (str): What is needed.
        remedy (str): Command that fixes the problem; empty if there is none.
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


#: Checks whose versions are told, those that are told in a line of their own, and how many that are not right.
_TOLD = ("python", "numpy", "onnxruntime", "torch", "mmengine", "mmagic")
_FACTS = ("builds of OpenCV", "CUDA", "torch threads")
_MOST = 8

#: What serves instead of a distribution.
_INSTEAD = {
    "opencv-python-headless": ("opencv-python", "opencv-contrib-python"),
    "onnxruntime": ("onnxruntime-gpu",),
    "mmcv-lite": ("mmcv",),
}

#: Any of these installed, training is wanted.
_MARKS = ("torch", "mmengine", "mmagic")

#: Distribution of a module, where the names differ.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "controlnet_aux": "controlnet-aux",
    "cv2": "opencv-python-headless",
    "mmcv": "mmcv-lite",
    "pkg_resources": "setuptools",
    "pywt": "PyWavelets",
    "resize_right": "resize-right",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


def _satisfies(version: str, wanted: str) -> bool:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # nothing to compare with: believe the version
        return True
    return SpecifierSet(wanted).contains(version.split("+")[0], prereleases=True)


def requirements(trains: bool) -> dict[str, str]:
    """Distributions that fusing needs, and training besides, with their versions; none if we are not installed."""
    wanted = {}
    with suppress(importlib.metadata.PackageNotFoundError):
        for line in importlib.metadata.requires("mmfusion_distill") or ():
            extra = re.search(r'extra == "(.+?)"', line)
            # The builds of OpenCV are a check of their own.
            if extra is None or trains and extra[1] == "train" and not line.startswith("opencv"):
                name, wanted[name] = re.match(r"([\w.-]+)\s*([^;\s]*)", line).groups()  # type: ignore[union-attr]
    return wanted


def _check_distribution(distribution: str, wanted: str) -> Check:
    install = f"pip install '{distribution}{wanted}'"
    shown = wanted or "any"
    names = (distribution, *_INSTEAD.get(distribution, ()))
    for name in names:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        return Check(name, version, shown, "" if _satisfies(version, wanted) else install)
    return Check(" or ".join(names[:2]), "not installed", shown, install)


def _check_one_opencv() -> Check:
    """Several builds of OpenCV lie in one folder, over each other: then they must be of one version."""
    found = {}
    kept = "opencv-python-headless"
    for name in (kept, *_INSTEAD[kept], "opencv-contrib-python-headless"):
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    shown = ", ".join(f"{name} {version}" for name, version in found.items())
    if len(set(found.values())) < 2:
        return Check("builds of OpenCV", shown or "none", "of one version")
    remedy = f"pip uninstall -y {' '.join(found)} && pip install {kept}"
    return Check("builds of OpenCV", shown, "of one version", remedy)


def wants_training() -> bool:
    """Whether any part of what training needs is installed."""
    return any(importlib.util.find_spec(name) is not None for name in _MARKS)


def _check_python() -> Check:
    good = (3, 10) <= sys.version_info[:2] <= (3, 12)
    remedy = "" if good else "create a virtual environment with Python 3.10, 3.11 or 3.12"
    return Check("python", platform.python_version(), ">=3.10,<3.13", remedy)


def _probe() -> tuple[list[dict], dict | None]:
    """Import everything in a child process, as what breaks an import may well end the process.

    Returns:
        tuple[list[dict], dict | None]: The outcome of each step, and the facts that only a whole import tells.
    """
    # The child looks for modules where this process does.
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    command = [sys.executable, "-m", "mmfusion_distill.doctor_probe", *["train"][: wants_training()]]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    outcomes, facts, begun = [], None, ""
    for line in done.stdout.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # printed by what was imported
            continue
        if not isinstance(entry, dict):
            continue
        begun = entry.get("begin", begun)
        if "step" in entry:
            outcomes.append(entry)
        facts = entry.get("facts", facts)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        error = f"ends the process (exit code {done.returncode}): {last}"
        outcomes.append({"step": begun or "mmfusion_distill", "error": error, "module": None})
    return outcomes, facts


def _check_step(outcome: dict, reinstall: str) -> Check:
    name = f"import {outcome['step']}"
    if outcome["error"] is None:
        return Check(name, "works", "imports")
    module = outcome["module"]
    remedy = reinstall
    if module and module not in ("mmfusion_distill", "mmagic"):
        remedy = f"pip install '{_requirement(DISTRIBUTIONS.get(module, module))}'"
    return Check(name, outcome["error"][:90], "imports", remedy)


def _requirement(distribution: str) -> str:
    """A distribution with the versions that this package takes."""
    return distribution + requirements(trains=True).get(distribution, "")


def _check_operators(placeholders: list[str] | None) -> Check:
    if importlib.util.find_spec("mmcv") is None:
        return Check("mmcv operators", "no mmcv", "compiled or placeholders", "pip install mmcv-lite==2.1.0")
    if importlib.util.find_spec("mmcv._ext") is not None:
        return Check("mmcv operators", "compiled", "compiled or placeholders")
    return Check(
        "mmcv operators",
        f"{len(placeholders or [])} placeholders, which none of our models needs",
        "compiled or placeholders",
        "pip install 'mmcv>=2.0.0,<2.2.0', for another model that needs one",
        fatal=False,
    )


def examine() -> tuple[list[Check], list[str]]:
    """Examine everything; never raises.

    Returns:
        tuple[list[Check], list[str]]: One entry per line of the table, and the mmcv operators that are placeholders.
    """
    trains = wants_training()
    wanted = requirements(trains)
    checks = [_check_python(), *(_check_distribution(*item) for item in wanted.items()), _check_one_opencv()]
    if not trains:
        remedy = "pip install 'mmfusion_distill[train]' (PyTorch and OpenMMLab, 7 GB), if you want to train"
        checks.append(Check("training", "not installed", "optional", remedy, fatal=False))
    root = Path(__file__).resolve().parent.parent
    reinstall = f"pip install --force-reinstall -e {root}"
    if not (root / "setup.py").exists():
        reinstall = "pip install --force-reinstall mmfusion_distill"
    if not wanted:
        checks.append(Check("mmfusion_distill", "not installed", "installed", reinstall))
    outcomes, facts = _probe()
    checks += [_check_step(outcome, reinstall) for outcome in outcomes]
    placeholders = facts["placeholders"] if facts else []
    if trains:
        checks.append(_check_operators(placeholders))
    if facts:
        checks.append(Check("CUDA", facts["cuda"] or "not seen (runs on CPU)", "optional"))
        checks.append(Check("torch threads", str(facts["threads"]), ">=1"))
    return checks, placeholders


def _table(checks: list[Check]) -> str:
    rows = [("", "found", "wanted", "verdict")]
    rows += [(check.name, check.found, check.wanted, check.verdict) for check in checks]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _right(checks: list[Check]) -> list[str]:
    """What is right, in a line a kind."""
    right = [check for check in checks if check.verdict == "ok"]
    works = [check for check in right if check.found == "works"]
    versions = [f"{check.name} {check.found}" for check in right if check.name in _TOLD]
    facts = [f"{check.name}: {check.found}" for check in right if check.name in _FACTS]
    others = len(right) - len(works) - len(versions) - len(facts)
    return [
        ", ".join(versions),
        *facts,
        f"as wanted: {others} other packages, {len(works)} imports and trials",
    ]


def main(verbose: bool = False) -> int:
    """Print what was found and the remedies; return the exit code.

    Args:
        verbose (bool): Every check in a line, and all operators that are placeholders. Default: False.
    """
    checks, operators = examine()
    wrong = sorted((check for check in checks if check.remedy), key=lambda check: check.verdict, reverse=True)
    shown = wrong if verbose else wrong[:_MOST]
    lines = [_table(checks)] if verbose else _right(checks)
    lines += [f"{check.verdict}: {check.name}: {check.found}; fix with: {check.remedy}" for check in shown]
    if len(shown) < len(wrong):
        lines.append(f"and {len(wrong) - len(shown)} more: mmfusion doctor --verbose")
    if verbose and operators:
        lines.append(fill("placeholders: " + ", ".join(operators), width=110, subsequent_indent="  "))
    problems = sum(check.verdict == "problem" for check in checks)
    ready = "Ready to train and to fuse." if wants_training() else "Ready to fuse."
    lines.append(f"{problems} problem{'s' * (problems > 1)} found." if problems else ready)
    print("\n".join(lines))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
