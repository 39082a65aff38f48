"""What the user's functions write to the arrays that they gave changes nothing, or ends the check with a sentence."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gradproof
from gradproof.problem import watching
from gradproof.problem.watching import ChangedError, fingerprint

N = 20_000
X = np.random.default_rng(0).normal(size=N)
WHICH = {"right": 1.0, "wrong": -1.0}


@pytest.fixture(params=["copied", "watched"])
def is_watched(request, monkeypatch):
    if request.param == "watched":
        monkeypatch.setattr(watching, "COPIED_BYTES", 0)
    return request.param == "watched"


def claims(sign):
    claimed = 4 * X**3
    claimed[5] *= sign
    return claimed


def checked(f, claimed, x, is_watched, changed, **settings):
    """The verdict, or that what changed was named."""
    if not is_watched:
        return gradproof.check(f, claimed, x, **settings).verdict
    with pytest.raises(ChangedError, match=f"^{changed} changed during the check: .* pass a copy of it$"):
        gradproof.check(f, claimed, x, **settings)
    return None


def model_in(parameters):
    def f(w):
        parameters[:] = w
        return float(np.sum(parameters**4))

    return f


@pytest.mark.parametrize("verdict", WHICH)
@pytest.mark.parametrize("mode", ["lines", "full"])
def test_a_model_that_keeps_its_parameters_in_x(verdict, mode, is_watched):
    size = N if mode == "lines" else 50
    x = X[:size].copy()
    f, claimed = model_in(x), claims(WHICH[verdict])[:size]
    assert checked(f, claimed, x, is_watched, "x", mode=mode) in (verdict, None)


@pytest.mark.parametrize("verdict", WHICH)
@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_f_writes_to_the_claimed_array(verdict, fill, is_watched):
    claimed = claims(WHICH[verdict])

    def f(w):
        claimed[:] = fill * 4 * w**3
        return float(np.sum(w**4))

    assert checked(f, claimed, X, is_watched, "the claimed gradient") in (verdict, None)


@pytest.mark.parametrize("verdict", WHICH)
def test_in_place_f_zeroes_the_gradient(verdict, is_watched):
    parameters, gradient = X.copy(), claims(WHICH[verdict])

    def f():
        gradient[:] = 0
        return float(np.sum(parameters**4))

    objective = gradproof.in_place(parameters, f)
    assert checked(objective, gradient, None, is_watched, "the claimed gradient") in (verdict, None)
    assert parameters.tobytes() == X.tobytes()


@pytest.mark.parametrize("verdict", WHICH)
def test_workers_that_are_threads(verdict, is_watched):
    claimed = claims(WHICH[verdict])

    def f(w):
        claimed[:] = 0
        return float(np.sum(w**4))

    with ThreadPoolExecutor(2) as executor:
        assert checked(f, claimed, X, is_watched, "the claimed gradient", executor=executor) in (verdict, None)


@pytest.mark.parametrize("verdict", WHICH)
@pytest.mark.usefixtures("is_watched")
def test_twin_what_stays_as_it_is(verdict):
    x, claimed = X.copy(), claims(WHICH[verdict])
    assert gradproof.check(lambda w: float(np.sum(w**4)), claimed, x).verdict == verdict
    assert x.tobytes() == X.tobytes()


@pytest.mark.usefixtures("is_watched")
def test_what_is_evaluated_after_a_change_is_not_saved(tmp_path):
    """A check that goes on where a refused one was says what one says that was never refused."""
    claimed, file = claims(1.0), tmp_path / "saved"
    calls = 0

    def f(w):
        nonlocal calls
        calls += 1
        if calls > 20:
            claimed[:] = 0
        return float(np.sum(w**4))

    whole = gradproof.check(lambda w: float(np.sum(w**4)), claims(1.0), X)
    try:
        gradproof.check(f, claimed, X, save=file)
    except ChangedError:
        again = gradproof.check(lambda w: float(np.sum(w**4)), claims(1.0), X, resume=file)
        assert again.to_json() == whole.to_json()


def test_the_report_keeps_what_was_claimed():
    claimed = claims(-1.0)
    report = gradproof.check(lambda w: float(np.sum(w**4)), claimed, X)
    said = report.explain(5)
    claimed[:] = 0
    assert report.explain(5) == said


def altered(array, change):
    other = array.copy()
    change(other)
    return other


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 7, 64, 1000, 40_001])
def test_a_fingerprint_sees_every_change(dtype, size):
    array = np.random.default_rng(size).normal(size=size).astype(dtype)
    known = fingerprint(array)
    assert fingerprint(array.copy()) == known  # twin

    def flip_the_lowest_bit(a):
        a.view(np.uint8)[(size // 2) * a.itemsize] ^= 1

    def flip_all_signs(a):
        a *= -1

    def set_to_zero(a):
        a[:] = 0

    changes = [flip_the_lowest_bit, flip_all_signs, set_to_zero]
    if size > 1:

        def swap_ends(a):
            a[[0, -1]] = a[[-1, 0]]

        def flip_two_signs(a):
            a[[0, -1]] *= -1

        changes += [swap_ends, flip_two_signs]
    assert len({fingerprint(altered(array, change)) for change in changes} | {known}) == len(changes) + 1


def test_signs_of_an_even_number_of_equal_values_count():
    ones = np.ones(1 << 16)
    assert fingerprint(-ones) != fingerprint(ones)
    assert fingerprint(np.negative(ones, where=np.arange(ones.size) < 2, out=ones.copy())) != fingerprint(ones)
