"""The command `mmfusion` where its script is not on the path: `python -m mmfusion_distill`."""

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
