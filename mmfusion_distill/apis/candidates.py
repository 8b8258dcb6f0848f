"""Student architectures to choose from, and what each is worth after the same short training."""

import json
from collections.abc import Mapping
from pathlib import Path

from ..datasets.annotation_file import write_text_atomically
from ..engine.runners import FusionRunner
from .config_files import read_config

#: Scores that a short training is judged by.
QUALITY_COLUMNS = ("balanced_quality", "quality", "SSIM", "VIF", "Qabf")
#: Validation pairs: enough to tell candidates apart, few enough to wait for.
VALIDATION_PAIRS = 8

PUBLISHED_TEACHER = dict(
    type="XRestormerFusionNet", dim=48, guidance=dict(type="FeatureWiseAffine", text_channels=512)
)


def _student(dim: int, num_blocks: tuple, num_refinement_blocks: int, neck: dict, **others) -> dict:
    return dict(
        type="XRestormerFusionNet",
        dim=dim,
        num_blocks=num_blocks,
        num_refinement_blocks=num_refinement_blocks,
        ffn_expansion_factor=2,
        neck=neck,
        **others,
    )


def _cross(heads: int, head_dim: int) -> dict:
    return dict(type="SpatialChannelCrossFusion", merge_spatial_heads=heads, merge_dim_head=head_dim)


_PLAIN = dict(type="ConvFusion")
_FEW_HEADS = dict(spatial_heads=(1, 1, 2, 4))
_DEEP_HEADS = dict(spatial_heads=(0, 0, 2, 4))
_DEEPEST_HEADS = dict(spatial_heads=(0, 0, 0, 4))

#: Networks by name. In a name: dim, blocks per level, refinement blocks, neck, levels with spatial attention.
STUDENT_CANDIDATES = {
    "published: d16 2222 r2 neck 4x32": _student(16, (2, 2, 2, 2), 2, _cross(4, 32)),
    "d16 2222 r2 neck 4x8": _student(16, (2, 2, 2, 2), 2, _cross(4, 8)),
    "d16 1122 r1 neck 1x16, few heads": _student(16, (1, 1, 2, 2), 1, _cross(1, 16), **_FEW_HEADS),
    "efficient: d16 1122 r0 neck 1x16, few heads": _student(16, (1, 1, 2, 2), 0, _cross(1, 16), **_FEW_HEADS),
    "d16 1122 r0 neck 1x16, heads at 3 and 4": _student(16, (1, 1, 2, 2), 0, _cross(1, 16), **_DEEP_HEADS),
    "d16 2222 r2 neck 1x16, heads at 3 and 4": _student(16, (2, 2, 2, 2), 2, _cross(1, 16), **_DEEP_HEADS),
    "d8 1111 r1 neck 4x32": _student(8, (1, 1, 1, 1), 1, _cross(4, 32)),
    "d8 1111 r1 neck 1x16, few heads": _student(8, (1, 1, 1, 1), 1, _cross(1, 16), **_FEW_HEADS),
    "d8 0011 r0 plain neck": _student(8, (0, 0, 1, 1), 0, _PLAIN),
    "d8 0001 r0 plain neck": _student(8, (0, 0, 0, 1), 0, _PLAIN),
    "tiny: d8 0001 r1 plain neck, heads at 4": _student(8, (0, 0, 0, 1), 1, _PLAIN, **_DEEPEST_HEADS),
    "d8 0001 r2 plain neck, heads at 4": _student(8, (0, 0, 0, 1), 2, _PLAIN, **_DEEPEST_HEADS),
}


def train_candidates(
    networks: Mapping[str, dict], config: str | Path, iterations: int, work_dir: str | Path
) -> dict[str, dict[str, float]]:
    """Train each network alike for a short time and score it on the first validation pairs.

    Scores are kept in `work_dir`, one file a config and network: an interrupted call goes on with the next one.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        config (str | Path): Config of a training of an ImageFusor, by iterations; its network is replaced.
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
            "train_cfg.max_iters": iterations,
            "train_cfg.val_interval": iterations,
            "val_dataloader.dataset.indices": VALIDATION_PAIRS,
            "val_evaluator.metrics": [dict(type="FusionMetric", metrics=list(QUALITY_COLUMNS))],
            "default_hooks.checkpoint.interval": iterations,
            "default_hooks.visualization.interval.val": VALIDATION_PAIRS,
        }
    )
    cfg.model.generator = network
    for scheduler in cfg.param_scheduler:
        scheduler.T_max = iterations
    runner = FusionRunner.from_cfg(cfg)
    runner.train()
    scalars = runner.message_hub.log_scalars
    return {name: float(scalars[f"val/{name}"].current()) for name in QUALITY_COLUMNS}
