"""Pairs without annotation get one from any annotator, in the order of the pairs."""

import shutil

import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.annotators.base import AnnotationResult, Annotator
from mmfusion_distill.data.missing_annotations import annotate_missing
from mmfusion_distill.images.pairing import find_pairs
from mmfusion_distill.registry import TASK_UTILS


@TASK_UTILS.register_module()
class BackwardsAnnotatorOfATest(Annotator):
    """Answers last pair first, as a server may; pair_3 fails if asked to."""

    asked = 0

    def __init__(self, failing=False):
        self.failing = failing

    def annotate(self, pairs, modality="infrared-visible"):
        for pair in reversed(pairs):
            type(self).asked += 1
            if self.failing and pair.name == "pair_3":
                yield AnnotationResult(pair, None, "the model refused")
            else:
                yield AnnotationResult(pair, Annotation((Event("haze", pair.name),)))


@pytest.fixture
def pairs(pair_folder, monkeypatch):
    monkeypatch.setattr(BackwardsAnnotatorOfATest, "asked", 0)
    return find_pairs(pair_folder / "a", pair_folder / "b")[0]


def kept_files(tmp_path):
    return list((tmp_path / "cache" / "annotations").glob("*.txt"))


def test_the_order_is_that_of_the_pairs(pairs):
    annotations = annotate_missing(pairs, "BackwardsAnnotatorOfATest", "medical")
    assert [annotation.events[0].description for annotation in annotations] == [pair.name for pair in pairs]


def test_a_failure_is_named_and_the_others_are_kept(pairs, tmp_path):
    config = dict(type="BackwardsAnnotatorOfATest", failing=True)
    with pytest.raises(ValueError, match="1 of 6 pairs could not be annotated: pair_3: the model refused"):
        annotate_missing(pairs, config, "medical")
    assert len(kept_files(tmp_path)) == 5
    with pytest.raises(ValueError, match="pair_3"):
        annotate_missing(pairs, config, "medical")
    assert BackwardsAnnotatorOfATest.asked == 6 + 1


def test_what_is_kept_belongs_to_the_pictures_the_rules_and_the_modality(pairs, monkeypatch):
    def asked_anew(modality="medical"):
        before = BackwardsAnnotatorOfATest.asked
        annotate_missing(pairs, "BackwardsAnnotatorOfATest", modality)
        return BackwardsAnnotatorOfATest.asked - before

    assert [asked_anew(), asked_anew()] == [6, 0]
    assert asked_anew("infrared-visible") == 6
    shutil.copy(pairs[0].path_a, pairs[1].path_a)
    assert asked_anew() == 1
    monkeypatch.setattr(BackwardsAnnotatorOfATest, "version", "2")
    assert asked_anew() == 6


def test_a_cache_that_cannot_be_written_is_done_without(pairs, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert len(annotate_missing(pairs, "BackwardsAnnotatorOfATest", "medical")) == 6
