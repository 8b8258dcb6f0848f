"""Attempts that the doctor makes in a child process: `python -m mmfusion_distill.doctor_probe`.

Imports everything that the package imports and prints a JSON line for each step; a step that kills the process is the
one whose line is missing.
"""

from __future__ import annotations

import importlib
import json
import sys

from mmfusion_distill.extras import missing_module

#: What is imported to fuse.
FUSING = (
    "mmfusion_distill.images",
    "mmfusion_distill.video",
    "mmfusion_distill.apis",
    "mmfusion_distill.fusing",
)

#: And to train, from what needs least to what needs most.
TRAINING = (
    "mmfusion_distill.evaluation",
    "mmfusion_distill.evaluation.report.plots",
    "scipy.stats",
    "pywt",
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
    if step == "mmfusion_distill.fusing":
        _fuse()
        return
    if step.startswith("mmagic."):
        importlib.import_module("mmfusion_distill.registry")
    importlib.import_module(step)


def _fuse() -> None:
    """Fuse a small pair, and write it as a video and read that."""
    import tempfile

    import numpy as np

    from .apis import FusionInferencer
    from .video.video_reader import VideoReader
    from .video.video_writer import VideoWriter

    image = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    fused = FusionInferencer(device="cpu").fuse(image, image.T)
    with tempfile.TemporaryDirectory() as folder:
        writer = VideoWriter(f"{folder}/fused.avi")
        writer.write(fused, 10)
        writer.finish()
        reader = VideoReader(f"{folder}/fused.avi")
        next(iter(reader))
        reader.close()


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
    steps = (*FUSING, *TRAINING) if "train" in sys.argv[1:] else FUSING
    for step in steps:
        print(json.dumps({"begin": step}), flush=True)
        outcome = {"step": step, "error": None, "module": None}
        try:
            _import(step)
        except BaseException as error:  # any failure of a foreign import is a finding, not a crash
            reason = (str(error).splitlines() or [""])[0]
            outcome["error"] = f"{type(error).__name__}: {reason}"
            outcome["module"] = missing_module(error)
        print(json.dumps(outcome), flush=True)
    try:
        print(json.dumps({"facts": _facts()}), flush=True)
    except Exception:  # said by the steps
        return


if __name__ == "__main__":
    main()
