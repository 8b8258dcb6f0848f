"""Gain of a detector by fusion: the same training for each source alone and for fusions of both."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from ..data.night_scenes import KINDS, write_night_scenes
from ..system.table import Table
from ..user_errors import UserError

#: Inputs of the detector, by what the table calls them.
INPUTS = ("visible", "infrared", "pyramid", "student, frozen", "student, trained along")
#: Columns: people of all kinds, then those seen in the infrared image only, in the visible one only, in both.
COLUMNS = ("all", *KINDS)


def measure_detector_gain(
    config: str | Path,
    folder: str | Path,
    iterations: int = 300,
    train_scenes: int = 300,
    val_scenes: int = 200,
    seeds: Iterable[int] = (0,),
    inputs: Iterable[str] = INPUTS,
    on_result: Callable[[str, int, dict[str, float]], None] = lambda name, seed, scores: None,
) -> dict[str, np.ndarray]:
    """Train a detector on generated night scenes, once for each input and seed, and measure it on others.

    Args:
        config (str | Path): Config of a detector behind :class:`FusionDataPreprocessor`, on the set of
            `configs/_base_/datasets/night-128x160_detection.py`.
        folder (str | Path): Where scenes and logs go.
        iterations (int): Of each training. Default: 300.
        train_scenes (int): Default: 300.
        val_scenes (int): Default: 200.
        seeds (Iterable[int]): Seeds of weights and order. Default: (0,).
        inputs (Iterable[str]): Some of `INPUTS`. Default: all.
        on_result (Callable): Told input, seed and scores of every training that is done. Default: nobody.

    Returns:
        dict[str, np.ndarray]: By input, (seeds, columns of `COLUMNS`): average precision over overlaps of 0.5 to
        0.95, in [0, 1]; the people of other columns are left out of account.
    """
    folder = Path(folder)
    write_night_scenes(folder / "train", train_scenes)
    write_night_scenes(folder / "val", val_scenes, seed=train_scenes)
    results: dict[str, list[list[float]]] = {name: [] for name in inputs}
    for seed in seeds:
        for name in results:
            cfg = detector_config(config, folder, name, iterations, seed)
            # The names of the config are those of its toolbox.
            with DefaultScope.overwrite_default_scope(cfg.default_scope):
                runner = Runner.from_cfg(cfg)
                runner.train()
                metrics = runner.test()
            # Without any detection mmdet computes nothing.
            scores = {column: metrics.get(f"{column}/bbox_mAP", 0.0) for column in COLUMNS}
            on_result(name, seed, scores)
            results[name].append(list(scores.values()))
    return {name: np.array(scores) for name, scores in results.items()}


def detector_config(config: str | Path, folder: Path, name: str, iterations: int, seed: int) -> Config:
    """Config of one training: the given one, but for the detector's input and the length.

    Raises:
        UserError: If there is no such input.
    """
    if name not in INPUTS:
        raise UserError(f"'{name}' is none of {', '.join(INPUTS)}")
    cfg = Config.fromfile(config)
    loaders = [cfg.train_dataloader, cfg.test_dataloader]
    for loader, split in zip(loaders, ("train", "val")):
        source = "infrared" if name == "infrared" else "visible"
        loader.num_workers, loader.persistent_workers = 0, False
        loader.dataset.data_root = str(folder)
        loader.dataset.ann_file = f"{split}/people.json"
        loader.dataset.data_prefix.img = f"{split}/{source}/"
        if name in ("visible", "infrared"):
            loader.dataset.pipeline[0] = dict(type="LoadImageFromFile")
    preprocessor = cfg.model.data_preprocessor
    if name in ("visible", "infrared"):
        cfg.model.data_preprocessor = preprocessor.wrapped
    elif name == "pyramid":
        preprocessor.network = dict(type="PyramidFusion")
    else:
        preprocessor.trained = name == "student, trained along"
    # Smaller steps for what is trained already; inputs without a network have nothing of that name.
    cfg.optim_wrapper.paramwise_cfg = dict(
        custom_keys={"data_preprocessor": dict(lr_mult=0.1, decay_mult=0.0)}, bypass_duplicate=True
    )
    metric = dict(cfg.test_evaluator)
    files = {"all": "people.json", **{kind: f"people_{kind}.json" for kind in KINDS}}
    cfg.test_evaluator = [
        dict(metric, prefix=column, ann_file=str(folder / "val" / file)) for column, file in files.items()
    ]
    cfg.val_dataloader = cfg.val_evaluator = cfg.val_cfg = None
    cfg.train_cfg = dict(type="IterBasedTrainLoop", max_iters=iterations)
    warm_up = max(iterations // 10, 1)
    cfg.param_scheduler = [
        dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=warm_up),
        dict(type="CosineAnnealingLR", by_epoch=False, begin=warm_up, end=iterations, eta_min=1e-5),
    ]
    cfg.default_hooks.checkpoint = None
    cfg.log_level = "WARNING"
    cfg.randomness = dict(seed=seed)
    cfg.work_dir = str(folder / "runs")
    cfg.experiment_name = f"{name} {seed}".replace(",", "").replace(" ", "-")
    return cfg


def to_markdown(results: dict[str, np.ndarray]) -> str:
    """Table of average precision in per cent: means over the seeds and, of several, the standard deviation."""
    titles = ("all people", "seen in infrared only", "in visible only", "in both")
    rows = []
    for name, scores in results.items():
        means, deviations = 100 * scores.mean(axis=0), 100 * scores.std(axis=0)
        cells = [
            f"{mean:.1f}" + (f" ± {deviation:.1f}" if len(scores) > 1 else "")
            for mean, deviation in zip(means, deviations)
        ]
        rows.append([name, *cells])
    return Table(["input of the detector", *titles], rows).to_markdown()
