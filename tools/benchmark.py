"""`analysis_tools/benchmark.py networks` by its short name."""

import runpy
from pathlib import Path

if __name__ == "__main__":
    tool = Path(__file__).resolve().parent / "analysis_tools" / "benchmark.py"
    runpy.run_path(str(tool))["main"](name="networks")
