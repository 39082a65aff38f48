"""perf/: every row is printed, counts are compared, and times are paired; how fast anything is, is not tested."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gradproof

ROOT = Path(__file__).parent.parent
PERF = ROOT / "perf"
SOURCE = Path(gradproof.__file__).parent.parent

TASKS = [f"{task}, n = {n}" for task in ("Rosenbrock", "logistic regression") for n in (10, 100, 300)]
TASKS += [f"Rosenbrock, n = 100, {count} wrong" for count in ("one", "all")]
KINDS = [f"{n} {dtype}" for n in ("100,000", "1,000,000") for dtype in ("float64", "float32")]
ROWS = [
    "import, after NumPy",
    "first answer after it, n = 10",
    *(
        f"check along lines, n = 100,000, {kind}{what}"
        for kind in ("cheapest", "default")
        for what in ("", ": evaluations")
    ),
    "check along lines, n = 100,000: one wrong coordinate seen",
    "a point of a line, n = 100,000, 1 thread",
    "a point of a line, n = 100,000, 2 threads",
    "modules loaded by both",
    "Numba loaded by both",
    *(f"{function}, {kind}" for kind in KINDS for function in ("relative_error", "max_relative_error")),
    r"check, a function of [\d.]+ µs, n = 100",
    *(f"check, {kind}, n = {n}" for n in (10, 100) for kind in ("compiled by Numba", "C pointer")),
    "check, C pointer, n = 1,000",
    *(f"{kind}_difference{what}" for kind in ("forward", "centered") for what in (", n = 100", ": error")),
    *(f"check, {task}{what}" for task in TASKS for what in ("", ": evaluations")),
]


@pytest.fixture
def perf(monkeypatch):
    """Make the modules of perf/ importable."""
    monkeypatch.syspath_prepend(PERF)


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, str(PERF / script), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_quick_run_prints_every_row_and_fills_the_block_of_the_readme(tmp_path):
    readme = tmp_path / "README.md"
    marks = [f"<!-- figures of perf/run.py: {word} -->" for word in ("begin", "end")]
    readme.write_text(f"before\n{marks[0]}\nold\n{marks[1]}\nafter\n", encoding="utf-8")
    result = run("run.py", "--quick", "--readme", readme)
    assert result.returncode == 0, result.stderr
    for row in ROWS:
        assert re.search(rf"^{row}  ", result.stdout, re.M), row
    before, block, after = re.split("|".join(map(re.escape, marks)), readme.read_text(encoding="utf-8"))
    assert (before, after) == ("before\n", "\nafter\n")
    table = [line for line in block.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 17
    assert len({line.count("|") for line in table}) == 1


def test_every_run_is_a_line_of_the_history(perf, tmp_path):
    from history import note
    from table import Row

    path = tmp_path / "history.jsonl"
    row = Row("a row", "ns", {"gradproof": 3.0, "limit": 2.0, "by hand": 6.0})
    for rows in ([row], [row, Row("alone", "bytes", {"gradproof": 5.0})]):
        note(path, rows)
    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert first["rows"] == {"a row": {"unit": "ns", "figures": row.figures, "ratio": 1.5}}
    assert second["rows"]["alone"]["ratio"] is None
    assert {"commit", "machine"} <= set(second)


def test_a_readme_without_the_block_is_left_alone(perf, tmp_path):
    import readme

    path = tmp_path / "README.md"
    path.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="has no block"):
        readme.write(path, [])
    assert path.read_text(encoding="utf-8") == "nothing here\n"


def test_peers_that_are_not_installed_are_left_out(perf, monkeypatch):
    import peers

    monkeypatch.setattr(peers.importlib.util, "find_spec", lambda name: None)
    assert peers.missing() == [peers.SCIPY, peers.STATSMODELS]
    assert list(peers.installed()) == [peers.BY_HAND]


class MadeUpClock:
    """A clock that moves when somebody runs for so many seconds."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def runs(self, *seconds):
        left = iter(seconds)

        def run():
            self.now += next(left)

        return run


