"""Random checks keep what is promised of every check; `pytest tests/fuzz --long` runs 100,000, other ones each time.

Each example is two checks: of the right gradient, and of one with an error that the first one says would be detected.
"""

import json
import mmap
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties import refuted

import gradproof

from .cases import Case, cases, run
from .validity import is_valid

FEW, MANY = 250, 50_000
CHECKS, WARM_UP = 3000, 300
# What one check in a hundred may leave behind: a list that grows, not a check.
LARGEST_GROWTH = 4 << 20
DAMAGES = {
    "NaN at x": lambda x: {"x": np.full_like(x, np.nan)},
    "a shorter gradient": lambda x: {"gradient": np.zeros(x.size + 1)},
    "x out of bounds": lambda x: {"bounds": (x + 1, x + 2)},
    "no budget": lambda x: {"budget": 0},
    "a mode": lambda x: {"mode": "some"},
    "a tolerance": lambda x: {"rtol": -1.0},
    "a seed": lambda x: {"seed": -1},
    "a coordinate": lambda x: {"held": [x.size]},
    "values": lambda x: {"objective": lambda z: np.ones(2)},
}


def keeps_its_promises(case, ran):
    """What holds for every check, whatever its verdict."""
    report, called = ran.report, ran.called
    assert ran.x.tobytes() == ran.before
    assert not called.outside
    assert case.budget is None or report.evaluations <= case.budget
    # The call that gives the gradient gives the first value, too.
    shared = report.gradient_evaluations - 1 if case.entry == "value and gradient" else 0
    assert called.calls == report.evaluations + shared
    decided = report.agreeing + report.undecided + report.untested + report.wrong.size
    assert report.mode == "lines" or decided <= report.n <= decided + report.kinks.size
    assert report.verdict != "right" or report.wrong.size == report.untested == 0
    wrong = {str(one.cause) for one in report.findings} & {"wrong"}
    # Random lines may disagree where no coordinate is found to be wrong.
    assert (report.verdict == "wrong") == bool(report.wrong.size or wrong) or report.mode == "lines"
    text = report.to_json()
    is_valid(json.loads(text))
    assert gradproof.Report.from_json(text).to_json() == text
    assert str(report).startswith(report.verdict)


def raises_no_alarm(case, ran):
    assert case.may_be_called_wrong or ran.report.verdict != "wrong"


def resolution_of(ran, index):
    report = ran.report
    if report.mode == "full":
        return report.resolutions[index]
    if report.verdict != "right" or not ran.called.drawn.x.any() or not ran.scales[index] > 0:
        return np.nan
    # A coordinate at a kink has a resolution of its own.
    own = [one.resolution for one in report.findings if one.start <= index < one.stop]
    return max([report.power.single / ran.scales[index], *own])


def with_error(case, ran):
    """Return the gradient with one error above the resolution, and where it is; None where nothing is stated."""
    drawn, random = ran.called.drawn, case.random
    index = int(random.integers(drawn.x.size))
    resolution = resolution_of(ran, index)
    if index in ran.report.wrong or (case.held and index == case.seed % drawn.x.size) or not np.isfinite(resolution):
        return None
    least, largest = drawn.ends(index)
    error = case.error * resolution
    claimed = drawn.gradient.astype(float)
    claimed[index] = largest + error if random.random() < 0.5 else least - error
    return (claimed, index) if np.isfinite(claimed[index]) and not least <= claimed[index] <= largest else None


def sees(ran, index):
    found = [one for one in ran.report.findings if one.start <= index < one.stop]
    assert ran.report.verdict != "right"
    # Where a limit or noise ends the search, lines know of an error, but not where it is.
    nowhere = ran.report.stopped_by or (ran.report.mode == "lines" and not ran.report.wrong.size)
    assert nowhere or any(not one.cause.is_acceptable for one in found)


def hides_nothing(ran, planted):
    """An error that is called right is one of those that the report says it would not have seen."""
    claimed, index = planted
    least, largest = ran.called.drawn.ends(index)
    error = max(least - claimed[index], claimed[index] - largest)
    assert ran.report.verdict != "right" or not resolution_of(ran, index) < error


def is_true(case):
    right = run(case)
    keeps_its_promises(case, right)
    raises_no_alarm(case, right)
    planted = with_error(case, right)
    if planted is not None:
        ran = run(case, planted[0])
        keeps_its_promises(case, ran)
        hides_nothing(ran, planted)
        if case.keeps_its_resolution:
            sees(ran, planted[1])


