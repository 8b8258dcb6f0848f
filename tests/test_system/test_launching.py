"""What a user can fix on one of several processes ends all of them, with its own exit code."""

import pytest

from mmfusion_distill.system.launching import Processes
from mmfusion_distill.user_errors import OptionError, UserError


def told(kind, message):
    def tell():
        raise kind(message)

    return tell


@pytest.mark.parametrize("kind", [UserError, OptionError])
@pytest.mark.parametrize("rank", [0, 1])
def test_the_kind_of_an_error_reaches_the_first_process(kind, rank, monkeypatch):
    failures = [None, None]
    failures[rank] = (kind, "x is 0")
    monkeypatch.setattr(Processes, "gather", lambda self, item: failures)
    with pytest.raises(kind) as error:
        Processes(0, 2).agree(told(kind, "x is 0") if rank == 0 else lambda: None)
    assert type(error.value) is kind
    assert str(error.value) == ("x is 0" if rank == 0 else "process 1 of 2: x is 0")


def test_the_others_end_in_silence(monkeypatch):
    monkeypatch.setattr(Processes, "gather", lambda self, item: [(UserError, "x"), None])
    with pytest.raises(SystemExit) as end:
        Processes(1, 2).agree(lambda: None)
    assert end.value.code == 0


def test_what_all_agree_on_is_returned(monkeypatch):
    monkeypatch.setattr(Processes, "gather", lambda self, item: [None, item])
    assert Processes(0, 2).agree(lambda: 7) == 7
