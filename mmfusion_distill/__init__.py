"""Image fusion with text-guided teachers and small distilled students, as a plugin of MMagic.

Components are registered in :mod:`mmfusion_distill.registry`, under the scope `mmfusion`.
"""

from .version import __version__

__all__ = ["__version__"]
