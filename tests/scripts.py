"""Scripts of `tools/` and subcommands of `mmfusion`, run without starting Python again, which takes long."""

import contextlib
import io
import os
import runpy
import subprocess
import sys
import traceback
from pathlib import Path

from conftest import ROOT

from mmfusion_distill.cli import main as mmfusion


def run_script(path: str, *arguments: str | Path, folder: str | Path) -> subprocess.CompletedProcess:
    """What `python tools/PATH ARGUMENTS`, or `mmfusion PATH ARGUMENTS`, prints in a folder, and its exit status."""
    script, is_script = ROOT / "tools" / path, path.endswith(".py")
    command = [str(script) if is_script else "mmfusion", *([] if is_script else [path]), *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd(), sys.argv, sys.path[:]
    status = 0
    os.chdir(folder)
    sys.argv, sys.path[:0] = command, [str(script.parent)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            if is_script:
                runpy.run_path(str(script), run_name="__main__")
            else:
                status = mmfusion.main(command[1:])
    except SystemExit as end:
        status = end.code or 0
    except Exception:
        status = traceback.format_exc()
    finally:
        os.chdir(before[0])
        sys.argv, sys.path[:] = before[1:]
    if isinstance(status, str):
        err.write(f"{status}\n")
        status = 1
    return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())
