"""The pieces that are useful alone, as Python calls them: structures, types, bad input, exceptions."""

import collections
import fractions
import re
import traceback

import numpy as np
import pytest
from models import POINT, TWINS

import gradproof
from gradproof.evaluators.compiled.functions import NativeError
from gradproof.library import ffi

X = np.array([1.5, -0.5, 2.0])
FORMULAS = [gradproof.forward_difference, gradproof.centered_difference]
PIECES = [*FORMULAS, gradproof.noise_floor, gradproof.find_kinks]


def f(x):
    return float(np.sum(np.exp(np.asarray(x))))


def gradient(x):
    return np.exp(np.asarray(x))


def refused(error, sentence, call):
    with pytest.raises(error, match=re.escape(sentence)) as caught:
        call()
    assert "\n" not in str(caught.value)


# Right and wrong values.


@pytest.mark.parametrize(("formula", "accuracy"), [(FORMULAS[0], 1e-5), (FORMULAS[1], 1e-6)])
@pytest.mark.parametrize("name", sorted(set(TWINS) - {"hinge", "absolute"}))
def test_numerical_gradients(formula, accuracy, name):
    objective, right = TWINS[name]
    found = formula(objective, POINT)
    size = np.abs(right(POINT)).max()
    assert found == pytest.approx(right(POINT), abs=accuracy * size)
    assert found != pytest.approx(1.001 * right(POINT), abs=accuracy * size)
    assert found != pytest.approx(-right(POINT), abs=accuracy * size)


@pytest.mark.parametrize("step", [1e-3, np.float32(2.0**-10), fractions.Fraction(1, 1000), np.array(1e-3), 1])
def test_one_step_for_all(step):
    h = float(step)
    for index in range(3):
        ahead, behind = X.copy(), X.copy()
        ahead[index] += h
        behind[index] -= h
        right = (f(ahead) - f(X)) / (ahead[index] - X[index])
        assert gradproof.forward_difference(f, X, step=step)[index] == right
        right = (f(ahead) - f(behind)) / (ahead[index] - behind[index])
        assert gradproof.centered_difference(f, X, step=step)[index] == right


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_step_for_each_coordinate(formula):
    steps = [1e-3, -2e-3, 2.0**-20]
    found = formula(f, X, step=steps)
    assert found.tolist() == [formula(f, X, step=step)[index] for index, step in enumerate(steps)]
    assert found.tolist() != formula(f, X, step=1e-3).tolist()
    structure = {"a": X[:2], "b": [X[2]]}
    found = formula(lambda w: f([*w["a"], *w["b"]]), structure, step={"a": steps[:2], "b": [steps[2]]})
    assert [*found["a"], *found["b"]] == formula(f, X, step=steps).tolist()


def test_relative_errors():
    a, b = np.array([[1.0, 2.0], [0.0, -3.0]]), np.array([[1.0, 1.0], [0.0, 3.0]])
    assert gradproof.relative_error(a, b).tolist() == [[0, 0.5], [0, 2]]
    assert gradproof.max_relative_error(a, b) == (2.0, 3)
    assert gradproof.relative_error(a, 1.0001 * a).max() == pytest.approx(1e-4, rel=1e-3)
    assert gradproof.max_relative_error([1, 2], [1, 2]) == (0.0, 0)
    assert gradproof.max_relative_error([1, np.nan, np.nan], [1, 2, 3]) == (np.inf, 1)


@pytest.mark.parametrize("empty", [[], np.ones((0, 3))])
def test_relative_error_of_nothing(empty):
    assert gradproof.relative_error(empty, empty).shape == np.shape(empty)
    assert gradproof.max_relative_error(empty, empty) == (0.0, -1)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 1, 3)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_relative_error_has_the_shape_of_its_arguments(shape, dtype):
    a = np.full(shape, 4, dtype)
    found = gradproof.relative_error(a, np.full(shape, 3, dtype))
    assert (found.shape, found.dtype) == (shape, np.float64)
    assert np.all(found == 0.25)
    out = np.zeros(shape)
    assert gradproof.relative_error(a, a, out=out) is out
    assert np.all(out == 0)


