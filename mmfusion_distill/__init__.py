"""Image fusion with text-guided teachers and small distilled students, as a plugin of MMagic.

Components are registered in :mod:`mmfusion_distill.registry`, under the scope `mmfusion`.
"""

import warnings

from .version import __version__

# Of MMEngine and others about themselves, at every start of what needs PyTorch.
warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)

__all__ = ["__version__"]
