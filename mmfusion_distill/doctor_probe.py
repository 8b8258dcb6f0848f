"""What the doctor lets a child process try: `python -m mmfusion_distill.doctor_probe`.

Imports everything that the package imports and prints a JSON line for each step; a step that kills the process is the
one whose line is missing.
"""

from __future__ import annotations

import importlib
import json

#: What is imported, in this order: from what needs least to what needs most.
STEPS = (
    "mmfusion_distill.images",
    "mmfusion_distill.inference.exported_inferencer",
    "mmfusion_distill.evaluation",
    "mmfusion_distill.evaluation.report.plots",
    "torch",
    "torchvision",
    "mmengine",
    "mmcv",
    "mmagic",
    "mmfusion_distill.models",
    "mmfusion_distill.data.transforms",
    "mmfusion_distill.engine.running",
    "mmagic.apis",
    "mmagic.datasets.transforms",
    "mmagic.evaluation",
)


def _import(step: str) -> None:
    if step.startswith("mmagic."):
        importlib.import_module("mmfusion_distill.registry")
    importlib.import_module(step)


def _facts() -> dict:
    import torch

    compat = importlib.import_module("mmfusion_distill.compat")
    return {
        "cuda": torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        "threads": torch.get_num_threads(),
        "placeholders": compat.placeholder_operators(),
    }


def main() -> None:
    """Try every step; the failure of one does not stop the others."""
    for step in STEPS:
        print(json.dumps({"begin": step}), flush=True)
        outcome = {"step": step, "error": None, "module": None}
        try:
            _import(step)
        except BaseException as error:  # any failure of a foreign import is a finding, not a crash
            reason = (str(error).splitlines() or [""])[0]
            outcome["error"] = f"{type(error).__name__}: {reason}"
            outcome["module"] = _missing_module(error)
        print(json.dumps(outcome), flush=True)
    try:
        print(json.dumps({"facts": _facts()}), flush=True)
    except Exception:  # said by the steps
        return


def _missing_module(error: BaseException | None) -> str | None:
    """Top-level module that was not found, by this error or by the one that caused it."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return error.name.split(".")[0]
        error = error.__cause__ or error.__context__
    return None


if __name__ == "__main__":
    main()
