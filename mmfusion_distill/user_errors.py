"""Errors that a user can fix: one sentence, no traceback."""

import errno
import io
import os
import sys
from collections.abc import Callable, Collection
from typing import TypeVar

from .extras import missing_extra

Result = TypeVar("Result")

#: What the operating system calls a full disk, without naming the file that was being written.
_FULL = (errno.ENOSPC, errno.EDQUOT)


class UserError(ValueError):
    """Something that the user can fix: an argument, a config, a file, an installation.

    Its message is one sentence that names the thing, says what is wrong and what to do. The tools print it as one
    line; whatever else is raised is a fault of the code, and keeps its traceback.
    """


class OptionError(UserError):
    """An option whose value is out of its range: the program ends with 2, as after wrong use of any other kind."""


class MissingOperatorError(RuntimeError, UserError):
    """An operator of mmcv was called that this installation does not have.

    Args:
        operator (str): Its name, or what of it is missing.
    """

    def __init__(self, operator: str) -> None:
        super().__init__(
            f"The compiled mmcv operator '{operator}' is not installed (mmcv-lite has none, torchvision no equal): "
            "run `pip uninstall mmcv-lite && pip install 'mmcv>=2.0.0,<2.2.0'` to get it."
        )


class UserFileError(OSError, UserError):
    """A file or folder that cannot be read or written."""


class MissingFileError(FileNotFoundError, UserError):
    """A file that is not there."""


class MissingPackageError(ImportError, UserError):
    """A package that is not installed."""


def check_choice(what: str, value: object, choices: Collection[str]) -> None:
    """Check that a value is one of those that there are.

    Args:
        what (str): Name of the argument or key.
        value (object): What was given.
        choices (Collection[str]): What there is.

    Raises:
        UserError: If it is none of these.
    """
    if value not in choices:
        raise UserError(f"{what} '{value}' is none of {', '.join(choices)}")


def exit_on_user_error(function: Callable[..., Result], *args: object, **kwargs: object) -> Result:
    """Call a function; what the user can fix ends the program with one sentence instead of a traceback.

    That is a :class:`UserError`, or what the operating system says of a file that it names (no permission, say) or of
    a full disk. The exit code is 1, after an :class:`OptionError` 2.
    Set `MMFUSION_TRACEBACK=1` to see where it came from.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names need not be text.
            stream.reconfigure(errors="backslashreplace")
    try:
        return function(*args, **kwargs)
    except KeyboardInterrupt as interruption:
        print(str(interruption) or "interrupted: what was finished is kept", file=sys.stderr)
        # as shells report a program that Ctrl-C ended
        sys.exit(130)
    except BrokenPipeError:
        # What reads the output has had enough, as `| head` does; Python would complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except (UserError, OSError, ModuleNotFoundError) as error:
        if os.environ.get("MMFUSION_TRACEBACK") or not is_user_error(error):
            raise
        if isinstance(error, OptionError):
            print(f"error: {_sentence(error)}", file=sys.stderr)
            sys.exit(2)
        extra = missing_extra(error)
        if extra is not None and not isinstance(error, UserError):
            sys.exit(
                f"error: this needs {getattr(error, 'name', error)}, which is not installed: "
                f"pip install 'mmfusion_distill[{extra}]'"
            )
        sys.exit(f"error: {_sentence(error)}")


def is_user_error(error: BaseException) -> bool:
    """Whether the user can fix it."""
    if isinstance(error, ModuleNotFoundError) and missing_extra(error) is not None:
        return True
    if isinstance(error, OSError):
        return isinstance(error, UserError) or error.filename is not None or error.errno in _FULL
    return isinstance(error, UserError)


def _sentence(error: Exception) -> str:
    text = str(error)
    if "Original Traceback" not in text:
        return text
    # From a worker of a data loader, with the traceback in its message: the last line says what it is about.
    name, _, sentence = text.strip().splitlines()[-1].partition(": ")
    return sentence or name


def reason_of(error: BaseException, longest: int = 200, line: int = 0) -> str:
    """The message of another library's error, short enough for the sentence of a :class:`UserError`.

    Args:
        error (BaseException): The error.
        longest (int): Characters that are kept. Default: 200.
        line (int): Which line of its message. Default: 0, the first.

    Returns:
        str: The line, or the error's type if it says nothing.
    """
    return (str(error).strip().splitlines() or [type(error).__name__])[line][:longest]
