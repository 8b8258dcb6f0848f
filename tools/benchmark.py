"""`analysis_tools/benchmark.py networks` by its short name."""

import sys

from analysis_tools.benchmark import main

if __name__ == "__main__":
    main(["networks", *sys.argv[1:]])
