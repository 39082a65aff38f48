"""The check in one call: it says what the same check in rounds says, ends where it is told to, and refuses by name."""

import ctypes
import math
import time
from typing import Any

import numpy as np
import pytest
from cases import X, squares
from properties import refuted
from rounds import options_of
from turns import Turns, problem_of
from witnesses import bits, new_report, records

from gradproof.core.door import check as one_call
from gradproof.core.pieces import differences, kinks, ladder, noise_floor
from gradproof.core.records import codes
from gradproof.core.records.border import FINDING_BYTES, OPTIONS_BYTES, REPORT_BYTES, Finding, Options, Probe, Report
from gradproof.core.records.codes import DONE, MODE_FULL, MODE_LINES, OUT_OF_MEMORY, OUTSIDE
from gradproof.core.records.engine import ROUND

CLAIMED = 2 * X * [1, 1, 1.5, 1]
in_every_mode = pytest.mark.parametrize("mode", [MODE_FULL, MODE_LINES], ids=["full", "lines"])
of_both_types = pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "float"])


def without_memory(*_: Any) -> None:
    return None


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = squares(x[:n])
    return 0


def checked(
    witness: Any, objective: Any, x: Any, claimed: Any, options: Any, capacity: int = 8
) -> tuple[int, Any, Any]:
    """The code, the report and the findings of a check in one call."""
    twin = "_f32" if x.dtype == np.float32 else ""
    report, findings = new_report(), records(Finding, capacity)
    rest = (x.size, options, report, findings, capacity)
    return witness(f"gradproof_check{twin}", objective, None, x, claimed, *rest), report, findings


def at_once(witness: Any, x: Any, claimed: Any, options: Any) -> list[bytes]:
    code, report, findings = checked(witness, bowl, x, claimed, options)
    assert code == DONE
    return [bits(report), bits(findings)]


def in_rounds(witness: Any, x: Any, claimed: Any, options: Any, box: Any = (-math.inf, math.inf)) -> list[bytes]:
    """The same by begin, ask, skip, tell, result and end, with NaN for what lies outside of a box."""
    twin = "_f32" if x.dtype == np.float32 else ""
    n, sizes, code = x.size, np.zeros(1), np.full(1, 7, np.int32)
    witness(f"gradproof_windows{twin}", x, n, sizes)
    engine = witness(f"gradproof_begin{twin}", x, claimed, sizes, n, options, code)
    assert code[0] == DONE
    probes = records(Probe, ROUND)
    while (count := witness("gradproof_ask", engine, probes, ROUND)) > 0:
        points, changes, rows = np.zeros(count * n, x.dtype), np.zeros(count), probes[:count].copy()
        assert witness(f"gradproof_points{twin}", x, claimed, sizes, n, rows, count, points, changes) == DONE
        points = points.reshape(count, n)
        inside = ((points >= box[0]) & (points <= box[1])).all(axis=1)
        values = np.array([squares(row) if there else math.nan for row, there in zip(points, inside, strict=True)])
        assert witness("gradproof_skip", engine, int(np.count_nonzero(~inside))) == DONE
        assert witness(f"gradproof_tell{twin}", engine, x, claimed, values, changes, count) == DONE
    report, findings = new_report(), records(Finding, 8)
    assert witness("gradproof_result", engine, report, findings, 8) == DONE
    witness("gradproof_end", engine)
    return [bits(report), bits(findings)]


@in_every_mode
@of_both_types
def test_one_call_says_what_rounds_say(witness, mode, dtype):
    x, claimed = X.astype(dtype), CLAIMED.astype(dtype)
    options = options_of(witness, mode=mode, seed=5)
    found = at_once(witness, x, claimed, options)
    assert found == in_rounds(witness, x, claimed, options)
    assert found == at_once(witness, x, claimed, options)
    # Their twins: another claim, and another seed.
    assert found != at_once(witness, x, (2 * X).astype(dtype), options)
    if mode == MODE_LINES:
        assert found != in_rounds(witness, x, claimed, options_of(witness, mode=mode, seed=6))


def test_no_options_are_the_defaults(witness):
    defaults = options_of(witness, mode=0)
    assert at_once(witness, X, CLAIMED, None) == at_once(witness, X, CLAIMED, defaults)
    assert at_once(witness, X, CLAIMED, None) != at_once(witness, X, CLAIMED, options_of(witness, mode=MODE_LINES))


