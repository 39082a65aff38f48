"""Points of other libraries: f gets back what the user has, or the check says what to pass."""

import pickle
from array import array
from collections import UserList
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest
import scipy.sparse

import gradproof
from gradproof.problem.point import read_problem


def f(x):
    return float(np.sum(np.asarray(x) ** 2))


def g(x):
    return 2 * np.asarray(x)


def faulty(x):
    return g(x) * [1, 1.01, 1]


class Quantity(np.ndarray):
    pass


class Frame:
    """Stands for the array of a library that is not installed."""

    def __array__(self, dtype=None, copy=None):
        return np.ones(3)


Frame.__module__ = "polars.series"


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (np.matrix([[1.0, 2.0]]), "x is an np.matrix, which f would get as an array: pass np.asarray(x)"),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), "x is a masked array, which f would get without its mask: pass x.comp"),
        (np.ma.array([1.0, 2.0]), "x is a masked array"),
        (np.ones(3).view(Quantity), "x is of type Quantity, a kind of ndarray that f would get as a plain one: pass"),
        (scipy.sparse.eye(3).tocsr(), "x is a sparse matrix (csr_matrix): pass x.toarray(), or x.data if only the"),
        (scipy.sparse.coo_array(np.eye(3)), "x is a sparse matrix (coo_array): pass x.toarray()"),
        (Frame(), "x is of type polars.Frame, which f would get as an array: pass x.to_numpy()"),
        ({"a": [1.0, np.matrix([[1.0]])]}, "x, at 'a.1', is an np.matrix"),
        ([np.ones(2), np.ma.array([1.0])], "x, at 'x.1', is a masked array"),
        (np.array([1.0, 2.0], object), "not an array of Python objects: convert it by .astype(float)"),
    ],
)
@pytest.mark.parametrize("check", [gradproof.check, lambda f, g, x: gradproof.centered_difference(f, x)])
def test_what_f_would_not_get_back_is_refused(x, sentence, check):
    with pytest.raises(TypeError) as caught:
        check(f, g, x)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_in_memory_is_an_array(tmp_path):
    x = np.memmap(tmp_path / "x", np.float64, "w+", shape=(3,))
    x[:] = [1, 2, 3]
    assert gradproof.check(f, g, x).verdict == "right"
    assert gradproof.check(f, faulty, x).wrong.tolist() == [1]


@pytest.mark.parametrize(
    ("gradient", "sentence"),
    [
        (np.ma.array([2.0, 4, 6], mask=[0, 1, 0]), "gradient has masked elements, which have no value: fill them"),
        (lambda x: np.ma.masked_less(2 * x, 3), "the gradient's result has masked elements"),
        (lambda x: scipy.sparse.csr_matrix(2 * x), "not a sparse matrix (csr_matrix): convert it by .toarray()"),
    ],
)
def test_gradients_that_hide_numbers_are_refused(gradient, sentence):
    with pytest.raises(TypeError) as caught:
        gradproof.check(f, gradient, np.array([1.0, 2.0, 3.0]))
    assert sentence in str(caught.value)
    assert "Jacobian" not in str(caught.value)


def test_twin_a_sparse_matrix_of_several_rows_is_a_jacobian():
    sentence = r"convert it by \.toarray\(\); with a row for .* a Jacobian, which gradproof\.check_jacobian"
    with pytest.raises(ValueError, match=sentence):
        gradproof.check(f, lambda x: scipy.sparse.csr_matrix(np.stack([x, x])), np.array([1.0, 2.0, 3.0]))


def test_gradients_of_another_type_that_hide_nothing():
    x = np.array([1.0, 2.0, 3.0])
    assert gradproof.check(f, lambda x: np.ma.array(2 * x), x).verdict == "right"
    assert gradproof.check(f, lambda x: np.asmatrix(2 * x), x).verdict == "right"
    assert gradproof.check(f, lambda x: np.asmatrix(2.02 * x), x).wrong.tolist() == [0, 1, 2]


@pytest.mark.parametrize("requires_grad", [False, True])
def test_tensors_are_led_to_the_check_for_tensors(requires_grad):
    torch = pytest.importorskip("torch")
    x = torch.ones(3, requires_grad=requires_grad)
    for point, name in ((x, "x"), ({"w": x}, "x, at 'w',")):
        with pytest.raises(TypeError) as caught:
            gradproof.check(f, g, point)
        assert str(caught.value).startswith(f"{name} is a PyTorch tensor: call gradproof.torch.check(function, inputs)")


def test_gradients_that_are_tensors():
    torch = pytest.importorskip("torch")
    x = np.array([1.0, 2.0, 3.0])
    assert gradproof.check(f, lambda x: 2 * torch.tensor(x), x).verdict == "right"
    assert gradproof.check(f, lambda x: torch.tensor(faulty(x)), x).wrong.tolist() == [1]
    with pytest.raises(TypeError, match=r"^the gradient's result cannot be converted to an array: .*requires grad.*$"):
        gradproof.check(f, lambda x: 2 * torch.tensor(x, requires_grad=True), x)