@settings(max_examples=FEW)
@given(cases)
def test_random_checks(request, case):
    if not request.config.getoption("--long"):
        is_true(case)


@settings(max_examples=MANY, derandomize=False, print_blob=True)
@given(cases)
def test_many_random_checks(long, case):
    is_true(case)


@pytest.mark.parametrize(
    ("case", "index", "claimed"),
    [
        (Case("with_noise", 90142503, box="some"), 0, 18.9),
        (Case("with_noise", 777363170, box="wide", hole="NaN", budget=148, rtol=1e-3), 2, 7.6),
    ],
)
def test_no_claim_is_excused_by_noise_that_looks_like_curvature(case, index, claimed):
    right = run(case)
    assert right.report.verdict == "right"
    wrong = case.drawn.gradient
    wrong[index] = claimed
    sees(run(case, wrong), index)
    refuted(sees, right, index)


@pytest.mark.parametrize(
    ("case", "index"),
    [
        # Slopes of several steps that are the same by chance.
        (Case("in_float32", 985831112, mode="full", held=True), 1),
        (Case("in_float32", 310729484, mode="full", rtol=1e-6, held=True), 0),
        # The same in float64, where f is what a larger term leaves.
        (Case("nearly_constant", 124691097, box="wide"), 0),
        # Values that are missing on the noise line.
        (Case("in_float32", 684142987, mode="full", box="at x", budget=225, rtol=1e-4), 1),
        (Case("in_float32", 702578328, box="at x", budget=179), 3),
        # Treads at a bound.
        (Case("of_rounded_arguments", 926355182, box="at x"), 3),
        (Case("of_rounded_arguments", 526602608, box="at x", held=True), 7),
        # Two pairs show the same slope, off by less than a step of what a larger term has left of f.
        (Case("of_terms_that_cancel", 345651823, "dict"), 0),
        (Case("of_terms_that_cancel", 133704683, "nested", "gradient called"), 0),
        # A value far from x that sides with what rounding makes of the slope at x, as f is curved.
        (Case("robust", 475229368, "tuple", "in place"), 2),
    ],
)
def test_rounding_raises_no_alarm(case, index):
    assert run(case).report.verdict != "wrong"
    wrong = case.drawn.gradient
    wrong[index] *= -2
    assert list(run(case, wrong).report.wrong) == [index]


@pytest.mark.parametrize(
    ("case", "index"),
    [
        # f varies on a shorter scale than the steps that noise leaves, and two of these agree by chance.
        (Case("on_a_short_scale", 133361936, rtol=1e-4, held=True), 1),
        (Case("on_a_short_scale", 128659595, box="one side", hole="raises"), 0),
        # The same on a full ladder.
        (Case("on_a_short_scale", 370203924, "tuple", "value and gradient", budget=375, held=True), 1),
        (Case("on_a_short_scale", 429698099, box="narrow", mode="lines", rtol=1e-3, held=True), 0),
    ],
)
def test_noise_between_the_steps_raises_no_alarm(case, index):
    assert run(case).report.verdict != "wrong"
    wrong = case.drawn.gradient
    wrong[index] *= -1e2
    assert run(case, wrong).report.verdict == "wrong"


@pytest.mark.parametrize(
    ("case", "index", "error"),
    [
        # Values that are small by cancellation are few, and no proof of an arithmetic that is coarser than float64.
        (Case("nearly_constant", 139359984, box="wide", mode="full", rtol=1e-4), 0, 1e-12),
        (Case("nearly_constant", 507413356, held=True), 4, 5.5e-10),
        (Case("nearly_constant", 334856652, rtol=1e-3), 0, 2.4e-12),
        # A wall of f is no curvature at x.
        (Case("on_a_short_scale", 566279, "column", "gradient called", budget=277), 0, 83.0),
        # Values on a straight line by chance show no noise, not even that of the grid on which all of them lie; nor do
        # equal ones, if what rounding of x is predicted to move them by is subtracted.
        (Case("nearly_constant", 906023947, box="wide", rtol=1e-6, held=True), 0, -4.99e-7),
        (Case("nearly_constant", 225189479, "tuple", "value and gradient", rtol=1e-6, held=True), 1, -9.23e-8),
        # What a ladder shows at its first change is noise that is known already.
        (Case("nearly_constant", 209860521, "tuple", "batched", "one side", rtol=1e-4, held=True), 0, -7.97e-11),
        # A jump at x is no noise of f, though the values beside it are not known to be noise, either.
        (Case("with_jumps", 787085657, mode="full", budget=190, rtol=1e-6), 1, 4.6e-6),
    ],
)
def test_noise_that_is_no_noise_excuses_no_error(case, index, error):
    right = run(case)
    assert right.report.verdict != "wrong"
    wrong = case.drawn.gradient
    wrong[index] += error
    sees(run(case, wrong), index)
    refuted(sees, right, index)


