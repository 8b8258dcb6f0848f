"""The table of recall counts what an annotator names."""

from mmfusion_distill.analysis.annotation_accuracy import measure_recall
from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.images.pairing import find_pairs


class AlwaysNoise:
    def annotate_arrays(self, img_a, img_b, modality):
        return Annotation((Event("ir_noise"),))


def test_an_annotator_that_always_says_noise_has_full_recall_and_only_false_alarms(pair_folder):
    pairs, _ = find_pairs(pair_folder / "a", pair_folder / "b")
    rows = {row.event: row for row in measure_recall(AlwaysNoise(), pairs[:2], "infrared-visible")}
    noise, dark = rows["ir_noise"], rows["low_light"]
    assert (noise.recall, noise.false_alarms, noise.on_clean, noise.pairs) == (1, 1, 1, 2)
    assert (dark.recall, dark.false_alarms, dark.on_clean) == (0, 0, 0)
    assert len(rows) == 8
