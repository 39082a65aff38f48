"""A check that was broken off and resumed is the check that was not, in every field, and asks for nothing twice."""

import numpy as np
import pytest
from workers import N, X, faulty, right

import gradproof
from gradproof.engine import ROUND
from gradproof.evaluators.pace import TimeIsUp
from gradproof.run import recording, resuming

NEVER = -9


class Objective:
    """Cubes and kinks; Ctrl-C comes at one of its calls, among which the first ones, for a look, do not count."""

    def __init__(self, call=NEVER, kinks=1.5, looks=0):
        self.call, self.kinks, self.calls = call, kinks, -looks

    @property
    def done(self):
        return self.calls - (self.calls == self.call)

    def __call__(self, x):
        self.calls += 1
        if self.calls == self.call:
            raise KeyboardInterrupt
        return float(np.sum(x * x * x + np.abs(x - self.kinks)))


def fields(report):
    """Everything that a report says."""
    # Some of them wrong, as `faulty` has them.
    ladders = [repr(report.ladder(index)) for index in range(5, report.n, 97)]
    return report.to_json(), str(report), ladders, report.explain(5)


GRADIENTS = pytest.mark.parametrize("gradient", [right, faulty])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state.bin"


@GRADIENTS
@pytest.mark.parametrize("call", [2, 3, 1000, 2049, 2401, 2402, 2403, 2404, 2420, 2424])
def test_interrupted_and_resumed(file, gradient, call):
    whole = gradproof.check(everything := Objective(), gradient, X)
    if call > everything.calls:
        call = everything.calls
    part = gradproof.check(before := Objective(call), gradient, X, save=file)
    assert part.stopped_by == "interrupted"
    assert part.verdict == ("wrong" if part.wrong.size else "inconclusive")
    resumed = gradproof.check(after := Objective(looks=1), gradient, X, resume=file)
    assert fields(resumed) == fields(whole)
    assert before.done + after.done == everything.calls


@GRADIENTS
def test_interrupted_again_and_again(file, gradient):
    whole = gradproof.check(everything := Objective(), gradient, X)
    done = 0
    report = gradproof.check(objective := Objective(301), gradient, X, save=file)
    while report.stopped_by:
        done += objective.done
        report = gradproof.check(objective := Objective(301, looks=1), gradient, X, save=file, resume=file)
    assert fields(report) == fields(whole)
    assert done + objective.done == everything.calls


@pytest.mark.parametrize("call", [2, 300, 2403, NEVER])
def test_another_objective(file, call):
    """It is told by its value at x; what rounding may change is no other objective, nor is a random one."""
    gradproof.check(Objective(call), right, X, save=file)

    def asked(change):
        calls = []

        def objective(x):
            calls.append(1)
            return Objective()(x) + change(len(calls))

        return lambda: gradproof.check(objective, right, X, resume=file), calls

    for change in (1e-2, -5.0, np.inf):
        again, calls = asked(lambda _, change=change: change)
        with pytest.raises(ValueError, match=r"holds a check of a different objective, which is .* at x and not"):
            again()
        assert len(calls) == 2
    for change in (lambda _: 0.0, lambda _: 1e-9, lambda number: 1e-2 * number):
        again, calls = asked(change)
        assert again().n == N
        assert calls


def test_a_check_that_is_finished_is_not_repeated(file):
    whole = gradproof.check(Objective(), faulty, X, save=file)
    resumed = gradproof.check(again := Objective(looks=1), faulty, X, resume=file)
    assert fields(resumed) == fields(whole)
    assert again.calls == 0


@GRADIENTS
@pytest.mark.parametrize("budget", [1, 2, 57, 2000, 2403, 2410])
@pytest.mark.parametrize("larger", [None, 2411, 5000])
def test_a_budget_that_ended_may_become_larger(file, gradient, budget, larger):
    """The check is then the one that had the larger budget from its beginning."""
    whole = gradproof.check(everything := Objective(), gradient, X, mode="full", budget=larger)
    gradproof.check(before := Objective(), gradient, X, mode="full", budget=budget, save=file)
    same = gradproof.check(again := Objective(looks=1), gradient, X, mode="full", budget=budget, resume=file)
    assert (again.calls, same.evaluations) == (0, before.calls)
    resumed = gradproof.check(after := Objective(looks=1), gradient, X, mode="full", budget=larger, resume=file)
    assert fields(resumed) == fields(whole)
    assert before.calls + after.calls <= everything.calls + 1  # a pair of which the budget had room for a half


