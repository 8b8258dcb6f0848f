"""What a user can mend is one sentence, not a traceback."""

import os
import sys
from collections.abc import Callable


def exit_on_user_error(function: Callable[..., object], *args, **kwargs) -> object:
    """Call a function; what the user can mend ends the program with one sentence instead of a traceback.

    Set `MMFUSION_TRACEBACK=1` to see where it came from.
    """
    try:
        return function(*args, **kwargs)
    except (ImportError, OSError, ValueError) as error:
        if os.environ.get("MMFUSION_TRACEBACK"):
            raise
        sys.exit(f"error: {_sentence(error)}")


def _sentence(error: Exception) -> str:
    text = str(error)
    if "Original Traceback" not in text:
        return text
    # From a worker of a data loader, with the traceback in its message: the last line says what it is about.
    name, _, sentence = text.strip().splitlines()[-1].partition(": ")
    return sentence or name
