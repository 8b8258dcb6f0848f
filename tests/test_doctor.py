"""The doctor tells what is wrong, whatever is wrong."""

import importlib.metadata
import subprocess
import sys

from mmfusion_distill import doctor

BROKEN = "ImportError('broken on purpose')"


def run_doctor(tmp_path, errors: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Run the doctor where importing some modules fails."""
    folder = tmp_path / "shadow"
    folder.mkdir()
    for module, error in (errors or {}).items():
        (folder / f"{module}.py").write_text(f"raise {error}\n")
    code = (
        f"import sys, runpy; sys.path.insert(0, {str(folder)!r}); "
        "runpy.run_module('mmfusion_distill.doctor', run_name='__main__')"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_a_working_installation_is_ready(tmp_path):
    done = run_doctor(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ready to train" in done.stdout
    assert "torch threads" in done.stdout and len(done.stdout.splitlines()) <= 15


def test_a_broken_mmagic_is_reported_with_its_remedy(tmp_path):
    done = run_doctor(tmp_path, {"mmagic": BROKEN})
    assert done.returncode == 1
    assert "broken on purpose" in done.stdout
    assert "fix with: pip install" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_broken_torch_is_reported(tmp_path):
    done = run_doctor(tmp_path, {"torch": BROKEN})
    assert done.returncode == 1
    assert "import mmfusion_distill.models" in done.stdout


def test_missing_packages_are_named_with_the_commands_that_install_them(tmp_path):
    missing = {"matplotlib": "pip install 'matplotlib'", "pywt": "pip install 'PyWavelets'"}
    errors = {module: f"ModuleNotFoundError('no {module}', name={module!r})" for module in missing}
    done = run_doctor(tmp_path, errors)
    assert done.returncode == 1
    assert "Ready" not in done.stdout
    assert all(command in done.stdout for command in missing.values())


def test_an_import_that_ends_the_process_is_reported(tmp_path):
    done = run_doctor(tmp_path, {"torchvision": "__import__('os')._exit(9)"})
    assert done.returncode == 1
    assert "import torchvision" in done.stdout
    assert "exit code 9" in done.stdout


def test_everything_that_is_required_is_looked_for(monkeypatch):
    lines = ["numpy>=1.24", "PyYAML", 'torch>=2.6; extra == "train"', 'opencv-python==4.11; extra == "train"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: [*lines, 'gradio>=6; extra == "serve"'])
    assert doctor.requirements(trains=False) == {"numpy": ">=1.24", "PyYAML": ""}
    assert doctor.requirements(trains=True) == {"numpy": ">=1.24", "PyYAML": "", "torch": ">=2.6"}


def test_a_clone_that_is_not_installed_is_a_problem(monkeypatch, capsys):
    def requires(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", requires)
    assert doctor.main() == 1
    assert "problem: mmfusion_distill: not installed; fix with: pip install" in capsys.readouterr().out


def test_without_pytorch_it_is_ready_to_fuse(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "wants_training", lambda: False)
    assert doctor.main() == 0
    said = capsys.readouterr().out
    assert "Ready to fuse." in said and "pip install 'mmfusion_distill[train]'" in said
    assert "mmagic" not in said


def test_builds_of_opencv_of_several_versions_are_a_problem(monkeypatch):
    versions = {"opencv-python": "4.11.0.86", "opencv-python-headless": "5.0.0.93"}

    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    check = doctor._check_one_opencv()
    assert check.verdict == "problem"
    assert check.remedy.startswith("pip uninstall -y opencv-python-headless opencv-python && pip install")


def test_wrong_versions_are_problems_with_a_command():
    check = doctor._check_distribution("numpy", ">=99")
    assert check.verdict == "problem"
    assert check.remedy == "pip install 'numpy>=99'"
    assert doctor._check_distribution("no-such-distribution", ">=1").found == "not installed"