def test_relative_error_reads_two_float32_arrays_as_they_are():
    a, b = np.array([1.1, 3e38], np.float32), np.array([1.2, -3e38], np.float32)
    expected = [abs(float(p) - float(q)) / max(abs(float(p)), abs(float(q))) for p, q in zip(a, b, strict=True)]
    assert gradproof.relative_error(a, b).tolist() == expected
    assert gradproof.relative_error(a, b.astype(np.float64)).tolist() == expected
    assert gradproof.relative_error(a.astype(">f4"), b).tolist() == expected
    assert gradproof.relative_error(np.array([1.1]), a[:1])[0] > 0


def test_kinks():
    [kink] = gradproof.find_kinks(lambda w: f(w["a"]) + abs(float(w["b"][1]) - 0.25), {"a": X, "b": [1.0, 0.251]})
    assert (kink.index, kink.name) == (4, "b[1]")
    assert kink.distance == pytest.approx(-0.001, rel=0.01)
    assert (kink.left, kink.right) == pytest.approx((-1, 1), rel=1e-3)
    assert gradproof.find_kinks(f, X) == []
    with pytest.raises(AttributeError):
        kink.index = 3


def test_kinks_within_a_radius():
    def kinked(x):
        return f(x) + abs(float(x[1]) + 0.51)

    assert [kink.index for kink in gradproof.find_kinks(kinked, X, radius=0.02)] == [1]
    assert gradproof.find_kinks(kinked, X, radius=0.005) == []


def test_noise_floor():
    noise, arithmetic = gradproof.noise_floor(f, X)
    assert 0.5 * np.spacing(f(X)) <= noise < 20 * np.spacing(f(X))
    assert arithmetic == "float64"
    coarse = gradproof.noise_floor(lambda x: f(x.astype(np.float32)), X)
    assert coarse.noise > 1e6 * noise
    assert coarse.arithmetic == "float32"
    coarse = gradproof.noise_floor(lambda x: f(x.astype(np.float16)), X)
    assert coarse.arithmetic == "coarser than float32"


# Structures and types.

Pair = collections.namedtuple("Pair", ["first", "second"])


def flattened(w):
    if isinstance(w, dict):
        return np.concatenate([flattened(part) for part in w.values()])
    if isinstance(w, (list, tuple)):
        return np.concatenate([flattened(part) for part in w])
    return np.ravel(w)


STRUCTURES = {
    "dict": {"W": np.ones((2, 2)), "b": np.array([0.5, -1.0])},
    "list": [np.ones(2), np.array([[2.0]])],
    "tuple": (np.ones(2), 0.25),
    "namedtuple": Pair(np.ones(2), np.zeros((1, 2))),
    "ordered": collections.OrderedDict(b=np.ones(1), a=2.0),
    "nested": {"layers": [{"w": np.ones((2, 1)), "b": 0.5}], "scale": 2.0},
    "matrix": np.arange(6.0).reshape(2, 3) / 4,
    "no_dimensions": np.array(0.5),
    "number": 0.5,
    "integers": [1, 2],
}


def same_structure(a, b):
    if isinstance(b, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same_structure(a[key], b[key]) for key in b)
    if isinstance(b, (list, tuple)) and not all(isinstance(part, (int, float)) for part in b):
        return type(a) is type(b) and all(map(same_structure, a, b))
    return np.shape(a) == np.shape(b)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("name", STRUCTURES)
def test_the_result_has_the_structure_of_x(formula, name):
    x = STRUCTURES[name]
    seen = []

    def objective(w):
        seen.append(w)
        return f(flattened(w))

    found = formula(objective, x)
    assert same_structure(found, x)
    assert all(same_structure(w, x) for w in seen)
    assert flattened(found) == pytest.approx(gradient(flattened(x)), rel=1e-5)
    assert not same_structure(found, {"other": x})


