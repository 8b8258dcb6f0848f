"""Annotators are built by name, and wrong names and arguments are told."""

import subprocess
import sys

import pytest

from mmfusion_distill.annotation.annotators.base import Annotator
from mmfusion_distill.annotation.annotators.builder import build_annotator
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.registry import TASK_UTILS


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


def test_statistics_and_servers_need_neither_pytorch_nor_mmagic():
    program = (
        "import sys; from mmfusion_distill.annotation.annotators.builder import build_annotator; "
        "build_annotator('statistics'); "
        "build_annotator(dict(type='openai', model='x')); print({'torch', 'mmengine', 'mmagic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
    assert done.stdout == "set()\n", done.stdout + done.stderr


def test_our_annotators_are_registered_too():
    assert TASK_UTILS.get("StatisticsAnnotator") is StatisticsAnnotator
    assert TASK_UTILS.get("OpenAIAnnotator").__name__ == "OpenAIAnnotator"
