"""The annotators in MMagic's registry, for configs that build them from there."""

from mmagic.registry import TASK_UTILS

from .openai_annotator import OpenAIAnnotator
from .statistics_annotator import StatisticsAnnotator
from .transformers_annotator import TransformersAnnotator

for annotator in (OpenAIAnnotator, StatisticsAnnotator, TransformersAnnotator):
    TASK_UTILS.register_module(module=annotator)
