"""The user's own arrays: moved in place, restored bit for bit whatever ends the check; the bits are those of a copy."""

import array
import ctypes
import dataclasses
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import gradproof
from gradproof.evaluators import lines

PACKAGE = str(Path(gradproof.__file__).parent)
RANDOM = np.random.default_rng(20)
# From a segment of 65,536 coordinates to the next, blocks begin and end inside of them.
LARGE = {"W1": (300, 400), "b1": (7,), "scale": (), "W2": (90_000,), "b2": (100, 11)}
SMALL = {"W1": (5, 4), "b1": (7,), "scale": ()}


class Model:
    """A loss whose slopes are known, of parameters that it holds; called with parameters it takes those instead."""

    def __init__(self, shapes, dtype=np.float64):
        self.parameters = {name: np.array(RANDOM.normal(size=shape), dtype) for name, shape in shapes.items()}
        self.before = self.bits()
        self.factors = {name: RANDOM.normal(size=shape) for name, shape in shapes.items()}
        self.calls = 0
        self.raises = {}
        self.seconds = 0

    def bits(self):
        return {name: value.tobytes() for name, value in self.parameters.items()}

    def loss(self, parameters=None):
        self.calls += 1
        time.sleep(self.seconds)
        if self.calls in self.raises:
            raise self.raises[self.calls]
        parameters = self.parameters if parameters is None else parameters
        return float(sum(np.sum(np.sin(v.astype(np.float64)) * self.factors[k]) for k, v in parameters.items()))

    def gradient(self, parameters=None):
        parameters = self.parameters if parameters is None else parameters
        return {k: (np.cos(v.astype(np.float64)) * self.factors[k]).astype(v.dtype) for k, v in parameters.items()}

    def wrong(self, parameters=None):
        gradient = self.gradient(parameters)
        gradient["W1"][2, 3] *= 1.5
        return gradient

    @property
    def objective(self):
        return gradproof.in_place(self.parameters, self.loss)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("shapes", "mode"), [(SMALL, "full"), (LARGE, "lines")])
def test_right_and_wrong_with_the_bits_of_a_check_of_copies(shapes, mode, dtype):
    model = Model(shapes, dtype)
    for gradient, verdict in ((model.gradient, "right"), (model.wrong, "wrong")):
        report = gradproof.check(model.objective, gradient)
        assert (report.verdict, report.mode) == (verdict, mode)
        assert [one.name for one in report.findings] == ["W1[2, 3]"] * (verdict == "wrong")
        assert model.bits() == model.before
        assert str(report) == str(gradproof.check(model.loss, gradient, model.parameters))
        given = gradproof.check(model.objective, gradient(), model.parameters)
        assert (given.verdict, given.evaluations, given.gradient_evaluations) == (verdict, report.evaluations, 0)


def test_a_moved_point_is_seen_where_the_user_holds_it():
    w = np.array([1.0, 2.0])
    seen = []
    gradproof.check(gradproof.in_place(w, lambda: seen.append(w.copy()) or float(w @ w)), lambda: 2 * w)
    assert any(point[0] != 1 and point[1] == 2 for point in seen)
    assert any(point[0] == 1 and point[1] != 2 for point in seen)
    assert w.tolist() == [1, 2]


def test_x_of_the_present_moment():
    w = np.array([1.0, 2.0])
    objective = gradproof.in_place([w], lambda: float(w @ w * w[0]))

    def gradient():
        return [np.array([3 * w[0] ** 2 + w[1] ** 2, 2 * w[0] * w[1]])]

    for _ in range(2):
        assert gradproof.check(objective, gradient)
        report = gradproof.check(objective, [np.array([0.0, 2 * w[0] * w[1]])])
        assert [one.name for one in report.findings] == ["x.0[0]"]
        w += 1
    gradproof.assert_gradient(objective, gradient)
    with pytest.raises(gradproof.GradientError, match=r"x\.0\[1\]"):
        gradproof.assert_gradient(objective, [np.array([3 * w[0] ** 2 + w[1] ** 2, 0])])


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_gradient_that_is_the_parameters_themselves(mode):
    w = RANDOM.normal(size=50)
    before = w.tobytes()
    half = gradproof.in_place(w, lambda: float(w @ w) / 2)
    assert gradproof.check(half, lambda: w, mode=mode).verdict == "right"
    assert gradproof.check(half, w, mode=mode).verdict == "right"
    assert gradproof.check(gradproof.in_place(w, lambda: float(w @ w)), w, mode=mode).verdict == "wrong"
    assert w.tobytes() == before