@pytest.mark.parametrize("larger", [None, 9000, 10_500])
def test_a_budget_of_many_rounds(file, larger):
    x = np.linspace(1, 2, 5000)
    assert 2 * x.size > 2 * ROUND
    whole = gradproof.check(Objective(), faulty, x, mode="full", budget=larger)
    gradproof.check(before := Objective(), faulty, x, mode="full", budget=8500, save=file)
    resumed = gradproof.check(after := Objective(looks=1), faulty, x, mode="full", budget=larger, resume=file)
    assert resumed.to_json() == whole.to_json()
    assert before.calls + after.calls == whole.evaluations


def test_a_budget_that_would_have_ended_before(file):
    gradproof.check(Objective(2000), right, X, save=file)
    with pytest.raises(
        ValueError, match=r"has already used 1,999 evaluations, which count: .* budget of 4,103 or more"
    ):
        gradproof.check(Objective(looks=1), right, X, mode="full", budget=1998, resume=file)
    whole = gradproof.check(Objective(), right, X, mode="full", budget=4103)
    assert fields(gradproof.check(Objective(looks=1), right, X, mode="full", budget=4103, resume=file)) == fields(whole)


def test_a_time_limit_begins_anew(file):
    def late(done, _total):
        if done > 500:
            raise TimeIsUp

    whole = gradproof.check(Objective(), faulty, X)
    report = gradproof.check(Objective(), faulty, X, time_limit=600, progress=late, save=file)
    assert report.stopped_by == "time_limit"
    assert fields(gradproof.check(Objective(looks=1), faulty, X, time_limit=600, resume=file)) == fields(whole)


def batched(objective):
    return gradproof.batched(lambda points: np.array([objective(point) for point in points]))


def nested(objective):
    return lambda parts: objective(np.concatenate((parts["a"].ravel(), parts["b"])))


def test_batched(file):
    whole = gradproof.check(batched(everything := Objective()), faulty, X)
    gradproof.check(batched(before := Objective(1500)), faulty, X, save=file)
    resumed = gradproof.check(batched(after := Objective(looks=1)), faulty, X, resume=file)
    assert fields(resumed) == fields(whole)
    # What was done of a batch that was broken off is lost.
    assert 0 <= before.done + after.done - everything.calls < 1024


class Smooth(Objective):
    """What a check along lines takes for a long vector."""

    def __call__(self, x):
        super().__call__(x)
        return float(np.sum(np.asarray(x, np.float64) ** 3))


def smooth_gradient(x):
    return 3 * x**2


def one_wrong(x):
    return 3 * x**2 * np.where(np.arange(x.size) == 4321, 1.5, 1).astype(x.dtype)


def lines_fields(report):
    return report.to_json(), str(report)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("gradient", [smooth_gradient, one_wrong])
def test_along_lines(file, gradient, dtype):
    x = np.linspace(1, 2, 9000).astype(dtype)
    whole = gradproof.check(everything := Smooth(), gradient, x, mode="lines")
    assert whole.verdict == ("wrong" if gradient is one_wrong else "right")
    for call in [2, 5, 13, 14, 30, *range(everything.calls - 20, everything.calls, 6), everything.calls]:
        part = gradproof.check(before := Smooth(call), gradient, x, mode="lines", save=file)
        assert part.stopped_by == "interrupted"
        resumed = gradproof.check(after := Smooth(looks=1), gradient, x, mode="lines", resume=file)
        assert lines_fields(resumed) == lines_fields(whole)
        assert before.done + after.done == everything.calls


@pytest.mark.parametrize("larger", [None, 90, 300])
def test_along_lines_with_a_larger_budget(file, larger):
    """A budget plans the lines from the beginning: the values are told again, and none is asked for again."""
    x = np.linspace(1, 2, 9000)
    whole = gradproof.check(Smooth(), one_wrong, x, mode="lines", budget=larger)
    for budget in (1, 13, 29, 70):
        gradproof.check(before := Smooth(), one_wrong, x, mode="lines", budget=budget, save=file)
        same = gradproof.check(again := Smooth(looks=1), one_wrong, x, mode="lines", budget=budget, resume=file)
        assert (again.calls, same.evaluations) == (0, before.calls)
        resumed = gradproof.check(after := Smooth(looks=1), one_wrong, x, mode="lines", budget=larger, resume=file)
        assert lines_fields(resumed) == lines_fields(whole)
        assert after.calls < whole.evaluations


