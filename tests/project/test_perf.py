"""perf/: every row is printed, counts are compared, and times are paired; how fast anything is, is not tested."""

import json
import re

import pytest
from perf_scripts import PERF, MadeUpClock, run

TASKS = [f"{task}, n = {n}" for task in ("Rosenbrock", "logistic regression") for n in (10, 100, 300)]
TASKS += [f"Rosenbrock, n = 100, {count} wrong" for count in ("one", "all")]
TASKS += ["a float32 network, n = 100", "a relaxed cluster, n = 24"]
KINDS = [f"{n} {dtype}" for n in ("100,000", "1,000,000") for dtype in ("float64", "float32")]
# Where there is a C compiler.
IN_C = [
    *(f"check in C, logistic regression, n = {n}{what}" for n in ("100", "1,000") for what in ("", ": evaluations")),
    *(
        f"{kind}_difference in C, 100,000 {dtype}"
        for kind in ("forward", "centered")
        for dtype in ("float64", "float32")
    ),
    *(f"check {caller}, 2 threads, n = 100" for caller in ("in C", "C pointer from Python")),
]
ROWS = [
    "import, after NumPy",
    "first answer after it, n = 10",
    *(
        f"check along lines, n = 100,000, {kind}{what}"
        for kind in ("cheapest", "default")
        for what in ("", ": evaluations")
    ),
    "check along lines, n = 100,000: one wrong coordinate seen",
    *(f"a point of a line, {kind}, {threads}" for kind in KINDS for threads in ("1 thread", "2 threads")),
    "modules loaded by both",
    "Numba loaded by both",
    *(f"{function}, {kind}" for kind in KINDS for function in ("relative_error", "max_relative_error")),
    "check, a small function, n = 100",
    *(f"check, {kind}, n = {n}" for n in (10, 100) for kind in ("compiled by Numba", "C pointer")),
    "check, C pointer, n = 1,000",
    *(
        f"{kind}_difference, n = {n}{what}"
        for kind in ("forward", "centered")
        for n in (10, 100)
        for what in ("", ": error")
    ),
    *(f"check, {task}{what}" for task in TASKS for what in ("", ": evaluations")),
]


def test_a_quick_run_prints_every_row_and_fills_the_block_of_the_manual(perf, tmp_path):
    import c_code
    import history

    manual = tmp_path / "performance.md"
    marks = [f"<!-- figures of perf/run.py: {word} -->" for word in ("begin", "end")]
    manual.write_text(f"before\n{marks[0]}\nold\n{marks[1]}\nafter\n", encoding="utf-8")
    result = run("run.py", "--quick", "--readme", manual)
    assert result.returncode == 0, result.stderr
    for row in [*ROWS, *(IN_C if c_code.callers() else [])]:
        assert re.search(rf"^{row}  ", result.stdout, re.M), row
    before, block, after = re.split("|".join(map(re.escape, marks)), manual.read_text(encoding="utf-8"))
    assert (before, after) == ("before\n", "\nafter\n")
    assert re.search(rf"^Measured on {re.escape(history.machine())}\.$", block, re.M)
    table = block.partition("```text\n")[2].partition("```\n")[0].splitlines()
    assert table[0].split() == ["gradproof", "goal", "unit"]
    shown = [line for line in table if line[0] != " "]
    assert len(shown) > 20
    assert set(shown) <= set(result.stdout.splitlines())
    assert max(map(len, table)) <= 140


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


def test_the_history_knows_the_spread_and_the_goal(perf):
    from history import entry
    from table import Row
    from timing import Figure

    row = Row("a row", "1", {"gradproof": Figure(3.0, 2.0, 5.0), "limit": 2.0, "SciPy": 1.0}, 2.5)
    # To the limit, although another is smaller.
    assert entry(row) == {
        "unit": "1",
        "figures": row.figures,
        "ratio": 1.5,
        "quartiles": [2.0, 5.0],
        "goal": 2.5,
        "met": False,
    }
    assert entry(row._replace(target=3.0))["met"]


def test_a_row_says_what_ours_is_whether_that_is_enough_and_what_others_are(perf):
    from table import Row, line
    from timing import Figure

    row = Row("a row", "2n calls", {"gradproof": 2 * Figure(0.6, 0.5, 0.7), "SciPy": 3.0, "limit": 1.0}, 1.1)
    own, others = line(row).splitlines()
    assert re.split(r"  +", own) == ["a row", "1.20 (1.00-1.40)", "≤ 1.10 MISSED", "2n calls"]
    assert others == "      SciPy 3.00   limit 1.00"
    assert re.split(r"  +", line(row._replace(target=1.2)).splitlines()[0])[2] == "≤ 1.20 met"
    # A spread that does not show, and no goal.
    same = Row("a row", "ms", {"gradproof": Figure(1.0, 0.9999, 1.0001)})
    assert re.split(r"  +", line(same)) == ["a row", "1.00", "ms"]


