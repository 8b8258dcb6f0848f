"""Pairs to score fusions on, unchanged or degraded with a known answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.infer import BaseInferencer

from ..annotation.annotation_types import Annotation
from ..evaluation import EvaluationResult, FusionTriple, GrayImage, get_protocol, score_triple
from ..images.pixels import to_uint8, without_single_channel
from ..registry import DATASETS
from ..user_errors import UserError


@dataclass(frozen=True)
class ScoredPair:
    """One pair, and what its fusion is compared with.

    Args:
        name (str): Name of the pair.
        img_a (np.ndarray): Source A as the network sees it, (H, W, 3) RGB, uint8.
        img_b (np.ndarray): Source B as the network sees it, (H, W), uint8.
        target_a (np.ndarray): Source A before it was degraded.
        target_b (np.ndarray): Source B before it was degraded.
        annotation (Annotation | None): Own annotation, with the events of what was applied.
        kinds (tuple[str, ...]): Kinds of degradation that were applied. Default: ().
    """

    name: str
    img_a: np.ndarray
    img_b: np.ndarray
    target_a: np.ndarray
    target_b: np.ndarray
    annotation: Annotation | None
    kinds: tuple[str, ...] = ()


def folder_dataset(
    folder_a: str | Path,
    folder_b: str | Path,
    annotations: str | Path | None = None,
    names: str | Path | None = None,
    modality: str = "infrared-visible",
) -> dict:
    """Config of the data set in two folders; pairs without annotation are annotated from image statistics.

    Returns:
        dict: For :func:`load_scored_pairs`.
    """
    prefix = dict(img_a=folder_a, img_b=folder_b, annotation=annotations)
    return dict(
        type="PairedFusionDataset",
        data_prefix={key: str(Path(path).resolve()) for key, path in prefix.items() if path},
        ann_file=str(Path(names).resolve()) if names else "",
        annotator="statistics",
        modality=modality,
    )


def validation_dataset(config: Config) -> dict:
    """The data set that a config validates on; of several the last, which ours use for degraded pairs.

    Raises:
        UserError: If the config has none.
    """
    loaders = config.get("val_dataloader")
    if not loaders:
        raise UserError(f"{config.filename} has no val_dataloader: name the pairs with --a and --b")
    loader = loaders if isinstance(loaders, dict) else loaders[-1]
    return dict(loader["dataset"])


def inputs_of(dataset: dict, limit: int | None = None) -> list[dict]:
    """The pairs of a data set as :class:`FusionInferencer` takes them, by their paths.

    Args:
        dataset (dict): Config of a :class:`PairedFusionDataset`.
        limit (int, optional): The first ones only. Default: None, all.
    """
    built = DATASETS.build(dataset)
    infos = (built.get_data_info(index) for index in range(len(built))[:limit])
    return [
        dict(
            img_a=info["img_a_path"], img_b=info["img_b_path"], annotation=info["annotation"], key=info["key"]
        )
        for info in infos
    ]


def load_scored_pairs(dataset: dict, seed: int | None = None, limit: int | None = None) -> list[ScoredPair]:
    """Load the pairs of a data set.

    Args:
        dataset (dict): Config of a :class:`PairedFusionDataset` or of several in a :class:`SeededConcatDataset`;
            pipelines are replaced.
        seed (int, optional): Degrade all of them, by :class:`RandomDegradation` with this seed: 0 gives the images
            that our configs validate on. Default: None, unchanged.
        limit (int, optional): The first ones only. Default: None, all.

    Returns:
        list[ScoredPair]: In the order of the data set.
    """
    if "datasets" in dataset:
        parts = [load_scored_pairs(part, seed) for part in dataset["datasets"]]
        return [pair for part in parts for pair in part][:limit]
    pipeline: list[dict] = [dict(type="LoadImagePair")]
    if seed is not None:
        modality = dataset.get("modality", "infrared-visible")
        pipeline.append(dict(type="RandomDegradation", modality=modality, prob=1.0, seed=seed))
    built = DATASETS.build({**dataset, "pipeline": pipeline})
    return [_scored_pair(built[index]) for index in range(len(built))[:limit]]


def validated_sets(config: Config) -> dict[str, dict]:
    """The sets that a config validates on, by the prefixes of their measures.

    Raises:
        UserError: If it validates on none.
    """
    loaders, evaluators = config.get("val_dataloader"), config.get("val_evaluator")
    if not loaders or not evaluators:
        raise UserError(
            f"{config.filename} has no val_dataloader: name a config that validates, or give --a and --b"
        )
    loaders, evaluators = (part if isinstance(part, list) else [part] for part in (loaders, evaluators))
    return {
        _prefix_of(evaluator, index): dict(loader["dataset"])
        for index, (loader, evaluator) in enumerate(zip(loaders, evaluators))
    }


def _prefix_of(evaluator: dict, index: int) -> str:
    metrics = evaluator.get("metrics", evaluator)
    first = metrics[0] if isinstance(metrics, list) else metrics
    return first.get("prefix") or f"set_{index + 1}"


def load_shown_pairs(dataset: dict, count: int) -> list[ScoredPair]:
    """Pairs spread evenly over a data set, as its pipeline degrades them."""
    steps = [
        step for step in dataset.get("pipeline", ()) if step["type"].rpartition(".")[2] == "RandomDegradation"
    ]
    seed = steps[0].get("seed", 0) if steps else None
    pairs = load_scored_pairs(dataset, seed)
    chosen = np.unique(np.linspace(0, len(pairs) - 1, min(count, len(pairs))).round().astype(int))
    return [pairs[index] for index in chosen]


def fuse_pair(network: BaseInferencer, pair: ScoredPair, annotation: Annotation | None) -> np.ndarray:
    """The fused image of a pair as a network sees it, by an annotation that need not be the pair's own."""
    sources = dict(img_a=pair.img_a, img_b=pair.img_b, key=pair.name, annotation=annotation)
    return network(sources)["predictions"][0]


def score_pairs(
    pairs: Sequence[ScoredPair], fused: Sequence[Mapping[str, np.ndarray]], metrics: Sequence[str]
) -> EvaluationResult:
    """Score fusions against the sources before they were degraded.

    Args:
        pairs (Sequence[ScoredPair]): The pairs.
        fused (Sequence[Mapping[str, np.ndarray]]): Per pair, images by the names of the rows.
        metrics (Sequence[str]): Keys of :func:`~mmfusion_distill.evaluation.compute_metrics`.

    Returns:
        EvaluationResult: A row for each image of a pair.
    """
    scores = np.empty((len(fused[0]), len(metrics), len(pairs)))
    for index, (pair, pictures) in enumerate(zip(pairs, fused)):
        # The sources are analysed once for all rows.
        sources = GrayImage(pair.target_a), GrayImage(pair.target_b)
        for row, picture in enumerate(pictures.values()):
            triple = FusionTriple(*sources, GrayImage(picture))
            scores[row, :, index] = list(score_triple(triple, metrics).values())
    names = [pair.name for pair in pairs]
    return EvaluationResult(names, list(fused[0]), list(metrics), scores, get_protocol("standard"))


def _scored_pair(results: dict) -> ScoredPair:
    pictures = {}
    for key in ("img_a", "img_b"):
        target = f"target_{key[-1]}"
        pictures[key], pictures[target] = (
            without_single_channel(to_uint8(image))
            for image in (results[key], results.get(target, results[key]))
        )
    return ScoredPair(
        name=results["key"],
        annotation=results["annotation"],
        kinds=results.get("degradations", ()),
        **pictures,
    )
