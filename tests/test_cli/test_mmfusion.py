"""The command `mmfusion`: its help, its exit codes, how it finds subcommands."""

import subprocess
import sys

import pytest

from mmfusion_distill.cli import main as mmfusion
from mmfusion_distill.cli.main import SUBCOMMANDS, main


@pytest.fixture(autouse=True)
def _own_arguments(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["mmfusion"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["fuse", "--help"],
        ["export", "--help"],
        ["convert", "--help"],
        ["publish", "--help"],
        ["models"],
    ],
)
def test_help_and_models_import_no_pytorch(arguments):
    code = (
        "import sys\n"
        "from mmfusion_distill.cli.main import main\n"
        "try:\n"
        f"    main({arguments})\n"
        "finally:\n"
        "    print('imported:', {'torch', 'mmengine', 'cv2', 'scipy'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "imported: set()" in done.stdout or (arguments == ["models"] and "'torch'" not in done.stdout)


def test_the_package_is_the_command():
    command = [sys.executable, "-m", "mmfusion_distill"]
    assert subprocess.run([*command, "--version"], capture_output=True, text=True).stdout.startswith(
        "mmfusion "
    )
    wrong = subprocess.run([*command, "fusee"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "'fuse'" in wrong.stderr


def test_the_help_lists_the_subcommands_and_others_are_refused(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    printed = capsys.readouterr().out
    assert "fuse a pair of images" in printed and all(f"  {name} " in printed for name in SUBCOMMANDS)
    with pytest.raises(SystemExit, match="2"):
        main(["fly"])


def test_a_subcommand_gets_its_arguments_and_its_name(monkeypatch, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["fuse", "only one"])
    assert "usage: mmfusion fuse" in capsys.readouterr().err


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_a_help(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert f"usage: mmfusion {name}" in capsys.readouterr().out


def test_without_arguments_the_help_is_shown(capsys):
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err


def test_ctrl_c_ends_with_130(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mmfusion, "_run", interrupt)
    with pytest.raises(SystemExit) as end:
        main(["models"])
    assert end.value.code == 130
