"""Every door that reads data files, with every file of the table."""

import re

import pytest

from hostile.data_files import CASES, THERMAL_CASES
from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.inference.folder_fusing import fuse_files


def read(folder, path, fuser):
    try:
        read_image(path)
    except ImageReadError as error:
        return str(error)


def fuse(folder, path, fuser):
    report = fuse_files(fuser, folder / "a", folder / "b", folder / "out")
    assert folder / "out" / "good.png" in report.written, "one bad file stopped a good image"
    return report.failures[0] if report.failures else None


@pytest.mark.parametrize("door", [read, fuse], ids=lambda door: door.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_data_file_is_refused_in_one_sentence(case, door, pair, fuser):
    (pair / "a" / "hostile.png").unlink()
    path = pair / "a" / f"hostile{case.extension}"
    case.make(path)
    said = door(pair, path, fuser)
    assert said is not None, "was accepted"
    assert str(path) in said and "\n" not in said and re.search(case.says, said), said
    assert not (pair / "x").exists()


@pytest.mark.parametrize("case", (*CASES, *THERMAL_CASES), ids=lambda case: case.name)
def test_as_source_b_too(case, pair, fuser):
    (pair / "b" / "hostile.png").unlink()
    path = pair / "b" / f"hostile{case.extension}"
    case.make(path)
    said = fuse(pair, path, fuser)
    assert said is not None and str(path) in said and "\n" not in said and re.search(case.says, said), said
