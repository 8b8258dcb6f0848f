"""Fusing videos, with every file of the table instead of either source, and targets that cannot be."""

import os
import re

import numpy as np
import pytest

from hostile.videos import CASES, write_video
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.video import VideoOptions, fuse_video


class Mean:
    """The simplest network."""

    def load(self, pair, text=None):
        return pair

    def fuse_loaded(self, batch):
        return [np.asarray(pair["img_a"] // 2 + pair["img_b"] // 2, np.uint8) for pair in batch]


@pytest.mark.parametrize("place", ["first", "second", "both halves"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_no_video_is_refused_in_one_sentence(case, place, tmp_path):
    good, path = write_video(tmp_path / "good.avi"), tmp_path / f"hostile{case.extension}"
    case.make(path)
    before = sorted(os.listdir(tmp_path))
    sources = {"first": (path, good), "second": (good, path), "both halves": (path, None)}[place]
    options = VideoOptions(layout="left-right" if sources[1] is None else None)
    with pytest.raises(UserError) as raised:
        fuse_video(Mean(), *sources, tmp_path / "out.avi", options)
    said = str(raised.value)
    assert str(path) in said and re.search(case.says, said) and "\n" not in said
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    "name", ["concat:a|b", "file:good.avi", "lavfi:testsrc", "subfile,,start,0,end,9,,:x", "a\0b"]
)
def test_a_name_is_a_file_whatever_ffmpeg_would_take_it_for(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "good.avi")
    with pytest.raises(UserError, match="cannot read"):
        fuse_video(Mean(), name, "good.avi", "out.avi")


#: name, preparation, target, what is said
TARGETS = (
    ("the source", lambda f: None, "good.avi", "is a source"),
    ("link to the source", lambda f: (f / "out.avi").symlink_to("good.avi"), "out.avi", "is a source"),
    ("somebody's file", lambda f: (f / "out.avi").write_text("x"), "out.avi", "exists: choose another"),
    ("broken link", lambda f: (f / "out.avi").symlink_to("nothing"), "out.avi", "exists: choose another"),
    ("folder", lambda f: (f / "out.avi").mkdir(), "out.avi", "is a folder"),
    ("below a file", lambda f: (f / "out").write_text("x"), "out/x.avi", "is no folder"),
    ("below a device", lambda f: None, "/dev/null/x.avi", "is no folder"),
    ("no extension", lambda f: None, "out", r"take \.avi, \.mkv, \.mp4"),
    ("picture", lambda f: None, "out.png", r"take \.avi, \.mkv, \.mp4"),
    (
        "rest of a kill",
        lambda f: (f / "out.unfinished.avi").write_text("x"),
        "out.avi",
        "that was ended has left",
    ),
)


@pytest.mark.parametrize("case", TARGETS, ids=lambda case: case[0])
def test_a_target_that_cannot_be_is_refused_before_anything_is_read(case, tmp_path):
    _, prepare, target, says = case
    good = write_video(tmp_path / "good.avi")
    prepare(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises((UserError, OSError), match=says) as raised:
        fuse_video(None, good, good, tmp_path / target)
    assert "\n" not in str(raised.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_full_disk_is_said_and_what_is_done_plays(tmp_path, monkeypatch):
    import shutil

    from mmfusion_distill.video.video_reader import VideoReader

    good, usage = write_video(tmp_path / "good.avi", frames=60), shutil.disk_usage(tmp_path)
    calls = iter([usage.free])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=next(calls, 0)))
    with pytest.raises(OSError, match="the disk is full"):
        fuse_video(Mean(), good, good, tmp_path / "out.avi")
    assert len(list(VideoReader(tmp_path / "out.unfinished.avi"))) == 25
