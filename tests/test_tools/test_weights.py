"""Weights that do not fit are refused where a model is tested or trained, never replaced by random ones."""

from pathlib import Path

import numpy as np
import pytest
import torch
from test_training import TEACHER, options, small  # noqa: F401  (options is a fixture)

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.engine.running import load_config, run_test, run_training
from mmfusion_distill.evaluation import compute_metrics
from mmfusion_distill.export.model_files import publish_network
from mmfusion_distill.images.image_io import read_image_pair
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.registry import MODELS

TINY = TEACHER.with_name("tiny_fusionunet_1xb2-3k_cameras-176x344.py")


@pytest.fixture
def settings(options):  # noqa: F811
    """Settings to test the smallest network without text on one pair."""
    Path("data/one.txt").write_text(next(Path("data/visible").iterdir()).stem)
    keys = ("model", "test_dataloader", "train_dataloader", "val_dataloader", "train_cfg")
    settings = {key: value for key, value in small(options, "generator").items() if key.startswith(keys)}
    return settings | {
        "model.generator.guidance": None,
        "model.text_encoder": None,
        "model.generator.num_refinement_blocks": 0,
        "test_dataloader.dataset.ann_file": "one.txt",
    }


@pytest.fixture
def state(settings):
    torch.manual_seed(3)
    return MODELS.build(load_config(TEACHER, settings).model).state_dict()


def without_half(state):
    return {key: value for index, (key, value) in enumerate(state.items()) if index % 2}


