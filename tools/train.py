"""`mmfusion train` as a script: train a model by a config."""

import sys

from mmfusion_distill.cli.train import main

if __name__ == "__main__":
    sys.exit(main())
