"""How much the text matters to a guided network."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmagic.registry import DATASETS

from ..datasets.annotation_file import Annotation, Event
from ..evaluation import compute_metrics
from ..files.image_io import read_image_pair, write_image
from .comparison import COMPARED_METRICS
from .config_files import read_config
from .fusion_inferencer import FusionInferencer

#: What no visible picture is at once; the wrong text for a pair whose own events are others.
_OPPOSITES = {
    "low_light": Event("over_exposure", "the whole scene is blown out by glaring light"),
    "over_exposure": Event("low_light", "the whole scene is nearly black"),
}
_WRONG = Event("motion_blur", "everything is smeared by fast motion of the camera")
_DIFFERENCE_GAIN = 8


def wrong_annotation(annotation: Annotation) -> Annotation:
    """An annotation that says what is not the case: the opposite exposure, or motion blur."""
    for name in annotation.event_types:
        if name in _OPPOSITES:
            return Annotation((_OPPOSITES[name],))
    wrong = _WRONG if "motion_blur" not in annotation.event_types else _OPPOSITES["low_light"]
    return Annotation((wrong,))


def text_sensitivity(
    config: str | Path,
    checkpoint: str | Path,
    picture: str | Path,
    pairs: int = 5,
    metrics: Sequence[str] = COMPARED_METRICS,
) -> str:
    """Fuse the first test pairs with the right text, a wrong one and none.

    Args:
        config (str | Path): Config of a guided network with a test set.
        checkpoint (str | Path): Its weights.
        picture (str | Path): Where a picture goes: per row A, B, right text, wrong text, and their difference
            (times 8).
        pairs (int): Number of pairs. Default: 5.
        metrics (Sequence[str]): Metrics of :func:`compute_metrics`. Default: `COMPARED_METRICS`.

    Returns:
        str: A table: mean absolute difference to the result with the right text in gray levels of 255, and metrics.

    Raises:
        ValueError: If the network is not guided by text, or a pair has no annotation.
    """
    cfg = read_config(config)
    network = FusionInferencer(cfg, checkpoint)
    guidance = getattr(network.model.generator, "guidance", None)
    if guidance is None:
        raise ValueError(f"the network of {config} is not guided by text: name a teacher's config")
    dataset = DATASETS.build(dict(cfg.test_dataloader.dataset, pipeline=[], require_annotation=True))
    texts = ["right", "wrong"] + (["none"] if guidance.null is not None else [])
    rows: dict[str, list[list[float]]] = {text: [] for text in texts}
    strips = []
    for index in range(min(pairs, len(dataset))):
        info = dataset.get_data_info(index)
        annotations = dict(right=info["annotation"], wrong=wrong_annotation(info["annotation"]), none=None)
        paths = dict(img_a=info["img_a_path"], img_b=info["img_b_path"], key=info["key"])
        fused = {
            text: network(dict(paths, annotation=annotations[text]))["predictions"][0].astype(np.float32)
            for text in texts
        }
        sources = read_image_pair(paths["img_a"], paths["img_b"])
        img_a, img_b = (np.rint(source).astype(np.uint8) for source in sources)
        for text, image in fused.items():
            scores = compute_metrics(img_a.squeeze(), img_b.squeeze(), image.astype(np.uint8), metrics)
            rows[text].append([np.abs(image - fused["right"]).mean(), *scores.values()])
        difference = np.abs(fused["right"] - fused["wrong"]) * _DIFFERENCE_GAIN
        images = [img_a, img_b, fused["right"], fused["wrong"], difference]
        strips.append(np.hstack([_as_color(image) for image in images]))
    width = max(strip.shape[1] for strip in strips)
    strips = [np.pad(strip, ((0, 4), (0, width - strip.shape[1]), (0, 0))) for strip in strips]
    write_image(picture, np.vstack(strips))
    return _table(rows, metrics, len(strips), has_null=guidance.null is not None)


def _as_color(image: np.ndarray) -> np.ndarray:
    image = image.astype(np.float32)
    image = image[:, :, None] if image.ndim == 2 else image
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def _table(rows: dict[str, list[list[float]]], metrics: Sequence[str], pairs: int, has_null: bool) -> str:
    cells = [["text", "difference", *metrics]]
    cells += [[text, *(f"{value:.3f}" for value in np.mean(values, axis=0))] for text, values in rows.items()]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in cells]
    lines.append(
        f"Mean of {pairs} pairs; difference: mean absolute, to the right text, in gray levels of 255."
    )
    if not has_null:
        lines.append("Without text this network does not run: it was built without null_embedding=True.")
    return "\n".join(lines)
