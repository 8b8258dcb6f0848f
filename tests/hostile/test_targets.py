"""Where results are to go: nothing of anybody is lost, and nothing is computed for a target that cannot be."""

import errno
import os

import cv2
import numpy as np
import pytest

from mmfusion_distill.cli import evaluate
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.system.regular_file import write_text_atomically

PICTURE = np.zeros((8, 8, 3))


def foreign(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((8, 8, 3), 7, np.uint8))


def hard_link(folder):
    os.link(folder / "a" / "good.png", folder / "out.png")


def soft_link(folder):
    (folder / "out.png").symlink_to(folder / "b" / "good.png")


def is_folder(folder):
    (folder / "out.png").mkdir()


def is_foreign(folder):
    foreign(folder / "out.png")


def file_as_folder(folder):
    (folder / "out").write_text("notes")


#: name, preparation, target of a pair of files, what is said
FILE_CASES = (
    ("hard link to a source", hard_link, "out.png", "is a source"),
    ("link to a source", soft_link, "out.png", "is a source"),
    ("folder", is_folder, "out.png", "is a folder"),
    ("somebody's image", is_foreign, "out.png", "was not written by this package"),
    ("below a file", file_as_folder, "out/x.png", "is no folder"),
    ("far below a file", file_as_folder, "out/y/z/x.png", "is no folder"),
    ("no format", lambda folder: None, "out.xyz", "is no image format"),
    ("below a device", lambda folder: None, "/dev/null/x.png", "is no folder"),
)


@pytest.mark.parametrize("case", FILE_CASES, ids=lambda case: case[0])
def test_a_target_that_cannot_be_is_refused_before_anything_is_computed(case, pair):
    _, prepare, target, says = case
    prepare(pair)
    before = {path: path.read_bytes() for path in pair.rglob("*") if path.is_file()}
    with pytest.raises((ValueError, OSError), match=says) as raised:
        # no network: it must not be asked
        fuse_files(None, pair / "a" / "good.png", pair / "b" / "good.png", pair / target)
    assert "\n" not in str(raised.value)
    assert {path: path.read_bytes() for path in pair.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("source", ["a", "b"])
def test_results_do_not_go_among_the_sources(pair, source):
    for name in ("good", "hostile"):
        os.rename(pair / source / f"{name}.png", pair / source / f"{name}.jpg")
    with pytest.raises(ValueError, match="holds sources"):
        fuse_files(None, pair / "a", pair / "b", pair / source)


def test_own_results_are_replaced_and_others_only_on_request(pair, fuser):
    arguments = (fuser, pair / "a", pair / "b", pair / "out")
    fuse_files(*arguments)
    assert len(fuse_files(*arguments).written) == 2
    foreign(pair / "out" / "good.png")
    with pytest.raises(ValueError, match=r"good\.png exists and was not written by this package"):
        fuse_files(*arguments)
    assert len(fuse_files(*arguments, overwrite=True).written) == 2


@pytest.mark.parametrize("length", [200, 251])
def test_names_of_any_length_that_the_file_system_takes(pair, fuser, length):
    name = "x" * length + ".png"
    for source in ("a", "b"):
        os.rename(pair / source / "hostile.png", pair / source / name)
    assert pair / "out" / name in fuse_files(fuser, pair / "a", pair / "b", pair / "out").written


def test_names_that_are_no_text(pair, fuser):
    name = os.fsdecode(b"caf\xe9.png")
    for source in ("a", "b"):
        os.rename(pair / source / "hostile.png", pair / source / name)
    report = fuse_files(fuser, pair / "a", pair / "b", pair / "out")
    assert not report.failures and (pair / "out" / name).exists()


@pytest.mark.parametrize("function", ["fsync", "replace"])
@pytest.mark.parametrize(
    "write", [lambda path: write_image(path, PICTURE), lambda path: write_text_atomically(path, "text")]
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, function, write):
    path = tmp_path / "x.png"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, function, full)
    with pytest.raises(OSError, match=r"cannot write .*x\.png \(No space left on device\)"):
        write(path)
    assert os.listdir(tmp_path) == ["x.png"] and path.read_bytes() == b"old"


def test_a_folder_as_target_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(OSError, match=r"cannot write .*x\.png \(is a folder\)"):
        write_image(tmp_path / "x.png", PICTURE)
    assert os.listdir(tmp_path) == ["x.png"]


def test_what_is_written_is_what_is_read(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (9, 11, 3))
    for name in ("x.png", "x.bmp", "x.tif", "x.webp"):
        write_image(tmp_path / name, picture)
        assert name == "x.webp" or np.array_equal(read_image(tmp_path / name), picture)


def test_a_folder_that_takes_no_files_is_refused_before_anything_is_scored(pair, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    # Permissions do not tell: a read-only disk, or the administrator.
    monkeypatch.setattr("pathlib.Path.touch", refuse)
    monkeypatch.setattr("mmfusion_distill.cli.evaluate.evaluate_folders", None)
    folders = [str(pair / "a"), str(pair / "b"), f"own={pair / 'a'}"]
    with pytest.raises(SystemExit, match=r"cannot write to .*scores \(Read-only file system"):
        evaluate.main([*folders, "--out", str(pair / "scores"), "--metrics", "EN"])
