"""MMagic's Evaluator under our scope: its loop for several sets warns of one with any other name."""

from mmagic.evaluation import Evaluator

from ..registry import EVALUATOR

EVALUATOR.register_module(module=Evaluator)