@pytest.mark.parametrize("name", STRUCTURES)
def test_noise_and_kinks_of_structures(name):
    x = STRUCTURES[name]
    assert gradproof.noise_floor(lambda w: f(flattened(w)), x).arithmetic == "float64"
    kinks = gradproof.find_kinks(lambda w: f(flattened(w)) + abs(float(flattened(w)[-1] - flattened(x)[-1])), x)
    assert [kink.index for kink in kinks] == [flattened(x).size - 1]


def test_forward_steps_of_its_own_for_points_in_float32():
    found = gradproof.forward_difference(lambda point: f(point.astype(np.float64)), X.astype(np.float32))
    assert found == pytest.approx(gradient(X), rel=1e-3)


@pytest.mark.parametrize(("formula", "step"), [(FORMULAS[0], 2.0**-12), (FORMULAS[1], None)])
def test_float32(formula, step):
    x, types = X.astype(np.float32), set()

    def objective(point):
        types.add(point.dtype)
        return f(point.astype(np.float64))

    found = formula(objective, x, step=step)
    assert types == {np.dtype(np.float32)}
    assert found.dtype == np.float32
    assert found == pytest.approx(gradient(x), rel=1e-3)
    assert formula(objective, X).dtype == np.float64
    out = np.zeros(3, np.float32)
    assert formula(objective, x, step=step, out=out) is out
    assert out.tobytes() == found.tobytes()


@pytest.mark.parametrize("formula", FORMULAS)
def test_out(formula):
    right = formula(f, X)
    out = np.zeros(3)
    assert formula(f, X, out=out) is out
    assert out.tobytes() == right.tobytes()
    wide = np.full((3, 2), -7.0)
    assert formula(f, X, out=wide[:, 0]).base is wide
    assert wide[:, 0].tobytes() == right.tobytes()
    assert np.all(wide[:, 1] == -7)
    number = np.zeros(())
    assert formula(np.exp, 0.5, out=number) is number
    assert number == pytest.approx(np.exp(0.5), rel=1e-6)
    own = X.copy()
    assert formula(f, own, out=own).tobytes() == right.tobytes()


def test_out_of_relative_error():
    a, b = np.arange(1, 7.0), np.arange(2, 8.0)
    right = gradproof.relative_error(a, b)
    for out in (np.zeros(6), np.zeros((6, 2))[:, 1], np.zeros(6)[::-1]):
        assert gradproof.relative_error(a, b, out=out) is out
        assert out.tolist() == right.tolist()
    for same in (a.copy(), b.copy()):
        pair = (same, b) if same[0] == 1 else (a, same)
        assert gradproof.relative_error(*pair, out=same).tolist() == right.tolist()


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_out_may_share_memory_with_the_arguments(shift):
    memory, b = np.arange(1, 9.0), np.arange(3, 9.0)
    places = [slice(1, 7), slice(1 + shift, 7 + shift)] if shift < 2 else [slice(0, 6), slice(2, 8)]
    right = gradproof.relative_error(memory[places[0]].copy(), b)
    assert gradproof.relative_error(memory[places[0]], b, out=memory[places[1]]).tolist() == right.tolist()
    memory = np.arange(1, 9.0)
    assert gradproof.relative_error(b, memory[places[0]], out=memory[places[1]]).tolist() == right.tolist()


# Nothing of the user's is written to.


def forms_of(x):
    read_only = x.copy()
    read_only.flags.writeable = False
    wide = np.zeros((x.size, 2))
    wide[:, 1] = x
    shifted = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float64)
    return {
        "plain": x.copy(),
        "read_only": read_only,
        "every_second": wide[:, 1],
        "backward": x[::-1].copy()[::-1],
        "not_aligned": shifted,
        "other_bytes": x.astype(">f8"),
    }


@pytest.mark.parametrize("form", sorted(forms_of(X)))
@pytest.mark.parametrize("piece", PIECES)
def test_x_is_as_it_was(piece, form):
    x = forms_of(X)[form]

    def greedy(point):
        value = f(point)
        point[:] = np.nan
        return value

    before = x.tobytes()
    right = piece(f, X)
    assert np.array_equal(piece(f, x), right)
    assert np.array_equal(piece(greedy, x), right)
    assert x.tobytes() == before


