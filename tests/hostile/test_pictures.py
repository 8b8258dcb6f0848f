"""Every door that reads images, with every file of the table."""

import re

import numpy as np
import pytest

from hostile.pictures import CASES
from mmfusion_distill.data.folder_check import check_folders
from mmfusion_distill.data.transforms import LoadImagePair
from mmfusion_distill.evaluation import evaluate_folders
from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.inference.folder_fusing import fuse_files


def read(folder, path, fuser):
    try:
        assert read_image(path).shape[:2] == (64, 72)
    except ImageReadError as error:
        return str(error)


def load(folder, path, fuser):
    try:
        LoadImagePair()(dict(img_a_path=str(path), img_b_path=str(folder / "b" / "hostile.png")))
    except ImageReadError as error:
        return str(error)


def fuse(folder, path, fuser):
    report = fuse_files(fuser, folder / "a", folder / "b", folder / "out")
    assert folder / "out" / "good.png" in report.written, "one bad image stopped a good one"
    return report.failures[0] if report.failures else None


def score(folder, path, fuser):
    (folder / "fused").mkdir()
    for name in ("good", "hostile"):
        (folder / "fused" / f"{name}.png").write_bytes((folder / "b" / f"{name}.png").read_bytes())
    result = evaluate_folders(folder / "a", folder / "b", {"m": folder / "fused"}, ["EN"])
    assert "good" in result.names
    return result.problems[0] if result.problems else None


def check(folder, path, fuser):
    _, problems = check_folders(folder / "a", folder / "b")
    found = [f"{problem.name} {problem.detail}" for problem in problems if problem.kind == "unreadable"]
    return found[0] if found else None


DOORS = (read, load, fuse, score, check)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_picture_is_read_or_refused_in_one_sentence(case, door, pair, fuser):
    (pair / "a" / "hostile.png").unlink()
    path = pair / "a" / f"hostile{case.extension}"
    case.make(path)
    said = door(pair, path, fuser)
    if case.says is None:
        assert said is None
        return
    assert said is not None, "was accepted"
    assert str(path) in said
    assert "\n" not in said
    # Scoring reads headers with Pillow, which has words of its own.
    assert door is score or re.search(case.says, said), said


@pytest.mark.parametrize("limit", ["1000", "1e3"])
def test_the_limit_of_pixels_is_an_option(pair, monkeypatch, limit):
    read_image(pair / "a" / "good.png")
    monkeypatch.setenv("MMFUSION_MAX_PIXELS", limit)
    with pytest.raises(ImageReadError, match=r"72x64 pixels, more than 1,000: .*MMFUSION_MAX_PIXELS"):
        read_image(pair / "a" / "good.png")


def test_raw_counts_of_a_thermal_camera_are_not_one_gray(pair, fuser):
    import cv2

    counts = np.linspace(29_000, 31_000, 64 * 72).reshape(64, 72).astype(np.uint16)
    cv2.imwrite(str(pair / "b" / "hostile.png"), counts)
    report = fuse_files(fuser, pair / "a", pair / "b", pair / "out")
    assert (
        "1 image of source B has 16 bits and was stretched between the percentiles 0.1 and 99.9 of each: "
        "hostile.png"
    ) in report.notes
    infrared = LoadImagePair()(
        dict(img_a_path=str(pair / "a" / "hostile.png"), img_b_path=str(pair / "b" / "hostile.png"))
    )["img_b"]
    assert infrared.min() == 0 and infrared.max() == 255
    assert infrared.std() > 70


def test_a_constant_thermal_picture_keeps_its_level(pair):
    counts = np.full((64, 72), 30_000, np.uint16)
    image = read_image(counts, 1, is_thermal=True)
    assert np.allclose(image, 30_000 / 65_535 * 255)
