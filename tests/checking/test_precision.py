"""Functions of NumPy in float64 at the same point, with a gradient in float32."""

import numpy as np
import pytest

from gradproof import check, in_place

DATA = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)


def objective(p):
    return np.sum(np.tanh(DATA.astype(p["W"].dtype) @ p["W"] + p["b"])) / 40


def gradient(p, factor=1.0):
    data = DATA.astype(p["W"].dtype)
    slopes = (1 - np.tanh(data @ p["W"] + p["b"]) ** 2) / 40
    return {"W": (data.T @ slopes) * p["W"].dtype.type(factor), "b": slopes.sum(0)}


def point():
    random = np.random.default_rng(1)
    return {"W": random.normal(size=(6, 5)).astype(np.float32), "b": np.zeros(5, np.float32)}


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_gradient_in_float32(mode):
    seen = set()

    def noted(p):
        seen.add(p["W"].dtype.name)
        return objective(p)

    x = point()
    report = check(noted, gradient, x, precision="float64", mode=mode)
    assert (report.verdict, report.arithmetic, seen) == ("right", "float64", {"float64"})
    assert report.warnings[-1].endswith("as good as float32 can be.")
    assert x["W"].dtype == np.float32
    report = check(objective, lambda p: gradient(p, 1.0001), x, precision="float64", mode=mode)
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {"W"}
    assert report.findings[0].claimed / report.findings[0].slope == pytest.approx(1.0001, abs=1e-6)


def test_a_gradient_that_is_known_in_float32_alone():
    x = point()
    for claimed in (gradient(x), lambda p: {name: one.astype("float32") for name, one in gradient(p).items()}):
        report = check(objective, claimed, x, precision="float64")
        assert report.verdict == "right"
        assert "The gradient is known in float32 alone" in report.warnings[-1]
    report = check(objective, gradient(x, 1.01), x, precision="float64")
    assert {one.name.partition("[")[0] for one in report.findings} == {"W"}


def test_half_precision_and_what_is_in_float64_already():
    x = np.linspace(0.5, 1.5, 8)
    assert check(lambda x: np.sum(x**3), lambda x: 3 * x**2, x, precision="float64").warnings == ()
    low = x.astype(np.float16)
    report = check(lambda x: np.sum(x**3), lambda x: 3 * x**2, low, precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert "float16" in report.warnings[-1]
    report = check(lambda x: np.sum(x**3), lambda x: 3 * x**2 + (np.arange(8) == 3), low, precision="float64")
    assert report.wrong.tolist() == [3]


def test_a_function_that_computes_in_float32_all_the_same():
    def low(function):
        return lambda p: function({name: one.astype(np.float32) for name, one in p.items()})

    for factor, verdict in ((1.0, "right"), (1.1, "wrong")):
        claimed = low(lambda p, factor=factor: gradient(p, factor))
        report = check(low(objective), claimed, point(), precision="float64")
        assert (report.verdict, report.arithmetic) == (verdict, "float32")
        assert report.warnings[0].startswith(
            "f was called with x in float64, at the same point, but its values are float32"
        )
        assert {one.name.partition("[")[0] for one in report.findings if one.index in report.wrong} <= {"W"}


def test_a_function_that_takes_no_float64_is_checked_as_it_is():
    def objective(x):
        if x.dtype != np.float32:
            raise TypeError("float32, please")
        return np.sum(x**3)

    x = np.linspace(0.5, 1.5, 8, dtype=np.float32)
    report = check(objective, lambda x: 3 * x**2, x, precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float32")
    assert report.warnings == ("f could not be evaluated in float64, but only as it is: TypeError: float32, please.",)
    report = check(objective, lambda x: 3 * x**2 + (np.arange(8) == 3), x, precision="float64")
    assert report.wrong.tolist() == [3]


def test_a_gradient_that_takes_no_float64():
    def gradient(x):
        return np.cos(x, dtype=np.float32, casting="equiv")

    x = np.linspace(0.5, 1.5, 8, dtype=np.float32)
    for factor, verdict in ((1.0, "right"), (1.01, "wrong")):
        report = check(
            lambda x: np.sum(np.sin(x)), lambda x, factor=factor: factor * gradient(x), x, precision="float64"
        )
        assert (report.verdict, report.arithmetic) == (verdict, "float64")
        assert "The gradient is known in float32 alone" in report.warnings[-1]


def test_complex_numbers():
    z = np.array([0.5 + 1j, 2 - 0.25j, 1j], np.complex64)
    report = check(lambda z: np.sum(np.abs(z) ** 4), lambda z: 4 * np.abs(z) ** 2 * z, z, precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert report.warnings[-1].endswith("as good as float32 can be.")
    wrong = np.array([1, 1.0001, 1], np.complex64)
    report = check(lambda z: np.sum(np.abs(z) ** 4), lambda z: 4 * np.abs(z) ** 2 * z * wrong, z, precision="float64")
    assert report.wrong.tolist() == [2, 3]


def test_what_does_not_go_together():
    x = point()
    with pytest.raises(ValueError, match='precision must be "float64", or None'):
        check(objective, gradient, x, precision="float32")
    with pytest.raises(TypeError, match="cannot be used with rows"):
        check(objective, gradient, x, precision="float64", rows=3)
    with pytest.raises(TypeError, match="needs a function"):
        check(in_place(x, lambda: 0.0), lambda: x, precision="float64")