@pytest.mark.parametrize("seed", [84640985, 180239411])
def test_noise_is_measured_within_bounds_that_leave_no_room_for_a_pair(seed):
    case = Case("steep", seed, box="at x")
    ran = run(case)
    assert ran.report.noise_floor > 1e-11
    raises_no_alarm(case, ran)
    wrong = case.drawn.gradient + 1e3
    refuted(raises_no_alarm, case, run(case, wrong))


@pytest.mark.parametrize(
    ("case", "index", "error"),
    [
        # Beside a pair of which noise fills the tolerance, and along lines where rtol allows more than they show.
        (
            Case("nearly_constant", 34759243, "list", box="narrow", hole="infinite", budget=382, rtol=1e-3, held=True),
            2,
            1,
        ),
        (Case("ordinary", 632364820, "list", box="narrow", hole="NaN", mode="lines", rtol=1e-6), 0, -1),
        # A pair at the coarsest step that fits, which a ladder forgets; arguments that seem to make noise.
        (Case("on_stairs", 757580634, "list", "batched", box="some", rtol=1e-4, held=True), 3, -1),
        (Case("of_tiny_arguments", 489710294, "list", "gradient called", box="narrow"), 1, -1),
        (Case("of_rounded_arguments", 781162287, "tuple", "gradient called"), 0, 1),
        # A kink in the noise, as far outside of the interval as one may hide.
        (Case("steep", 509203619, "column", "in place", "some", "infinite", rtol=1e-6), 0, -1),
        # What a first pair would accept that rounding has moved.
        (Case("of_terms_that_cancel", 384157990, "list", "value and gradient", "one side", held=True), 2, -1),
    ],
)
def test_what_another_claim_would_be_excused_by_is_stated(case, index, error):
    right = run(case)
    resolution = resolution_of(right, index)
    for parts, hold in ((1.02, sees), (0.3, lambda ran, index: refuted(sees, ran, index))):
        wrong = case.drawn.gradient
        wrong[index] += error * parts * resolution
        hold(run(case, wrong), index)


@pytest.mark.parametrize(
    ("case", "index", "error"),
    [
        # Gaps of the same size at all rungs, of which one whose noise hides them is the best by chance.
        (Case("long_with_kinks", 741562490, entry="in place", box="one side", hole="raises", rtol=1e-4), 96, -0.096),
        (Case("with_kinks", 484796765, "dict", "gradient called", "one side", mode="lines", rtol=1e-6), 0, 1.6e-4),
        # A coordinate alone, whose noise may hide a kink, accepts what lines have seen.
        (Case("with_a_constant", 511429403, "tuple", mode="lines", held=True), 0, 6.9e-3),
        (
            Case("of_tiny_arguments", 714624248, "nested", "gradient called", "some", mode="lines", held=True),
            0,
            -1.7e-4,
        ),
    ],
)
def test_lines_see_what_they_state(case, index, error):
    right = run(case)
    assert right.report.verdict == "right"
    wrong = case.drawn.gradient
    wrong[index] += error
    assert resolution_of(right, index) < abs(error)
    sees(run(case, wrong), index)
    refuted(sees, right, index)


@pytest.mark.parametrize(
    "case",
    [
        # What a first pair would have accepted, if one coordinate alone asked for the noise.
        Case("of_terms_that_cancel", 414851366, "column", "in place", "one side", budget=209, error=2.06),
        Case("of_terms_that_cancel", 1010303, "list", box="some", rtol=1e-4, error=1.06),
        Case(
            "nearly_constant", 481157641, "tuple", "batched", "wide", "none", "full", 369, 1e-4, held=True, error=1.06
        ),
        Case("nearly_constant", 168483193, "vector", box="at x", budget=300, rtol=1e-6, held=True, error=1.38),
        # Steps of rounding that look like a kink at x.
        Case("robust", 619400103, "nested", "in place", mode="full", held=True, error=1.34),
        Case("robust", 619400103, mode="lines", held=True, error=1.06),
        Case("robust", 485442454, "tuple", "value and gradient", mode="full", rtol=1e-4, error=1.52),
        # Lines through zeros whose bars leave any claim open.
        Case("long_with_kinks", 350174598, "vector", "batched", hole="NaN", error=976.9),
    ],
)
def test_what_is_stated_is_seen(case):
    is_true(case)
    right = run(case)
    planted, index = with_error(case, right)
    planted[index] = case.drawn.gradient[index] + 1e3
    sees(run(case, planted), index)
    refuted(sees, right, index)