def test_many_others_take_several_lines_and_none_is_broken(perf):
    from table import WIDTH, Row, line

    others = {f"peer number {number}": float(number) for number in range(1, 13)}
    first, *rest = line(Row("a row", "ms", {"gradproof": 1.0, **others})).splitlines()
    assert len(rest) > 1
    assert all(len(each) <= WIDTH for each in (first, *rest))
    said = [each for each_line in rest for each in re.split(r"  +", each_line.strip())]
    assert said == [f"peer number {number} {number}.{'0' if number >= 10 else '00'}" for number in range(1, 13)]


def test_a_machine_is_told_by_its_caches_too(perf, tmp_path, monkeypatch):
    import history

    monkeypatch.setattr(history, "CACHES", tmp_path)
    assert "caches" not in history.machine()
    for number, (kind, size) in enumerate([("Data", "32K"), ("Instruction", "64K"), ("Unified", "1024K")]):
        place = tmp_path / f"index{number}"
        place.mkdir()
        (place / "type").write_text(f"{kind}\n", encoding="utf-8")
        (place / "size").write_text(f"{size}\n", encoding="utf-8")
    assert " with caches of 32K, 1024K, Python" in history.machine()


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
    assert peers.missing() == list(peers.MODULES)
    assert list(peers.installed()) == [peers.BY_HAND]
    assert not peers.directional()


def test_peers_that_evaluate_often_are_left_out_where_there_are_many_coordinates(perf, monkeypatch):
    import peers

    monkeypatch.setattr(peers.importlib.util, "find_spec", lambda name: name)
    few, many = set(peers.installed(peers.MOST_SLOW)), set(peers.installed(peers.MOST_SLOW + 1))
    assert few - many == {peers.NUMDIFFTOOLS, peers.JACOBI, peers.TORCH_SLOW}


def test_loops_in_c_see_what_is_wrong(perf):
    """Those of Ceres's kind and the check, each with a right gradient and with a wrong coordinate."""
    import numpy as np

    import c_code
    from rows.c_callers import RIGHT, checking, regression_of

    library = c_code.callers()
    if library is None:
        pytest.skip("this needs a C compiler and the library")
    it, evaluations = regression_of(library, 40), np.zeros(1, np.int64)
    claimed = it.owners[3]
    checking(library, it, evaluations)()
    assert 80 <= evaluations[0] <= 100
    for extrapolates in (0, 1):
        assert library.perf_ceres(it.f, it.user, it.point, it.claimed, it.n, extrapolates) < 1e-3
    claimed[7] *= 1.01
    with pytest.raises(RuntimeError, match=f"ended with {RIGHT + 1}"):
        checking(library, it, evaluations)()
    for extrapolates in (0, 1):
        worst = library.perf_ceres(it.f, it.user, it.point, it.claimed, it.n, extrapolates)
        assert worst == pytest.approx(0.01 / 1.01, rel=1e-2)


def test_times_are_the_median_of_paired_ratios(perf):
    from timing import Effort, in_turns

    clock = MadeUpClock()
    # The first turn does not count. A storm in the third one slows both; the ratio of the medians would be 10.
    contenders = {"slow": clock.runs(9, 2, 20, 40), "quick": clock.runs(9, 1, 10, 2)}
    turns = in_turns(contenders, Effort(seconds=0, fewest=3, most=3), clock)
    assert turns.ratio("slow", "quick") == 2
    # The ratios are 2, 2 and 20.
    spread = 10 * turns.ratio("slow", "quick")
    assert (spread, spread.low, spread.high) == (20, 20, 110)
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


def test_a_count_that_has_grown_is_named(perf, monkeypatch, capsys, tmp_path):
    """What is counted is the baseline, as the test before this one says."""
    import counts

    baseline = (PERF / "baseline.json").read_text(encoding="utf-8")
    monkeypatch.setattr(counts, "measured", lambda: json.loads(baseline))
    lowered = json.loads(baseline)
    lowered["smooth, n = 1000"]["evaluations"] -= 1
    lowered["noise, n = 60"]["rounds"] += 1
    known = lowered.pop("smooth, n = 10")["evaluations"]
    file = tmp_path / "baseline.json"
    file.write_text(json.dumps(lowered), encoding="utf-8")

    def compared(*words):
        monkeypatch.setattr("sys.argv", ["counts.py", "--baseline", str(file), *words])
        return counts.main(), capsys.readouterr().out

    status, output = compared()
    assert status == 1
    assert re.search(r"^GROWN  smooth, n = 1000: \d+ evaluations, the baseline has \d+$", output, re.M)
    assert re.search(r"^shrunk noise, n = 60: \d+ rounds, .* --update", output, re.M)
    assert f"NEW    smooth, n = 10: {known} evaluations" in output
    assert compared("--update")[0] == 0
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(baseline)
    assert compared()[0] == 0


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