# ---- Whatever ends it ------------------------------------------------------------------------------------------------


class EndError(BaseException):
    """No Exception: not a missing value."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, EndError])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_restored_when_the_kth_call_is_the_last_one(mode, error):
    model = Model(SMALL)
    calls = gradproof.check(model.objective, model.wrong, mode=mode).evaluations
    assert calls > 30
    stopped = 0
    for call in range(1, calls + 1):
        model.calls, model.raises = 0, {call: error()}
        try:
            report = gradproof.check(model.objective, model.wrong, mode=mode)
            assert (error, report.stopped_by) == (KeyboardInterrupt, "interrupted")
            stopped += 1
        except error:
            assert call < 3 or error is EndError
        assert model.bits() == model.before, call
    assert stopped == 0 if error is EndError else stopped > calls - 5


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_an_exception_at_x_goes_through_and_elsewhere_is_a_missing_value(mode):
    model = Model(SMALL)
    model.raises = {1: ZeroDivisionError("mine")}
    with pytest.raises(ZeroDivisionError, match="mine"):
        gradproof.check(model.objective, model.gradient, mode=mode)
    assert model.bits() == model.before
    model.calls, model.raises = 0, dict.fromkeys(range(4, 8), ZeroDivisionError("mine"))
    assert gradproof.check(model.objective, model.wrong, mode=mode).verdict != "right"
    assert model.bits() == model.before


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_restored_when_a_budget_or_the_time_ends(mode):
    model = Model(SMALL)
    model.seconds = 1e-3
    for settings in ({"budget": 12}, {"time_limit": 5e-3}):
        assert gradproof.check(model.objective, model.gradient, mode=mode, **settings).stopped_by != ""
        assert model.bits() == model.before


def interrupted_at_line(wanted, run):
    """Raise KeyboardInterrupt once, before a line of the package is run: number `wanted`; return how many there are."""
    count = 0

    def trace(frame, event, _argument):
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            count += 1
            if count == wanted:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        # Just before NumPy's own `errstate` is left, the interrupt leaves its settings behind, for the next test.
        with np.errstate():
            run()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_restored_when_ctrl_c_comes_at_any_line(mode):
    model = Model({"W1": (3, 4)})

    def run():
        gradproof.check(model.objective, model.wrong, mode=mode)

    lines_run = interrupted_at_line(0, run)
    assert lines_run > 1000
    # A step without a factor in common with the lines of a loop.
    for wanted in range(1, lines_run, 97):
        interrupted_at_line(wanted, run)
        assert model.bits() == model.before, wanted


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals at a time")
def test_restored_when_ctrl_c_comes_at_any_time_while_threads_move_the_point(monkeypatch):
    monkeypatch.setattr(lines, "SHARED", 1 << 16)
    monkeypatch.setattr(lines, "THREADS", 2)
    model = Model(LARGE)
    assert gradproof.check(model.objective, model.gradient).verdict == "right"

    left = 0

    def interrupt(_number, frame):
        nonlocal left
        while frame is not None and not frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        if frame is not None and left:
            left -= 1
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for delay in np.linspace(0.01, 0.3, 12):
            left = 2
            signal.setitimer(signal.ITIMER_REAL, delay, 0.002)
            try:
                gradproof.check(model.objective, model.gradient)
            except KeyboardInterrupt:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert model.bits() == model.before
    finally:
        signal.signal(signal.SIGALRM, before)


def test_the_threads_find_the_same(monkeypatch):
    model = Model(LARGE)
    alone = gradproof.check(model.objective, model.wrong)
    monkeypatch.setattr(lines, "SHARED", 1 << 16)
    monkeypatch.setattr(lines, "THREADS", 3)
    assert str(gradproof.check(model.objective, model.wrong)) == str(alone)


def test_saved_and_resumed(tmp_path):
    model = Model(LARGE, np.float32)
    whole = gradproof.check(model.objective, model.wrong)
    file = tmp_path / "state.bin"
    model.calls, model.raises = 0, {21: KeyboardInterrupt()}
    assert gradproof.check(model.objective, model.wrong, save=file).stopped_by == "interrupted"
    model.calls, model.raises = 0, {}
    report = gradproof.check(model.objective, model.wrong, resume=file)
    assert str(report) == str(whole)
    assert model.calls < whole.evaluations
    assert model.bits() == model.before


# ---- What is taken ---------------------------------------------------------------------------------------------------


def views():
    base = np.linspace(1, 2, 24)
    return {
        "strided": base[::3],
        "backward": base[::-1],
        "Fortran": np.asfortranarray(base.reshape(4, 6)),
        "transposed": base.reshape(4, 6).T[1:],
        "big-endian": base.astype(">f8"),
        "float32": base.astype(np.float32)[1:],
        "memoryview": memoryview(base),
        "array": array.array("d", base),
        "number in an array": np.array(3.0),
    }


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("kind", views())
def test_every_kind_of_memory_that_can_be_written_to(kind, mode):
    value = views()[kind]
    parameters = {"w": value}
    before = bytes(np.asarray(value).tobytes())

    def loss():
        return float(np.sum(np.asarray(value).astype(float) ** 3))

    def gradient(factor=1.0):
        return {"w": factor * 3 * np.asarray(value).astype(float) ** 2}

    report = gradproof.check(gradproof.in_place(parameters, loss), gradient, mode=mode)
    assert report.verdict == "right"
    report = gradproof.check(gradproof.in_place(parameters, loss), lambda: gradient(1.1), mode=mode)
    assert report.verdict == "wrong"
    assert report.findings[0].name.startswith("w")
    assert np.asarray(value).tobytes() == before


def test_arrays_between_each_other_but_of_no_common_element():
    base = np.linspace(1, 2, 8)
    even, odd = base[::2], base[1::2]
    objective = gradproof.in_place({"even": even, "odd": odd}, lambda: float(even @ odd))
    assert gradproof.check(objective, lambda: {"even": odd, "odd": even}).verdict == "right"
    report = gradproof.check(objective, lambda: {"even": odd, "odd": 2 * even})
    assert {one.name for one in report.findings} == {f"odd[{index}]" for index in range(4)}


def read_only():
    x = np.ones(3)
    x.flags.writeable = False
    return x


W = np.ones((2, 3))


@pytest.mark.parametrize(
    ("parameters", "error", "sentence"),
    [
        ({"w": read_only()}, ValueError, "w is read-only, but in_place writes to it"),
        (np.broadcast_to(1.0, 3), ValueError, "x is read-only"),
        (np.lib.stride_tricks.as_strided(np.ones(4), (3, 2), (8, 8)), ValueError, "elements of x share memory"),
        ({"w": [1.0, 2.0]}, TypeError, "w is of type list, of which NumPy has no view"),
        ({"w": 1.0}, TypeError, "w is of type float, of which NumPy has no view"),
        ({"w": np.float64(1.0)}, TypeError, "w is of type float64, of which NumPy has no view"),
        ({"w": np.arange(3)}, TypeError, "w has the type int64, in which no small step can be taken"),
        ({"w": np.ones(3, np.float16)}, TypeError, "must be float32 or float64, but is float16"),
        ({"w": np.ones(3, complex)}, TypeError, "complex"),
        (
            {"a": np.ones(2, np.float32), "b": np.ones(2)},
            TypeError,
            "a is float32 but b is float64: in_place needs arrays of one type",
        ),
        ({"a": W, "b": W}, ValueError, "a and b share memory, so that a step along one would move both"),
        ({"b": W, "a": W.T[1:]}, ValueError, "b and a share memory"),
        ([W, np.ones(2), W[0, 1:]], ValueError, "x.0 and x.2 share memory"),
        ({"w": np.array([1, np.nan])}, ValueError, "x must be finite, but w[1] is nan"),
        ({}, ValueError, "x is empty"),
    ],
)
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_what_cannot_be_moved_in_place_is_refused(parameters, error, sentence, mode):
    with pytest.raises(error) as caught:
        gradproof.check(gradproof.in_place(parameters, lambda: 1.0), parameters, mode=mode)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda w: gradproof.in_place(w, 3), TypeError, "in_place(parameters, f) needs a function f without arguments"),
        (lambda w: check(w, lambda x: 1.0), TypeError, "in place, the objective is called without arguments: "),
        (lambda w: check(w, gradient=lambda x: w), TypeError, "in place, the gradient is called without arguments: "),
        (lambda w: check(w, gradient=lambda: None), TypeError, "the gradient returned None"),
        (
            lambda w: check(w, gradient=lambda: {"w": w}),
            ValueError,
            "the gradient's result is a dict with the keys 'w'",
        ),
        (lambda w: check(w, gradient=np.ones(4)), ValueError, "gradient has the shape (4,), but x has the shape (3,)"),
        (
            lambda w: check(w, gradient=lambda: w.sort() or w),
            ValueError,
            "the gradient function changed the parameters",
        ),
        (lambda w: check(w, lambda: None), TypeError, "the objective must return one real number, not None"),
        (lambda w: check(w, x=w.copy()), TypeError, "with in_place, x must be left out"),
        (
            lambda w: gradproof.check(gradproof.in_place(w, w.sum), w, rows=9),
            TypeError,
            "rows cannot be chosen in place",
        ),
        (lambda w: gradproof.check(np.sum, np.ones(3)), TypeError, "x is missing: call check(objective, gradient, x)"),
    ],
)
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_mistakes_in_the_call(call, error, sentence, mode):
    global MODE  # noqa: PLW0603
    MODE = mode
    with pytest.raises(error) as caught:
        call(np.array([3.0, 2.0, 1.0]))
    assert sentence in str(caught.value)


MODE = "auto"


def check(w, f=None, gradient=None, x=None):
    f = f or (lambda: float(w @ w))
    return gradproof.check(gradproof.in_place(w, f), 2 * w if gradient is None else gradient, x, mode=MODE)


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_an_objective_that_changes_the_parameters(mode):
    w = RANDOM.normal(size=40)
    before = w.tobytes()

    def loss():
        w[...] *= 2
        return float(w @ w) / 4

    report = gradproof.check(gradproof.in_place(w, loss), lambda: 2 * w, mode=mode)
    assert report.verdict == "right"
    assert "The objective changed the parameters" in report.warnings[0]
    assert w.tobytes() == before
    assert gradproof.check(gradproof.in_place(w, loss), lambda: 2.1 * w, mode=mode).verdict == "wrong"
    assert w.tobytes() == before


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_an_objective_that_changes_the_parameters_only_beside_x(mode):
    """As what is shortened where it is longer than allowed."""
    w = RANDOM.normal(size=40)
    before, largest = w.tobytes(), float(w @ w)

    def loss():
        size = float(w @ w)
        if size > largest:
            w[...] *= np.sqrt(largest / size)
        return size / 2

    report = gradproof.check(gradproof.in_place(w, loss), lambda: 1 * w, mode=mode)
    assert report.verdict == "right"
    assert w.tobytes() == before
    wrong = np.where(np.arange(40) == 7, 1.01, 1.0) * w
    report = gradproof.check(gradproof.in_place(w, loss), wrong, mode=mode)
    assert [one.name for one in report.findings] == ["x[7]"]
    assert report.warnings[0] == "The objective changed the parameters; they were restored before each call."
    assert w.tobytes() == before


def test_bounds():
    w = np.array([1.0, 2.0])

    def loss():
        assert (w <= [1.0, 2.0]).all()
        return float(w @ w)

    assert gradproof.check(gradproof.in_place(w, loss), lambda: 2 * w, bounds=(None, w.copy())).verdict == "right"
    report = gradproof.check(gradproof.in_place(w, loss), lambda: [2.0, 5.0], bounds=(None, w.copy()))
    assert report.wrong.tolist() == [1]


def test_the_gradients_memory_is_given_back_before_x_is_copied():
    """One vector beside parameters and gradient, however the parameters are cut into blocks."""
    import tracemalloc

    model = Model({"W1": (400, 500), "b1": (200_000,), "scale": ()})
    size = sum(value.nbytes for value in model.parameters.values())

    def loss():
        return float(sum(np.einsum("i,i,i", *3 * [value.reshape(-1)]) for value in model.parameters.values()))

    def gradient():
        return {name: 3 * np.square(value) for name, value in model.parameters.items()}

    objective = gradproof.in_place(model.parameters, loss)
    assert gradproof.check(objective, gradient).verdict == "right"
    tracemalloc.start()
    try:
        report = gradproof.check(objective, gradient, mode="lines")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.verdict == "right"
    assert size < peak - size < 1.1 * size + 2**21  # beside the gradient; what threads and rounds take is no vector


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_what_the_gradient_has_freed_is_given_back_to_the_system():
    """Beside the last block, which is in use, glibc keeps all blocks that are too small to be pages of their own."""
    # In a process of its own, whose memory nothing else has used before.
    subprocess.run([sys.executable, "-c", FREED], check=True)


FREED = """
import mmap
from pathlib import Path

