"""The annotators in our registry, for configs that build them from there."""


from ..registry import TASK_UTILS
from ..annotation.annotators.openai_annotator import OpenAIAnnotator
from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..annotation.annotators.transformers_annotator import TransformersAnnotator

for annotator in (OpenAIAnnotator, StatisticsAnnotator, TransformersAnnotator):
    TASK_UTILS.register_module(module=annotator)
