"""A config that cannot be used is one sentence."""

import sys

import pytest
from conftest import ROOT

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine.running import load_config, run_training
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.user_errors import UserError, exit_on_user_error
from mmfusion_distill.zoo.config_files import ConfigError, check_config, find_type, named_config, read_config

CONFIGS = sorted((ROOT / "configs" / "fusion_distill").glob("*.py"))
TEACHER = ROOT / "configs" / "fusion_distill" / "teacher_xrestormer-d16_1xb4-2k_roadscene-64x64.py"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = dict(", "cannot be read \\(SyntaxError"),
        ("", "has no model with a type"),
        ("optim_wrapper = dict(type='OptimWrapper')", "has no model with a type"),
        ("model = 3", "has no model with a type"),
        ("model = dict(generator=dict())", "has no model with a type"),
        ("_base_ = './config.py'", "inherits from itself"),
        ("_base_ = './nowhere.py'", "cannot be read \\(.*nowhere.py"),
        ("model = undefined_name", "cannot be read \\(NameError"),
        ("\\x00\\xff", "cannot be read"),
        ("model = dict(type='ImageFuser')", "model.type is 'ImageFuser', which is not .* mean 'ImageFusor'"),
        (
            "model = dict(type='BaseEditModel')",
            "model.type is 'BaseEditModel', .* write 'mmagic.BaseEditModel'",
        ),
        ("model = dict(type='ImageFusor', generatr=dict())", "model has 'generatr', .* mean 'generator'"),
        (
            "model = dict(type='ImageFusor', generator=dict(type='XRestormerFusionNet', dimm=3))",
            "model.generator has 'dimm', which XRestormerFusionNet does not take: did you mean 'dim'",
        ),
    ],
)
def test_a_config_that_cannot_be_used(text, message, tmp_path):
    (tmp_path / "config.py").write_text(text)
    for door in (lambda path: load_config(path), lambda path: FusionInferencer(path, "none.pth", "cpu")):
        with pytest.raises(ConfigError, match=f"config.py.*{message}") as caught:
            door(tmp_path / "config.py")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model.pixel_loss.type": "FusionLos"}, "model.pixel_loss.type is 'FusionLos'.*'FusionLoss'"),
        ({"optim_wrapper.optimizer.type": "AdamV"}, "optim_wrapper.optimizer.type is 'AdamV'"),
        ({"param_scheduler.0.type": "CosineAnealingLR"}, "param_scheduler.0.type is .*'CosineAnnealingLR'"),
        ({"optim_wrapper.optimizer.lr": "fast"}, "optimizer.lr: 'fast' was given, wanted a finite number"),
        ({"optim_wrapper.optimizer.lr": None}, "optim_wrapper of the config cannot be built"),
        ({"param_scheduler.0.T_max": "long"}, "param_scheduler.0.T_max is 'long', .* a number"),
        ({"model.generator.dim": "wide"}, "model.generator.dim: 'wide' was given, wanted a whole number"),
        ({"model.generator.num_blocks": 3}, "model.generator.num_blocks=3: .* is a list"),
        ({"model.generator.num_blocks": [1, -1]}, "num_blocks: entry 1 is '-1', wanted a whole number"),
        ({"model.generator.num_blocks": [1, 1]}, "must have one entry per level each"),
    ],
)
def test_wrong_types_and_values_name_the_part(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_generated_pairs(tmp_path / "data", 2, height=64, width=80)
    settings = {
        f"{split}_dataloader.{key}": value
        for split in ("train", "val")
        for key, value in {
            "num_workers": 0,
            "persistent_workers": False,
            "dataset.data_root": str(tmp_path / "data"),
            "dataset.data_prefix": dict(img_a="visible", img_b="infrared", annotation="annotations"),
            "dataset.ann_file": "",
        }.items()
    }
    with pytest.raises(ValueError, match=message):
        run_training(str(TEACHER), work_dir="run", cfg_options=settings | options)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_configs_of_the_package_name_what_there_is(path):
    check_config(read_config(path), path)


def test_a_corrupt_picture_in_a_worker_is_one_sentence(capsys):
    def read_in_a_worker():
        raise ImageReadError(
            "Caught ImageReadError in DataLoader worker process 0.\nOriginal Traceback (most recent call last):\n"
            '  File "worker.py", line 3, in read\nmmfusion_distill.files.image_io.ImageReadError: a.png is damaged\n'
        )

    with pytest.raises(SystemExit, match="^error: a.png is damaged$"):
        exit_on_user_error(read_in_a_worker)


def test_a_config_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "tiny_fusionunet_1xb2-3k_cameras-176x344"
    assert (
        named_config(name) == named_config(f"{name}.py") == ROOT / "configs" / "fusion_distill" / f"{name}.py"
    )
    assert load_config(name).work_dir == f"work_dirs/{name}"
    (tmp_path / name).touch()
    assert str(named_config(name)) == name, "a file that is called so is meant itself"
    with pytest.raises(UserError, match="config tiny does not exist: .*mmfusion models --configs"):
        read_config("tiny")


def test_modules_beside_a_config_can_be_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "part_beside_config.py").write_text(
        "from mmengine.registry import MODELS\n@MODELS.register_module()\nclass PartBesideConfig:\n    pass\n"
    )
    (tmp_path / "config.py").write_text(
        "custom_imports = dict(imports=['mmfusion_distill', 'part_beside_config'])\nmodel = dict(type='ImageFusor')\n"
    )
    read_config(tmp_path / "config.py")
    assert find_type("PartBesideConfig").__module__ == "part_beside_config"
