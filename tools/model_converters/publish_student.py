"""`mmfusion publish` as a script: write weights and config into one file."""

import sys

from mmfusion_distill.cli.publish import main

if __name__ == "__main__":
    sys.exit(main())
