"""The weights that come with the package."""

import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy

from mmfusion_distill.apis import FusionInferencer, list_models
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.evaluation import compute_metrics
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.zoo.model_index import shipped_weights


@pytest.mark.parametrize("name", list_models())
def test_they_take_something_from_both_sources(name):
    visible, thermal = generate_pair(3)
    fused = FusionInferencer(weights=name, device="cpu").fuse(visible, thermal)
    keys = ["CC_A", "CC_B", "SSIM_A", "SSIM_B"]
    ours, copy_a, copy_b = (
        compute_metrics(visible, thermal, picture, metrics=keys) for picture in (fused, visible, thermal)
    )
    assert ours["CC_A"] > copy_b["CC_A"] + 0.2 and ours["SSIM_A"] > copy_b["SSIM_A"]
    assert ours["CC_B"] > copy_a["CC_B"] + 0.2 and ours["SSIM_B"] > copy_a["SSIM_B"]


@pytest.mark.parametrize("name", list_models())
def test_they_are_installed_in_half_precision(name):
    numbers = safetensors.numpy.load_file(shipped_weights(name)).values()
    assert {array.dtype for array in numbers} == {np.dtype(np.float16)}


def test_a_text_steers_the_teacher_which_works_without_one_too():
    visible, thermal = generate_pair(5, 96, 128)
    noisy = np.clip(thermal + np.random.default_rng(0).normal(0, 25, thermal.shape), 0, 255).astype(np.uint8)
    teacher = FusionInferencer(weights="teacher", device="cpu")
    texts = (None, "low light; ir_noise: grain all over", "over_exposure: the sky is blown out")
    fused = [teacher.fuse(visible, noisy, text=text).astype(np.float32) for text in texts]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(fused[one] - fused[other]).mean() > 1


def test_the_tool_needs_no_weights(tmp_path):
    visible, thermal = generate_pair(0, 64, 72)
    write_image(tmp_path / "a.png", visible)
    write_image(tmp_path / "b.png", thermal)
    command = [
        sys.executable,
        "-m",
        "mmfusion_distill",
        "fuse",
        "a.png",
        "b.png",
        "fused.png",
        "--device",
        "cpu",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = FusionInferencer(device="cpu").fuse(visible, thermal)
    assert np.abs(read_image(tmp_path / "fused.png") - expected).max() <= 1