def test_arrays_of_jax_are_arrays():
    numpy = pytest.importorskip("jax.numpy")
    x = numpy.array([1.0, 2.0, 3.0])
    assert gradproof.check(f, g, x).verdict == "right"
    assert gradproof.check(f, faulty, {"w": x}["w"]).wrong.tolist() == [1]


def test_tracers_are_led_to_the_check_for_jax():
    jax = pytest.importorskip("jax")

    def inside(x):
        gradproof.check(f, g, x)
        return x.sum()

    for transformed in (jax.jit(inside), jax.grad(inside)):
        with pytest.raises(TypeError, match=r"^x is a JAX tracer, which has no values: call gradproof\.jax\.check"):
            transformed(jax.numpy.ones(3))


class Fixed(Mapping):
    """A mapping that cannot be changed, and is made of a dict."""

    def __init__(self, parts):
        self._parts = dict(parts)

    def __getitem__(self, key):
        return self._parts[key]

    def __iter__(self):
        return iter(self._parts)

    def __len__(self):
        return len(self._parts)


class Sealed(Fixed):
    """One that cannot be made of a dict either."""

    def __init__(self, a):
        super().__init__({"a": a})


class Layers(list):
    """A kind of list."""


class Pair(tuple):
    """A kind of tuple."""

    __slots__ = ()


class Twin(tuple):
    """One that is made of two parts."""

    __slots__ = ()

    def __new__(cls, one, other):
        return super().__new__(cls, (one, other))


PARTS = {"a": np.ones(2), "b": np.full(2, 2.0)}


def sum_of_parts(x):
    return float(sum(np.sum(part**3) for part in (x.values() if isinstance(x, Mapping) else x)))


def slopes_of_parts(x, factor):
    if isinstance(x, Mapping):
        return {key: 3 * part**2 * (factor if key == "b" else 1) for key, part in x.items()}
    return [3 * x[0] ** 2, 3 * x[1] ** 2 * factor]


@pytest.mark.parametrize("x", [MappingProxyType(PARTS), Fixed(PARTS), Layers(PARTS.values()), Pair(PARTS.values())])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_containers_are_kept(x, mode):
    seen = set()

    def objective(point):
        seen.add(type(point))
        return sum_of_parts(point)

    assert gradproof.check(objective, lambda x: slopes_of_parts(x, 1), x, mode=mode).verdict == "right"
    assert gradproof.check(objective, lambda x: slopes_of_parts(x, 1.1), x, mode=mode).wrong.tolist() == [2, 3]
    assert seen == {type(x)}
    layout = pickle.loads(pickle.dumps(read_problem(x).layout))
    assert type(layout.build(np.ones(4))) is type(x)


@pytest.mark.parametrize(("x", "general"), [(Sealed(np.ones(2)), "dict"), (Twin(*PARTS.values()), "tuple")])
def test_containers_that_cannot_be_made_are_refused(x, general):
    with pytest.raises(TypeError) as caught:
        gradproof.check(sum_of_parts, lambda x: x, x)
    sentence = f"x has a container of type {type(x).__name__}, which cannot be made of other numbers: pass {general}(…)"
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("x", [UserList([1.0, 2.0, 3.0]), range(1, 4), array("d", [1, 2, 3])])
def test_what_is_read_as_an_array_is_told(x):
    name = {"UserList": "collections.UserList", "array": "array.array"}.get(type(x).__name__, type(x).__name__)
    report = gradproof.check(f, faulty, x)
    assert report.wrong.tolist() == [1]
    assert f"x is of type {name}: f gets it as an array of NumPy." in report.warnings
    inside = gradproof.check(lambda x: f(x["a"]), lambda x: {"a": g(x["a"])}, {"a": x})
    assert inside.verdict == "right"
    assert f"x, at 'a', is of type {name}: f gets it as an array of NumPy." in inside.warnings


@pytest.mark.parametrize("x", [np.array([1.0, 2.0, 3.0]), [1.0, 2.0, 3.0], (1, 2, 3)])
def test_twin_what_is_read_as_it_is_is_not_told(x):
    assert gradproof.check(f, g, x).warnings == ()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda g: np.ma.array(g, mask=[0, 0, 0]), "numpy.MaskedArray"),
        (np.matrix, "numpy.matrix"),
        (lambda g: g.view(Quantity), f"{Quantity.__module__.partition('.')[0]}.Quantity"),
    ],
)
def test_gradients_that_have_more_than_numbers_are_told(make, name):
    sentence = f"The gradient is of type {name}: its numbers were taken in their order, and nothing else."
    x = np.array([1.0, 2.0, 3.0])
    assert gradproof.check(f, lambda x: make(g(x)), x).warnings == (sentence,)
    wrong = gradproof.check(f, lambda x: make(faulty(x)), x)
    assert wrong.wrong.tolist() == [1]
    assert sentence in wrong.warnings
