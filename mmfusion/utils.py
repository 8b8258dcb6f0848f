"""What `mmengine.hub.get_model` asks of a package, under the name that it asks for; nothing else belongs here."""

import time


def register_all_modules(init_default_scope: bool = True) -> None:
    """Make every component known, as in all packages of OpenMMLab; registries import them when they are asked.

    Args:
        init_default_scope (bool): Whether names without a scope are looked up among ours first. Default: True.
    """
    from mmengine.registry import DefaultScope

    from mmfusion_distill.registry import MODELS

    if init_default_scope:
        scope = MODELS.scope
        # MMEngine looks at the newest one, whose name has to be new.
        DefaultScope.get_instance(f"{scope}-{time.time_ns()}", scope_name=scope)
