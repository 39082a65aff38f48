"""The drop-ins for SciPy: what its own tests assert holds, and a wrong gradient fails."""

import pickle

import numpy as np
import pytest

from gradproof.compat import Distance, approx_fprime, check_derivative, check_grad

optimize = pytest.importorskip("scipy.optimize")
sparse = pytest.importorskip("scipy.sparse")

X = np.array([-1.2, 1.0, 0.5, 2.0])
T = np.linspace(0, 1, 7)


def residuals(p, scale=1.0):
    return scale * p[0] * np.exp(-p[1] * T)


def jacobian(p, scale=1.0):
    return scale * np.stack([np.exp(-p[1] * T), -p[0] * T * np.exp(-p[1] * T)], axis=1)


def wrong_jacobian(p, scale=1.0):
    wrong = jacobian(p, scale)
    wrong[3, 1] *= 1 + 1e-3
    return wrong


def test_a_right_gradient_passes_any_threshold():
    distance = check_grad(optimize.rosen, optimize.rosen_der, X)
    assert isinstance(distance, float)
    assert distance == 0.0 < optimize.check_grad(optimize.rosen, optimize.rosen_der, X)
    assert distance.report.verdict == "right"


@pytest.mark.parametrize("error", [1e-3, 1e-6])
def test_a_wrong_one_is_as_far_off_as_it_is(error):
    def wrong(x):
        gradient = optimize.rosen_der(x)
        gradient[2] *= 1 + error
        return gradient

    distance = check_grad(optimize.rosen, wrong, X)
    assert distance == pytest.approx(abs(error * optimize.rosen_der(X)[2]), rel=1e-3)
    assert distance.report.wrong.tolist() == [2]


@pytest.mark.parametrize("factor", [1.0, -1.0])
def test_random_directions(factor):
    distance = check_grad(optimize.rosen, lambda x: factor * optimize.rosen_der(x), X, direction="random", rng=3)
    direction = np.random.default_rng(3).standard_normal(4)
    off = abs((factor - 1) * optimize.rosen_der(X) @ direction)
    assert distance == pytest.approx(off, rel=1e-6)
    assert distance == check_grad(
        optimize.rosen, lambda x: factor * optimize.rosen_der(x), X, direction="random", seed=np.random.default_rng(3)
    )
    with pytest.raises(ValueError, match='must be "all" or "random"'):
        check_grad(optimize.rosen, optimize.rosen_der, X, direction="some")
    with pytest.raises(ValueError, match="the gradient must be a vector"):
        check_grad(residuals, jacobian, [2.0, 1.0], direction="random")


def test_arguments_lists_and_epsilon():
    def func(x, a, b):
        return a * x[0] ** 2 + b * x[1] ** 3

    def grad(x, a, b):
        return [2 * a * x[0], 3 * b * x[1] ** 2]

    assert check_grad(func, grad, [1.5, -1.5], 1, 200, epsilon=1e-4) == 0.0
    assert check_grad(func, lambda x, a, b: grad(x, a, 1.1 * b), [1.5, -1.5], 1, 200) == pytest.approx(135.0, rel=1e-6)


def test_jacobians():
    assert check_grad(residuals, jacobian, [2.0, 1.0], 3.0) == 0.0
    distance = check_grad(residuals, wrong_jacobian, [2.0, 1.0], 3.0)
    assert distance == pytest.approx(1e-3 * abs(jacobian(np.array([2.0, 1.0]), 3.0)[3, 1]), rel=1e-3)
    assert [one.name for one in distance.report.findings] == ["output[3] / x[1]"]
    assert check_grad(optimize.rosen_der, optimize.rosen_hess, X) == 0.0


def test_hessian_products():
    def wrong(x, p):
        return optimize.rosen_hess_prod(x, p) * [1, 1, 0.5, 1]

    p = np.array([0.3, -1.0, 0.5, 2.0])
    x = X
    for product, verdict in ((optimize.rosen_hess_prod, "right"), (wrong, "wrong")):
        distance = check_grad(
            lambda x: np.dot(optimize.rosen_der(x), p),
            lambda x, product=product: product(x, p),
            x,
        )
        assert distance.report.verdict == verdict
    assert distance.report.wrong.tolist() == [2]


