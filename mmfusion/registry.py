"""What MMEngine imports when a config names `mmfusion.X`; everything is in the package mmfusion_distill."""

import mmfusion_distill.registry  # noqa: F401