def test_a_kink_at_x_states_what_its_ladder_is_content_with():
    case = Case("with_kinks", 765463944, mode="full", rtol=1e-6)
    right = run(case)
    _, largest = case.drawn.ends(0)
    for parts, hold in ((1.0, sees), (0.1, lambda ran, index: refuted(sees, ran, index))):
        hold(run(case, np.array([largest + parts * right.report.resolutions[0]])), 0)


def test_kinks_that_were_settled_make_room_for_what_is_found_later():
    """Lines meet kinks at zeros of x, and those at the claims of arrays meet an array that is wrong."""
    is_true(Case("long_with_kinks", 864630447, "dict", box="narrow", hole="infinite", rtol=1e-6, error=7081.0))


def test_what_kinks_at_zeros_leave_open_is_looked_at_without_zeros():
    """An error of a sixtieth of the norm, of which lines through thirteen zeros see nothing."""
    case = Case("long_with_kinks", 876972273, entry="batched", box="one side", held=True)
    right = run(case)
    wrong = case.drawn.gradient
    wrong[58] = -2.56
    sees(run(case, wrong), 58)
    assert right.report.verdict == "right"
    assert resolution_of(right, 58) < 1e-3


def test_kinks_are_looked_at_where_the_best_rung_is_all_noise():
    """Gaps that are the same at all rungs, of which bounds leave the fine ones: any of these may be the best."""
    case = Case("long_with_kinks", 98884470, "dict", "gradient called", "some", mode="lines", rtol=1e-6, error=68.5)
    right = run(case)
    assert right.report.verdict == "right"
    wrong, index = with_error(case, right)
    assert index in run(case, wrong).report.wrong


@pytest.mark.parametrize("seed", [55, 123])
def test_kinks_that_are_nowhere_at_zeros_leave_open_what_they_do(seed):
    drawn = Case("long_with_kinks", seed).drawn
    moved = np.where(drawn.x == 0, 0.5, 0.0)
    for error in (0.0, 1.0):
        claimed = drawn.gradient.astype(float)
        claimed[-1] += error
        report = gradproof.check(
            lambda z: drawn.objective(z - moved), claimed, drawn.x + moved, seed=seed, mode="lines"
        )
        assert list(report.wrong) == [claimed.size - 1] * (error > 0)
        assert report.verdict == ("wrong" if error else "right")


@pytest.mark.parametrize(
    ("case", "index"),
    [
        # An array of one row, and one of which all coordinates were looked at.
        (Case("long_with_kinks", 401421993, "tuple", "value and gradient", error=47.456477615230604), 88),
        (Case("on_stairs", 272041807, "dict", "in place", hole="raises", mode="lines", budget=338, error=3657.6), 0),
    ],
)
def test_a_closer_look_along_lines_may_have_nothing_to_choose(case, index):
    is_true(case)
    wrong = case.drawn.gradient
    wrong[index] = 1e3
    assert run(case, wrong).report.verdict == "wrong"


def test_what_agrees_by_chance_with_values_in_float32_is_no_proof():
    case = Case("in_float32", 941353097, "list", "in place", "narrow", "raises", rtol=1e-4, held=True)
    claimed = case.drawn.gradient
    right = run(case, claimed)
    assert right.report.verdict == "right"
    claimed[0] -= 9.26e-4
    assert resolution_of(right, 0) < 9.26e-4
    for _ in range(2):
        assert list(run(case, claimed).report.wrong) == [0]
        claimed[0] *= -1


def test_a_short_proof_knows_the_noise_of_float32():
    case = Case("in_float32", 709709275, "column", "batched", "wide", "raises", budget=131, rtol=1e-4, held=True)
    claimed = case.drawn.gradient
    assert run(case, claimed).report.verdict == "right"
    claimed[0] -= 4.53e-4
    assert list(run(case, claimed).report.wrong) == [0]


