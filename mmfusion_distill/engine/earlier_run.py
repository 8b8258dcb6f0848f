"""A run that was stopped or killed in a work folder, and how to go on with it."""

import re
from pathlib import Path

from mmengine.config import Config

from ..models.weight_files.checkpoints import AUTOSAVE, last_checkpoint


def unfinished_run(work_dir: str | Path, train_cfg: dict) -> str | None:
    """Facts about a run that did not finish.

    Args:
        work_dir (str | Path): Folder of logs and checkpoints.
        train_cfg (dict): The loop that should run there.

    Returns:
        str | None: E.g. 'work_dirs/mine has a run that was stopped after iteration 120 of 3,000'; None if there is no
        such run.
    """
    latest = last_checkpoint(work_dir)
    match = re.fullmatch(rf"(?:{AUTOSAVE})?(iter|epoch)_([0-9]+)", latest.stem) if latest else None
    if match is None:
        return None
    unit, number = match[1], int(match[2])
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
