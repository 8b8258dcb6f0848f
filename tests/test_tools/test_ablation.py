"""Trainings side by side."""

from conftest import ROOT
from mmengine.config import Config
from scripts import run_script

from mmfusion_distill.data.generated_scenes import write_generated_pairs

CONFIG = ROOT / "configs" / "fusion_distill" / "teacher_xrestormer-d16_1xb4-2k_roadscene-64x64.py"


def write_config(folder, name, data, **settings):
    config = Config.fromfile(CONFIG)
    config.merge_from_dict(settings)
    for split in ("train", "val", "test"):
        dataset = dict(data_root=str(data), ann_file="")
        dataset["data_prefix"] = dict(img_a="visible", img_b="infrared", annotation="annotations")
        options = {f"{split}_dataloader.dataset.{key}": value for key, value in dataset.items()}
        options |= {f"{split}_dataloader.num_workers": 0, f"{split}_dataloader.persistent_workers": False}
        config.merge_from_dict(options)
    options = {"train_cfg.max_iters": 2, "train_cfg.val_interval": 9, "train_dataloader.batch_size": 2}
    config.merge_from_dict({"model.generator.dim": 4, **options})
    config.dump(folder / f"{name}.py")
    return str(folder / f"{name}.py")


def test_configs_are_trained_once_and_scored_side_by_side(tmp_path):
    write_generated_pairs(tmp_path / "data", 2, height=64, width=80)
    configs = [
        write_config(tmp_path, "plain", tmp_path / "data"),
        write_config(tmp_path, "quick", tmp_path / "data", **{"optim_wrapper.optimizer.lr": 1e-2}),
    ]
    command = ["analysis_tools/ablation.py", *configs, "--work-dir", "runs", "--limit", "1", "--seeds", "2"]
    first = run_script(*command, folder=tmp_path)
    assert first.returncode == 0, first.stderr
    again = run_script(*command, "--draws", "2", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    parts = again.stdout.split("\n\n")
    clean, beside, degraded, _ = (part.splitlines() for part in parts[1::2])
    rows = ["plain, seed 0", "plain, seed 1", "quick, seed 0", "quick, seed 1"]
    assert [line.split(" | ")[0] for line in clean[2:7]] == [
        *(f"| {row} with text" for row in rows),
        "| pyramid",
    ]
    # Four trainings, not the same one again; degraded pairs are others than clean ones.
    values = [line.split("|")[2:] for line in (*clean[2:6], *degraded[2:6])]
    assert len({tuple(row) for row in values}) == 8
    # The difference is that of the means of both seeds.
    means = [float(line.split("|")[2]) for line in beside[2:]]
    assert abs(float(beside[3].split("|")[4]) - (means[1] - means[0])) < 0.0011
    assert "Iter(train)" not in again.stdout
    # Degraded in another way too, the same trainings have another mean; all else is the same.
    once = first.stdout[first.stdout.index(parts[0]) :].split("\n\n")
    assert parts[:7] == once[:7] and parts[7] != once[7]


def test_draws_without_seeds_are_refused(tmp_path):
    run = run_script("analysis_tools/ablation.py", str(CONFIG), "--draws", "2", folder=tmp_path)
    assert run.returncode == 1 and "give --seeds too" in run.stderr
