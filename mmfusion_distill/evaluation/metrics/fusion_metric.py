"""The metric that MMEngine's and MMagic's loops call."""

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dist import all_reduce, get_world_size
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from ...registry import METRICS
from ...system.regular_file import write_text_atomically
from ...system.table import Table
from ...user_errors import UserError
from ..functional.compute import parse_metric_names, score_triple
from ..functional.gray_image import FusionTriple, GrayImage
from ..functional.laplacian_pyramid import laplacian_pyramid_fusion
from ..functional.protocols import get_protocol

#: Measures whose means are compared with the Laplacian pyramid's.
WIN_MEASURES = ("EN", "SD", "SF", "MI", "SCD", "VIF", "Qabf", "SSIM")

_RUNNER_METRICS = ("EN", "SD", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality")
_WINS = "wins"


@METRICS.register_module()
class FusionMetric(BaseMetric):
    """Scores of fused images, averaged over a set.

    Works in MMEngine's ``ValLoop`` / ``TestLoop`` and in MMagic's ``MultiValLoop`` /
    ``MultiTestLoop``. Samples are collected by name: with several processes a sample that the
    sampler handed out twice to fill the last batch counts once.

    ``wins`` tells how many of the eight measures in :data:`WIN_MEASURES` have a mean over the set that is at least
    that of the Laplacian pyramid of the same sources, by the same protocol. The pyramid is scored at the first
    evaluation and kept for those that follow.

    Args:
        metrics: Keys of :func:`~mmfusion_distill.evaluation.compute_metrics`, and ``wins``.
        protocol: Name of the evaluation protocol. Default ``standard``.
        save_scores: CSV file for the scores of each sample (one row each, sorted by name), or
            None. Written by the main process at every evaluation. For ``wins``, a figure of the whole set, it has
            the measures and, as ``pyramid_EN`` and so on, the pyramid's.
        prefix: Put before every key, ``prefix/key``; give each of several sets its own.
        collect_device: ``cpu`` or ``gpu``.
        collect_dir: Folder through which processes exchange results.
    """

    # What MMagic's Evaluator groups metrics by: one plain pass over the data.
    SAMPLER_MODE = "normal"
    sample_model = "orig"
    default_prefix = ""

    def __init__(
        self,
        metrics: Sequence[str] = _RUNNER_METRICS,
        protocol: str = "standard",
        save_scores: str | Path | None = None,
        prefix: str | None = None,
        collect_device: str = "cpu",
        collect_dir: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix, collect_dir=collect_dir)
        self.metrics = tuple(metrics)
        self._scored = [name for name in self.metrics if name != _WINS]
        if _WINS in self.metrics:
            self._scored += [name for name in WIN_MEASURES if name not in self._scored]
        parse_metric_names(self._scored)
        get_protocol(protocol)
        self.protocol = protocol
        # Name of a sample -> digest of its sources and the pyramid's scores.
        self._pyramid_scores: dict[str, tuple[bytes, dict[str, float]]] = {}
        self.save_scores = None if save_scores is None else Path(save_scores)
        #: Samples of the set, once known.
        self.size: int | None = None

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Score a batch.

        Args:
            data_batch: Not used.
            data_samples: Dicts with ``img_a`` (3 or 1, H, W), ``img_b`` (1, H, W), ``pred_img``
                (3 or 1, H, W; itself or in ``output``, where MMagic's models put it), tensors,
                BGR as everywhere in MMagic, values 0 to 255 (rounded and clipped to 8 bit
                here), and ``key``, the name of the pair. Where the sources were degraded,
                ``target_a`` and ``target_b``, what they were before, are scored against instead.
        """
        for sample in data_samples:
            key = str(sample["key"])
            tensors = {**sample, **sample.get("output", {})}
            # Degraded sources are no measure of what the result should show.
            sources = ("target_a", "target_b") if "target_a" in tensors else ("img_a", "img_b")
            images = [_to_picture(tensors[name], name, key) for name in (*sources, "pred_img")]
            try:
                triple = FusionTriple(*(GrayImage(image) for image in images))
                scores = score_triple(triple, self._scored, self.protocol)
            except UserError as error:
                raise UserError(f"Cannot score '{key}': {error}") from error
            if _WINS in self.metrics:
                scores.update(self._scores_of_pyramid(key, images[0], images[1], triple))
            self.results.append((key, scores))

    def evaluate(self, size: int | None = None) -> dict[str, float]:
        """Collect the scores of all processes and average them.

        Args:
            size: Number of samples in the set. MMagic's evaluator does not pass it; then it is
                what :meth:`prepare` read from the data loader.

        Returns:
            ``{prefix/key: mean}``, the same in every process.

        Raises:
            RuntimeError: If no sample was scored.
        """
        if size is not None:
            self.size = size
        # MMEngine interleaves the parts of the processes and cuts at the size it is told.
        # We leave the cutting to the names, which is right for any sampler.
        longest = torch.tensor(len(self.results))
        all_reduce(longest, "max")
        if longest == 0:
            raise RuntimeError("FusionMetric scored no sample: is the data set of this evaluator empty?")
        self.results += [None] * (int(longest) - len(self.results))
        return super().evaluate(int(longest) * get_world_size())

    def compute_metrics(self, results: list[tuple[str, dict[str, float]] | None]) -> dict[str, float]:
        """Average the scores of samples, each name counted once.

        Args:
            results: (name, scores) of the samples; None does not count.
        """
        by_name = dict(sorted(filter(None, results), key=lambda item: item[0]))
        if self.size is not None and len(by_name) != self.size:
            MMLogger.get_current_instance().warning(
                "FusionMetric averages %d distinct names, but the set has %d samples: "
                "samples that share a name count once, samples left out do not count.",
                len(by_name),
                self.size,
            )
        if self.save_scores is not None:
            self._write_scores(by_name)
        names = next(iter(by_name.values()))
        means = {
            name: math.fsum(scores[name] for scores in by_name.values()) / len(by_name) for name in names
        }
        if _WINS in self.metrics:
            means[_WINS] = float(sum(means[name] >= means[f"pyramid_{name}"] for name in WIN_MEASURES))
        return {metric: means[metric] for metric in self.metrics}

    def prepare(self, module: torch.nn.Module, dataloader: Any) -> None:
        """Note the size of the set (called by MMagic's evaluator)."""
        self.size = len(dataloader.dataset)

    def get_metric_sampler(
        self, model: torch.nn.Module, dataloader: Any, metrics: Sequence[BaseMetric]
    ) -> Any:
        """Return what is iterated over: the data loader itself (called by MMagic's evaluator)."""
        return dataloader

    def _scores_of_pyramid(
        self, key: str, img_a: np.ndarray, img_b: np.ndarray, triple: FusionTriple
    ) -> dict[str, float]:
        # The digest notices that a name now stands for other sources: a random crop, another data loader.
        digest = hashlib.blake2b(img_a.tobytes() + img_b.tobytes(), digest_size=16).digest()
        known, scores = self._pyramid_scores.get(key, (b"", {}))
        if known != digest:
            fused = GrayImage(laplacian_pyramid_fusion(img_a, img_b))
            of_fused = score_triple(
                FusionTriple(triple.img_a, triple.img_b, fused), WIN_MEASURES, self.protocol
            )
            scores = {f"pyramid_{name}": value for name, value in of_fused.items()}
            self._pyramid_scores[key] = (digest, scores)
        return scores

    def _write_scores(self, by_name: dict[str, dict[str, float]]) -> None:
        columns = list(next(iter(by_name.values())))
        rows = [[name, *(scores[column] for column in columns)] for name, scores in by_name.items()]
        write_text_atomically(self.save_scores, Table(["name", *columns], rows).to_csv())


def _to_picture(image: torch.Tensor, name: str, key: str) -> np.ndarray:
    """Turn (C, H, W) values 0 to 255, BGR, into a uint8 image (H, W) or (H, W, 3) RGB."""
    if image.ndim != 3 or image.shape[0] not in (1, 3):
        raise UserError(
            f"Cannot score '{key}': {name} must be (1, H, W) or (3, H, W), got {tuple(image.shape)}"
        )
    if image.is_floating_point():
        if not torch.isfinite(image).all():
            raise UserError(
                f"Cannot score '{key}': {name} holds NaN or infinite values; if it is the fused "
                "image, training diverged"
            )
        image = image.detach().float().round().clamp(0, 255)
    array = image.to(torch.uint8).cpu().numpy()
    return array[0] if array.shape[0] == 1 else np.ascontiguousarray(array[::-1].transpose(1, 2, 0))
