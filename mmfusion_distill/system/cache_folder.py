"""Where runs keep what they would otherwise make again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """`$MMFUSION_CACHE`, by default `~/.cache/mmfusion_distill`; it need not exist yet."""
    return Path(os.environ.get("MMFUSION_CACHE", "~/.cache/mmfusion_distill")).expanduser()