def test_kinks_count_as_nothing():
    x = np.array([0.0, 1.0])
    assert check_grad(lambda x: np.sum(np.abs(x)), np.sign, x) == 0.0
    assert check_grad(lambda x: np.sum(np.abs(x)), lambda x: np.array([3.0, 1.0]), x) == pytest.approx(2.0, rel=1e-6)


def test_what_is_undecided_passes_no_threshold():
    random = np.random.default_rng(0)
    distance = check_grad(lambda x: np.sum(x**2) + random.normal(), lambda x: 2 * x, X)
    assert distance.report.verdict == "inconclusive"
    assert not distance < 1e-6
    assert check_grad(lambda x: np.sum(x**2), lambda x: np.full(4, np.nan), X) == np.inf


def test_distances_can_be_copied():
    distance = check_grad(optimize.rosen, optimize.rosen_der, X)
    again = pickle.loads(pickle.dumps(Distance(float(distance), None)))
    assert (again, again.report) == (distance, None)


def test_approximations_are_better_than_theirs():
    ours, theirs = approx_fprime(X, optimize.rosen_der), optimize.approx_fprime(X, optimize.rosen_der)
    right = optimize.rosen_hess(X)
    assert ours.shape == theirs.shape
    assert np.max(np.abs(ours - right)) < 1e-2 * np.max(np.abs(theirs - right))
    assert approx_fprime(X, optimize.rosen) == pytest.approx(optimize.rosen_der(X), rel=1e-8)
    assert approx_fprime(1.5, lambda x: x[0] ** 2).shape == (1,)
    assert approx_fprime([1.5], lambda x: x**2).shape == (1,)


def test_approximations_with_steps_are_theirs():
    for epsilon in (1e-6, np.array([1e-6, 1e-5, 1e-4, 1e-3])):
        for f in (optimize.rosen, optimize.rosen_der):
            assert approx_fprime(X, f, epsilon) == pytest.approx(optimize.approx_fprime(X, f, epsilon), rel=1e-6)


def test_approximations_where_a_side_is_missing():
    slopes = approx_fprime(np.array([0.0, 1.0]), lambda x: np.array([x[0] ** 1.5 if x[0] >= 0 else np.nan, x[1]]))
    assert slopes == pytest.approx(np.array([[0.0, 0.0], [0.0, 1.0]]), abs=1e-2)


@pytest.mark.parametrize("form", [np.asarray, np.ndarray.tolist, sparse.csr_array, sparse.csc_matrix])
def test_check_derivative(form):
    p = np.array([2.0, 1.0])
    assert check_derivative(residuals, lambda p, scale: form(jacobian(p, scale)), p, kwargs={"scale": 2.0}) == 0.0
    distance = check_derivative(residuals, lambda p, scale: form(wrong_jacobian(p, scale)), p, args=(2.0,))
    # Entries below 1 count with their absolute error.
    slope = abs(jacobian(p, 2.0)[3, 1])
    assert distance == pytest.approx(1e-3 * slope / max(1.0, slope), rel=1e-3)
    assert [one.name for one in distance.report.findings] == ["output[3] / x[1]"]


def test_check_derivative_of_one_output_at_bounds():
    def fun(x):
        return float(np.sum(np.sqrt(x)))

    x = np.array([1e-9, 1.0])
    assert check_derivative(fun, lambda x: 0.5 / np.sqrt(x), x, bounds=(0, np.inf)) == 0.0
    assert check_derivative(fun, lambda x: [0.5 / np.sqrt(x[0]), 0.6], x, bounds=(0, np.inf)) == pytest.approx(0.1)


def test_swapped_arguments_are_told():
    with pytest.raises(ValueError, match=r"^the arguments seem to be swapped: the function returns an array"):
        check_grad(np.cos, lambda x: np.sum(np.sin(x)), np.ones(3))
    with pytest.raises(ValueError, match=r"^the Jacobian has the shape"):
        check_grad(np.cos, lambda x: np.ones(2), np.ones(3))


def test_swapped_arguments_are_named():
    def f(x):
        return float(np.sum(x**2))

    for call, args in ((check_grad, (np.ones(2), f, f)), (approx_fprime, (f, np.ones(2)))):
        with pytest.raises(TypeError, match=rf"the point is a function: .* call {call.__name__}\("):
            call(*args)
    found = optimize.minimize(f, np.ones(2))
    with pytest.raises(TypeError, match="pass its x"):
        check_grad(f, lambda x: 2 * x, found)
    assert check_grad(f, lambda x: 2 * x, found.x) == 0