@pytest.mark.parametrize("form", sorted(forms_of(X)))
def test_arguments_of_relative_error_are_as_they_were(form):
    a, b = forms_of(X)[form], forms_of(X + 1)[form]
    before = a.tobytes(), b.tobytes()
    assert gradproof.relative_error(a, b).tolist() == gradproof.relative_error(X, X + 1).tolist()
    assert gradproof.max_relative_error(a, b) == gradproof.max_relative_error(X, X + 1)
    assert (a.tobytes(), b.tobytes()) == before


@pytest.mark.parametrize("formula", FORMULAS)
def test_steps_are_as_they_were(formula):
    steps = np.full(3, 1e-3)
    steps.flags.writeable = False
    assert formula(f, X, step=steps).tolist() == formula(f, X, step=1e-3).tolist()


@pytest.mark.parametrize("piece", PIECES)
def test_points_that_the_objective_keeps_stay_as_they_were(piece):
    kept = []

    def keeping(x):
        kept.append((x, x.copy()))
        return f(x)

    piece(keeping, X)
    assert kept
    assert all(np.array_equal(now, then) for now, then in kept)
    assert len({now.tobytes() for now, _ in kept}) > 2


# What the objective raises.


class OwnError(Exception):
    pass


def raising(error, after):
    """An objective that raises at its call number `after`, counted from 0, and how often it was called."""
    calls = [0]

    def objective(x):
        calls[0] += 1
        if calls[0] > after:
            raise error
        return f(x)

    return objective, calls


def reaches_the_caller(piece, after, **settings):
    error = OwnError("mine", 7)
    objective, _ = raising(error, after)
    with pytest.raises(OwnError, match="mine") as caught:
        piece(objective, X, **settings)
    assert caught.value is error
    assert caught.value.args == ("mine", 7)
    assert caught.traceback[-1].name == "objective"
    assert "raise error" in traceback.format_exception(caught.value)[-2]


@pytest.mark.parametrize("piece", PIECES)
def test_an_exception_at_x(piece):
    reaches_the_caller(piece, 0)


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("formula", FORMULAS)
def test_an_exception_anywhere(formula, after):
    reaches_the_caller(formula, after, step=1e-3)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        reaches_the_caller(formula, 100, step=1e-3)


