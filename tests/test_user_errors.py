"""What a user can fix is one line; what only a developer can fix keeps its traceback."""

import pytest

from mmfusion_distill.images.image_files import PairingError
from mmfusion_distill.user_errors import (
    MissingFileError,
    MissingPackageError,
    UserError,
    UserFileError,
    exit_on_user_error,
)


def raise_error(error):
    raise error


@pytest.mark.parametrize(
    "error, kind",
    [
        (UserError("lr=-1 must be above 0"), ValueError),
        (PairingError("a.png has no partner"), ValueError),
        (MissingFileError("c.py does not exist"), FileNotFoundError),
        (UserFileError("cannot write o.png"), OSError),
        (MissingPackageError("needs onnx"), ImportError),
    ],
)
def test_a_user_error_is_one_line_and_still_of_the_kind_that_python_users_expect(error, kind):
    assert isinstance(error, kind)
    with pytest.raises(SystemExit, match=f"^error: {error}$"):
        exit_on_user_error(raise_error, error)


def test_what_the_operating_system_says_of_a_file_is_one_line(tmp_path):
    with pytest.raises(SystemExit, match="No such file or directory: .*absent.txt"):
        exit_on_user_error((tmp_path / "absent.txt").read_text)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Expected more than 1 value per channel when training"),
        ImportError("cannot import name 'x'"),
        OSError("[Errno 12] Cannot allocate memory"),
        KeyError("loss"),
    ],
)
def test_other_errors_keep_their_traceback(error):
    with pytest.raises(type(error)) as caught:
        exit_on_user_error(raise_error, error)
    assert caught.value is error


def test_a_traceback_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("MMFUSION_TRACEBACK", "1")
    with pytest.raises(UserError):
        exit_on_user_error(raise_error, UserError("lr=-1 must be above 0"))


def test_what_is_returned_is_handed_on():
    assert exit_on_user_error(max, 2, 3) == 3


def test_a_reader_that_has_enough_ends_the_program_as_shells_report_it(monkeypatch):
    monkeypatch.setattr("os.dup2", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        exit_on_user_error(raise_error, BrokenPipeError())
    assert end.value.code == 141
