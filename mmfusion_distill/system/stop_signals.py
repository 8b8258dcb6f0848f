"""Ctrl-C and SIGTERM for work that ends between two of its steps, not in the middle of one."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether somebody asked the work to end.

    Attributes:
        is_made (bool): Somebody did.
        is_idle (bool): There is nothing to lose: a signal ends the program at once. Default: True.
        promise (str): What is said when a signal comes in the middle of something.
    """

    def __init__(self, promise: str) -> None:
        self.is_made, self.is_idle, self.promise = False, True, promise
        self._process = os.getpid()

    def answer(self, *_: object) -> None:
        """Handle a signal: the first one asks, the second one ends the program."""
        if os.getpid() != self._process:
            # A worker that this process started: it will be told when it is no longer needed.
            return
        if self.is_idle or self.is_made:
            raise KeyboardInterrupt
        self.is_made = True
        print(f"\n{self.promise} (once more Ctrl-C ends it at once)", file=sys.stderr, flush=True)


@contextmanager
def stop_requests(promise: str) -> Iterator[StopRequest]:
    """Let Ctrl-C and SIGTERM ask instead of interrupting.

    Processes that are forked meanwhile, as a data loader's workers, heed neither. Outside the main thread of a
    program, which alone is told of signals, nothing changes.

    Args:
        promise (str): What is said when a signal comes in the middle of something.

    Yields:
        StopRequest: Says whether it was made.
    """
    request = StopRequest(promise)
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    with answered_by(request.answer):
        yield request


@contextmanager
def interrupted_once() -> Iterator[None]:
    """The first Ctrl-C (SIGINT) or SIGTERM, by which schedulers end a job, is a KeyboardInterrupt.

    The following ones, which launchers send after it, are ignored, so that what has to be done at the end is done.
    """

    def interrupt(*_: object) -> None:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    with answered_by(interrupt):
        yield


@contextmanager
def answered_by(handler: Any) -> Iterator[None]:
    """Let a handler answer what ends a program politely."""
    before = [signal.signal(number, handler) for number in _ENDING]
    try:
        yield
    finally:
        for number, handler in zip(_ENDING, before):
            signal.signal(number, handler)


@contextmanager
def told_when_interrupted(sentence: str) -> Iterator[None]:
    """Let Ctrl-C end the program with a sentence of what comes next, unless it has one already.

    Args:
        sentence (str): What was stopped, and how to go on.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        if str(interruption):
            raise
        raise KeyboardInterrupt(sentence) from None