@pytest.mark.parametrize("piece", [gradproof.noise_floor, gradproof.find_kinks])
def test_an_exception_elsewhere_is_a_missing_value(piece):
    def objective(x):
        if x[0] > X[0]:
            raise OwnError
        return f(x)

    assert piece(objective, X) is not None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("after", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("piece", PIECES)
def test_an_interrupt(piece, after, error):
    """It reaches the caller from any call, also where errors are missing values; the objective is called no more."""
    patient, total = raising(error, 10**9)
    piece(patient, X)
    interrupt = error("now")
    objective, calls = raising(interrupt, after)
    x = X.copy()
    if after < total[0]:
        with pytest.raises(error, match="now") as caught:
            piece(objective, x)
        assert caught.value is interrupt
        assert calls[0] == after + 1
    else:
        piece(objective, x)
        assert calls[0] == total[0]
    assert np.array_equal(x, X)


@pytest.mark.parametrize(
    ("result", "error", "sentence"),
    [
        (None, TypeError, "the objective must return one real number, not None: is a `return` missing?"),
        ("1.5", TypeError, "not text ('1.5')"),
        (1 + 2j, TypeError, "not a complex number"),
        (
            np.ones(3),
            ValueError,
            "not an array of shape (3,): to check the derivative of a function of several outputs, call",
        ),
        ((1.0, X), TypeError, "not a tuple of length 2: if f returns (value, gradient), call check(f, True, x), or"),
        (True, TypeError, "not True"),
    ],
)
@pytest.mark.parametrize("piece", PIECES)
def test_objectives_that_return_no_number(piece, result, error, sentence):
    refused(error, sentence, lambda: piece(lambda x: result, X))
    assert piece(lambda x: np.array([f(x)]), X) is not None


@pytest.mark.parametrize("piece", PIECES)
def test_objectives_that_have_no_value_at_x(piece):
    sentence = "The objective is not finite at x; move x into its domain."
    for value in (np.nan, np.inf, -np.inf):
        refused(ValueError, sentence, lambda value=value: piece(lambda x: value, X))


@pytest.mark.parametrize("formula", FORMULAS)
def test_objectives_that_have_no_value_elsewhere(formula):
    found = formula(lambda x: f(x) if x[1] == X[1] else np.nan, X, step=1e-3)
    assert np.isnan(found).tolist() == [False, True, False]


# Bad input.


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("objective", [None, 3.0, "loss"])
def test_objectives_that_are_no_functions(piece, objective):
    kind = type(objective).__name__
    refused(TypeError, f"objective must be a function of x, not an object of type {kind}", lambda: piece(objective, X))
    for marked in (gradproof.in_place(X.copy(), lambda: 1.0), gradproof.terms(np.sin)):
        refused(
            TypeError,
            "must be a function of x, not in_place() or terms(): pass f(x)",
            lambda m=marked: piece(m, X),
        )


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("x", "error", "sentence"),
    [
        ([], ValueError, "x is empty"),
        ({}, ValueError, "x is empty"),
        (np.array([1.0, np.nan]), ValueError, "x must be finite, but x[1] is nan"),
        ({"a": [np.inf, 1.0]}, ValueError, "a[0] is inf"),
        ("abc", TypeError, "not text"),
        (None, TypeError, "not None"),
        (np.ones(3, bool), TypeError, "not bool"),
        (np.ones(3, np.float16), TypeError, "x must be float32 or float64, but is float16"),
        (np.array([1, None]), TypeError, "Python objects"),
    ],
)
def test_points_that_are_none(piece, x, error, sentence):
    refused(error, sentence, lambda: piece(f, x))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(
    ("step", "error", "sentence"),
    [
        (0, ValueError, "step must be finite and not 0, but for x[0] it is 0"),
        (-0.0, ValueError, "step must be finite and not 0, but for x[0] it is -0"),
        (np.nan, ValueError, "step must be finite and not 0, but for x[0] it is nan"),
        (np.inf, ValueError, "step must be finite and not 0, but for x[0] it is inf"),
        (10**400, ValueError, "step must be finite and not 0, but for x[0] it is inf"),
        ([1e-3, 0, 1], ValueError, "step must be finite and not 0, but for x[1] it is 0"),
        ([1e-3, 1, np.nan], ValueError, "step must be finite and not 0, but for x[2] it is nan"),
        ([1e-3] * 2, ValueError, "step has the shape (2,), but x has the shape (3,)"),
        (np.ones((3, 2)), ValueError, "step has the shape (3, 2), but x has the shape (3,)"),
        ({"a": 1e-3}, ValueError, "step is a dict with the keys 'a', but x has an array of shape (3,)"),
        ("1e-3", TypeError, "step must hold real numbers (float64, float32 or integers), not text"),
        (np.str_("1e-3"), TypeError, "step must hold real numbers (float64, float32 or integers), not text"),
        (1e-3j, TypeError, "step must hold real numbers (float64, float32 or integers), not complex"),
        (np.complex128(1e-3), TypeError, "step must hold real numbers (float64, float32 or integers), not complex"),
        (True, TypeError, "step must hold real numbers (float64, float32 or integers), not bool"),
        (np.True_, TypeError, "step must hold real numbers (float64, float32 or integers), not bool"),
        (np.datetime64("2020-01-01"), TypeError, "step must hold real numbers"),
        (np.ones(3, np.float16), TypeError, "step must be float32 or float64, but is float16"),
    ],
)
def test_steps_that_are_none(formula, step, error, sentence):
    refused(error, sentence, lambda: formula(f, X, step=step))


