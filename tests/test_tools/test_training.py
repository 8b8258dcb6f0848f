"""The front door: training, resuming, several processes, MMagic's own tool."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from scripts import run_script

from mmfusion_distill.cli import test, train
from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine import mixed_precision
from mmfusion_distill.engine.running import run_test, run_training
from mmfusion_distill.models.losses import JointGradientLoss
from mmfusion_distill.models.parts.published_parts import XRestormerBlock
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.user_errors import MissingPackageError, UserError, exit_on_user_error

TEACHER = ROOT / "configs" / "fusion_distill" / "teacher_xrestormer-d16_1xb4-2k_roadscene-64x64.py"
STUDENT = ROOT / "configs" / "fusion_distill" / "distill_xrestormer-d16-d8_1xb4-2k_roadscene-64x64.py"


@pytest.fixture
def options(tmp_path, monkeypatch):
    """Settings for four iterations of the smallest network on generated pairs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    root = tmp_path / "data"
    write_generated_pairs(root, 4, height=64, width=80)
    dataset = dict(
        data_root=str(root),
        data_prefix=dict(img_a="visible", img_b="infrared", annotation="annotations"),
        ann_file="",
    )
    settings = {
        "train_cfg.max_iters": 4,
        "train_cfg.val_interval": 4,
        "default_hooks.checkpoint.interval": 2,
        "default_hooks.logger.interval": 1,
        "default_hooks.visualization.interval.val": 1,
        "train_dataloader.num_workers": 0,
        "train_dataloader.persistent_workers": False,
        "train_dataloader.batch_size": 2,
        "val_dataloader.num_workers": 0,
        "val_dataloader.persistent_workers": False,
        "test_dataloader.num_workers": 0,
        "test_dataloader.persistent_workers": False,
    }
    for split in ("train", "val", "test"):
        settings |= {f"{split}_dataloader.dataset.{key}": value for key, value in dataset.items()}
    return settings


def small(options, *networks):
    for network in networks:
        options = options | {f"model.{network}.dim": 4, f"model.{network}.num_refinement_blocks": 0}
    return options


def as_arguments(options):
    arguments = []
    for key, value in options.items():
        if isinstance(value, dict):
            arguments += [f"{key}.{inner}={text}" for inner, text in value.items()]
        elif value != "":
            arguments.append(f"{key}={value}")
    return arguments + [f"{split}_dataloader.dataset.ann_file=" for split in ("train", "val", "test")]


def logged(work_dir):
    """The scalars of every logged training iteration."""
    (file,) = Path(work_dir).glob("*/vis_data/scalars.json")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return {row["step"]: row for row in rows if "loss" in row}


def weights(path):
    return torch.load(path, weights_only=True)["state_dict"]


def resuming_changes_nothing(config, work_dir, settings):
    """Go on from the second of a run's four iterations, and compare the end."""
    resumed = Path(f"{work_dir}_resumed")
    resumed.mkdir()
    (resumed / "iter_2.pth").write_bytes(Path(work_dir, "iter_2.pth").read_bytes())
    (resumed / "last_checkpoint").write_text(str(resumed / "iter_2.pth"))
    settings = settings | {"train_cfg.val_interval": 100}
    run_training(str(config), work_dir=str(resumed), resume="auto", cfg_options=settings)
    losses = logged(work_dir)
    assert sorted(logged(resumed)) == [3, 4]
    for step in (3, 4):
        assert logged(resumed)[step]["loss"] == losses[step]["loss"]
        assert logged(resumed)[step]["lr"] == losses[step]["lr"]
    one, other = weights(f"{work_dir}/iter_4.pth"), weights(resumed / "iter_4.pth")
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_teacher_student_test_and_resume(options, tmp_path):
    run_training(str(TEACHER), work_dir="teacher", cfg_options=small(options, "generator"))
    losses = logged("teacher")
    assert sorted(losses) == [1, 2, 3, 4]
    assert {"loss_max", "loss_con", "loss_grad", "loss_ssim", "loss_color"} <= set(losses[1])
    assert list(Path("teacher").glob("best_balanced_quality_iter_4.pth"))
    assert list(Path("teacher").glob("*/vis_data/vis_image/*.png"))

    resuming_changes_nothing(TEACHER, "teacher", small(options, "generator"))

    settings = small(options, "student", "teacher") | {"model.teacher_checkpoint": "teacher"}
    run_training(str(STUDENT), work_dir="student", cfg_options=settings)
    assert {"loss_feature", "loss_result"} <= set(logged("student")[1])
    resuming_changes_nothing(STUDENT, "student", settings)
    assert any(name.startswith("connectors.") for name in weights("student/iter_4.pth"))
    shutil.rmtree("teacher")
    metrics = run_test(str(STUDENT), "student", work_dir="tested", out="tested/m.json", cfg_options=settings)
    assert json.loads(Path("tested/m.json").read_text()) == metrics
    assert 0 < metrics["balanced_quality"] <= metrics["quality"]