SPOILED = {
    "of another architecture": (
        lambda state: {f"generator.body.{key}": v for key, v in state.items()},
        "missing",
    ),
    "empty": (lambda state: {}, "holds no weights"),
    "half": (without_half, "missing generator.*--allow-partial"),
    "more": (lambda state: state | {"generator.more": torch.zeros(2)}, "left over generator.more"),
    "of another width": (lambda state: {key: value[..., :1] for key, value in state.items()}, "instead of"),
    "of integers": (lambda state: {key: value.long() for key, value in state.items()}, "holds torch.int64"),
    "diverged": (lambda state: {key: value * torch.nan for key, value in state.items()}, "NaN or infinite"),
    "infinite": (lambda state: {key: value + torch.inf for key, value in state.items()}, "NaN or infinite"),
    "sparse": (lambda state: {key: value.to_sparse() for key, value in state.items()}, "no plain numbers"),
    "repeated": (lambda state: {"generator.x": torch.zeros(1).expand(10**12)}, "no plain numbers"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_does_not_fit_is_refused_with_the_file_and_the_weights(settings, state, name):
    spoil, message = SPOILED[name]
    torch.save(dict(meta={}, state_dict=spoil(state)), "weights.pth")
    with pytest.raises(CheckpointError, match=f"weights.pth.*{message}"):
        run_test(str(TEACHER), "weights.pth", work_dir="tested", cfg_options=settings)
    with pytest.raises(CheckpointError, match=f"weights.pth.*{message}"):
        run_training(str(TEACHER), work_dir="trained", cfg_options=settings | {"load_from": "weights.pth"})


def test_every_form_of_the_same_weights_gives_the_same_metrics(settings, state):
    torch.save(dict(meta={}, state_dict=state), "model.pth")
    torch.save({key.removeprefix("generator."): value for key, value in state.items()}, "network.pth")
    torch.save(dict(state_dict={f"module.{key}": value for key, value in state.items()}), "wrapped.pth")
    load_config(TEACHER, settings).dump("config.py")
    publish_network("config.py", "model.pth", "published.safetensors")
    metrics = {
        name: run_test(str(TEACHER), name, work_dir=f"of_{name}", cfg_options=settings)
        for name in ("model.pth", "network.pth", "wrapped.pth", "published.safetensors")
    }
    assert all(values == metrics["model.pth"] for values in metrics.values())
    partial = without_half(state) | {"generator.more": torch.zeros(1)}
    torch.save(dict(state_dict=partial), "half.pth")
    half = run_test(str(TEACHER), "half.pth", work_dir="part", cfg_options=settings, allow_partial=True)
    assert half != metrics["model.pth"]
    (log,) = Path("part").glob("*/*.log")
    for key in state.keys() ^ partial.keys():
        assert key in log.read_text()


def test_training_starts_from_the_weights_it_is_given(settings, state):
    torch.save({key.removeprefix("generator."): value for key, value in state.items()}, "network.pth")
    runner = run_training(
        str(TEACHER),
        work_dir="started",
        cfg_options=settings
        | {"load_from": "network.pth", "train_cfg.max_iters": 1, "optim_wrapper.optimizer.lr": 0},
    )
    for key, value in runner.model.state_dict().items():
        assert torch.equal(value, state[key])


@pytest.mark.parametrize(("use_events", "said"), [(True, False), (False, True)])
def test_annotations_that_change_nothing_are_said(settings, use_events, said):
    changes = {"train_cfg.max_iters": 1, "model.pixel_loss.use_events": use_events}
    run_training(str(TEACHER), work_dir="trained", cfg_options=settings | changes)
    (log,) = Path("trained").glob("*/*.log")
    assert ("the annotations of the training pairs change nothing" in log.read_text()) == said


def test_weights_that_come_with_the_package_are_scored_as_they_fuse(settings):
    changes = {key: value for key, value in settings.items() if key.startswith("test_dataloader")}
    scored = run_test(str(TINY), "tiny", work_dir="tested", cfg_options=changes)
    (name,) = Path("data/one.txt").read_text().split()
    pair = [next(Path("data", folder).glob(f"{name}.*")) for folder in ("visible", "infrared")]
    fused = FusionInferencer(weights="tiny", device="cpu").fuse(*pair)
    sources = [np.rint(source).astype(np.uint8).squeeze() for source in read_image_pair(*pair)]
    for metric, value in compute_metrics(*sources, fused, ["EN", "SD", "Qabf"]).items():
        assert scored[metric] == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("modle.generator.dim", "the config has no 'modle': did you mean 'model'"),
        ("model.generator.dmi", "model.generator has no 'dmi': did you mean 'dim'"),
        ("train_cfg.max_iter", "did you mean 'max_iters'"),
        ("optim_wrapper.optimizer.learning_rate", "optim_wrapper.optimizer has no 'learning_rate'"),
        ("param_scheduler.0.Tmax", "did you mean 'T_max'"),
        ("param_scheduler.7.T_max", "the entries 0 to 0, not '7'"),
        ("train_dataloader.batchsize", "did you mean 'batch_size'"),
        ("model.generator.dim.x", "model.generator.dim is 16 and has no keys"),
    ],
)
def test_a_setting_that_nobody_reads_is_refused(key, message):
    with pytest.raises(ValueError, match=f"--cfg-options {key}.*{message}"):
        load_config(TEACHER, {key: 1})


def test_a_setting_that_only_the_class_knows_is_taken():
    config = load_config(
        TEACHER,
        {
            "model.generator.window_size": 4,
            "optim_wrapper.optimizer.eps": 1e-6,
            "optim_wrapper.paramwise_cfg.bias_lr_mult": 2.0,
            "train_dataloader.pin_memory": True,
            "model.test_cfg.mode": "whole",
            "custom_hooks": [],
        },
    )
    assert config.model.generator.window_size == 4 and config.model.test_cfg.mode == "whole"


@pytest.mark.parametrize("out", ["metrics.txt", "folder.json", "file/metrics.json"])
def test_a_file_that_metrics_cannot_be_written_to_is_said_before_the_test(settings, state, out, monkeypatch):
    torch.save(dict(state_dict=state), "model.pth")
    Path("folder.json").mkdir()
    Path("file").write_text("")
    monkeypatch.setattr("mmfusion_distill.engine.running.FusionRunner", None)
    with pytest.raises((OSError, ValueError), match=out.split("/")[0]):
        run_test(str(TEACHER), "model.pth", out=out, cfg_options=settings)
