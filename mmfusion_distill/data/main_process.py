"""Work that one process of a distributed run does for all."""

from collections.abc import Callable
from typing import TypeVar

from mmengine.dist import broadcast_object_list, is_main_process

from ..user_errors import UserError, is_user_error

T = TypeVar("T")


def on_main_process(function: Callable[[], T]) -> T:
    """Call a function on the main process; the others wait for what it returns.

    Every process has to come here. A run of one process just calls it.

    Args:
        function (Callable[[], T]): Returns what can be pickled.

    Returns:
        T: What it returned on the main process.

    Raises:
        UserError: On the other processes, if the function raised what a user can fix; the main process raises the
            error itself.
        RuntimeError: On the other processes, if it raised anything else.
    """
    outcome: list = [None, None, None]
    failure = None
    if is_main_process():
        try:
            outcome[0] = function()
        except Exception as error:
            failure = error
            kind = UserError if is_user_error(error) else RuntimeError
            outcome[1:] = kind, f"the main process failed: {error}"
    # Also after a failure, lest the others wait in vain.
    broadcast_object_list(outcome, src=0)
    if failure is not None:
        raise failure
    if outcome[1] is not None:
        raise outcome[1](outcome[2])
    return outcome[0]
