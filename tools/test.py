"""`mmfusion test` as a script: test a model by a config."""

import sys

from mmfusion_distill.cli.test import main

if __name__ == "__main__":
    sys.exit(main())
