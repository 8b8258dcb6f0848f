"""Student architectures to choose from, and what each is worth after the same short training."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..annotation.annotation_file import write_text_atomically
from ..engine.runners import FusionRunner
from ..io.config_files import read_config

#: Scores that a short training is judged by.
QUALITY_COLUMNS = ("clean/balanced_quality", "clean/wins", "degraded/balanced_quality")

_CONV, _POOLED = dict(type="GatedConvBlock"), dict(type="GatedConvBlock", pooled_attention=True)
_ATTENTION = dict(
    type="XRestormerBlock", channel_heads=4, spatial_heads=2, window_size=4, ffn_expansion_factor=2
)
_PLAIN = dict(type="ConvFusion")


def _cross(*levels: int) -> dict:
    return dict(
        type="SpatialChannelCrossFusion",
        levels=levels,
        exchange_channel_heads=4,
        exchange_spatial_heads=1,
        merge_channel_heads=4,
        merge_spatial_heads=1,
        merge_dim_head=16,
        window_size=4,
    )


def _network(
    widths: tuple,
    deepest: dict,
    num_blocks: tuple,
    decoder_blocks: tuple,
    neck: dict,
    first_expansion: float = 1.5,
) -> dict:
    return dict(
        type="FusionUNet",
        widths=widths,
        blocks=[dict(_CONV, expansion=first_expansion), *[_CONV] * (len(widths) - 2), deepest],
        num_blocks=num_blocks,
        decoder_blocks=decoder_blocks,
        stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
        neck=neck,
    )


#: Networks by name. In a name: width of level 1, blocks per level of encoder and decoder, deepest block, neck.
STUDENT_CANDIDATES = {
    "student: w24 1111 1111, attention, neck 3 4": _network(
        (24, 32, 40, 48), _ATTENTION, (1, 1, 1, 1), (1, 1, 1, 1), _cross(3, 4)
    ),
    "w24 1121 1221, attention, neck 3 4": _network(
        (24, 32, 40, 48), _ATTENTION, (1, 1, 2, 1), (1, 2, 2, 1), _cross(3, 4)
    ),
    "w24 1111 1111, attention, plain neck": _network(
        (24, 32, 40, 48), _ATTENTION, (1, 1, 1, 1), (1, 1, 1, 1), _PLAIN
    ),
    "w24 1111 1111, convolutions, plain neck": _network(
        (24, 32, 40, 48), _POOLED, (1, 1, 1, 1), (1, 1, 1, 1), _PLAIN
    ),
    "w32 1121 1121, attention, neck 4": _network(
        (32, 40, 48, 48), _ATTENTION, (1, 1, 2, 1), (1, 1, 2, 1), _cross(4)
    ),
    "w16 1122 1122, attention, neck 3 4": _network(
        (16, 24, 40, 64), _ATTENTION, (1, 1, 2, 2), (1, 1, 2, 2), _cross(3, 4)
    ),
    "w12 1111 1111, pooled, neck 4": _network(
        (12, 16, 24, 32), _POOLED, (1, 1, 1, 1), (1, 1, 1, 1), _cross(4)
    ),
    "w8 0111 1111, pooled, neck 4": _network((8, 16, 24, 32), _POOLED, (0, 1, 1, 1), (1, 1, 1, 1), _cross(4)),
    "tiny: w8 0111 1111, pooled, plain neck": _network(
        (8, 16, 24, 32), _POOLED, (0, 1, 1, 1), (1, 1, 1, 1), _PLAIN, first_expansion=1.0
    ),
}


def train_candidates(
    networks: Mapping[str, dict], config: str | Path, iterations: int, work_dir: str | Path
) -> dict[str, dict[str, float]]:
    """Train each network alike for a short time and score it on the validation pairs.

    Scores are kept in `work_dir`, one file a config and network: an interrupted call goes on where it was.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        config (str | Path): Config of a training of an ImageFusor by iterations, validated on clean and on degraded
            pairs; its network is replaced.
        iterations (int): Iterations of each, over which the learning rate decays.
        work_dir (str | Path): Folder of logs, checkpoints and scores.

    Returns:
        dict[str, dict[str, float]]: `QUALITY_COLUMNS` by network.
    """
    scores = {}
    for name, network in networks.items():
        folder = (
            Path(work_dir)
            / Path(config).stem
            / f"{name.replace(' ', '_').replace(':', '').replace(',', '')}_{iterations}"
        )
        file = folder / "scores.json"
        if not file.is_file():
            metrics = _train(network, config, iterations, folder)
            write_text_atomically(file, json.dumps(metrics, indent=2))
        scores[name] = json.loads(file.read_text())
    return scores


def _train(network: dict, config: str | Path, iterations: int, work_dir: Path) -> dict[str, float]:
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
