"""FusionMetric in a runner with several test sets."""

import csv

import pytest
import torch
from conftest import ROOT
from mmengine.config import Config

from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine.running import run_test
from mmfusion_distill.registry import MODELS

STUDENT = ROOT / "configs" / "fusion_distill" / "distill_xrestormer-d16-d8_1xb4-2k_roadscene-64x64.py"


@pytest.fixture
def config_of_two_sets(tmp_path):
    cfg = Config.fromfile(STUDENT)
    loaders, evaluators = [], []
    for name, pairs in (("day", 2), ("night", 3)):
        write_generated_pairs(tmp_path / name, pairs, height=64, width=80)
        loader = cfg.test_dataloader.copy()
        loader.update(num_workers=0, persistent_workers=False)
        loader.dataset = dict(
            type="PairedFusionDataset",
            data_root=str(tmp_path / name),
            data_prefix=dict(img_a="visible", img_b="infrared"),
            pipeline=cfg.test_dataloader.dataset.pipeline,
        )
        metric = dict(
            type="FusionMetric",
            metrics=["EN", "SSIM"],
            prefix=name,
            save_scores=str(tmp_path / f"{name}.csv"),
        )
        loaders.append(loader)
        evaluators.append(dict(type="Evaluator", metrics=[metric]))
    cfg.test_dataloader, cfg.test_evaluator = loaders, evaluators
    cfg.val_dataloader = cfg.val_evaluator = cfg.val_cfg = None
    cfg.model.student.dim = 4
    cfg.dump(tmp_path / "two_sets.py")
    return tmp_path / "two_sets.py"


def test_each_set_has_its_prefix_its_mean_and_its_file(config_of_two_sets, tmp_path):
    network = MODELS.build(Config.fromfile(config_of_two_sets).model.student)
    torch.save(dict(state_dict=network.state_dict()), tmp_path / "weights.pth")
    metrics = run_test(
        str(config_of_two_sets), str(tmp_path / "weights.pth"), work_dir=str(tmp_path / "work")
    )
    assert set(metrics) == {"day/EN", "day/SSIM", "night/EN", "night/SSIM"}
    for name, pairs in (("day", 2), ("night", 3)):
        with (tmp_path / f"{name}.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == pairs
        mean = sum(float(row["SSIM"]) for row in rows) / pairs
        assert metrics[f"{name}/SSIM"] == pytest.approx(mean)
