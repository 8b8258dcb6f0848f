"""`mmfusion video` as a script: fuse videos, cameras and streams."""

import sys

from mmfusion_distill.cli.video import main

if __name__ == "__main__":
    sys.exit(main())
