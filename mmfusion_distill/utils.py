"""What `mmengine.hub.get_model` asks of a package, under the name that it asks for; nothing else belongs here."""

import importlib
import time


def register_all_modules(init_default_scope: bool = True) -> None:
    """Make every component known, as in all packages of OpenMMLab.

    Args:
        init_default_scope (bool): Whether names without a scope are looked up among ours first. Default: True.
    """
    from mmengine.registry import DefaultScope

    registry = importlib.import_module("mmagic.registry")
    registry.MODELS.get("ImageFusor")
    if init_default_scope:
        scope = registry.MODELS.scope
        # MMEngine looks at the newest one, whose name has to be new.
        DefaultScope.get_instance(f"{scope}-{time.time_ns()}", scope_name=scope)