def test_times_are_the_median_of_paired_ratios(perf):
    from timing import Effort, in_turns

    clock = MadeUpClock()
    # The first turn does not count. A storm in the third one slows both; the ratio of the medians would be 10.
    contenders = {"slow": clock.runs(9, 2, 20, 40), "quick": clock.runs(9, 1, 10, 2)}
    turns = in_turns(contenders, Effort(seconds=0, fewest=3, most=3), clock)
    assert turns.ratio("slow", "quick") == 2
    assert turns.typical("slow") == 20
    assert turns.median(lambda turn: turn["slow"] - turn["quick"]) == 10


def test_turns_end_with_the_time_but_not_before_there_are_enough(perf):
    from timing import Effort, in_turns

    clock = MadeUpClock()
    turns = in_turns({"one": clock.runs(*[1] * 20)}, Effort(seconds=5, fewest=2, most=100), clock)
    assert len(turns.seconds) == 5
    turns = in_turns({"one": clock.runs(*[9] * 20)}, Effort(seconds=5, fewest=3, most=100), clock)
    assert len(turns.seconds) == 3
    turns = in_turns({"one": clock.runs(*[1] * 20)}, Effort(seconds=50, fewest=2, most=7), clock)
    assert len(turns.seconds) == 7


def test_counts_are_those_of_the_baseline():
    result = run("counts.py")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_count_that_has_grown_is_named(tmp_path):
    counts = json.loads((PERF / "baseline.json").read_text(encoding="utf-8"))
    counts["smooth, n = 1000"]["evaluations"] -= 1
    counts["noise, n = 60"]["rounds"] += 1
    known = counts.pop("smooth, n = 10")["evaluations"]
    lowered = tmp_path / "baseline.json"
    lowered.write_text(json.dumps(counts), encoding="utf-8")
    result = run("counts.py", "--baseline", lowered)
    assert result.returncode == 1
    assert re.search(r"^GROWN  smooth, n = 1000: \d+ evaluations, the baseline has \d+$", result.stdout, re.M)
    assert re.search(r"^shrunk noise, n = 60: \d+ rounds, .* --update", result.stdout, re.M)
    assert f"NEW    smooth, n = 10: {known} evaluations" in result.stdout
    updated = run("counts.py", "--baseline", lowered, "--update")
    assert updated.returncode == 0
    assert json.loads(lowered.read_text(encoding="utf-8"))["smooth, n = 10"]["evaluations"] == known
    assert run("counts.py", "--baseline", lowered).returncode == 0


def test_a_library_may_grow_a_little(perf):
    from counts import growth, remarks

    baseline = {"library": {"bytes": 1000}}
    assert not list(growth({"library": {"bytes": 1020}}, baseline))
    assert not list(remarks({"library": {"bytes": 980}}, baseline))
    assert list(growth({"library": {"bytes": 1021}}, baseline)) == ["GROWN  library: 1021 bytes, the baseline has 1000"]


def test_instructions_grow_with_what_is_done(perf):
    """A slower core is named from two parts in a hundred on; less is what another C library may bring."""
    import instructions
    from counts import growth

    counted = instructions.measured()
    if not counted:
        pytest.skip("this needs valgrind, a C compiler and the library")
    assert not list(growth(counted, instructions.measured()))
    faster = {name: {"instructions": int(one["instructions"] / 1.021)} for name, one in counted.items()}
    assert len(list(growth(counted, faster))) == len(counted)


def test_nothing_is_counted_without_valgrind(perf, monkeypatch):
    import instructions

    monkeypatch.setenv("PATH", "")
    assert instructions.measured() == {}


def test_counts_with_another_verdict_mean_nothing(perf):
    from counts import WrongVerdictError, of_check
    from problems import smooth

    with pytest.raises(WrongVerdictError, match="bowl: the verdict is right, not wrong"):
        of_check("bowl", smooth(5)._replace(verdict="wrong"))