import numpy as np

import gradproof

x, last, sizes = np.ones(5001), [], []

def resident():
    whole, shared = Path("/proc/self/statm").read_text().split()[1:3]
    return (int(whole) - int(shared)) * mmap.PAGESIZE

def loss():
    sizes.append(resident())
    return float(x @ x)

def gradient():
    before = resident()
    blocks = [np.ones(12_000) for _ in range(400)]
    last.append(blocks[-1])
    sizes.append(resident())
    assert sizes[0] > before + 30e6
    return 2 * x

assert gradproof.check(gradproof.in_place(x, loss), gradient, mode="lines")
assert sizes[1] < sizes[0] - 30e6
"""


def test_names_of_a_dataclass_of_arrays_are_the_users():
    @dataclasses.dataclass
    class Layer:
        W: np.ndarray
        b: np.ndarray

    layer = Layer(np.ones((2, 2)), np.ones(2))
    objective = gradproof.in_place({"layer": vars(layer)}, lambda: float(np.sum(layer.W @ layer.b)))
    report = gradproof.check(objective, {"layer": {"W": np.ones((2, 2)), "b": np.array([2.0, 3.0])}})
    assert [one.name for one in report.findings] == ["layer.b[1]"]


@pytest.mark.parametrize("error", [0.0, 0.25])
def test_equal_values_move_together(error):
    """The second largest of equal values moves with none of them alone, only with all of them."""
    x, points = np.array([1.0, 2.0, 2.0, 2.0, 0.5]), []

    def second_largest(y):
        points.append(y.copy())
        return float(np.sort(y[1:4])[1] + y[0] * y[4])

    claimed = np.array([0.5, 0.0, 0.0, 0.0, 1.0 + error])
    report = gradproof.check(gradproof.in_place(x, lambda: second_largest(x)), claimed)
    assert any((point[1:4] == point[1]).all() and point[1] != 2 for point in points)
    assert str(report) == str(gradproof.check(second_largest, claimed, x))
    wrong = [one.index for one in report.findings if one.cause is gradproof.Cause.WRONG]
    assert (4 in wrong) == (error != 0.0)


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_an_objective_that_makes_them_read_only(mode, factor):
    x = np.linspace(1, 2, 30)
    before, calls = x.copy(), []

    def objective():
        calls.append(x.flags.writeable)
        x.setflags(write=len(calls) < 5)
        return float(np.sum(x**3))

    report = gradproof.check(gradproof.in_place(x, objective), factor * 3 * x**2, mode=mode)
    assert report.verdict == ("right" if factor == 1.0 else "wrong")
    assert calls[-1] is x.flags.writeable is False
    assert x.tobytes() == before.tobytes()
