"""Models of other toolboxes train behind a fusion, on generated scenes, by the configs in configs/mix."""

from importlib.util import find_spec

import pytest
import torch
from conftest import ROOT
from mmengine.hooks import Hook
from mmengine.registry import DefaultScope

from mmfusion_distill.data.night_scenes import write_night_scenes
from mmfusion_distill.engine import FusionRunner
from mmfusion_distill.engine.running import load_config

CONFIGS = sorted((ROOT / "configs" / "mix").glob("*.py"))
METRICS = {
    "mmagic": "PSNR",
    "mmdet": "coco/bbox_mAP",
    "mmpretrain": "accuracy/top1",
    "mmseg": "mIoU",
}
QUICK = {
    "train_cfg.max_iters": 2,
    "train_dataloader.batch_size": 2,
    "train_dataloader.num_workers": 0,
    "train_dataloader.persistent_workers": False,
    "test_dataloader.num_workers": 0,
    "test_dataloader.persistent_workers": False,
    "default_hooks.checkpoint.interval": 2,
    "log_level": "WARNING",
}


class Keeper(Hook):
    """Keeps what a test measured."""

    def __init__(self, metrics):
        self.metrics = metrics

    def after_test_epoch(self, runner, metrics=None):
        self.metrics.update(metrics or {})


def needs(package):
    """Skip where a toolbox is missing."""
    if find_spec(package) is None:
        pytest.skip(f'needs {package}: run `pip install -e ".[detect]"`')


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The folder that MMFUSION_DATA_ROOT means."""
    folder = tmp_path_factory.mktemp("data")
    write_night_scenes(folder / "night" / "train", 4, height=64, width=80)
    write_night_scenes(folder / "night" / "val", 2, seed=4, height=64, width=80)
    return folder


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_trains_and_tests(path, scenes, tmp_path, monkeypatch):
    monkeypatch.setenv("MMFUSION_DATA_ROOT", str(scenes))
    cfg = load_config(path, QUICK, str(tmp_path))
    needs(cfg.default_scope)
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    cfg.train_cfg.pop("val_interval")
    cfg.experiment_name = path.stem
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        runner = FusionRunner.from_cfg(cfg)
        preprocessor = runner.model.data_preprocessor
        before = {name: value.clone() for name, value in preprocessor.network.state_dict().items()}
        metrics = {}
        runner.register_hook(Keeper(metrics))
        runner.train()
        # What two steps have made of a detector sees nothing above its threshold, and boxes turned inside out.
        if cfg.default_scope == "mmdet":
            runner.model.bbox_head.test_cfg.update(score_thr=0.0, min_bbox_size=-1)
        runner.test()
    changed = any(
        not torch.equal(value, before[name]) for name, value in preprocessor.network.state_dict().items()
    )
    assert changed == cfg.model.data_preprocessor.get("trained", False)
    assert METRICS[cfg.default_scope] in {key.removeprefix("night/") for key in metrics}, metrics
    state = torch.load(tmp_path / "iter_2.pth", weights_only=True)["state_dict"]
    assert any(key.startswith("data_preprocessor.network.") for key in state)
