"""Annotators are built by name, and wrong names and arguments are told."""

import pytest
from mmagic.registry import TASK_UTILS

from mmfusion_distill.annotation import Annotator, StatisticsAnnotator, build_annotator


def test_by_short_name_class_name_and_config():
    assert isinstance(build_annotator("statistics"), StatisticsAnnotator)
    assert isinstance(build_annotator("StatisticsAnnotator"), StatisticsAnnotator)
    assert build_annotator(dict(type="statistics", workers=3)).workers == 3


def test_an_own_annotator_is_found_once_registered():
    @TASK_UTILS.register_module()
    class OwnAnnotatorOfATest(Annotator):
        def annotate(self, pairs, modality="infrared-visible"):
            yield from ()

    assert isinstance(build_annotator("OwnAnnotatorOfATest"), OwnAnnotatorOfATest)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="'gpt' is none of statistics, transformers, openai"):
        build_annotator("gpt")
