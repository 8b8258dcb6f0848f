"""What networks are worth after the same short training."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..engine import FusionRunner
from ..engine.mixed_precision import use_mixed_precision
from ..system.regular_file import write_text_atomically
from ..zoo.config_files import read_config

#: Scores that a short training is judged by.
QUALITY_COLUMNS = ("clean/balanced_quality", "clean/wins", "degraded/balanced_quality")


def train_candidates(
    networks: Mapping[str, dict],
    config: str | Path,
    iterations: int,
    work_dir: str | Path,
    amp: bool = False,
) -> dict[str, dict[str, float]]:
    """Train each network alike for a short time and score it on the validation pairs.

    Scores are kept in `work_dir`, one file a config and network: an interrupted call goes on where it was.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        config (str | Path): Config of a training of an ImageFusor by iterations, validated on clean and on degraded
            pairs; its network is replaced.
        iterations (int): Iterations of each, over which the learning rate decays.
        work_dir (str | Path): Folder of logs, checkpoints and scores.
        amp (bool): Mixed precision. Default: False.

    Returns:
        dict[str, dict[str, float]]: `QUALITY_COLUMNS` by network.
    """
    scores = {}
    for name, network in networks.items():
        plain = name.replace(" ", "_").replace(":", "").replace(",", "")
        folder = Path(work_dir) / Path(config).stem / f"{plain}_{iterations}"
        file = folder / "scores.json"
        if not file.is_file():
            metrics = _train(network, config, iterations, folder, amp)
            write_text_atomically(file, json.dumps(metrics, indent=2))
        scores[name] = json.loads(file.read_text())
    return scores


def _train(network: dict, config: str | Path, iterations: int, work_dir: Path, amp: bool) -> dict[str, float]:
    cfg = read_config(config)
    cfg.merge_from_dict(
        {
            "work_dir": str(work_dir),
            # An interrupted training goes on.
            "resume": True,
            "train_cfg.max_iters": iterations,
            "train_cfg.val_interval": iterations,
            "default_hooks.checkpoint.interval": min(iterations, 500),
        }
    )
    if amp:
        use_mixed_precision(cfg)
    cfg.model.generator = network
    for scheduler in cfg.param_scheduler:
        if scheduler.type == "LinearLR":
            scheduler.end = min(scheduler.end, iterations // 4)
        else:
            scheduler.end = iterations
    runner = FusionRunner.from_cfg(cfg)
    runner.train()
    scalars = runner.message_hub.log_scalars
    return {name: float(scalars[f"val/{name}"].current()) for name in QUALITY_COLUMNS}