@pytest.mark.parametrize("formula", FORMULAS)
def test_steps_of_another_structure(formula):
    x = {"a": np.ones(2), "b": 1.0}

    def objective(w):
        return f(w["a"]) + float(w["b"])

    refused(ValueError, "step lacks 'b': x has the keys 'a', 'b'", lambda: formula(objective, x, step={"a": [1, 1]}))
    refused(
        ValueError,
        "step must be finite and not 0, but for b it is 0",
        lambda: formula(objective, x, step={"a": [1, 1], "b": 0}),
    )
    assert set(formula(objective, x, step={"a": [1, 1], "b": 1e-3})) == {"a", "b"}


READ_ONLY = np.zeros(3)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(
    ("out", "error", "sentence"),
    [
        ([0.0] * 3, TypeError, "out must be an array, not an object of type list"),
        (3, TypeError, "out must be an array, not an object of type int"),
        (np.zeros(2), ValueError, "out must have the shape (3,) and dtype float64, not the shape (2,) and"),
        (np.zeros((3, 1)), ValueError, "out must have the shape (3,) and dtype float64, not the shape (3, 1)"),
        (np.zeros(3, np.float32), ValueError, "and dtype float64, not the shape (3,) and dtype float32"),
        (np.zeros(3, ">f8"), ValueError, "out must have the shape (3,) and dtype float64"),
        (READ_ONLY, ValueError, "out must be writable, but is read-only"),
    ],
)
def test_room_that_does_not_fit(formula, out, error, sentence):
    refused(error, sentence, lambda: formula(f, X, out=out))
    refused(error, sentence, lambda: gradproof.relative_error(X, X, out=out))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_room_for_structures(formula):
    sentence = "out can be used only if x is a single array: leave it out"
    refused(ValueError, sentence, lambda: formula(lambda w: f(w["a"]), {"a": X}, out=np.zeros(3)))


def test_bad_input_costs_no_evaluation():
    calls = []

    def counting(x):
        calls.append(x)
        return 1.0

    refused(TypeError, "out must be", lambda: gradproof.forward_difference(counting, X, out=3))
    refused(ValueError, "step must be", lambda: gradproof.forward_difference(counting, X, step=0))
    assert not calls
    gradproof.forward_difference(counting, X, step=1)
    assert len(calls) == 4


@pytest.mark.parametrize(
    ("radius", "error", "sentence"),
    [
        (0, ValueError, "radius must be positive and finite, not 0; None means a sixteenth of the size of x"),
        (-1.5, ValueError, "radius must be positive and finite, not -1.5"),
        (np.nan, ValueError, "radius must be positive and finite, not nan"),
        (np.inf, ValueError, "radius must be positive and finite, not inf"),
        (10**400, ValueError, "radius must be positive and finite, not inf"),
        (True, TypeError, "radius must be a number, not True"),
        (np.True_, TypeError, "radius must be a number, not"),
        ("1", TypeError, "radius must be a number, not '1'"),
        (1j, TypeError, "radius must be a number, not 1j"),
        ([0.1], TypeError, "radius must be a number, not [0.1]"),
    ],
)
def test_radii_that_are_none(radius, error, sentence):
    refused(error, sentence, lambda: gradproof.find_kinks(f, X, radius=radius))
    assert gradproof.find_kinks(f, X, radius=np.float32(0.1)) == []


@pytest.mark.parametrize("function", [gradproof.relative_error, gradproof.max_relative_error])
@pytest.mark.parametrize(
    ("a", "b", "error", "sentence"),
    [
        (X, np.ones(4), ValueError, "b has the shape (4,), but a has the shape (3,)"),
        (X, np.ones((3, 1)), ValueError, "b has the shape (3, 1), but a has the shape (3,)"),
        (X, 1.0, ValueError, "b has the shape (), but a has the shape (3,)"),
        ("abc", X, TypeError, "a must hold real numbers (float64, float32 or integers), not text"),
        (X, None, TypeError, "b must hold real numbers (float64, float32 or integers), not None"),
        (X, X + 1j, TypeError, "b must hold real numbers (float64, float32 or integers), not complex"),
        ({"a": X}, X, TypeError, "a must hold real numbers (float64, float32 or integers), not a dict"),
        (X, X > 0, TypeError, "b must hold real numbers (float64, float32 or integers), not bool"),
        (X.astype(np.float16), X, TypeError, "a must be float32 or float64, but is float16: convert it"),
        ([1.0, [2.0]], X, ValueError, "a cannot be converted to an array"),
    ],
)
def test_arrays_that_cannot_be_compared(function, a, b, error, sentence):
    refused(error, sentence, lambda: function(a, b))


