"""`mmfusion check` as a script: say what is wrong with two folders of pairs."""

import sys

from mmfusion_distill.cli.check import main

if __name__ == "__main__":
    sys.exit(main())
