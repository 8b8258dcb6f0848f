"""`mmfusion annotate` as a script: write annotations of pairs."""

import sys

from mmfusion_distill.cli.annotate import main

if __name__ == "__main__":
    sys.exit(main())