@pytest.mark.parametrize("gradient", [smooth_gradient, one_wrong])
def test_a_check_goes_on_as_it_began_where_no_mode_is_asked_for(file, gradient):
    x = np.linspace(1, 2, 300)
    whole = gradproof.check(Smooth(), gradient, x, mode="lines")
    # Few evaluations for so many coordinates: lines; without that budget it would have been every coordinate.
    gradproof.check(Smooth(10), gradient, x, budget=200, save=file)
    assert lines_fields(gradproof.check(Smooth(looks=1), gradient, x, resume=file)) == lines_fields(whole)
    with pytest.raises(ValueError, match='the mode "lines", not "full"'):
        gradproof.check(Smooth(looks=1), gradient, x, mode="full", resume=file)
    whole = gradproof.check(Smooth(), gradient, x, mode="full")
    gradproof.check(Smooth(500), gradient, x, save=file)
    assert fields(gradproof.check(Smooth(looks=1), gradient, x, budget=10_000, resume=file)) == fields(whole)


def test_along_lines_a_budget_comes_too_late(file):
    x = np.linspace(1, 2, 9000)
    gradproof.check(Smooth(40), smooth_gradient, x, save=file)
    with pytest.raises(ValueError, match="along lines that was planned without a budget: resume it without one"):
        gradproof.check(Smooth(looks=1), smooth_gradient, x, budget=300, resume=file)
    with pytest.raises(ValueError, match='the mode "lines", not "full"'):
        gradproof.check(Smooth(looks=1), smooth_gradient, x, mode="full", resume=file)
    assert gradproof.check(Smooth(looks=1), smooth_gradient, x, resume=file)


def test_named_parameters_and_their_notes(file):
    x = {"a": X[:600].reshape(20, 30), "b": X[600:]}

    def gradient(parts):
        parts["b"][0] = 0  # noted in the report
        flat = faulty(X)
        return {"a": flat[:600].reshape(20, 30), "b": flat[600:]}

    whole = gradproof.check(nested(Objective()), gradient, x)
    assert whole.warnings
    gradproof.check(nested(Objective(1500)), gradient, x, save=file)
    assert fields(gradproof.check(nested(Objective(looks=1)), gradient, x, resume=file)) == fields(whole)


def test_float32_and_bounds(file):
    x = X[::10].astype(np.float32)
    bounds = (1.0, 2.0)
    whole = gradproof.check(everything := Objective(), faulty, x, bounds=bounds)
    assert whole.arithmetic == "float32"
    gradproof.check(before := Objective(500), faulty, x, bounds=bounds, save=file)
    assert fields(gradproof.check(after := Objective(looks=1), faulty, x, bounds=bounds, resume=file)) == fields(whole)
    assert before.done + after.done == everything.calls


def test_machine_code(file):
    numba = pytest.importorskip("numba")

    @numba.njit
    def objective(x):
        return np.sum(x**3) + np.sum(np.abs(x - 1.5))

    whole = gradproof.check(objective, faulty, X)
    for budget in (1, 700, 2403):
        gradproof.check(objective, faulty, X, mode="full", budget=budget, save=file)
        assert fields(gradproof.check(objective, faulty, X, mode="full", resume=file)) == fields(whole)


def test_an_objective_that_is_random(file):
    """Its values at x are asked for ten times, and none of them twice for the same purpose."""
    rng = np.random.default_rng(3)
    noise = 1e-6 * rng.random(10**5)

    class Random(Objective):
        def __init__(self, start=0, call=NEVER, looks=0):
            super().__init__(call, looks=looks)
            self.start = start

        def __call__(self, x):
            value = super().__call__(x)
            return value + noise[self.start + self.calls - 1]

    x = X[:50]
    whole = gradproof.check(everything := Random(), right, x)
    assert whole.nondeterministic
    for call in range(95, 115):
        gradproof.check(Random(call=call), right, x, save=file)
        resumed = gradproof.check(after := Random(call - 1, looks=1), right, x, resume=file)
        assert fields(resumed) == fields(whole)
        assert call - 1 + after.calls == everything.calls


