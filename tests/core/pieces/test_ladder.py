"""The ladder of one coordinate: its slopes are those of closed forms at every step, and those that a check has seen."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models import rosenbrock
from oracles import lines
from properties import refuted
from witnesses import in_c, records, twin_of

import gradproof
from gradproof.core.pieces import ladder as core
from gradproof.core.records import codes
from gradproof.core.records.border import RUNG_BYTES, Rung
from gradproof.core.records.codes import BAD_RETURN, DONE, OBJECTIVE_NOT_FINITE, OUT_OF_MEMORY, OUTSIDE
from gradproof.core.records.engine import LADDER
from gradproof.problem.probes import PROBE
from gradproof.report import ladder as patterns

X = 0.75
UNTOUCHED = -9
# Four standard deviations of the noise of each of two values.
NOISE_BAR = 4 * math.sqrt(2)


def called(witness, objective, x, index, claimed, rungs, capacity):
    """The code of the call and the number of steps; the objective takes a copy of the point."""

    before, work, count = x.tobytes(), np.zeros(x.size, x.dtype), np.full(1, -1, np.int64)
    twin = twin_of(x)
    given = (in_c(objective), None, x, x.size, index, claimed, work, rungs, capacity, count)
    code = witness(f"gradproof_ladder{twin}", *given)
    assert x.tobytes() == before
    return code, int(count[0])


def climbed(witness, objective, x, index=0, claimed=math.nan):
    """The rungs of a coordinate."""
    rungs = records(Rung, LADDER)
    code, count = called(witness, objective, x, index, claimed, rungs, LADDER)
    assert code == DONE
    assert set(rungs["size"][:count]) == {RUNG_BYTES}
    return rungs[:count]


def along(line, x=X):
    return lambda point: line.value(float(point[0]) - x)


def noise_of(witness, objective, x):
    """The noise floor, as the piece for it measures it."""
    work, noise = np.zeros(x.size, x.dtype), np.zeros(1)

    twin = twin_of(x)
    assert witness(f"gradproof_noise_floor{twin}", in_c(objective), None, x, x.size, 0, work, noise, None) == DONE
    return float(noise[0])


def has_these_slopes(witness, dtype, line, tilt=0.0):
    """Steps are powers of two, each longer than the one before; slopes are differences of the closed form.

    With `tilt` for a wrong form: then a rung must say so.
    """
    x = np.array([X], dtype)
    rungs = climbed(witness, along(line), x)
    noise = noise_of(witness, along(line), x)
    assert len(rungs) > 8
    assert np.all(np.diff(rungs["step"]) > 0)
    for rung in rungs:
        h = float(rung["step"])
        assert math.frexp(h)[0] == 0.5
        right, left = ((line.value(s * h) - line.value(0.0)) / (s * h) + tilt for s in (1, -1))
        rounding = 1e-9 * max(abs(right), abs(left))
        assert rung["right"] == pytest.approx(right, abs=rung["error_bar"] + rounding)
        assert rung["left"] == pytest.approx(left, abs=rung["error_bar"] + rounding)
        assert rung["slope"] == rung["left"] / 2 + rung["right"] / 2
        assert rung["gap"] == rung["right"] - rung["left"]
        assert rung["error_bar"] == pytest.approx(NOISE_BAR * noise / h, rel=1e-12)


KINKED = {
    "smooth": lines.SMOOTH["exp"],
    "curved": lines.SMOOTH["cubic"],
    "far from zero": lines.SMOOTH["far_from_zero"],
    "kink at x": lines.with_kink(lines.SMOOTH["sin"], 0.0, 1.0),
    "kink beside x": lines.with_kink(lines.SMOOTH["sin"], 1e-3, -2.0),
    "kink in a line": lines.with_kink(lines.SMOOTH["line"], 1e-3, -2.0),
    "kink left of x": lines.with_kink(lines.SMOOTH["exp"], -1e-5, 1.0),
}


@pytest.mark.parametrize("name", KINKED)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_slopes(library, dtype, name):
    has_these_slopes(library, dtype, KINKED[name])
    refuted(has_these_slopes, library, dtype, KINKED[name], 1e-3)


def test_slopes_in_plain_python(plain):
    has_these_slopes(plain, np.float64, KINKED["kink beside x"])
    refuted(has_these_slopes, plain, np.float64, KINKED["kink beside x"], 1e-3)


def swapped(witness):
    """Wrong on purpose: left and right are exchanged."""

    def call(symbol, *arguments):
        code = witness(symbol, *arguments)
        if symbol.startswith("gradproof_ladder"):
            rungs = arguments[-3]
            rungs["left"], rungs["right"] = rungs["right"].copy(), rungs["left"].copy()
        return code

    return call


def coarsest_first(witness):
    """Wrong on purpose: in the other order."""

    def call(symbol, *arguments):
        code = witness(symbol, *arguments)
        if symbol.startswith("gradproof_ladder"):
            rungs, count = arguments[-3], int(arguments[-1][0])
            rungs[:count] = rungs[:count][::-1].copy()
        return code

    return call


@pytest.mark.parametrize("change", [swapped, coarsest_first])
def test_slopes_twin(library, change):
    refuted(has_these_slopes, change(library), np.float64, KINKED["kink at x"])


def shows(witness, line, claimed, is_told, pattern):
    """What the slopes say of a claim, as `explain` reads them; without it all steps are taken."""
    rungs = climbed(witness, along(line), np.array([X]), 0, claimed if is_told else math.nan)
    names = patterns.Rung._fields
    assert patterns.fingerprint([patterns.Rung(*map(float, rung[list(names)])) for rung in rungs], claimed) == pattern


@pytest.mark.parametrize(
    ("name", "off", "is_told", "pattern"),
    [
        ("smooth", 0.01, True, patterns.FLAT),
        ("smooth", -3.0, False, patterns.FLAT),
        ("curved", 1e-3, True, patterns.FLAT),
        ("kink left of x", 0.02, True, patterns.FLAT),
        ("smooth", 0.0, True, patterns.NOISE),
        ("curved", 0.0, False, patterns.TRUNCATION),
        ("kink in a line", 0.0, False, patterns.KINK),
    ],
)
def test_patterns(library, name, off, is_told, pattern):
    """A wrong claim is off by the same at every step, a right one by noise or truncation, or beyond a kink."""
    line = KINKED[name]
    claimed = line.left * (1 + off)
    shows(library, line, claimed, is_told, pattern)
    other = line.left * (1.1 if pattern is not patterns.FLAT else 1.0)
    refuted(shows, library, line, other, is_told, pattern)


def costs(witness, claimed, least, most, line=lambda x: math.exp(float(x[0]))):
    points = []

    def objective(x):
        points.append(float(x[0]))
        return line(x)

    climbed(witness, objective, np.array([X]), 0, claimed)
    assert least <= len(points) <= most


def test_a_claim_ends_the_ladder_early(library):
    """A claim that is clearly wrong takes a few steps; without a claim all are taken."""
    costs(library, 1.01 * math.exp(X), 15, 30)
    costs(library, math.nan, 50, 80)
    refuted(costs, library, math.nan, 15, 30)


def all_cost(witness, most):
    for smooth in lines.SMOOTH.values():
        for distance in (None, 0.0, 1e-6, -1e-3, 1e-2):
            line = smooth if distance is None else lines.with_kink(smooth, distance, 1.0)
            for claimed in (line.left, 2 * line.left, 0.0, math.nan):
                costs(witness, claimed, 15, most, along(line))


def test_evaluations(library):
    """What the header says: 20 to 100, those for the noise included."""
    all_cost(library, 100)
    refuted(all_cost, library, 60)


def has_the_slopes_of_a_report(witness, index):
    """From the same values a report has the same rungs."""
    x = np.array([0.5, -1.25, 0.125, 2.0])
    seen = {}

    def objective(point):
        seen[point.tobytes()] = rosenbrock(point)
        return seen[point.tobytes()]

    rungs = climbed(witness, objective, x, 2)
    values = patterns.Values(x)
    # x alone, then all steps to both sides.
    steps = [sign * float(step) for step in rungs["step"] for sign in (1, -1)]
    values.keep(np.zeros(1, PROBE), np.array([rosenbrock(x)]))
    probes = np.zeros(len(steps), PROBE)
    probes["start"], probes["stop"], probes["step"] = index, index + 1, steps
    moved = x + np.outer(steps, np.arange(4) == 2)
    values.keep(probes, np.array([seen[point.tobytes()] for point in moved]))
    expected = values.ladder(2, noise_of(witness, rosenbrock, x))
    assert len(expected) == len(rungs) > 8
    for rung, other in zip(rungs, expected, strict=True):
        for name in ("step", "left", "right", "gap", "error_bar"):
            assert rung[name] == getattr(other, name)
        assert rung["slope"] == pytest.approx(other.slope, rel=1e-15)


def test_the_slopes_of_a_report(library):
    has_the_slopes_of_a_report(library, 2)
    # Of another coordinate the slopes are others.
    refuted(has_the_slopes_of_a_report, library, 1)


@given(capacity=st.integers(0, 30), words=st.integers(2, 10), claimed=st.sampled_from([math.nan, 2.0]))
def fills_what_fits(witness, capacity, words, claimed):
    """No more than fit; structs of an older header as far as they go, and of a newer one what is known today."""
    x = np.array([0.25, X])
    whole = climbed(witness, lambda p: math.exp(p[1]), x, 1, claimed)
    own = RUNG_BYTES // 8
    # Room for a struct of today behind the last one.
    memory = np.full(own * 64, UNTOUCHED, np.int64)
    memory[0] = 8 * words
    expected = memory.copy()
    code, count = called(
        witness, lambda p: math.exp(p[1]), x, 1, claimed, memory.view(np.dtype(Rung)) if capacity else None, capacity
    )
    assert (code, count) == (DONE, len(whole))
    fitting, common = min(capacity, count), min(words, own)
    filled = expected[: 30 * words].reshape(30, words)
    filled[:fitting, :common] = whole[:fitting].view(np.int64).reshape(fitting, own)[:, :common]
    filled[:fitting, 0] = 8 * words
    assert np.array_equal(memory, expected)


def test_capacity(library):
    fills_what_fits(library)


def one_too_many(witness):
    def call(symbol, *arguments):
        rungs, capacity = arguments[-3:-1]
        return witness(symbol, *arguments[:-2], capacity + (rungs is not None and capacity < 30), arguments[-1])

    return call


def test_capacity_twin(library):
    refuted(fills_what_fits, one_too_many(library))


def names_the_coordinate(witness, index):
    """The last of many coordinates, of which only that one counts."""
    numba = pytest.importorskip("numba")
    double = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(double, numba.types.int64, double, numba.types.voidptr))
    def objective(x, n, value, user):
        value[0] = math.exp(x[n - 1])
        return 0

    x = np.full(65_537, X)
    rungs, count = records(Rung, LADDER), np.zeros(1, np.int64)
    library = gradproof.library.native()
    ffi = gradproof.library.ffi
    address = ffi.cast("gradproof_objective", objective.address)
    work = x.copy()
    pointers = [ffi.cast("double *", ffi.from_buffer(part)) for part in (x, work)]
    code = library.gradproof_ladder(
        *(address, ffi.NULL, pointers[0], x.size, index, math.nan, pointers[1]),
        *(ffi.cast("gradproof_rung *", ffi.from_buffer(rungs)), LADDER, ffi.cast("int64_t *", ffi.from_buffer(count))),
    )
    assert code == DONE
    best = rungs[: count[0]][np.argmin(abs(rungs["slope"][: count[0]] - math.exp(X)))]
    assert best["slope"] == pytest.approx(math.exp(X), rel=1e-6)


def test_a_long_vector(library):
    names_the_coordinate(library, 65_536)
    refuted(names_the_coordinate, library, 0)


def misses_a_side(witness, edge):
    """Beyond the edge of a domain there are no slopes, and none centered."""

    def objective(x):
        return math.sqrt(x[0] - edge) if x[0] >= edge else math.nan

    rungs = climbed(witness, objective, np.array([1.0]))
    outside = rungs["step"] > 1e-3
    assert outside.any()
    assert not outside.all()
    for name, missing in (("left", outside), ("slope", outside), ("gap", outside), ("right", np.zeros_like(outside))):
        assert np.array_equal(np.isnan(rungs[name]), missing)


def test_missing_values(witness):
    misses_a_side(witness, 0.999)
    refuted(misses_a_side, witness, 0.99)


def room():
    return [records(Rung, LADDER), LADDER, np.full(1, -1, np.int64)]


def test_codes_of_the_objective(witness):
    """A code above 0 ends the call wherever it comes from; what has been found until then is there."""

    def call(objective):
        rungs, capacity, count = room()
        given = (objective, None, np.array([1.0, 1.5]), 2, 1, math.nan, np.zeros(2), rungs, capacity, count)
        return witness("gradproof_ladder", *given), int(count[0])

    def answering(value_of, code_of=lambda calls: DONE):
        calls = []

        def objective(point, n, value, user):
            calls.append(1)
            value[0] = value_of(point)
            return code_of(len(calls))

        return objective

    def bowl(point):
        return float(point[0]) ** 2 + float(point[1]) ** 2

    assert call(answering(bowl, lambda calls: 42)) == (42, 0)
    assert call(answering(bowl, lambda calls: OUTSIDE)) == (OBJECTIVE_NOT_FINITE, -1)
    assert call(answering(lambda point: math.nan)) == (OBJECTIVE_NOT_FINITE, -1)
    assert call(answering(bowl, lambda calls: -1)) == (BAD_RETURN, 0)
    assert call(answering(bowl, lambda calls: 7 * (calls > 4))) == (7, 0)
    whole = call(answering(bowl))
    assert whole[0] == DONE
    code, count = call(answering(bowl, lambda calls: 7 * (calls > 20)))
    assert code == 7
    assert 0 < count < whole[1]


def test_outside_is_a_missing_value(witness):
    def objective(point, n, value, user):
        value[0] = math.sqrt(max(point[0] - 0.999, 0.0))
        return DONE if point[0] >= 0.999 else OUTSIDE

    rungs, capacity, count = room()
    given = (objective, None, np.ones(1), 1, 0, math.nan, np.zeros(1), rungs, capacity, count)
    assert witness("gradproof_ladder", *given) == DONE
    found = rungs[: count[0]]
    assert np.array_equal(np.isnan(found["left"]), found["step"] > 1e-3)
    assert np.isnan(found["left"]).any()


def test_mistakes(witness):
    calls = []

    def objective(point, n, value, user):
        calls.append(1)
        value[0] = 1.0
        return 0

    rungs, capacity, count = room()
    x, work = np.ones(3), np.zeros(3)
    right = [objective, None, x, 3, 2, 0.0, work, rungs, capacity, count]
    wrong = [
        (0, None, codes.NULL_OBJECTIVE),
        (2, None, codes.NULL_X),
        (3, 0, codes.BAD_N),
        (3, 1 << 60, codes.BAD_N),
        (4, -1, codes.BAD_INDEX),
        (4, 3, codes.BAD_INDEX),
        (6, None, codes.NULL_POINT),
        (6, x, codes.OVERLAP),
        (7, None, codes.NULL_OUTPUT),
        (8, -1, codes.BAD_CAPACITY),
        (9, None, codes.NULL_OUTPUT),
        (2, np.array([1.0, math.inf, 1.0]), codes.X_NOT_FINITE),
    ]
    for place, value, code in wrong:
        assert witness("gradproof_ladder", *right[:place], value, *right[place + 1 :]) == code
    for size in (0, -8, 8, RUNG_BYTES + 4, 1 << 40):
        rungs[0]["size"] = size
        assert witness("gradproof_ladder", *right) == codes.BAD_SIZE
    assert not calls
    assert count[0] == -1
    # Where nothing is written, nothing has to be said.
    assert witness("gradproof_ladder", *right[:7], None, 0, right[9]) == DONE
    assert count[0] > 0


def test_no_memory(plain, monkeypatch):
    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    given = (objective, None, np.ones(2), 2, 0, 0.0, np.zeros(2), None, 0, np.zeros(1, np.int64))
    assert plain("gradproof_ladder", *given) == DONE
    monkeypatch.setattr(core, "allocate_record", lambda *_: None)
    assert plain("gradproof_ladder", *given) == OUT_OF_MEMORY
