"""Runs that were stopped: whether a work folder has one, and whether its state fits the run that should go on."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from mmengine.config import Config
from mmengine.hooks import EMAHook
from mmengine.runner import Runner

from ..models.weight_files.checkpoints import AUTOSAVE, CheckpointError, last_checkpoint, step_of


def unfinished_run(work_dir: str | Path, train_cfg: dict) -> str | None:
    """Facts about a run that did not finish.

    Returns:
        str | None: E.g. 'work_dirs/mine has a run that was stopped after iteration 120 of 3,000'; None if there is no
        such run.
    """
    latest = last_checkpoint(work_dir)
    step = step_of(latest) if latest else None
    if step is None:
        return None
    unit, number = step
    end = train_cfg.get(f"max_{unit}s")
    if end is not None and number >= end and not latest.name.startswith(AUTOSAVE):
        return None
    word = dict(iter="iteration", epoch="epoch")[unit]
    of_all = "" if end is None else f" of {end:,}"
    return f"{work_dir} has a run that was stopped after {word} {number:,}{of_all}"


def tell_of_unfinished_run(cfg: Config) -> None:
    """Say in one line, before a run starts again, that an earlier one could be resumed."""
    unfinished = unfinished_run(cfg.work_dir, cfg.get("train_cfg") or {})
    if unfinished:
        print(f"{unfinished}: with --resume it goes on; this one starts again", flush=True)


_PARTS = ("meta", "message_hub", "optimizer")
#: What the groups of an optimizer have according to its kind.
_HALLMARKS = {"alpha", "betas", "momentum", "precondition_frequency", "rho"}
#: What the course of a schedule is made of.
_OF_A_SCHEDULE = {"begin", "end", "by_epoch", "T_max", "eta_min", "total_iters", "milestones", "gamma"}


def check_run_state(runner: Runner, checkpoint: dict, path: str) -> None:
    """Check what mmengine resumes besides the weights, and take out what it would execute.

    Args:
        runner (Runner): The run, with optimizer and schedules built.
        checkpoint (dict): The content of the checkpoint; the config in its `meta` is removed.
        path (str): Where it is from, for messages.

    Raises:
        CheckpointError: If anything is missing or of another config.
    """
    missing = [key for key in _PARTS if not isinstance(checkpoint.get(key), Mapping)]
    meta = checkpoint.get("meta")
    if not missing and not all(isinstance(meta.get(key), int) for key in ("epoch", "iter")):
        missing.append("meta.epoch and meta.iter")
    if not missing and not {"log_scalars", "runtime_info", "resumed_keys"} <= set(checkpoint["message_hub"]):
        missing.append("message_hub.log_scalars")
    if missing:
        raise CheckpointError(
            f"the checkpoint {path} has weights but no state of a run to go on from ({', '.join(missing)}): to start "
            f"from its weights give --cfg-options load_from={path} instead of --resume"
        )
    # mmengine would execute it as a Python file, to compare a number that nobody sets.
    meta.pop("config", None)
    if "ema_state_dict" in checkpoint and not any(isinstance(hook, EMAHook) for hook in runner.hooks):
        raise CheckpointError(
            f"the checkpoint {path} is of a run with EMAHook, which the config lacks: its weights are the average, "
            "not those that were trained, so add the hook"
        )
    problem = _optimizer_problem(runner, checkpoint["optimizer"]) or _schedule_problem(
        runner, checkpoint.get("param_schedulers", [])
    )
    if problem:
        raise CheckpointError(
            f"the checkpoint {path} cannot be resumed with this config: {problem}; resume with the config of its "
            f"run, or start from its weights with --cfg-options load_from={path}"
        )


def _optimizer_problem(runner: Runner, saved: Mapping) -> str | None:
    optimizer = getattr(runner.optim_wrapper, "optimizer", None)
    if optimizer is None:  # several optimizers, each with a name
        return None
    ours, groups, states = optimizer.param_groups, saved.get("param_groups"), saved.get("state")
    if not isinstance(groups, list) or not isinstance(states, Mapping):
        return "the state of its optimizer is broken"
    if any(_HALLMARKS & (set(old) ^ set(new)) for old, new in zip(groups, ours)):
        return f"it was trained with another optimizer than {type(optimizer).__name__}"
    parameters = list(chain.from_iterable(group["params"] for group in ours))
    if [len(group["params"]) for group in groups] != [len(group["params"]) for group in ours]:
        return f"its optimizer has other parameters than the {len(parameters)} that are trained here"
    indices = chain.from_iterable(group["params"] for group in groups)
    for index, parameter in zip(indices, parameters):
        moments = [value for value in states.get(index, {}).values() if getattr(value, "ndim", 0)]
        if any(value.shape != parameter.shape for value in moments):
            return "the state of its optimizer is of other parameters"
    return None


def _schedule_problem(runner: Runner, saved: list | Mapping) -> str | None:
    ours = runner.param_schedulers or []
    if isinstance(ours, Mapping) != isinstance(saved, Mapping) or len(ours) != len(saved):
        return f"it has {len(saved)} schedules and the config {len(ours)}"
    if isinstance(ours, Mapping):  # several optimizers, each with a name
        return None
    for schedule, old in zip(ours, saved):
        if not isinstance(old, Mapping):
            return "the state of its schedules is broken"
        state = schedule.state_dict()
        # mmengine would go on with those of the checkpoint, and never come to the end of a shorter schedule.
        for name in sorted(_OF_A_SCHEDULE & (state.keys() | old.keys())):
            if state.get(name) != old.get(name):
                kind = type(schedule).__name__
                return f"its {kind} has {name}={old.get(name)} and the config's {name}={state.get(name)}"
    return None