def test_two_processes_do_what_one_does_with_twice_the_batch(options, tmp_path):
    options = small(options, "generator") | {"train_cfg.val_interval": 100, "train_dataloader.num_workers": 1}
    run_training(str(TEACHER), work_dir="alone", cfg_options=options | {"train_dataloader.batch_size": 4})
    environment = dict(os.environ, PORT="29517", PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    command = ["bash", ROOT / "tools" / "dist_train.sh", TEACHER, "2", "--work-dir", "both", "--cfg-options"]
    done = subprocess.run(
        [*command, *as_arguments(options)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    one, two = logged("alone"), logged("both")
    for step in range(1, 5):
        for name in ("loss", "loss_max", "loss_con", "loss_grad", "loss_ssim", "loss_color"):
            assert two[step][name] == pytest.approx(one[step][name], abs=1e-4, rel=1e-5)


def test_mmagics_own_tool_runs_our_config_unchanged_from_weights_by_name(options, tmp_path):
    package = Path(importlib.util.find_spec("mmagic").origin).parent
    tool = package / ".mim" / "tools" / "train.py"
    if not tool.exists():
        pytest.skip("this MMagic was installed without its tools")
    base = ROOT / "configs" / "_base_"
    parts = [
        "default_runtime",
        "models/tiny_fusionunet",
        "datasets/roadscene-64x64",
        "schedules/adamw_1xb4-2k",
    ]
    config = tmp_path / "from_tiny.py"
    config.write_text(
        f"_base_ = {[str(base / f'{part}.py') for part in parts]}\nload_from = 'mmfusion://tiny'\n"
    )
    settings = as_arguments(options | {"train_cfg.max_iters": 1, "train_cfg.val_interval": 1})
    done = subprocess.run(
        [sys.executable, tool, config, "--work-dir", "theirs", "--cfg-options", *settings],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Load checkpoint from mmfusion://tiny" in done.stdout + done.stderr
    assert "size mismatch" not in done.stdout and "missing keys" not in done.stdout
    assert list(Path("theirs").glob("best_balanced_quality_iter_1.pth"))


@pytest.mark.parametrize(
    "main, arguments, message",
    [
        (train.main, [str(TEACHER), "--resume", "nowhere.pth"], "nowhere.pth to resume from does not exist"),
        (train.main, [str(TEACHER), "--auto-scale-lr"], "needs auto_scale_lr.base_batch_size"),
        (test.main, [str(TEACHER), "nowhere.pth"], "the checkpoint nowhere.pth does not exist"),
    ],
)
def test_mistakes_on_the_command_line_are_one_sentence(main, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=f"^error: .*{message}"):
        main(arguments)


def test_a_package_that_a_part_of_the_config_lacks_is_named(options, monkeypatch):
    # As where it is not installed.
    monkeypatch.setitem(sys.modules, "wandb", None)
    loggers = {"visualizer.vis_backends": [dict(type="WandbVisBackend")]}
    with pytest.raises(
        MissingPackageError, match=r"\.py names a part that needs wandb, which is not installed"
    ):
        run_training(str(TEACHER), cfg_options=small(options, "generator") | loggers)


def test_a_mistake_ends_the_tool_with_one_sentence(tmp_path):
    done = run_script("train.py", "nowhere.py", folder=tmp_path)
    assert done.returncode == 1
    assert "the config nowhere.py does not exist" in done.stderr and "Traceback" not in done.stderr


def test_a_fault_in_the_middle_of_a_training_keeps_its_traceback(options, monkeypatch):
    def fail(*_):
        raise ValueError("a bug")

    monkeypatch.setattr(JointGradientLoss, "per_sample", fail)
    with pytest.raises(ValueError, match="^a bug$"):
        exit_on_user_error(
            run_training, str(TEACHER), work_dir="run", cfg_options=small(options, "generator")
        )


def test_a_loss_that_is_not_finite_ends_the_tool_with_its_pairs_and_no_such_checkpoint(options, monkeypatch):
    finite, calls = JointGradientLoss.per_sample, []

    def fail_late(self, *args, **kwargs):
        calls.append(None)
        return finite(self, *args, **kwargs) * (float("nan") if len(calls) == 3 else 1)

    monkeypatch.setattr(JointGradientLoss, "per_sample", fail_late)
    settings = small(options, "generator") | {"default_hooks.checkpoint.interval": 1}
    with pytest.raises(
        SystemExit, match=r"^error: iteration 3: loss_grad .*\(pairs: scene_00\d, scene_00\d\)"
    ):
        exit_on_user_error(run_training, str(TEACHER), work_dir="run", cfg_options=settings)
    assert {path.name for path in Path("run").glob("*.pth")} == {"iter_1.pth", "iter_2.pth"}
    assert all(torch.isfinite(value).all() for value in weights("run/iter_2.pth").values())


def test_resuming_from_nothing(options, capsys):
    run_training(
        str(TEACHER),
        work_dir="fresh",
        resume="auto",
        cfg_options=small(options, "generator") | {"train_cfg.max_iters": 1, "train_cfg.val_interval": 9},
    )
    assert "nothing to resume in fresh" in capsys.readouterr().out
    with pytest.raises(CheckpointError):
        run_test(str(TEACHER), "fresh/nothing.pth")


def test_mixed_precision_multiplies_in_bfloat16_on_a_processor_that_has_it(options, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    short = small(options, "generator") | {"train_cfg.max_iters": 1, "train_cfg.val_interval": 9}
    monkeypatch.setattr(mixed_precision, "has_bfloat16_instructions", lambda: False)
    with pytest.raises(UserError, match="--amp wants a GPU or a processor with bfloat16 instructions"):
        run_training(str(TEACHER), work_dir="amp", amp=True, cfg_options=short)
    monkeypatch.setattr(mixed_precision, "has_bfloat16_instructions", lambda: True)
    seen = []
    forward = XRestormerBlock.forward

    def watched(self, x):
        if self.training:
            seen.append(torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None)
        return forward(self, x)

    monkeypatch.setattr(XRestormerBlock, "forward", watched)
    runner = run_training(str(TEACHER), work_dir="amp", amp=True, cfg_options=short)
    assert seen and set(seen) == {torch.bfloat16}
    assert {weight.dtype for weight in runner.model.parameters()} == {torch.float32}