# Objectives of every kind.


def loop(x):
    total = 0.0
    for index in range(x.size):
        total += x[index] * x[index] * x[index] + x[index]
    return total


def in_c(x, n, value, _user):
    total = 0.0
    for index in range(n):
        total += x[index] * x[index] * x[index] + x[index]
    value[0] = total
    return 0


def kinds():
    numba = pytest.importorskip("numba")
    double = numba.types.CPointer(numba.types.float64)
    signature = numba.types.int32(double, numba.types.int64, double, numba.types.voidptr)
    return {
        "batched": gradproof.batched(lambda points: np.array([loop(point) for point in points])),
        "compiled": numba.njit(loop),
        "cffi": gradproof.native(ffi.callback("gradproof_objective", in_c)),
        "cfunc": gradproof.native(numba.cfunc(signature)(in_c)),
    }


def written(result):
    return [repr(value) for value in result]


@pytest.mark.parametrize("piece", PIECES)
def test_objectives_of_every_kind_give_the_same_bits(piece):
    for name, objective in kinds().items():
        assert written(piece(objective, X)) == written(piece(loop, X)), name
    other = gradproof.batched(lambda points: np.array([loop(point * (1 + 1e-15)) for point in points]))
    if piece in FORMULAS:
        assert written(piece(other, X)) != written(piece(loop, X))


@pytest.mark.parametrize("formula", FORMULAS)
def test_batched_and_compiled_objectives_of_matrices(formula):
    numba = pytest.importorskip("numba")
    x = np.arange(6.0).reshape(2, 3) / 4

    def total(w):
        out = 0.0
        for row in range(w.shape[0]):
            for column in range(w.shape[1]):
                out += (row + 1) * w[row, column] ** 2
        return out

    right = formula(total, x)
    assert right == pytest.approx(2 * x * [[1], [2]], abs=1e-6)
    assert formula(numba.njit(total), x).tobytes() == right.tobytes()
    batched = gradproof.batched(lambda points: np.array([total(point) for point in points]))
    assert formula(batched, x).tobytes() == right.tobytes()
    structure = {"w": x}
    batched = gradproof.batched(lambda points: np.array([total(point) for point in points["w"]]))
    assert formula(batched, structure)["w"].tobytes() == right.tobytes()


@pytest.mark.parametrize("piece", PIECES)
def test_codes_of_native_objectives(piece):
    refusing = ffi.callback("gradproof_objective", lambda x, n, value, user: 42)
    with pytest.raises(NativeError, match="the native objective returned the code 42") as caught:
        piece(gradproof.native(refusing), X)
    assert caught.value.code == 42


@pytest.mark.parametrize(("piece", "settings"), [*((p, {}) for p in PIECES), *((p, {"step": 0.5}) for p in FORMULAS)])
def test_exceptions_of_compiled_objectives(piece, settings):
    """What a function compiled by Numba raises is raised, not a number that stands for it."""
    numba = pytest.importorskip("numba")
    limit = X[0] + 0.25 if settings else X[0] - 1

    @numba.njit
    def objective(x):
        if x[0] > limit:
            raise ValueError("mine")
        return x[0] + x[1] * x[2]

    with pytest.raises(ValueError, match=r"^mine$"):
        piece(objective, X, **settings)
    assert piece(objective, X - 2) is not None


@pytest.mark.parametrize("function", [lambda points: points, lambda points: np.ones((len(points), 2))])
@pytest.mark.parametrize("piece", PIECES)
def test_batched_objectives_that_return_something_else(piece, function):
    refused(ValueError, "the objective must return one real number", lambda: piece(gradproof.batched(function), X))
