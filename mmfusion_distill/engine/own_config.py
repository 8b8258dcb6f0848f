"""The config of a training on pairs of your own, made of the configs that come with the package."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.config import Config

from ..data.own_pairs import OwnPairs, PairFolder
from ..models.weight_files.embedded_config import read_network_config
from ..user_errors import UserError
from ..zoo.config_files import read_config
from ..zoo.model_index import DEFAULT_WEIGHTS, PYRAMID, find_config, shipped_weights

_ALONE = "student_fusionunet_1xb2-3k_cameras-176x344"
_GUIDED = "teacher_fusionunet_1xb2-3k_cameras-176x344"
_DISTILLED = "distill_fusionunet_1xb2-3k_cameras-176x344"
#: What is taken from these configs as it is.
_TAKEN = (
    "default_scope",
    "custom_imports",
    "env_cfg",
    "randomness",
    "log_level",
    "visualizer",
    "model_wrapper_cfg",
    "optim_wrapper",
    "val_cfg",
    "test_cfg",
)
#: Pixels of a crop: as many as where our weights come from, 176x344; sides are multiples of _GRID.
_CROP_AREA, _GRID = 176 * 344, 8
#: From so many pixels on images are sharp, and scaled down more.
_SHARP = 400 * 400
#: Validations of a run; the figure that chooses the best checkpoint, and the others.
VALIDATIONS = 5
CHOSEN_BY = "balanced_quality"
MEASURES = ("EN", "SD", "SF", "MI", "SCD", "VIF", "SSIM", "Qabf", "quality", CHOSEN_BY, "wins")


@dataclass(frozen=True)
class OwnRun:
    """What is asked for.

    Args:
        pairs (OwnPairs): The pairs.
        out (Path): Where everything goes.
        start (str): Weights to start from, by name or file, or 'pyramid' for a student without any.
            Default: 'student'.
        teacher (str | None): Weights of a teacher to distil from. Default: None.
    """

    pairs: OwnPairs
    out: Path
    start: str = DEFAULT_WEIGHTS
    teacher: str | None = None


def own_config(run: OwnRun, iterations: int, workers: int) -> Config:
    """Config of the run, which needs no other file than the weights and the lists of names in its folder.

    Args:
        run (OwnRun): What is asked for.
        iterations (int): Steps of the optimizer.
        workers (int): Processes that read.

    Returns:
        Config: For :class:`FusionRunner`.

    Raises:
        UserError: If weights cannot be used so.
    """
    started = read_network_config(shipped_weights(DEFAULT_WEIGHTS if run.start == PYRAMID else run.start))
    is_guided = "text_encoder" in started
    if is_guided and run.teacher:
        raise UserError(f"--from {run.start} is guided by text: distil to a student, or leave --teacher out")
    base = read_config(find_config(_DISTILLED if run.teacher else _GUIDED if is_guided else _ALONE))
    content = {key: base[key] for key in _TAKEN if key in base}
    content["model"] = _model(base.model.to_dict(), started, run.teacher)
    content["load_from"] = None if run.start == PYRAMID else _named(run.start)
    content["optim_wrapper"]["optimizer"]["lr"] = 3e-3 if run.start == PYRAMID else 2e-4
    content |= _schedule(iterations)
    if run.start == PYRAMID:
        content["default_hooks"]["noise_filter"] = dict(type="NoiseFilterStartHook", samples=500)
    train = _dataset(run.pairs, run.pairs.train, run.out / "train.txt", _pipeline(base, run.pairs))
    val = _dataset(run.pairs, run.pairs.val, run.out / "val.txt", base.clean_pipeline)
    content["train_dataloader"] = dict(
        batch_size=2,
        num_workers=workers,
        persistent_workers=True,
        sampler=dict(type="SeededInfiniteSampler", shuffle=True),
        dataset=train,
    )
    content["val_dataloader"] = content["test_dataloader"] = dict(
        batch_size=1,
        num_workers=1,
        persistent_workers=True,
        sampler=dict(type="DefaultSampler", shuffle=False),
        dataset=val,
    )
    metric = dict(type="FusionMetric", metrics=MEASURES)
    content["val_evaluator"] = content["test_evaluator"] = dict(type="Evaluator", metrics=[metric])
    content["work_dir"] = str(run.out)
    return Config(content)


def crop_size(size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the crops of images of a size: of their shape, and no larger."""
    height, width = size
    factor = min(1.0, (_CROP_AREA / (height * width)) ** 0.5)
    sides = [max(_GRID, int(side * factor) // _GRID * _GRID) for side in size]
    return sides[0], sides[1]


def _model(model: dict[str, Any], started: dict, teacher: str | None) -> dict[str, Any]:
    if teacher is None:
        return model | started
    guide = read_network_config(shipped_weights(teacher))
    if "text_encoder" not in guide:
        raise UserError(f"--teacher {teacher} is not guided by text: take `teacher`, or one of your own")
    model |= dict(
        student=started["generator"], teacher=guide["generator"], teacher_checkpoint=_named(teacher)
    )
    model["text_encoder"] = guide["text_encoder"]
    if not all(network.get("prior") for network in (started["generator"], guide["generator"])):
        # Networks that were made before there was a prior.
        model |= dict(prior_loss=None, event_loss=None, steered_share=0.0)
    return model


def _named(weights: str) -> str:
    """Shipped weights stay a name, so that the config can be used elsewhere; a file is found from anywhere."""
    path = shipped_weights(weights)
    return weights if str(path) != str(Path(weights)) else str(path.resolve())


def _schedule(iterations: int) -> dict[str, Any]:
    """Loop, schedule and hooks of a run of so many steps."""
    warm_up = min(100, iterations // 10)
    rise = [dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=warm_up)] * bool(warm_up)
    fall = dict(type="CosineAnnealingLR", by_epoch=False, begin=warm_up, end=iterations, eta_min=5e-6)
    # About as many points as a curve shows.
    logged = max(1, iterations // 200)
    hooks = dict(
        finite=dict(type="FiniteGuardHook"),
        timer=dict(type="mmagic.IterTimerHook"),
        logger=dict(type="LoggerHook", interval=logged, log_metric_by_epoch=False),
        param_scheduler=dict(type="ParamSchedulerHook"),
        checkpoint=dict(
            type="CheckpointHook",
            by_epoch=False,
            interval=iterations,
            max_keep_ckpts=1,
            save_best=CHOSEN_BY,
            rule="greater",
        ),
        sampler_seed=dict(type="DistSamplerSeedHook"),
    )
    return dict(
        train_cfg=dict(
            type="IterBasedTrainLoop",
            max_iters=iterations,
            val_interval=max(1, -(-iterations // VALIDATIONS)),
        ),
        param_scheduler=[*rise, fall],
        default_hooks=hooks,
        custom_hooks=[dict(type="ProgressBarHook", figure=CHOSEN_BY)],
        log_processor=dict(type="mmagic.LogProcessor", window_size=logged, by_epoch=False),
    )


def _pipeline(base: Config, pairs: OwnPairs) -> list[dict]:
    height, width = pairs.size
    kind = "sharp" if height * width >= _SHARP else "roadscene"
    kind = "medical" if pairs.modality == "medical" else kind
    steps = base.get("steered_pipelines", base.pipelines)[kind]
    size = crop_size(pairs.size)
    sized = dict(RandomPairCrop="crop_size", RandomPairResize="min_size")
    return [
        dict(step, **{sized[name]: size})
        if (name := step["type"].rpartition(".")[2]) in sized
        else dict(step)
        for step in steps
    ]


def _dataset(pairs: OwnPairs, part: PairFolder, names: Path, pipeline: list) -> dict[str, Any]:
    folders = dict(img_a=part.folder_a, img_b=part.folder_b, annotation=part.texts)
    return dict(
        type="PairedFusionDataset",
        data_prefix={key: str(path.resolve()) for key, path in folders.items() if path},
        ann_file=str(names.resolve()),
        annotator="statistics",
        modality=pairs.modality,
        pattern=pairs.pattern,
        pipeline=[dict(step) for step in pipeline],
    )
