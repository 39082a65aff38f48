"""The line that shows how far a check is."""

import io
import subprocess
import sys

import numpy as np
import pytest

import gradproof
from gradproof.run.progress import Line, shown


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def screen(self):
        """What stands on the line after everything was written, and the longest it ever was."""
        line, widest = "", 0
        for part in self.getvalue().split("\r"):
            line = part + line[len(part) :]
            widest = max(widest, len(line.rstrip()))
        return line.rstrip(), widest


class Clock:
    def __init__(self):
        self.time = 100.0

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


def steps(line, clock, *pairs):
    for seconds, count in pairs:
        clock.time += seconds
        line.update(count)


def test_a_line_on_a_terminal(clock):
    terminal = Terminal()
    line = Line(1200, terminal, 0.5, clock)
    steps(line, clock, (0.4, 100))
    assert terminal.getvalue() == ""
    steps(line, clock, (0.6, 200))
    assert terminal.screen()[0] == "gradproof: 25 % of 1,200 evaluations, 3 s left"
    steps(line, clock, (0.05, 300))
    assert terminal.screen()[0] == "gradproof: 25 % of 1,200 evaluations, 3 s left"
    steps(line, clock, (0.06, 0))
    assert terminal.screen()[0] == "gradproof: 50 % of 1,200 evaluations, 2 s left"
    steps(line, clock, (1.0, 599))
    assert terminal.screen()[0].startswith("gradproof: 99 % of ")
    steps(line, clock, (1.0, 601))
    assert terminal.screen()[0] == "gradproof: 1,800 evaluations in 4 s"
    line.close()
    assert terminal.screen()[0] == ""
    assert terminal.getvalue().endswith("\r")


def test_a_short_check_shows_nothing(clock):
    terminal = Terminal()
    line = Line(10, terminal, 0.5, clock)
    steps(line, clock, *[(0.01, 1)] * 10)
    line.close()
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.3, "3 s"), (10, "1 min 30 s"), (1000, "2 h 30 min"), (1e6, "2500 h 0 min")]
)
def test_times(clock, seconds, text):
    terminal = Terminal()
    steps(Line(10, terminal, 0.0, clock), clock, (seconds, 1))
    assert terminal.screen()[0] == f"gradproof: 10 % of 10 evaluations, {text} left"


def test_nothing_done_yet(clock):
    terminal = Terminal()
    steps(Line(10, terminal, 0.0, clock), clock, (1, 0))
    assert terminal.screen()[0] == "gradproof: 0 % of 10 evaluations"


def test_a_narrow_terminal(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    steps(Line(10, terminal, 0.0, clock), clock, (1, 1))
    assert terminal.screen() == ("gradproof: 10 % of", 18)


def test_a_log_gets_a_line_now_and_then(clock):
    log = io.StringIO()
    line = Line(100, log, 0.0, clock)
    steps(line, clock, *[(1.0, 3)] * 25)
    line.close()
    assert log.getvalue().splitlines() == [
        f"gradproof: {share} % of 100 evaluations, {left} s left" for share, left in ((3, 33), (33, 23), (63, 13))
    ]


def lines_of(monkeypatch, stream, **settings):
    """What a check of 0.6 seconds writes."""
    monkeypatch.setattr(sys, "stderr", stream)

    def slow(x):
        if x[0] > 1:
            subprocess.run([sys.executable, "-c", "import time; time.sleep(0.6)"], check=True)
        return float(np.sum(x**2))

    assert gradproof.check(slow, lambda x: 2 * x, np.ones(1), **settings)
    return stream.getvalue() if stream is not None else ""


def test_by_default_only_a_terminal_shows_it(monkeypatch):
    assert "gradproof: " in lines_of(monkeypatch, Terminal())
    assert lines_of(monkeypatch, Terminal(), progress=False) == ""
    assert lines_of(monkeypatch, io.StringIO()) == ""
    assert lines_of(monkeypatch, io.StringIO(), progress=True).startswith("gradproof: ")
    assert lines_of(monkeypatch, None, progress=True) == ""


class Full(Terminal):
    """A disk without room, from some call on."""

    def __init__(self, room):
        super().__init__()
        self.room = room

    def write(self, text):
        self.room -= 1
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return super().write(text)


@pytest.mark.parametrize("room", [0, 1, 5])
def test_a_line_that_cannot_be_written_does_not_end_the_check(clock, room):
    line = Line(100, full := Full(room), 0.0, clock)
    steps(line, clock, *[(1.0, 10)] * 10)
    line.close()
    assert full.getvalue().count("\r") == room
    assert full.room == -1


def test_streams_that_are_closed_or_only_write(monkeypatch):
    class Writes:
        def __init__(self):
            self.written = []

        def write(self, text):
            self.written.append(text)

    closed = Terminal()
    closed.close()
    for progress in (None, True):
        for stream in (closed, Full(0), bare := Writes()):
            monkeypatch.setattr(sys, "stderr", stream)
            assert gradproof.check(lambda x: float(x @ x), lambda x: 2 * x, np.ones(2), progress=progress)
            assert not gradproof.check(lambda x: float(x @ x), lambda x: x, np.ones(2), progress=progress)
    assert bare.written[0].startswith("gradproof: ")


def test_the_line_goes_even_if_a_check_fails(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    def interrupted():
        with shown(True, 10) as advance:
            advance(3)
            assert terminal.screen()[0].startswith("gradproof: 30 %")
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert terminal.screen()[0] == ""