@in_every_mode
@of_both_types
def test_in_one_call_the_type_of_x_counts(witness, mode, dtype):
    """Whatever the options say: the objective gets its points as x is; and the options stay as they were."""
    x, claimed = X.astype(dtype), CLAIMED.astype(dtype)
    found = [at_once(witness, x, claimed, options_of(witness, mode=mode, float32=word)) for word in (0, 1)]
    assert found[0] == found[1]
    words = np.frombuffer(options_of(witness, mode=mode, float32=1), np.int64).copy()
    before = words.tobytes()
    at_once(witness, x, claimed, words)
    assert words.tobytes() == before


@pytest.mark.parametrize("name", ["one_wrong", "dense", "single"])
def test_named_blocks(library, name):
    """Lines are halved at their borders, as in rounds; the twin without names asks for other points."""
    problem = problem_of(MODE_LINES, name)
    turns = Turns(library, MODE_LINES, problem)
    turns.finished()
    expected = turns.found()[1:3]
    asked: list[bytes] = []

    def objective(x: Any, n: int, value: Any, user: Any) -> int:
        asked.append(x[:n].tobytes())
        value[0] = problem.objective(x[:n])
        return 0

    code, report, findings = checked(library, objective, problem.x, problem.claimed, turns.options, 64)
    assert (code, [bits(report), bits(findings)]) == (DONE, expected)
    with_blocks, asked = asked, []
    assert checked(library, objective, problem.x, problem.claimed, options_of(library, mode=MODE_LINES))[0] == DONE
    assert (with_blocks == asked) == (problem.borders is None)


class Ending:
    """An objective that returns a code at its k-th call, and counts its calls."""

    def __init__(self, kth: int = 0, code: int = 0) -> None:
        self.kth, self.code, self.calls = kth, code, 0

    def __call__(self, x: Any, n: int, value: Any, user: Any) -> int:
        self.calls += 1
        value[0] = squares(x[:n])
        return self.code if self.calls == self.kth else 0


def some_of(calls: int) -> list[int]:
    """Every one of the first calls, and some of the later ones, the last one included."""
    return sorted({*range(1, min(calls, 30) + 1), *range(30, calls, 7), calls})


@in_every_mode
@of_both_types
@pytest.mark.parametrize(
    ("returned", "handed_back"), [(42, 42), (2**31 - 1, 2**31 - 1), (-1, codes.BAD_RETURN), (-101, codes.BAD_RETURN)]
)
def test_a_code_of_the_objective_ends_the_check(witness, mode, dtype, returned, handed_back):
    """At whichever call: it is handed back at once, and what was found until then is reported."""
    x, claimed, options = X.astype(dtype), CLAIMED.astype(dtype), options_of(witness, mode=mode)
    whole = Ending()
    code, report, _ = checked(witness, whole, x, claimed, options)
    assert (code, report.verdict, report.evaluations) == (DONE, codes.VERDICT_WRONG, whole.calls)
    for kth in some_of(whole.calls):
        objective = Ending(kth, returned)
        code, report, _ = checked(witness, objective, x, claimed, options)
        assert (code, objective.calls) == (handed_back, kth)
        assert report.verdict in (codes.VERDICT_INCONCLUSIVE, codes.VERDICT_WRONG)
        assert report.evaluations == kth - 1
        assert report.stopped_by == (codes.STOPPED_BY_CALLER if kth > 1 else codes.STOPPED_BY_NOTHING)
        assert kth > 9 or report.verdict == codes.VERDICT_INCONCLUSIVE
    assert checked(witness, Ending(whole.calls + 1, returned), x, claimed, options)[0] == DONE


@in_every_mode
def test_outside_of_the_domain_is_a_missing_value(witness, mode):
    """Where f has no value it is the same to say so as to write NaN; the twin writes a number, and ends otherwise."""

    def exponentials(answer: Any) -> Any:
        def objective(x: Any, n: int, value: Any, user: Any) -> int:
            if max(map(float, x[:n])) <= 2.0:
                value[0] = math.fsum(math.exp(one) for one in map(float, x[:n]))
                return 0
            return int(answer(value))

        return objective

    def says(code: int, written: float) -> Any:
        def answer(value: Any) -> int:
            value[0] = written
            return code

        return answer

    x = np.array([1.5, 0.5, 2.0, 1.0])
    found = [
        checked(witness, exponentials(says(*answer)), x, np.exp(x), options_of(witness, mode=mode))
        for answer in ((OUTSIDE, 7.0), (DONE, math.nan), (OUTSIDE, math.nan), (DONE, 7.0))
    ]
    assert [code for code, _, _ in found] == [DONE] * 4
    told = [bits(report) + bits(findings) for _, report, findings in found]
    assert told[0] == told[1] == told[2] != told[3]


