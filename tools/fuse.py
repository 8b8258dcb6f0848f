"""`mmfusion fuse` as a script: fuse a pair of pictures, or the pairs of two folders."""

import sys

from mmfusion_distill.cli.fuse import main

if __name__ == "__main__":
    sys.exit(main())