@pytest.mark.parametrize(
    "case",
    [
        Case("nearly_constant", 246177777, "column", "in place", hole="raises", mode="lines", budget=92, rtol=1e-4),
        Case("nearly_constant", 508634316, "tuple", "in place", box="wide", mode="lines", budget=168),
        Case("nearly_constant", 51666211, mode="lines"),
        Case("nearly_constant", 607494329, mode="lines"),
        # Far from x its values are several steps of rounding apart, and lie on a straight line by chance.
        Case("nearly_constant", 681682829, box="wide", mode="lines", budget=129),
        Case("nearly_constant", 725504333, mode="lines", budget=317, held=True),
    ],
)
def test_an_f_that_hardly_moves_refutes_no_slope_below_its_rounding(case):
    ran = run(case)
    assert ran.report.verdict != "wrong"
    wrong = case.drawn.gradient
    wrong[0] = 1e-3
    assert run(case, wrong).report.verdict == "wrong"


@given(st.sampled_from([*DAMAGES]), st.integers(0, 10**6))
def test_what_is_damaged_is_refused_in_a_sentence(damage, seed):
    drawn = Case("ordinary", seed).drawn
    arguments = {"objective": drawn.objective, "gradient": drawn.gradient, "x": drawn.x}
    assert gradproof.check(**arguments).verdict == "right"
    with pytest.raises((TypeError, ValueError, IndexError)) as caught:
        gradproof.check(**arguments | DAMAGES[damage](drawn.x))
    assert "\n" not in str(caught.value)


def test_what_is_not_valid_is_found_though_much_of_it_was_seen():
    document = json.loads(run(Case("ordinary", 7)).report.to_json())
    changes = {"verdict": "maybe"}, {"evaluations": -1}, {"n": 1.5}, {"findings": [{}]}, {"mode": None}
    for changed in (*(document | change for change in changes), {"verdict": "right"}):
        is_valid(document)
        with pytest.raises(pytest.importorskip("jsonschema").ValidationError):
            is_valid(changed)


def test_a_broken_promise_is_found():
    """The twins: of each promise, a check that breaks it."""
    case = Case("ordinary", 7)
    keeps_its_promises(case, run(case))
    for change in ({"calls": 3}, {"outside": [np.zeros(1)]}):
        ran = run(case)
        vars(ran.called).update(change)
        refuted(keeps_its_promises, case, ran)
    ran = run(case)
    ran.x[0] += 1
    refuted(keeps_its_promises, case, ran)
    refuted(keeps_its_promises, Case("ordinary", 7, budget=2), run(case))
    planted, index = with_error(case, run(case))
    refuted(raises_no_alarm, case, run(case, planted))
    refuted(sees, run(case), index)
    sees(run(case, planted), index)


def left_behind(check, warm_up=WARM_UP, checks=CHECKS):
    """Return by how much memory has grown, in bytes, and the number of open files, over many checks."""

    def state():
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    for number in range(warm_up):
        check(number)
    before = state()
    for number in range(checks):
        check(number)
    after = state()
    return after[0] - before[0], after[1] - before[1]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_thousands_of_checks_leave_nothing_behind():
    x = np.ones(3)

    def check(number):
        claimed = [2.0, 2.0, 2.0 + number % 2]
        assert (gradproof.check(lambda z: float(z @ z), claimed, x).verdict == "wrong") == (number % 2 == 1)

    memory, files = left_behind(check)
    assert memory < LARGEST_GROWTH
    assert files == 0


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_what_is_left_behind_is_seen():
    kept = []

    def keep(number):
        # Not from the heap, which may still hold what earlier tests gave back.
        kept.append(mmap.mmap(-1, 2 * LARGEST_GROWTH // CHECKS))
        kept[-1].write(bytes(len(kept[-1])))

    memory, _ = left_behind(keep)
    assert memory > LARGEST_GROWTH
    opened = []
    try:
        assert left_behind(lambda number: number % 1000 or opened.append(open(os.devnull)))[1] > 0  # noqa: PTH123, SIM115
    finally:
        for one in opened:
            one.close()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_closures_of_numba_cost_little():
    """Each is compiled for its own check; what Numba keeps of one is less than a twentieth of 125 MB."""
    numba = pytest.importorskip("numba")
    x = np.ones(3)

    def check(number):
        factor = float(number + 1)
        assert gradproof.check(numba.njit(lambda z: factor * (z @ z)), 2 * factor * x, x).verdict == "right"

    memory, files = left_behind(check, warm_up=1, checks=6)
    assert memory < 6 * 125e6 / 20
    assert files == 0


def test_a_search_whose_level_is_lost_comes_to_an_end():
    case = Case("long_with_kinks", 998601797, "tuple", "gradient called", "one side", "raises", held=True, error=408.6)
    right = run(case)
    wrong, _ = with_error(case, right)
    assert right.report.verdict == "right"
    assert run(case, wrong).report.verdict == "wrong"