@in_every_mode
@of_both_types
def test_an_objective_that_is_not_finite_at_x(witness, mode, dtype):
    def nowhere(code: int, written: float) -> Any:
        def objective(x: Any, n: int, value: Any, user: Any) -> int:
            value[0] = written
            return code

        return objective

    x = X.astype(dtype)
    for code, written in ((OUTSIDE, 1.0), (DONE, math.nan), (DONE, math.inf), (DONE, -math.inf)):
        outcome, report, _ = checked(witness, nowhere(code, written), x, x, options_of(witness, mode=mode))
        assert (outcome, report.verdict) == (codes.OBJECTIVE_NOT_FINITE, codes.VERDICT_INCONCLUSIVE)
        assert report.evaluations == 1


@in_every_mode
@of_both_types
def test_progress(witness, mode, dtype):
    """After every evaluation, with the number of those done and of those expected; and its code ends the check."""
    x, claimed, seen = X.astype(dtype), CLAIMED.astype(dtype), list[tuple[int, int]]()
    end = [0, 0]

    def progress(done: int, expected: int, user: Any) -> int:
        seen.append((done, expected))
        return end[1] if done == end[0] else 0

    options = options_of(witness, mode=mode, progress=progress)
    code, report, findings = checked(witness, bowl, x, claimed, options)
    assert (code, [done for done, _ in seen]) == (DONE, [*range(1, report.evaluations + 1)])
    assert all(done <= expected for done, expected in seen)
    # Being told of it changes nothing.
    assert [bits(report), bits(findings)] == at_once(witness, x, claimed, options_of(witness, mode=mode))
    calls = len(seen)
    for returned, handed_back in ((7, 7), (-1, codes.BAD_RETURN), (OUTSIDE, codes.BAD_RETURN)):
        for kth in (1, 2, 5, 9, calls // 2, calls):
            end[:] = kth, returned
            seen.clear()
            objective = Ending()
            code, report, _ = checked(witness, objective, x, claimed, options)
            assert (code, len(seen), objective.calls, report.evaluations) == (handed_back, kth, kth, kth)
            assert report.stopped_by == codes.STOPPED_BY_CALLER
            assert report.verdict != codes.VERDICT_RIGHT


@in_every_mode
@of_both_types
def test_a_limit_of_time(witness, mode, dtype):
    """An objective that takes its time is not called after the limit; what was not tested is said to be."""
    x, claimed = X.astype(dtype), (2 * X).astype(dtype)

    def slow(x: Any, n: int, value: Any, user: Any) -> int:
        time.sleep(0.02)
        return bowl(x, n, value, user)

    began = time.monotonic()
    code, report, _ = checked(witness, slow, x, claimed, options_of(witness, mode=mode, time_limit=0.03))
    assert time.monotonic() - began < 5
    assert (code, report.stopped_by) == (DONE, codes.STOPPED_BY_TIME_LIMIT)
    assert report.verdict == codes.VERDICT_INCONCLUSIVE
    assert 1 <= report.evaluations <= 2
    # Its twins: with time enough, and without a limit.
    found = at_once(witness, x, claimed, options_of(witness, mode=mode, time_limit=1e6))
    assert found == at_once(witness, x, claimed, options_of(witness, mode=mode))
    code, report, _ = checked(witness, bowl, x, claimed, options_of(witness, mode=mode, time_limit=1e6))
    assert (code, report.verdict, report.stopped_by) == (DONE, codes.VERDICT_RIGHT, codes.STOPPED_BY_NOTHING)


LOWER, UPPER = X - np.array([0.0, 1e-3, 1.0, 1e-9]), X + np.array([1.0, 1e-3, 0.0, 1e-9])
BOXES = {
    "both": (LOWER, UPPER),
    "lower": (LOWER, None),
    "upper": (None, UPPER),
    "one point": (X, X),
    "everywhere": (np.full(4, -np.inf), np.full(4, np.inf)),
}


@in_every_mode
@of_both_types
@pytest.mark.parametrize("name", BOXES)
def test_bounds(witness, mode, dtype, name):
    """Never called outside of them; and the same bits as in rounds, with NaN for the points that lie outside."""
    x, claimed, (lower, upper) = X.astype(dtype), CLAIMED.astype(dtype), BOXES[name]
    if dtype == np.float32:
        # In float32 the point itself is another one.
        lower = None if lower is None else np.minimum(lower, x.astype(np.float64))
        upper = None if upper is None else np.maximum(upper, x.astype(np.float64))
    box = (-math.inf if lower is None else lower, math.inf if upper is None else upper)
    strays = []

    def objective(point: Any, n: int, value: Any, user: Any) -> int:
        wide = np.array(point[:n], np.float64)
        strays.append(not ((wide >= box[0]) & (wide <= box[1])).all())
        return bowl(point, n, value, user)

    options = options_of(witness, mode=mode, lower=lower, upper=upper)
    code, report, findings = checked(witness, objective, x, claimed, options)
    assert code == DONE
    assert strays
    assert not any(strays)
    assert report.evaluations == len(strays)
    assert [bits(report), bits(findings)] == in_rounds(witness, x, claimed, options_of(witness, mode=mode), box)
    assert (report.outside > 0) == (name != "everywhere")
    # The twin: without bounds it is called outside of them.
    strays.clear()
    assert checked(witness, objective, x, claimed, options_of(witness, mode=mode))[0] == DONE
    assert any(strays) == (name != "everywhere")


@of_both_types
@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_point_that_is_refused(witness, dtype, place):
    """Not finite, outside of the bounds, or with bounds that nothing is within: the report says which coordinate."""
    x, right = X.astype(dtype), X.astype(dtype).astype(np.float64)

    def refused(x: Any, code: int, index: int, **bounds: Any) -> None:
        objective = Ending()
        found, report, _ = checked(witness, objective, x, x, options_of(witness, **bounds))
        assert (found, report.index, report.verdict) == (code, index, codes.VERDICT_INCONCLUSIVE)
        assert objective.calls == 0

    for bad in (math.nan, math.inf, -math.inf):
        not_finite = x.copy()
        not_finite[place:] = bad
        refused(not_finite, codes.X_NOT_FINITE, place)
        refused(not_finite, codes.X_NOT_FINITE, place, lower=not_finite.astype(np.float64))
    above, below, unknown = right.copy(), right.copy(), right.copy()
    above[place], below[place], unknown[place] = right[place] + 1, right[place] - 1, math.nan
    refused(x, codes.X_OUTSIDE_BOUNDS, place, lower=above)
    refused(x, codes.X_OUTSIDE_BOUNDS, place, upper=below)
    refused(x, codes.BAD_BOUNDS, place, lower=above, upper=below)
    for bounds in ({"lower": unknown}, {"upper": unknown}, {"lower": unknown, "upper": right}):
        refused(x, codes.BAD_BOUNDS, place, **bounds)
    assert checked(witness, bowl, x, x, options_of(witness, lower=below, upper=above))[0] == DONE


MISTAKES = {
    codes.NULL_OBJECTIVE: (0, None),
    codes.NULL_X: (2, None),
    codes.NULL_CLAIMED: (3, None),
    codes.BAD_N: (4, 0),
    codes.BAD_CAPACITY: (8, -1),
    codes.BAD_BUDGET: {"budget": -1},
    codes.BAD_FLOAT32: {"float32": 2},
    codes.BAD_RTOL: {"rtol": 1.0},
    codes.BAD_ATOL: {"atol": math.nan},
    codes.BAD_MODE: {"mode": 3},
    codes.BAD_TIME_LIMIT: {"time_limit": -1.0},
    codes.BAD_THREADS: {"threads": -1},
    codes.BAD_BLOCKS: {"blocks": 1},
    codes.BAD_BORDERS: {"blocks": 1, "borders": np.array([0, 3], np.int64)},
    codes.BAD_SIZE: {"size": 12},
}


@in_every_mode
@pytest.mark.parametrize("code", MISTAKES)
def test_every_mistake_has_its_own_code(witness, mode, code):
    """Refused before anything is evaluated; the report does not keep its old verdict, and no finding is written."""
    objective, report, findings = Ending(), new_report(), records(Finding, 1)
    right = [objective, None, X, CLAIMED, 4, options_of(witness, mode=mode), report, findings, 1]
    before = findings.tobytes()
    report.verdict = codes.VERDICT_RIGHT
    wrong = MISTAKES[code]
    if isinstance(wrong, dict):
        wrong = (5, options_of(witness, **{"mode": mode, **wrong}))
    place, value = wrong
    assert witness("gradproof_check", *right[:place], value, *right[place + 1 :]) == code
    assert (objective.calls, findings.tobytes()) == (0, before)
    assert (report.verdict, report.index, report.size) == (
        codes.VERDICT_INCONCLUSIVE,
        report.index if code == codes.BAD_CAPACITY else -1,
        REPORT_BYTES,
    )
    assert witness("gradproof_check", *right) == DONE
    assert report.verdict == codes.VERDICT_WRONG


@pytest.mark.parametrize("size", [0, 8, 12, -8, 2**17])
def test_reports_and_findings_that_have_no_size(witness, size):
    report, findings, objective = new_report(), records(Finding, 2), Ending()
    report.verdict, report.size = codes.VERDICT_RIGHT, size
    given = (objective, None, X, CLAIMED, 4, None)
    assert witness("gradproof_check", *given, report, findings, 2) == codes.BAD_SIZE
    assert (report.verdict, objective.calls) == (codes.VERDICT_INCONCLUSIVE, 0)
    report = new_report()
    report.verdict, findings["size"][0] = codes.VERDICT_RIGHT, size
    assert witness("gradproof_check", *given, report, findings, 2) == codes.BAD_SIZE
    assert (report.verdict, objective.calls) == (codes.VERDICT_INCONCLUSIVE, 0)
    assert witness("gradproof_check", *given, None, None, 0) == codes.NULL_REPORT
    # Nobody looks at the size of findings where there is room for none.
    assert witness("gradproof_check", *given, report, findings, 0) == DONE


@pytest.mark.parametrize("size", range(16, max(REPORT_BYTES, FINDING_BYTES, OPTIONS_BYTES) + 17, 8))
def test_structs_of_other_headers(witness, size):
    """Of each as much as it has is filled, and nothing behind it is written."""
    code, whole, all_of_it = checked(witness, bowl, X, CLAIMED, None)
    assert code == DONE
    report, findings = np.full(REPORT_BYTES // 8 + 4, -9, np.int64), np.full(8 * (REPORT_BYTES // 8 + 4), -9, np.int64)
    report[0] = findings[0] = size
    options = np.zeros(max(size, OPTIONS_BYTES) // 8, np.int64)
    options[0] = size
    if size < OPTIONS_BYTES:
        # What lies behind the size is not read, as if it were 0; only addresses must be some, for Python.
        options[[place for place in (1, 3, 4, 5, 6, 7, 8) if 8 * place >= size]] = -1
    given = (bowl, None, X, CLAIMED, 4, options, report, findings, 8)
    assert witness("gradproof_check", *given) == DONE
    known = min(size, REPORT_BYTES) // 8
    assert report[1:known].tolist() == np.frombuffer(whole, np.int64)[1:known].tolist()
    assert set(report[known:].tolist()) == {-9}
    known, written = min(size, FINDING_BYTES) // 8, whole.findings * size // 8
    assert whole.findings >= 1
    for number in range(whole.findings):
        row = findings[number * size // 8 :][:known]
        assert row[1:].tolist() == all_of_it[number : number + 1].view(np.int64)[1:known].tolist()
        assert row[0] == size
    assert set(findings[written:].tolist()) == {-9}


@of_both_types
def test_memory_that_overlaps(witness, dtype):
    """By a single element it is refused, before anything is called; side by side is no overlap."""
    item = np.dtype(dtype).itemsize
    whole = np.zeros((4 * REPORT_BYTES) // item, dtype)
    apart, x, claimed = new_report(), X.astype(dtype), CLAIMED.astype(dtype)
    start = REPORT_BYTES // item
    report: Any = Report.from_buffer(whole, REPORT_BYTES)

    def code_of(x: Any, claimed: Any, report: Any, findings: Any, capacity: int) -> tuple[int, int]:
        objective, twin = Ending(), "_f32" if dtype == np.float32 else ""
        given = (objective, None, x, claimed, 4, None, report, findings, capacity)
        return witness(f"gradproof_check{twin}", *given), objective.calls > 0

    refused = (codes.OVERLAP, False)
    places = {start - 4: True, start - 3: False, start + 5: False, 2 * start - 1: False, 2 * start: True}
    for place, is_apart in places.items():
        inside = whole[place : place + 4]
        for x_is in (True, False):
            # What is read lies there already, as far as the report does not.
            report.size = REPORT_BYTES
            if is_apart:
                inside[:] = x if x_is else claimed
            found = code_of(inside if x_is else x, claimed if x_is else inside, report, None, 0)
            assert found == ((DONE, True) if is_apart else refused) or not np.isfinite(inside).all()
    findings = whole[: 2 * FINDING_BYTES // item]
    for place, is_apart in ((0, False), (findings.size - 1, False), (findings.size, True)):
        whole[:] = 0
        findings[:1].view(np.int32)[0] = FINDING_BYTES
        inside = whole[place : place + 4]
        if place:
            inside[:] = x
        for given in ((inside, claimed), (x, inside)):
            found = code_of(*given, apart, findings, 2)
            assert found == ((DONE, True) if is_apart else refused)
            inside[:] = x if place else inside
            findings[:1].view(np.int32)[0] = FINDING_BYTES
    assert ctypes.sizeof(Options) == OPTIONS_BYTES


@pytest.mark.parametrize("capacity", [2, 3])
def test_findings_that_overlap_the_report(witness, capacity):
    whole = np.zeros(4 * REPORT_BYTES // 8, np.int64)
    report: Any = Report.from_buffer(whole, 2 * FINDING_BYTES)
    report.size, whole[0] = REPORT_BYTES, FINDING_BYTES
    code = witness(
        "gradproof_check", bowl, None, X, CLAIMED, 4, None, report, whole[: 3 * FINDING_BYTES // 8], capacity
    )
    assert code == (DONE if capacity == 2 else codes.OVERLAP)
    assert report.verdict == (codes.VERDICT_WRONG if capacity == 2 else codes.VERDICT_INCONCLUSIVE)


@pytest.fixture
def balance(monkeypatch):
    """The memory that the call holds; where it is to fail, it is given none."""
    held: list[Any] = []
    failing: list[bool] = []
    allocate = one_call.allocate_bytes

    def allocated(count: int) -> Any:
        held.append(None if failing else allocate(count))
        return held[-1]

    def release(memory: Any) -> None:
        del held[next(number for number, one in enumerate(held) if one is memory)]

    monkeypatch.setattr(one_call, "allocate_bytes", allocated)
    monkeypatch.setattr(one_call, "release", release)
    return held, failing


@in_every_mode
@pytest.mark.parametrize("code", [0, 42])
def test_all_memory_is_given_back(plain, balance, mode, code):
    """Also where the objective ends the check; where there is none nothing is evaluated, and nothing reported."""
    held, failing = balance
    options = options_of(plain, mode=mode)
    for kth in (1, 4):
        assert checked(plain, Ending(kth, code), X, CLAIMED, options)[0] == code
        assert held == []
    failing.append(True)
    objective = Ending()
    outcome, report, _ = checked(plain, objective, X, CLAIMED, options)
    assert (outcome, report.wrong, objective.calls) == (OUT_OF_MEMORY, 0, 0)
    assert report.verdict == codes.VERDICT_INCONCLUSIVE
    assert held == [None]


def test_one_call_twin(plain, monkeypatch):
    """A call that leaves out the last probe of a round does not say what rounds say."""

    def says_the_same() -> None:
        assert at_once(plain, X, CLAIMED, None) == in_rounds(plain, X, CLAIMED, None)

    def without_the_last(engine: Any, *probes: Any) -> int:
        engine.asked = (next_round if probes else next_pairs)(engine, *probes)
        engine.asked -= engine.asked > 2
        return int(engine.asked)

    says_the_same()
    next_round, next_pairs = one_call.next_round, one_call.next_pairs
    monkeypatch.setattr(one_call, "next_round", without_the_last)
    monkeypatch.setattr(one_call, "next_pairs", without_the_last)
    refuted(says_the_same)


def test_no_memory_for_the_pieces(plain, monkeypatch):
    work, out, room, count = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(4, np.int64)
    calls = [
        (differences, "gradproof_forward_difference", (X, 4, None, out, work)),
        (noise_floor, "gradproof_noise_floor", (X, 4, 0, work, room, None)),
        (kinks, "gradproof_find_kinks", (X, 4, 0.0, work, count, room, room, room, 4, count)),
        (ladder, "gradproof_ladder", (X, 4, 0, 0.0, work, None, 0, count)),
    ]
    for module, symbol, arguments in calls:
        assert plain(symbol, bowl, None, *arguments) == DONE
        kinds = [name for name in vars(module) if name.startswith("allocate_")]
        assert kinds
        for kind in kinds:
            with monkeypatch.context() as patch:
                patch.setattr(module, kind, without_memory)
                assert plain(symbol, bowl, None, *arguments) == OUT_OF_MEMORY
