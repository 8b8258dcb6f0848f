"""`mmfusion fuse`: what it says, its report, its exit codes, Ctrl-C."""

import json
import threading

import cv2
import numpy as np
import pytest

from mmfusion_distill.cli import fuse
from mmfusion_distill.images.image_io import read_image, read_image_pair, write_image


class MeanFuser:
    """The simplest network: the mean of both sources; Ctrl-C after `pairs`."""

    guided = False
    backend = "numpy"

    def __init__(self, pairs=100):
        self.left = pairs

    def load(self, pair, text=None):
        return read_image_pair(pair["img_a"], pair["img_b"])

    def size_of(self, loaded):
        return loaded[0].shape

    def fuse_loaded(self, batch):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= len(batch)
        return [(img_a + img_b) / 2 for img_a, img_b in batch]

    def seen(self, loaded):
        return {"haze": 0.25, "low_light": 1 - float(loaded[0].mean()) / 2550}


@pytest.fixture
def run(monkeypatch, pair_folder):
    """The command in a folder with six pairs."""
    monkeypatch.chdir(pair_folder)

    def run(*arguments, pairs=100):
        monkeypatch.setattr(fuse, "build_inferencer", lambda args: MeanFuser(pairs))
        return fuse.main(["a", "b", "out", *arguments])

    return run


def test_the_report_says_what_became_of_every_pair(run, pair_folder, capsys):
    (pair_folder / "b" / "pair_5.png").write_bytes(b"")
    assert run("--json", "report.json") == 1
    report = json.loads((pair_folder / "report.json").read_text())
    assert report["written"] == [f"out/pair_{index}.png" for index in range(5)]
    assert [entry["name"] for entry in report["failed"]] == ["pair_5"]
    assert "is empty" in report["failed"][0]["error"]
    assert not report["interrupted"] and report["seconds"] > 0 and report["pairs_per_second"] > 0
    assert "5 images written, first" in capsys.readouterr().out


def test_what_a_student_sees_is_said_and_in_the_report(run, pair_folder, capsys):
    assert run("--explain", "--json", "report.json") == 0
    assert "seen: low_light in 6 of 6 pairs" in capsys.readouterr().out
    seen = json.loads((pair_folder / "report.json").read_text())["seen"]
    assert list(seen) == [f"pair_{index}" for index in range(6)]
    assert seen["pair_0"]["haze"] == 0.25 and seen["pair_0"]["low_light"] > 0.9
    run("--overwrite", "--json", "report.json")
    assert json.loads((pair_folder / "report.json").read_text())["seen"] == {}


def test_events_are_checked_before_anything_is_loaded(run, pair_folder, capsys):
    for events, message in (("low_light,fire", "'fire' is no known event"), (",", "no event is given")):
        with pytest.raises(SystemExit) as wrong:
            run("--events", events)
        assert wrong.value.code == 2 and message in capsys.readouterr().err
    assert not (pair_folder / "out").exists()


def test_events_reach_every_pair(run, monkeypatch):
    seen = []
    load = MeanFuser.load
    monkeypatch.setattr(
        MeanFuser, "load", lambda self, pair, text=None: seen.append(pair) or load(self, pair, text)
    )
    assert run("--events", "low light, ir_noise") == 0
    assert [pair["events"] for pair in seen] == [["low_light", "ir_noise"]] * 6


def test_what_exists_is_skipped_and_not_touched(run, pair_folder, capsys):
    run()
    (pair_folder / "out" / "pair_2.png").unlink()
    before = (pair_folder / "out" / "pair_1.png").stat()
    assert run("--skip-existing", "--json", "report.json") == 0
    after = (pair_folder / "out" / "pair_1.png").stat()
    # A file that is replaced has another number; reading one changes its time of access.
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    report = json.loads((pair_folder / "report.json").read_text())
    assert report["written"] == ["out/pair_2.png"] and len(report["skipped"]) == 5
    assert "1 image written: out/pair_2.png (student by" in capsys.readouterr().out


def test_somebody_elses_picture_is_not_taken_for_a_result(run, pair_folder):
    (pair_folder / "out").mkdir()
    (pair_folder / "out" / "pair_0.png").write_bytes(cv2.imencode(".png", np.zeros((9, 9)))[1])
    with pytest.raises(SystemExit, match="was not written by this package"):
        run("--skip-existing")


@pytest.mark.parametrize("pairs", [0, 3])
def test_ctrl_c_keeps_and_reports_what_is_done(run, pair_folder, pairs, capsys):
    # Other tests of this process may have left threads.
    before = set(threading.enumerate())
    assert run("--json", "report.json", pairs=pairs) == 130
    report = json.loads((pair_folder / "report.json").read_text())
    assert report["interrupted"] and len(report["written"]) == pairs
    for path in report["written"]:
        assert read_image(pair_folder / path).shape == (72, 80, 3)
    assert not [one for one in set(threading.enumerate()) - before if "ThreadPool" in one.name]
    assert "--skip-existing goes on" in capsys.readouterr().err
    assert run("--skip-existing") == 0
    assert len(list((pair_folder / "out").iterdir())) == 6


@pytest.mark.parametrize("target", ["a/pair_0.png", "report", "."])
def test_a_report_goes_nowhere_but_to_a_json_file(run, pair_folder, target):
    before = (pair_folder / "a" / "pair_0.png").read_bytes()
    with pytest.raises(SystemExit, match="give a file that ends in .json"):
        run("--json", target)
    assert (pair_folder / "a" / "pair_0.png").read_bytes() == before and not (pair_folder / "out").exists()


def test_to_skip_and_to_overwrite_exclude_each_other(run):
    with pytest.raises(SystemExit, match="2"):
        run("--skip-existing", "--overwrite")


def test_one_pair_of_files_can_be_skipped_too(run, pair_folder, monkeypatch):
    monkeypatch.setattr(fuse, "build_inferencer", lambda args: MeanFuser())
    write_image(pair_folder / "one.png", read_image(pair_folder / "a" / "pair_0.png"))
    assert fuse.main(["a/pair_0.png", "b/pair_0.png", "one.png", "--skip-existing"]) == 0
