"""`analysis_tools/candidates.py` by its short name."""

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(
        str(Path(__file__).resolve().parent / "analysis_tools" / "candidates.py"), run_name="__main__"
    )
