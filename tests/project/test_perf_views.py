"""perf/plot.py draws every row of the history; the shares that perf/where.py prints are those of one whole."""

import json
import re
import xml.etree.ElementTree
from pathlib import Path

import pytest
from perf_scripts import MadeUpClock, run

from gradproof.commands.installed.installation import LIBRARY


def entry(ours, ratio=None, **more):
    return {"unit": "ns", "figures": {"gradproof": ours}, "ratio": ratio, **more}


RUNS = [
    {"commit": "aaa", "machine": "one", "rows": {"fast": entry(6.0, 1.5, quartiles=[4.0, 8.0], goal=5.0, met=False)}},
    {"commit": "bbb", "machine": "one", "rows": {"fast": entry(4.0, 1.0, goal=5.0, met=True), "alone": entry(7.0)}},
    {"commit": "aaa", "machine": "two", "rows": {"fast": entry(3.0, 3.0)}},
]


def test_every_row_has_its_ratios_by_machine_and_commit(perf):
    import plot

    panels = plot.read(RUNS)
    assert list(panels) == ["fast", "alone"]
    fast = panels["fast"]
    # Quartiles and goals are on the scale of the ratio.
    assert fast.marks["one"] == [plot.Mark(0, 1.5, 1.0, 2.0, 1.25), plot.Mark(1, 1.0, 1.0, 1.0, 1.25)]
    assert fast.marks["two"] == [plot.Mark(0, 3.0, 3.0, 3.0, None)]
    assert fast.unit == "ratio"
    assert panels["alone"] == plot.Panel("ns", {"one": [plot.Mark(1, 7.0, 7.0, 7.0, None)]})
    assert plot.commits(RUNS) == ["aaa", "bbb"]


def test_the_picture_is_a_file_with_the_rows_that_were_asked_for(tmp_path):
    pytest.importorskip("matplotlib")
    history = tmp_path / "history.jsonl"
    history.write_text("".join(json.dumps(line) + "\n" for line in RUNS), encoding="utf-8")
    result = run("plot.py", history)
    assert result.returncode == 0, result.stderr
    picture = tmp_path / "history.svg"
    assert result.stdout == f"{picture}: 2 rows of 3 runs\n"
    assert xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg")
    chosen = tmp_path / "chosen.png"
    assert run("plot.py", history, "--rows", "^al", "--out", chosen).stdout == f"{chosen}: 1 rows of 3 runs\n"
    assert chosen.read_bytes().startswith(b"\x89PNG")
    nothing = run("plot.py", history, "--rows", "slow")
    assert (nothing.returncode, nothing.stdout) == (1, f"{history} has no such rows.\n")


def test_time_is_that_of_a_call_without_the_calls_inside_of_it(perf):
    import where

    clock = MadeUpClock()
    watch = where.Watch(lambda: 0.0, clock)
    f = watch.watched(where.F, clock.runs(3, 3))

    def evaluate():
        clock.now += 1
        f()
        f()

    watch.watched(where.POINTS, evaluate)()
    clock.now += 2
    assert watch.seconds == {where.F: 6, where.POINTS: 1}
    assert watch.shares(10.0) == pytest.approx({where.F: 0.6, where.POINTS: 0.1, where.ENGINE: 0.0, where.PYTHON: 0.3})


def test_what_a_function_in_c_says_of_itself_is_not_that_of_the_library(perf):
    import where

    clock, said = MadeUpClock(), [0.0]
    watch = where.Watch(lambda: said[0], clock)

    def evaluate():
        clock.now += 5
        said[0] += 4

    watch.watched(where.ENGINE, watch.watched(where.POINTS, evaluate))()
    assert watch.seconds == {where.F: 4, where.POINTS: 1, where.ENGINE: 0}


def test_a_call_that_raises_is_noted_too(perf):
    import where

    clock = MadeUpClock()
    watch = where.Watch(lambda: 0.0, clock)

    def fails():
        clock.now += 2
        raise ZeroDivisionError

    def asks():
        with pytest.raises(ZeroDivisionError):
            watch.watched(where.F, fails)()

    watch.watched(where.ENGINE, asks)()
    assert watch.seconds == {where.F: 2, where.ENGINE: 0}


@pytest.mark.skipif(not LIBRARY.exists(), reason="this watches the library")
def test_shares_make_a_whole_and_most_of_a_slow_function_is_its_own(perf):
    import c_code

    result = run("where.py", "--quick")
    assert result.returncode == 0, result.stderr
    heading, *lines = result.stdout.splitlines()
    assert re.split(r"  +", heading.strip()) == ["ms", "watched", "f and g", "points", "engine", "Python"]
    assert len(lines) == (5 if c_code.callers() else 2)
    for line in lines:
        shares = [float(share) for share in re.findall(r"(-?[\d.]+) %", line)]
        assert len(shares) == 4
        assert sum(shares) == pytest.approx(100, abs=0.3)
        assert all(share >= 0 for share in shares), line


def test_without_a_library_there_is_nothing_to_watch(perf, monkeypatch, capsys):
    import where

    monkeypatch.setattr(where.installation, "LIBRARY", Path("nowhere"))
    monkeypatch.setattr(where.sys, "argv", ["where.py"])
    assert where.main() == 1
    assert "native_api/build.py" in capsys.readouterr().out
