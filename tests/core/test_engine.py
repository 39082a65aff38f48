"""Whole checks in rounds of ask and tell: right and wrong claims about what makes objectives difficult."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from properties import refuted
from rounds import FIELDS, FINDING, checked, options_of, results

from gradproof.core import door
from gradproof.core.coordinates import phases, rounds, slots
from gradproof.core.coordinates import shared_kinks as joint
from gradproof.core.pieces import differences as slopes
from gradproof.core.pieces import kinks
from gradproof.core.pieces import noise_floor as noisefloor
from gradproof.core.records import border as structs
from gradproof.core.records import codes
from gradproof.core.records import engine as state
from gradproof.core.records.codes import BAD_ARGUMENT, DONE, OUT_OF_MEMORY, WRONG_ORDER
from gradproof.core.records.engine import ROUND

X = np.array([0.7, -1.2, 0.4, 2.1])
WEIGHTS = np.array([1.3, -0.4, 2.2, 0.9])


def squares(x: Any) -> float:
    return float(np.sum(np.asarray(x, np.float64) ** 2))


def stairs(height: float) -> Callable[[Any], float]:
    """An objective that answers in steps, as one with an inner solver does."""
    return lambda x: float(np.round(squares(x) / height) * height)


def solver(x: Any) -> float:
    """Smooth between jumps: what an inner solver leaves when it stops after another number of steps."""
    return squares(x) + 1e-7 * float(np.sum(np.floor(1e4 * x) % 3)) + 1e-3 * float(np.sum(x))


def one_sided(x: Any) -> float:
    return squares(x) if x[0] >= X[0] else math.nan


def in_float32(x: Any) -> float:
    values = x.astype(np.float32)
    return float(np.sum(values * values) + np.float32(40))


def hinges_in_float32(x: Any) -> float:
    return float(np.sum(np.maximum(x.astype(np.float32), np.float32(0))) + np.float32(3))


def cubes_and_kinks(x: Any) -> float:
    return float(np.sum(x**3) + np.abs(x[1] + 1.2) + abs(x[2] - 0.4 - 1e-9))


def cancelling(x: Any) -> float:
    return squares(x) + 1e9 - 1e9


def with_jumps(width: float, height: float) -> Callable[[Any], float]:
    """An objective whose slope near x is less than it looks from farther away, where jumps make up for it."""

    def objective(x: Any) -> float:
        return float(np.exp(0.1 * (WEIGHTS @ x)) + height * np.sum(np.floor(x / width) - x / width))

    return objective


def from_afar(x: Any) -> Any:
    """The gradient that an objective with jumps has from farther away."""
    return 0.1 * WEIGHTS * np.exp(0.1 * (WEIGHTS @ x))


def noisy(sigma: float) -> Callable[[Any], float]:
    """Noise that is the same at every call: the bits of x decide it."""

    def objective(x: Any) -> float:
        seed = int.from_bytes(np.asarray(x).tobytes(), "little")
        return squares(x) + sigma * float(np.random.default_rng(seed).normal())

    return objective


class Case(NamedTuple):
    """An objective, the point, and what may be claimed there; `wrong` spoils the claim of one coordinate."""

    objective: Callable[[Any], float]
    x: Any
    right: Any
    wrong: tuple[int, float]
    options: dict[str, int]


CASES = {
    "smooth": Case(squares, X, 2 * X, (2, 0.8008), {}),
    "stairs": Case(stairs(1e-6), X, 2 * X, (1, -2.7), {}),
    "high_stairs": Case(stairs(1e-4), X, 2 * X, (1, -3.6), {}),
    "solver": Case(solver, X, 2 * X + 1e-3, (0, 1.6), {}),
    "between_jumps": Case(with_jumps(0.03, 3e-4), X, from_afar(X) - 0.01, (0, 0.3), {}),
    "across_jumps": Case(with_jumps(0.1, 1e-3), X, from_afar(X), (0, 0.3), {}),
    "noise": Case(noisy(1e-3), X, 2 * X, (3, 4.2 * 1.03), {}),
    "less_noise": Case(noisy(1e-4), X, 2 * X, (3, 4.2 * 1.003), {}),
    "domain": Case(one_sided, X, 2 * X, (0, 1.5), {}),
    "float32_inside": Case(in_float32, X, 2 * X, (3, 4.4), {}),
    "float32_points": Case(in_float32, X.astype(np.float32).astype(float), 2 * X, (3, 4.4), {"float32": 1}),
    "hidden_kinks": Case(hinges_in_float32, np.array([1e-6, 0.5, -1e-6]), [0.0, 1.0, 1.0], (1, 0.8), {}),
    "kinks": Case(cubes_and_kinks, X, 3 * X**2 + [0, 0.3, -1, 0], (2, 1.48), {}),
    "kinks_wrong_side": Case(cubes_and_kinks, X, 3 * X**2 + [0, -1, -1, 0], (1, 5.4), {}),
    "cancelling": Case(cancelling, X, 2 * X, (3, 4.4), {}),
    "constant": Case(lambda x: 3.0, X, 0 * X, (1, 1e-3), {}),
    "one_coordinate": Case(lambda x: float(np.exp(x[0])), X[:1], np.exp(X[:1]), (0, 2.0), {}),
    "tiny": Case(lambda x: 1e-300 * squares(x / 1e-150), 1e-150 * X, 2e-150 * X, (3, 4.3e-150), {}),
    "huge": Case(lambda x: squares(x / 1e150), 1e150 * X, 2e-150 * X, (0, 1.41e-150), {}),
}


def is_right(witness: Any, case: Case, claimed: Any) -> None:
    found = checked(witness, case.objective, case.x, claimed, **case.options)
    assert found.verdict == "right"
    assert "wrong" not in found.causes


def is_wrong_at(witness: Any, case: Case, claimed: Any, index: int) -> None:
    found = checked(witness, case.objective, case.x, claimed, **case.options)
    assert found.verdict == "wrong"
    assert [place for place, cause in enumerate(found.causes) if cause == "wrong"] == [index]
    finding = next(row for row in found.findings if row.view(np.int64)[FINDING["cause"]] == codes.WRONG)
    assert finding.view(np.int64)[FINDING["start"]] == index
    # The slope that it names is nearer to what is right than what was claimed.
    right = np.asarray(case.right)[index]
    assert abs(finding[FINDING["slope"]] - right) < 0.5 * abs(claimed[index] - right)


@pytest.mark.parametrize("name", CASES)
def test_right_and_wrong_claims(witness, name):
    case = CASES[name]
    claimed = np.array(case.right, np.float64)
    is_right(witness, case, claimed)
    index, value = case.wrong
    claimed[index] = value
    is_wrong_at(witness, case, claimed, index)
    refuted(is_right, witness, case, claimed)
    refuted(is_wrong_at, witness, case, case.right, index)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_claims_that_are_no_numbers(witness, bad):
    claimed = 2 * X
    claimed[1] = bad
    case = CASES["smooth"]
    found = checked(witness, squares, X, claimed)
    assert (found.verdict, found.causes) == ("wrong", ["agrees", "wrong", "agrees", "agrees"])
    assert found.findings[0][FINDING["slope"]] == pytest.approx(-2.4, rel=1e-6)
    refuted(is_right, witness, case, claimed)


def causes_without(witness: Any, objective: Callable[[Any], float], causes: list[str]) -> None:
    found = checked(witness, objective, X[:2], 2 * X[:2])
    assert (found.verdict, found.causes) == ("inconclusive", causes)


def test_outside_of_the_domain(witness):
    causes_without(witness, lambda x: math.nan, ["domain"] * 2)
    causes_without(witness, lambda x: squares(x) if np.array_equal(x, X[:2]) else math.inf, ["domain"] * 2)
    causes_without(witness, lambda x: squares(x) if x[1] == X[1] else math.nan, ["agrees", "domain"])
    refuted(causes_without, witness, squares, ["domain"] * 2)


def random(sigma: float, seed: int = 5) -> Callable[[Any], float]:
    numbers = np.random.default_rng(seed)
    return lambda x: squares(x) + sigma * float(numbers.normal())


def test_random_objectives(witness):
    found = [checked(witness, random(1.0, seed), X, 2 * X) for seed in range(4)]
    assert {one.verdict for one in found} == {"inconclusive"}
    assert {cause for one in found for cause in one.causes} <= {"agrees", "nondeterministic"}
    assert all(one.nondeterministic and 1 < one.spread < 6 for one in found)
    # Their twin: so little noise that a wrong claim is seen, and a right one stands.
    assert checked(witness, random(1e-6), X, 2 * X).verdict == "right"
    assert checked(witness, random(1e-6), X, 4 * X).verdict == "wrong"
    assert not checked(witness, squares, X, 2 * X).nondeterministic


@pytest.mark.parametrize("factor", [2, -2, 20])
def test_random_objectives_whose_noise_hides_everything(library, factor):
    """Neither a right gradient nor a negated one is proved."""
    for seed in range(20):
        assert checked(library, random(100.0, seed), X, factor * X).verdict == "inconclusive"


def test_jumps_that_hide_what_is_claimed(witness):
    """What is right from farther away, and not near x, is not proved where the jumps are high."""
    objective = with_jumps(0.1, 3e-3)
    found = checked(witness, objective, X, from_afar(X))
    assert (found.verdict, "wrong" in found.causes) == ("inconclusive", False)
    assert checked(witness, objective, X, from_afar(X) - 0.03).verdict == "right"
    assert checked(witness, objective, X, 2 * from_afar(X)).verdict == "wrong"


def stands_on_stairs(witness: Any, height: float, factor: float) -> None:
    for x in np.random.default_rng(0).normal(size=(20, 4)):
        assert "wrong" not in checked(witness, stairs(height), x, factor * x).causes


@pytest.mark.parametrize("height", [1e-8, 1e-6, 10**-4.5, 1e-3, 1e-2])
def test_stairs(library, height):
    """A right gradient is not called wrong because f answers in steps, however high they are."""
    stands_on_stairs(library, height, 2.0)


def test_stairs_twin(library):
    refuted(stands_on_stairs, library, 1e-6, 2.2)


def test_dense_errors_are_confirmed_by_a_pair_each(witness):
    x = np.linspace(1, 2, 40)
    found = checked(witness, squares, x, 2.5 * x)
    assert found.dense
    assert found.causes == ["wrong"] * 40
    assert found.evaluations < 3.5 * 40
    assert found.findings[:, FINDING["slope"]] == pytest.approx(2 * x, rel=1e-4)
    few = checked(witness, squares, x, np.where(np.arange(40) < 3, 2.5, 2) * x)
    assert (few.dense, few.causes.count("wrong")) == (False, 3)


def test_more_than_one_chunk(library):
    """Beyond 65,536 coordinates: the last of them is wrong, and none else."""
    n = 65_537
    x, claimed = np.full(n, 1.5), np.zeros(n)
    claimed[0], claimed[-1] = 3.0, 3.3

    def ends(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = float(point[0]) ** 2 + float(point[n - 1]) ** 2
        return 0

    report, findings = np.zeros(structs.REPORT_WORDS, np.int64), np.zeros(4 * structs.FINDING_WORDS, np.int64)
    options = options_of(library, mode=codes.MODE_FULL)
    assert library("gradproof_check", ends, None, x, claimed, n, options, report, findings, 4) == DONE
    assert (report[FIELDS["wrong"]], report[FIELDS["agreeing"]], report[FIELDS["findings"]]) == (1, n - 1, 1)
    assert findings[FINDING["start"]] == n - 1
    claimed[-1] = 3.0
    assert library("gradproof_check", ends, None, x, claimed, n, options, report, findings, 4) == DONE
    assert (report[FIELDS["wrong"]], report[FIELDS["agreeing"]]) == (0, n)


def test_more_than_one_chunk_in_plain_python(plain, monkeypatch):
    """What needs a ladder waits until all coordinates have had their pair; then, if need be, for a slot."""
    n = state.CHUNK + 3
    x, claimed = np.full(n, 1.5), np.zeros(n)
    x[5:7], claimed[5:7], claimed[-1] = 0.0, 0.5, 3.3

    def objective(point):
        return float(point[-1]) ** 2 + abs(float(point[5])) + abs(float(point[6]))

    for module in (slots, phases, rounds, joint):
        monkeypatch.setattr(module, "SLOT_COUNT", 1)
    found = checked(plain, objective, x, claimed)
    others = {index: cause for index, cause in enumerate(found.causes) if cause != "agrees"}
    assert others == {5: "kink_at_point", 6: "kink_at_point", n - 1: "wrong"}
    monkeypatch.undo()
    claimed[-1] = 3.0
    assert checked(plain, objective, x, claimed).verdict == "right"
    claimed[5] = 1.5
    assert checked(plain, objective, x, claimed).causes[5] == "wrong"


def keeps_to_its_budget(witness: Any, case: Case, claimed: Any, budget: int, limit: int) -> None:
    found = checked(witness, case.objective, case.x, claimed, budget=budget, **case.options)
    assert found.evaluations <= limit
    index = case.wrong[0]
    assert [place for place, cause in enumerate(found.causes) if cause == "wrong"] in ([], [index])
    assert found.verdict != "right" or "untested" not in found.causes


@pytest.mark.parametrize("name", ["smooth", "stairs", "float32_inside", "kinks", "domain"])
def test_budget(library, name):
    """At any budget: never more than it, and nothing called wrong that is not."""
    case = CASES[name]
    claimed = np.array(case.right, np.float64)
    claimed[case.wrong[0]] = case.wrong[1]
    for budget in [*range(1, 60), 75, 100, 150, 200, 1000]:
        keeps_to_its_budget(library, case, claimed, budget, budget)
    refuted(keeps_to_its_budget, library, case, claimed, 1000, 10)


@pytest.mark.parametrize("budget", [1, 2, 9, 11, 20, 31])
def test_budget_in_plain_python(plain, budget):
    case = CASES["float32_inside"]
    claimed = np.array([1.0, -2.4, 0.5, 4.4])
    for objective in (case.objective, random(1e-3)):
        found = checked(plain, objective, X, claimed, budget=budget)
        assert found.evaluations <= budget
    assert checked(plain, case.objective, X, claimed).evaluations > 31


def start(witness: Any) -> Any:
    words = np.zeros(witness("gradproof_engine_size", 4), np.int64)
    assert witness("gradproof_engine_start", words, X, 2 * X, 4, None) == DONE
    return words


def test_a_check_that_is_stopped(witness):
    words, probes = start(witness), np.zeros(ROUND * structs.PROBE_WORDS, np.int64)
    count = witness("gradproof_ask", words, X, 2 * X, probes, ROUND)
    assert 1 <= count <= 2
    assert witness("gradproof_tell", words, X, 2 * X, np.full(count, squares(X)), count) == DONE
    assert witness("gradproof_ask", words, X, 2 * X, probes, ROUND) == 8
    assert witness("gradproof_stop", words) == DONE
    assert witness("gradproof_ask", words, X, 2 * X, probes, ROUND) == 0
    found = results(witness, words, 4)
    assert (found.verdict, found.causes) == ("inconclusive", ["untested"] * 4)


def test_a_check_that_is_moved_in_memory(witness):
    words, probes = start(witness), np.zeros(ROUND * structs.PROBE_WORDS, np.int64)
    while (count := witness("gradproof_ask", words, X, 2 * X, probes, ROUND)) > 0:
        words = words.copy()
        points = np.zeros(4 * count)
        assert witness("gradproof_points", X, None, None, 4, probes, count, points, None) == DONE
        values = np.array([squares(row) for row in points.reshape(count, 4)])
        assert witness("gradproof_tell", words, X, 2 * X, values, count) == DONE
    assert results(witness, words, 4).causes == ["agrees"] * 4


def test_order_of_calls(witness):
    words, probes, values = start(witness), np.zeros(ROUND * structs.PROBE_WORDS, np.int64), np.ones(9)
    assert witness("gradproof_tell", words, X, X, values, 1) == WRONG_ORDER
    count = witness("gradproof_ask", words, X, X, probes, ROUND)
    for wrong in (count + 1, 0, -1):
        assert witness("gradproof_tell", words, X, X, values, wrong) == WRONG_ORDER
    assert witness("gradproof_ask", words, X, X, probes, ROUND) == count
    assert witness("gradproof_tell", words, X, X, values, count) == DONE
    assert witness("gradproof_tell", words, X, X, values, count) == WRONG_ORDER


def test_bad_arguments(witness):
    words, probes = start(witness), np.zeros(ROUND * structs.PROBE_WORDS, np.int64)
    for place in range(4):
        right = [words, X, X, probes, ROUND]
        assert witness("gradproof_ask", *right[:place], None, *right[place + 1 :]) == BAD_ARGUMENT
        right = [words, X, X, np.ones(2), 2]
        assert witness("gradproof_tell", *right[:place], None, *right[place + 1 :]) == BAD_ARGUMENT
    assert witness("gradproof_ask", words, X, X, probes, ROUND - 1) == BAD_ARGUMENT
    assert witness("gradproof_stop", None) == BAD_ARGUMENT
    assert witness("gradproof_options_default", None) == BAD_ARGUMENT
    assert witness("gradproof_engine_size", 0) == BAD_ARGUMENT
    right = [words, X, X, 4, None]
    for place, wrong in ((0, None), (1, None), (2, None), (3, 0), (1, np.array([1.0, math.nan, 1.0, 1.0]))):
        assert witness("gradproof_engine_start", *right[:place], wrong, *right[place + 1 :]) == BAD_ARGUMENT
    # Their twin: an infinite claim is judged, not refused.
    assert witness("gradproof_engine_start", words, X, np.full(4, math.inf), 4, None) == DONE


@pytest.mark.parametrize(
    ("place", "value"),
    [(structs.OPTIONS_SIZE, 39), (structs.OPTIONS_BUDGET, -1), ("rtol", -1e-9), ("rtol", 1.0), ("rtol", math.nan)],
)
def test_options_out_of_range(witness, place, value):
    words, options = start(witness), options_of(witness)
    assert witness("gradproof_engine_start", words, X, X, 4, options) == DONE
    if place == "rtol":
        options.view(np.float64)[structs.OPTIONS_RTOL] = value
    else:
        options[place] = value
    assert witness("gradproof_engine_start", words, X, X, 4, options) == BAD_ARGUMENT
    code = np.full(1, 7, np.int32)
    assert witness("gradproof_begin", X, X, 4, options, code) is None
    assert code[0] == BAD_ARGUMENT


def rtol_counts(witness: Any, rtol: float, verdict: str) -> None:
    words, options = np.zeros(witness("gradproof_engine_size", 4), np.int64), options_of(witness)
    options.view(np.float64)[structs.OPTIONS_RTOL] = rtol
    claimed = 2 * X * (1 + 1e-3)
    assert witness("gradproof_engine_start", words, X, claimed, 4, options) == DONE
    probes = np.zeros(ROUND * structs.PROBE_WORDS, np.int64)
    while (count := witness("gradproof_ask", words, X, claimed, probes, ROUND)) > 0:
        points = np.zeros(4 * count)
        assert witness("gradproof_points", X, None, None, 4, probes, count, points, None) == DONE
        values = np.array([squares(row) for row in points.reshape(count, 4)])
        assert witness("gradproof_tell", words, X, claimed, values, count) == DONE
    assert results(witness, words, 4).verdict == verdict


def test_rtol(witness):
    rtol_counts(witness, 0.0, "wrong")
    rtol_counts(witness, 1e-4, "wrong")
    rtol_counts(witness, 1e-2, "right")


def without_memory(_: Any, count: int = 0) -> None:
    return None


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = squares(x[:n])
    return 0


@pytest.mark.parametrize("kind", ["allocate_words", "allocate_reals", "allocate_like"])
def test_no_memory_for_a_check(plain, monkeypatch, kind):
    report = np.zeros(structs.REPORT_WORDS, np.int64)
    arguments = (bowl, None, X, 2 * X, 4, None, report, None, 0)
    assert plain("gradproof_check", *arguments) == DONE
    monkeypatch.setattr(door, kind, without_memory)
    assert plain("gradproof_check", *arguments) == OUT_OF_MEMORY


def test_no_memory_to_begin(plain, monkeypatch):
    code = np.full(1, 7, np.int32)
    assert plain("gradproof_begin", X, X, 4, None, None) is not None
    monkeypatch.setattr(door, "allocate_words", without_memory)
    assert plain("gradproof_begin", X, X, 4, None, code) is None
    assert plain("gradproof_begin", X, X, 4, None, None) is None
    assert code[0] == OUT_OF_MEMORY


def test_no_memory_for_the_pieces(plain, monkeypatch):
    work, out, room, count = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(4, np.int64)
    calls = [
        (slopes, "allocate_words", "gradproof_forward_difference", (X, 4, None, out, work)),
        (noisefloor, "allocate_words", "gradproof_noise_floor", (X, 4, 0, work, room, None)),
        (kinks, "allocate_words", "gradproof_find_kinks", (X, 4, 0.0, work, count, room, room, room, 4, count)),
        (kinks, "allocate_reals", "gradproof_find_kinks", (X, 4, 0.0, work, count, room, room, room, 4, count)),
    ]
    for module, kind, symbol, arguments in calls:
        assert plain(symbol, bowl, None, *arguments) == DONE
        with monkeypatch.context() as patch:
            patch.setattr(module, kind, without_memory)
            assert plain(symbol, bowl, None, *arguments) == OUT_OF_MEMORY


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_evaluate(witness, twin):
    dtype = np.float32 if twin else np.float64
    x, values, work = np.ones(3, dtype), np.full(3, -1.0), np.zeros(3, dtype)
    probes = np.zeros((3, structs.PROBE_WORDS), np.int64)
    probes[:, :2] = [[0, 0], [1, 2], [2, 3]]
    probes.view(np.float64)[:, structs.PROBE_STEP] = 0.5
    symbol = f"gradproof_evaluate{twin}"
    given = (x, None, None, 3, probes.ravel(), 3, values, None, work)
    assert witness(symbol, bowl, None, *given) == DONE
    assert values.tolist() == [3.0, 4.25, 4.25]

    def refusing(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = 7.0
        return 5 if point[1] != 1.0 else 0

    assert witness(symbol, refusing, None, *given) == DONE
    assert values.tolist() == pytest.approx([7.0, math.nan, 7.0], nan_ok=True)
    assert witness(symbol, lambda *_: 5, None, *given) == 5
    right = [bowl, None, *given]
    for place, wrong in ((0, None), (2, None), (5, -1), (6, None), (7, -1), (8, None), (10, None), (5, 1)):
        assert witness(symbol, *right[:place], wrong, *right[place + 1 :]) == BAD_ARGUMENT
    assert witness(symbol, None, None, None, None, None, 3, None, 0, None, None, None) == DONE
