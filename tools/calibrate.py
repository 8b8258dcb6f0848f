"""`mmfusion calibrate` as a script: find how two mounted cameras see."""

import sys

from mmfusion_distill.cli.calibrate import main

if __name__ == "__main__":
    sys.exit(main())
