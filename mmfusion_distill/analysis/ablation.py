"""Trainings that differ in one thing, side by side."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mmengine.infer import BaseInferencer

from ..io.config_files import read_config
from .named_network import load_named_network
from .results_page import score_set, scores_table
from .scored_pairs import load_scored_pairs, validation_dataset


def score_checkpoints(
    rows: Mapping[str, tuple[Path, Path]],
    load: Callable[..., BaseInferencer],
    seed: int = 0,
    limit: int | None = None,
) -> dict[str, str]:
    """Score trainings on the validation pairs of the first one's config.

    Args:
        rows (Mapping[str, tuple[Path, Path]]): Config and checkpoint of each, by name.
        load (Callable): Makes an inferencer of config, weights and device: the class :class:`FusionInferencer`.
        seed (int): Of the degradations. Default: 0, those our configs validate on.
        limit (int, optional): Score on the first pairs only. Default: None, all.

    Returns:
        dict[str, str]: Tables in Markdown, of clean and of degraded pairs.
    """
    networks = [
        load_named_network(f"{name}={checkpoint}:{config}", load)
        for name, (config, checkpoint) in rows.items()
    ]
    dataset = validation_dataset(read_config(next(iter(rows.values()))[0]))
    tables = {}
    for title, degradation in (("clean", None), ("degraded", seed)):
        pairs = load_scored_pairs(dataset, degradation, limit)
        tables[f"{title}, {len(pairs)} pairs"] = scores_table(score_set(networks, pairs))
    return tables
