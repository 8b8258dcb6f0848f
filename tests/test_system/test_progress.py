"""Progress that nobody watches on a terminal is lines, not one endless line."""

import io
import sys

from mmfusion_distill.system.progress import progress_bar


def test_a_pipe_gets_whole_lines(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    assert list(progress_bar(range(3), "fusing", 3)) == [0, 1, 2]
    lines = pipe.getvalue().splitlines()
    assert "\r" not in pipe.getvalue() and lines == [line.strip() for line in lines if line.strip()]
    assert lines[0].startswith("fusing:   0%") and lines[-1].startswith("fusing: 100%| 3/3")
    assert len(lines) == 2, "a line every few seconds, not one a pair"


def test_nothing_to_do_shows_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar(total=0, desc="fusing"):
        pass
    assert sys.stderr.getvalue() == ""


def test_a_terminal_gets_a_bar(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    list(progress_bar(range(3), "fusing", 3))
    assert "\r" in terminal.getvalue() and "100%|##########|" in terminal.getvalue()
