"""Every config parses, builds, and says what it is."""

import ast

import pytest
import torch
from conftest import ROOT
from mmengine.config import Config

from mmfusion_distill.registry import DATASETS, MODELS, TRANSFORMS

CONFIGS = [
    path
    for folder in ("fusion_distill", "ablation")
    for path in sorted((ROOT / "configs" / folder).glob("*.py"))
]
NAMED_BY_THE_PAPER = {
    "teacher_xrestormer-d48_1xb4-500e_msrs-128x128.py": ("generator", 40_289_814),
    "distill_xrestormer-d48-d16_1xb4-500e_msrs-128x128.py": ("student", 4_371_772),
}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_builds_its_network_and_names_its_parts(path):
    cfg = Config.fromfile(path)
    with torch.device("meta"):
        network = MODELS.build(cfg.model.get("student", cfg.model.get("generator")))
        if "teacher" in cfg.model:
            teacher = MODELS.build(cfg.model.teacher)
            assert set(network.feature_strides) <= set(teacher.feature_strides)
    for split in ("train", "val", "test"):
        loaders = cfg.get(f"{split}_dataloader")
        for loader in loaders if isinstance(loaders, list) else [loaders] if loaders else []:
            assert loader.dataset.type in DATASETS
    assert (cfg.get("train_dataloader") is None) == (cfg.get("train_cfg") is None)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_is_short_and_opens_with_what_it_reproduces(path):
    text = path.read_text()
    assert text.startswith("# ")
    assert len(text.splitlines()) <= 40
    names = [node.targets[0].id for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    assert names[0] == "_base_"


@pytest.mark.parametrize("name", NAMED_BY_THE_PAPER)
def test_published_configs_have_the_published_parameters(name):
    part, parameters = NAMED_BY_THE_PAPER[name]
    cfg = Config.fromfile(ROOT / "configs" / "fusion_distill" / name)
    with torch.device("meta"):
        network = MODELS.build(cfg.model[part])
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


def test_the_data_root_comes_from_the_environment(monkeypatch, configs):
    path = configs / "teacher_xrestormer-d16_1xb4-2k_roadscene-64x64.py"
    monkeypatch.setenv("MMFUSION_DATA_ROOT", "/somewhere")
    assert Config.fromfile(path).train_dataloader.dataset.data_root == "/somewhere/RoadScene"
    monkeypatch.delenv("MMFUSION_DATA_ROOT")
    assert Config.fromfile(path).train_dataloader.dataset.data_root == "data/RoadScene"


def test_the_set_with_degradations_validates_clean_and_degraded_pairs_in_one_run():
    cfg = Config.fromfile(ROOT / "configs" / "_base_" / "datasets" / "roadscene-176x344_degraded.py")
    prefixes = [evaluator.metrics[0].prefix for evaluator in cfg.val_evaluator]
    assert prefixes == ["clean", "degraded"]
    clean, degraded = ([step.type for step in loader.dataset.pipeline] for loader in cfg.val_dataloader)
    assert [step for step in degraded if step not in clean] == ["RandomDegradation"]
    for pipeline in (cfg.train_pipeline, cfg.degraded_pipeline):
        assert len([TRANSFORMS.build(step) for step in pipeline]) == len(pipeline)
    assert cfg.degraded_pipeline[1].seed is not None, "the validation set is fixed"


TRAINING_CONFIGS = [path for path in CONFIGS if Config.fromfile(path).get("train_dataloader") is not None]


@pytest.mark.parametrize("path", TRAINING_CONFIGS, ids=lambda path: path.stem)
def test_nothing_is_reported_on_the_pairs_that_choose_the_checkpoint(path):
    cfg = Config.fromfile(path)
    loaders = cfg.val_dataloader if isinstance(cfg.val_dataloader, list) else [cfg.val_dataloader]
    train, val, test = (
        [
            (part.data_root, part.data_prefix.img_a, part.get("ann_file", ""))
            for part in single_sets(loader.dataset)
        ]
        for loader in (cfg.train_dataloader, loaders[0], cfg.test_dataloader)
    )
    # Lists of a data set, or of ours beside the config.
    assert all(file.endswith("train.txt") for *_, file in train) and {file for *_, file in val} == {"val.txt"}
    for root, folder, file in test:
        assert file == "test.txt" or (root, folder) not in [entry[:2] for entry in train + val]


def single_sets(dataset):
    """The data sets of which one is made."""
    return dataset.get("datasets", [dataset])


def test_a_missing_test_list_is_one_sentence(tmp_path, pair_folder):
    cfg = Config.fromfile(ROOT / "configs" / "_base_" / "datasets" / "roadscene-128x128.py")
    dataset = dict(
        cfg.test_dataloader.dataset, data_root=str(pair_folder), data_prefix=dict(img_a="a", img_b="b")
    )
    with pytest.raises(
        ValueError, match=r"test\.txt does not exist: write it .*name another list as ann_file$"
    ):
        DATASETS.build(dataset)
