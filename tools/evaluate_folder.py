"""`mmfusion evaluate` as a script: score fused pictures."""

import sys

from mmfusion_distill.cli.evaluate import main

if __name__ == "__main__":
    sys.exit(main())
