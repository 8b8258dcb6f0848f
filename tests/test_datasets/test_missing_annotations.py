"""Pairs without annotation get one from any annotator, in the order of the pairs."""

import pytest
from mmagic.registry import TASK_UTILS

from mmfusion_distill.annotation import AnnotationResult, Annotator
from mmfusion_distill.datasets import Annotation, Event, find_pairs, read_annotation
from mmfusion_distill.datasets.missing_annotations import annotate_missing


@TASK_UTILS.register_module()
class BackwardsAnnotatorOfATest(Annotator):
    """Answers last pair first, as a server may; pair_3 fails if asked to."""

    def __init__(self, failing=False):
        self.failing = failing

    def annotate(self, pairs, modality="infrared-visible"):
        for pair in reversed(pairs):
            if self.failing and pair.name == "pair_3":
                yield AnnotationResult(pair, None, "the model refused")
            else:
                yield AnnotationResult(pair, Annotation((Event("haze", pair.name),)))


@pytest.fixture
def pairs(pair_folder):
    return find_pairs(pair_folder / "a", pair_folder / "b")[0]


def test_the_order_is_that_of_the_pairs(pairs):
    annotations = annotate_missing(pairs, "BackwardsAnnotatorOfATest", None, "medical")
    assert [annotation.events[0].description for annotation in annotations] == [pair.name for pair in pairs]


def test_a_failure_is_named_and_the_others_are_written(pairs, tmp_path):
    config = dict(type="BackwardsAnnotatorOfATest", failing=True)
    with pytest.raises(ValueError, match="1 of 6 pairs could not be annotated: pair_3: the model refused"):
        annotate_missing(pairs, config, tmp_path / "new", "medical")
    assert read_annotation(tmp_path / "new" / "pair_5_pair_5.txt").event_types == ("haze",)
    assert len(list((tmp_path / "new").iterdir())) == 5
