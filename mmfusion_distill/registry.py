"""Our registries: children of MMEngine's, of scope `mmfusion`.

In a config with `default_scope = 'mmfusion'` our components need no prefix, those of MMagic have `mmagic.`; in the
configs of other toolboxes ours have `mmfusion.`. A registry imports what is registered in it when it is first asked
for something; who imports this module has the workarounds of :mod:`compat` too, which MMagic needs.
"""

from mmengine import registry as root
from mmengine.registry import Registry

from . import compat

compat.apply()


def _child(parent: Registry, *locations: str) -> Registry:
    """A registry of ours below MMEngine's, with the modules that register something in it."""
    modules = [f"mmfusion_distill.{location}" for location in locations]
    return Registry(parent.name, parent=parent, scope="mmfusion", locations=modules)


# Those without a location are empty: with the default scope `mmfusion`, MMEngine warns where one is missing.
RUNNERS = _child(root.RUNNERS, "engine")
RUNNER_CONSTRUCTORS = _child(root.RUNNER_CONSTRUCTORS)
STRATEGIES = _child(root.STRATEGIES)
LOOPS = _child(root.LOOPS)
HOOKS = _child(root.HOOKS, "engine")
LOG_PROCESSORS = _child(root.LOG_PROCESSORS)
OPTIMIZERS = _child(root.OPTIMIZERS, "engine")
OPTIM_WRAPPERS = _child(root.OPTIM_WRAPPERS, "engine")
OPTIM_WRAPPER_CONSTRUCTORS = _child(root.OPTIM_WRAPPER_CONSTRUCTORS)
PARAM_SCHEDULERS = _child(root.PARAM_SCHEDULERS)
VISUALIZERS = _child(root.VISUALIZERS)
VISBACKENDS = _child(root.VISBACKENDS)
INFERENCERS = _child(root.INFERENCERS)
FUNCTIONS = _child(root.FUNCTIONS)

DATASETS = _child(root.DATASETS, "data.paired_fusion_dataset", "data.seeded_samplers")
DATA_SAMPLERS = _child(root.DATA_SAMPLERS, "data.seeded_samplers")
TRANSFORMS = _child(root.TRANSFORMS, "data.transforms")
#: Annotators of pairs.
TASK_UTILS = _child(root.TASK_UTILS, "data.missing_annotations")

METRICS = _child(root.METRICS, "evaluation.metrics")
EVALUATOR = _child(root.EVALUATOR, "engine.mmagic_evaluator")

#: Networks, their parts, losses, text encoders, and the models that the runner trains.
MODELS = _child(root.MODELS, "models", "models.model_zoo", "inference.exported_network")
MODEL_WRAPPERS = _child(root.MODEL_WRAPPERS)
WEIGHT_INITIALIZERS = _child(root.WEIGHT_INITIALIZERS)
