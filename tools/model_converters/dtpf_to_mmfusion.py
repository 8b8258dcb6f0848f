"""`mmfusion convert` as a script: convert a checkpoint of the published code."""

import sys

from mmfusion_distill.cli.convert import main

if __name__ == "__main__":
    sys.exit(main())
