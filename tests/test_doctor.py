"""The doctor tells what is wrong, whatever is wrong."""

import subprocess
import sys

from mmfusion_distill import doctor


def run_doctor(tmp_path, broken: str = "") -> subprocess.CompletedProcess:
    """Run the doctor where importing `broken` fails."""
    folder = tmp_path / "shadow"
    folder.mkdir()
    if broken:
        (folder / f"{broken}.py").write_text("raise ImportError('broken on purpose')\n")
    code = (
        f"import sys, runpy; sys.path.insert(0, {str(folder)!r}); "
        "sys.orig_argv += ['-m', 'mmfusion_distill.doctor']; "
        "runpy.run_module('mmfusion_distill.doctor', run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_a_working_installation_is_ready(tmp_path):
    done = run_doctor(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ready to train" in done.stdout
    assert "torch threads" in done.stdout


def test_a_broken_mmagic_is_reported_with_its_remedy(tmp_path):
    done = run_doctor(tmp_path, broken="mmagic")
    assert done.returncode == 1
    assert "broken on purpose" in done.stdout
    assert "mend with: pip install" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_broken_torch_is_reported(tmp_path):
    done = run_doctor(tmp_path, broken="torch")
    assert done.returncode == 1
    assert "import mmfusion_distill.models" in done.stdout


def test_wrong_versions_are_problems_with_a_command():
    check = doctor._check_distribution(("numpy",), ">=99")
    assert check.verdict == "problem"
    assert check.remedy == "pip install 'numpy>=99'"
    assert doctor._check_distribution(("no-such-distribution",), ">=1").found == "not installed"
