"""Everything that training would stumble over is named."""

import cv2
import numpy as np

from mmfusion_distill.data.folder_check import check_folders, format_problems
from mmfusion_distill.images.image_io import write_image


def problems_of(folder):
    _, problems = check_folders(folder / "a", folder / "b", folder / "annotations")
    return {(problem.kind, problem.name.rsplit("/", 1)[-1]): problem.detail for problem in problems}


def test_a_good_folder_has_no_problem(pair_folder):
    assert check_folders(pair_folder / "a", pair_folder / "b", pair_folder / "annotations") == (6, [])


def test_each_problem_is_named(pair_folder):
    rng = np.random.default_rng(0)
    (pair_folder / "b" / "pair_0.png").unlink()
    (pair_folder / "a" / "pair_1.png").write_bytes(b"no image")
    write_image(pair_folder / "b" / "pair_2.png", rng.integers(0, 256, (70, 80)))
    cv2.imwrite(str(pair_folder / "b" / "pair_3.png"), rng.integers(0, 65536, (72, 80)).astype(np.uint16))
    write_image(pair_folder / "b" / "pair_4.png", np.zeros((72, 80)))
    (pair_folder / "annotations" / "pair_4.txt").write_text("")
    (pair_folder / "annotations" / "pair_5.txt").unlink()
    found = problems_of(pair_folder)
    assert set(found) == {
        ("unmatched", "pair_0.png"),
        ("unreadable", "pair_1.png"),
        ("sizes differ", "pair_2"),
        ("bit depth", "pair_3.png"),
        ("constant", "pair_4.png"),
        ("annotation", "pair_4"),
        ("annotation", "pair_5"),
    }
    assert found["sizes differ", "pair_2"] == "A 80 x 72 pixels, B 80 x 70 pixels"
    assert found["bit depth", "pair_3.png"] == "uint16, most files of the folder are uint8"


def test_folders_without_a_pair_are_a_problem(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    pairs, (problem,) = check_folders(tmp_path / "a", tmp_path / "b")
    assert pairs == 0 and problem.kind == "no pairs"
    assert problem.detail == f"0 images there and 0 in {tmp_path / 'b'}, none of the same name"
    write_image(tmp_path / "a" / "x.png", np.arange(64 * 64).reshape(64, 64) % 256)
    _, problems = check_folders(tmp_path / "a", tmp_path / "b")
    assert [problem.kind for problem in problems] == ["no pairs", "unmatched"]


def test_the_table_counts_what_it_does_not_show(pair_folder):
    for path in (pair_folder / "annotations").iterdir():
        path.unlink()
    checked = check_folders(pair_folder / "a", pair_folder / "b", pair_folder / "annotations")
    table = format_problems(*checked, shown=2)
    assert table.startswith("6 pairs, 6 problems")
    assert table.endswith("... and 4 more")
