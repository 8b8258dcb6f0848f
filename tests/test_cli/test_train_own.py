"""From a folder of pairs to a network and a page in one line."""

import os
import re
import signal

import pytest

from mmfusion_distill.cli.train import main
from mmfusion_distill.cli.train_own import name_of
from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine import ProgressBarHook
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder of five pairs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    write_generated_pairs(tmp_path / "mine", 5, height=64, width=80)
    return tmp_path / "mine"


def test_one_line_gives_a_network_and_a_page(data, tmp_path, capsys, monkeypatch):
    arguments = ["--data", str(data), "--from", "tiny", "--iters", "2"]
    assert main(arguments) == 0
    out = tmp_path / "work_dirs" / "mine"
    said, progress = capsys.readouterr()
    assert re.search(r"^pairs +4 to train with, 1 to validate", said, re.MULTILINE)
    assert re.search(r"^network +133,419 parameters, starts from the weights tiny$", said, re.MULTILINE)
    assert re.search(r"^training +2 iterations of 2 crops of 80x64, .* with 1 thread and", said, re.MULTILINE)
    assert "2/2" in progress and "\r" not in progress
    assert len(said.splitlines()) < 15 and "mmengine" not in said, "the log is in its file"
    assert next(out.glob("*/*.log")).stat().st_size > 1000
    page = (out / "results.html").read_text()
    for text in ("<!doctype html>", "pyramid", "before", "best", "data:image/svg+xml", "data:image/jpeg"):
        assert text in page
    assert ("not better than tiny yet" in said) == ("Not better yet" in page), "both say it, or none"
    assert 'src="http' not in page and "href" not in page
    sources = (next((data / folder).glob("*.png")) for folder in ("visible", "infrared"))
    fused = FusionInferencer(weights=str(out / "best.safetensors")).fuse(*map(str, sources))
    assert fused.shape == (64, 80, 3)

    with pytest.raises(SystemExit, match="mine has a run that is done .*--out"):
        main(arguments)
    (out / "results.html").unlink()
    with pytest.raises(SystemExit, match="mine has a run that was stopped before its page was .*--resume"):
        main(arguments)
    with pytest.raises(
        SystemExit, match="mine has a run of 2 iterations, which --resume ends with: leave --iters"
    ):
        main([*arguments[:-1], "3", "--resume"])

    def interrupt(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(SystemExit, match="130"):
        patch.setattr("mmfusion_distill.analysis.training_page.write_training_page", interrupt)
        main([*arguments, "--resume"])
    assert (
        "stopped while the page was being written: the same command with --resume" in capsys.readouterr().err
    )
    assert main([*arguments, "--resume"]) == 0 and (out / "results.html").is_file()
    assert main([str(out / "config.py"), "--out", "again", "--cfg-options", "train_cfg.max_iters=1"]) == 0


def test_a_distillation_that_was_stopped_goes_on(data, tmp_path, monkeypatch, capsys):
    arguments = [
        "--data",
        str(data),
        "--from",
        "tiny",
        "--teacher",
        "teacher",
        "--iters",
        "2",
        "--out",
        "run",
    ]
    whole = ProgressBarHook.after_train_iter

    def stop(self, runner, *args, **kwargs):
        if runner.iter == 0:
            os.kill(os.getpid(), signal.SIGINT)
        whole(self, runner, *args, **kwargs)

    with monkeypatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(ProgressBarHook, "after_train_iter", stop)
        main(arguments)
    assert end.value.code == 130
    assert "stopped after iteration 1 of 2" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="run that was stopped after iteration 1 of 2: go on with --resume"):
        main(arguments)
    assert main([*arguments, "--resume"]) == 0
    assert (
        "run has a run that was stopped after iteration 1 of 2; it goes on there" in capsys.readouterr().out
    )
    assert (tmp_path / "run" / "results.html").is_file()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "give a CONFIG, its file or its name, or --data"),
        (["tiny.py", "--data", "x"], "not both"),
        (["tiny.py", "--minutes", "3"], "--minutes goes with --data"),
        (["tiny.py", "--from", "tiny"], "--from goes with --data"),
        (["--data", "x", "--iters", "3", "--minutes", "3"], "not both"),
        (["--data", "x", "y", "z"], "one folder, or the folders of source A and of source B"),
        (["--data", "x", "--launcher", "pytorch"], "go with a CONFIG"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments, message, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "place, arguments",
    [
        ("mmfusion_distill.data.own_pairs.find_own_pairs", ["--data", "mine"]),
        ("mmfusion_distill.engine.running.load_config", ["tiny_fusionunet_1xb2-3k_cameras-176x344"]),
    ],
)
def test_ctrl_c_in_the_set_up_says_that_nothing_was_kept(place, arguments, monkeypatch, capsys, tmp_path):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(place, interrupt)
    with pytest.raises(SystemExit, match="130"):
        main(arguments)
    said = capsys.readouterr().err
    assert said == "stopped before training began: the same command starts again\n"


@pytest.mark.parametrize(
    "folders, name",
    [
        (["data/mine"], "mine"),
        (["data/mine/visible", "data/mine/infrared"], "mine"),
        (["one/vi", "two/ir"], "vi"),
        (["/"], "own"),
    ],
)
def test_a_run_is_called_like_its_data(folders, name):
    assert name_of(folders) == name


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--from", "teacher", "--teacher", "teacher"], "is guided by text: distil to a student"),
        (["--teacher", "student"], "is not guided by text"),
        (["--resume"], "has no run to go on with"),
    ],
)
def test_what_cannot_be_trained_is_one_sentence(data, arguments, message):
    with pytest.raises(SystemExit, match=message):
        main(["--data", str(data), "--iters", "1", *arguments])
