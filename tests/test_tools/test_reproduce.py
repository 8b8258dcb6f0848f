"""The recipe of what ships: its order, and going on where it was stopped."""

import subprocess
from types import SimpleNamespace

import pytest
from conftest import ROOT
from scripts import run_script

from mmfusion_distill.engine import recipe
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.zoo.model_index import read_model_index


def finish(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "iter_9.pth").write_bytes(b"")
    (folder / "done").touch()


def test_a_stage_needs_only_what_was_trained_before_it():
    before = set()
    for stage in recipe.STAGES:
        assert {stage.start, stage.teacher} - {None} <= before
        assert (ROOT / "configs" / "fusion_distill" / f"{stage.config}.py").is_file()
        before.add(stage.name)


def test_the_recipe_makes_all_that_ships():
    shipped = {entry.weights.name for entry in read_model_index() if entry.alias}
    assert {stage.ships for stage in recipe.STAGES} - {None} == shipped


def test_a_distillation_starts_from_its_student_and_has_the_teacher_of_the_recipe(tmp_path):
    stage = next(stage for stage in recipe.STAGES if stage.name == "student")
    with pytest.raises(UserError, match="the stage student-alone has not been trained to its end"):
        recipe.options_of(stage, tmp_path)
    finish(tmp_path / "student-alone")
    finish(tmp_path / "teacher")
    assert recipe.options_of(stage, tmp_path, seed=2) == {
        "randomness.seed": 2,
        "load_from": str(tmp_path / "student-alone" / "iter_9.pth"),
        "model.teacher_checkpoint": str(tmp_path / "teacher" / "iter_9.pth"),
    }


def test_only_the_student_is_repeated():
    names = [(stage.name, seed) for stage, seed in recipe.planned(["student", "tiny"], seeds=3)]
    assert names == [("student", 0), ("student", 1), ("student", 2), ("tiny", 0)]
    with pytest.raises(UserError, match="there is no stage 'large': take some of student-alone"):
        recipe.planned(["large"])


def test_what_is_done_stays_and_what_was_stopped_goes_on(tmp_path, monkeypatch):
    started = []

    def run(command, **_):
        started.append(command)
        return SimpleNamespace(returncode=len(started) - 1)

    monkeypatch.setattr(subprocess, "run", run)
    finish(tmp_path / "student-alone")
    arguments = ["--work-dir", tmp_path, "--stages", "student-alone", "tiny-alone", "teacher"]
    done = run_script("reproduce.py", *arguments, folder=tmp_path)
    assert "student-alone: done already" in done.stdout and "tiny-alone: 0.00 hours" in done.stdout
    assert done.returncode == 1 and "teacher ended early: what it has trained is kept in" in done.stderr
    first = started[0]
    assert first[first.index("train") + 1] == "tiny_fusionunet_1xb2-3k_cameras-176x344"
    assert "--resume" in first and "load_from=None" in first
    assert (tmp_path / "tiny-alone" / "done").is_file() and not (tmp_path / "teacher" / "done").exists()


def test_students_learn_to_name_events_before_they_ship(tmp_path, monkeypatch):
    started = []

    def run(command, **_):
        started.append([str(word) for word in command[1:]])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    finish(tmp_path / "medical")
    done = run_script(
        "reproduce.py", "--work-dir", tmp_path, "--stages", "medical", "--publish", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    fit, export = started
    assert fit[0].endswith("fit_events.py") and fit[2] == str(tmp_path / "medical" / "iter_9.pth")
    assert fit[3].endswith("weights/medical_fusionunet_harvard.safetensors")
    assert export[0].endswith("export_shipped.py")