@pytest.mark.parametrize("budget", [None, 2410, 10**6])
def test_saved_after_every_value(file, monkeypatch, budget):
    """Whenever the process may be killed, the file leads to the same report."""
    # The kink of a coordinate lies at x, which takes rounds of its own.
    x, kink = X[:40], X[20]
    whole = gradproof.check(everything := Objective(kinks=kink), faulty, x, mode="full", budget=budget)
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    monkeypatch.setattr(resuming, "PART_OF_THE_TIME", 1e9)
    states = []

    class Watching(Objective):
        def __call__(self, point):
            states.append(file.read_bytes() if file.exists() else b"")
            return super().__call__(point)

    gradproof.check(Watching(kinks=kink), faulty, x, mode="full", budget=budget, save=file)
    kinds = sorted(set(states) - {b""}, key=states.index)
    assert len(kinds) > 7
    for state in kinds:
        file.write_bytes(state)
        resumed = gradproof.check(
            after := Objective(kinks=kink, looks=1), faulty, x, mode="full", budget=budget, resume=file
        )
        assert fields(resumed) == fields(whole)
        assert states.index(state) <= everything.calls - after.calls + 1


@pytest.mark.parametrize("place", ["forget", "keep", "tell", "ask", "evaluate"])
@pytest.mark.parametrize("turn", [2, 3, 5])
@pytest.mark.parametrize("budget", [None, 2500])
def test_an_interrupt_between_two_rounds(file, monkeypatch, place, turn, budget):
    """Wherever Ctrl-C comes, what is saved is either before the round or after it."""
    whole = gradproof.check(everything := Objective(), faulty, X, mode="full", budget=budget)
    owner = {
        "forget": recording.Recorder, "keep": gradproof.report.ladder.Values, "tell": gradproof.engine.Engine,
        "ask": gradproof.engine.Engine, "evaluate": recording.Recorder,
    }[place]  # fmt: skip
    original, turns = getattr(owner, place), 0

    def interrupted(*arguments):
        nonlocal turns
        result = original(*arguments)
        turns += 1
        if turns == turn:
            raise KeyboardInterrupt
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, place, interrupted)
        part = gradproof.check(before := Objective(), faulty, X, mode="full", budget=budget, save=file)
    assert part.stopped_by == "interrupted"
    resumed = gradproof.check(after := Objective(looks=1), faulty, X, mode="full", budget=budget, resume=file)
    assert fields(resumed) == fields(whole)
    assert before.calls + after.calls == everything.calls


@pytest.mark.parametrize("call", [1, 2, 700, 2403])
def test_an_exit_from_within_is_saved_too(file, call):
    """Such as that of a handler for a signal that ends the process soon."""

    class Ending(Objective):
        def __call__(self, x):
            value = super().__call__(x)
            if self.calls == call:
                raise SystemExit
            return value

    whole = gradproof.check(everything := Objective(), faulty, X)
    with pytest.raises(SystemExit):
        gradproof.check(Ending(), faulty, X, save=file)
    assert file.exists() == (call > 1)
    if call > 1:
        assert fields(gradproof.check(after := Objective(looks=1), faulty, X, resume=file)) == fields(whole)
        assert call - 1 + after.calls == everything.calls


def test_the_progress_goes_on_where_it_was(file):
    gradproof.check(Objective(1000), right, X, save=file)
    seen = []
    gradproof.check(Objective(looks=1), right, X, resume=file, progress=lambda done, total: seen.append(done))
    assert seen[0] == 999
    assert seen == sorted(seen)
    assert seen[-1] == 2401


def test_what_is_only_read_stays(file):
    gradproof.check(Objective(1000), right, X, save=file)
    before = file.read_bytes()
    gradproof.check(Objective(looks=1), right, X, resume=file)
    assert file.read_bytes() == before
    with pytest.raises(KeyboardInterrupt):  # before the first value there is nothing to save
        gradproof.check(Objective(1), right, X, save=file)
    assert file.read_bytes() == before
