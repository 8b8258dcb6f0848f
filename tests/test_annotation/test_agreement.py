"""Agreement with trusted annotations, and thresholds chosen to agree."""

import numpy as np
import pytest

from mmfusion_distill.analysis.annotation_accuracy import (
    choose_thresholds,
    measure_agreement,
    read_references,
)
from mmfusion_distill.annotation.annotation_file import annotation_path, write_annotation
from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.images.pairing import find_pairs


class NamesNoiseInTheFirst:
    """Names ir_noise in pair_0 and pair_1."""

    def __init__(self):
        self.seen = 0

    def annotate_arrays(self, img_a, img_b, modality):
        self.seen += 1
        return Annotation((Event("ir_noise" if self.seen <= 2 else "normal"),))


def test_precision_recall_and_f1_are_counted_per_event(pair_folder):
    pairs, _ = find_pairs(pair_folder / "a", pair_folder / "b")
    references = [Annotation((Event("ir_noise"),))] + 2 * [Annotation((Event("haze"), Event("ir_noise")))]
    references += 3 * [Annotation((Event("normal"),))]
    rows = {
        row.event: row
        for row in measure_agreement(NamesNoiseInTheFirst(), pairs, references, "infrared-visible")
    }
    noise, haze = rows["ir_noise"], rows["haze"]
    assert (noise.precision, noise.recall, noise.pairs, noise.named) == (1, pytest.approx(2 / 3), 3, 2)
    assert noise.f1 == pytest.approx(0.8)
    assert (haze.precision, haze.recall, haze.f1, haze.pairs, haze.named) == (0, 0, 0, 2, 0)


def test_a_pair_without_reference_is_named(pair_folder):
    pairs, _ = find_pairs(pair_folder / "a", pair_folder / "b")
    (pair_folder / "annotations" / "pair_3.txt").unlink()
    with pytest.raises(ValueError, match="annotations has no annotation of pair_3: .*--names"):
        read_references(pairs, pair_folder / "annotations")


def test_chosen_thresholds_separate_what_can_be_separated(tmp_path):
    rng = np.random.default_rng(0)
    for index, brightness in enumerate((30, 50, 70, 150, 170, 190)):
        name = f"{index}.png"
        picture = np.clip(brightness + rng.normal(0, 25, (64, 64, 1)), 0, 230)
        if index >= 4:
            picture[:16, :16] = 255
        write_image(tmp_path / "a" / name, picture)
        write_image(tmp_path / "b" / name, picture)
        events = [Event("low_light")] if brightness < 100 else []
        events += [Event("over_exposure")] if index >= 4 else []
        annotation = Annotation(tuple(events) or (Event("normal"),))
        write_annotation(annotation_path(tmp_path / "annotations", name, name), annotation)
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b")
    references = read_references(pairs, tmp_path / "annotations")
    chosen = choose_thresholds(pairs, references)
    assert 70 < chosen["dark_mean"] <= 150
    assert 0 <= chosen["bright_fraction"] < 1 / 16
    rows = measure_agreement(StatisticsAnnotator(thresholds=chosen), pairs, references, "infrared-visible")
    scores = {row.event: row.f1 for row in rows}
    assert scores["low_light"] == scores["over_exposure"] == 1


def test_the_default_thresholds_agree_with_the_model_on_held_out_pairs(road_scene):
    names = [line.rsplit(".", 1)[0] for line in (road_scene / "val.txt").read_text().split()]
    pairs, _ = find_pairs(road_scene / "crop_LR_visible", road_scene / "cropinfrared", names)
    references = read_references(pairs, road_scene / "annotations")
    if not any(reference.annotator == "vision-language model" for reference in references):
        pytest.skip("needs the annotations of the vision-language model")
    rows = measure_agreement(StatisticsAnnotator(), pairs, references, "infrared-visible")
    scores = {row.event: row.f1 for row in rows}
    assert all(scores[event] >= 0.6 for event in ("low_light", "over_exposure", "haze")), scores
