"""Whether values add up over the rows: means and sums with a constant do, and nothing else."""

import numpy as np
import pytest

from gradproof.rows.additive import Form, adds_up, evaluated, form_of

RANDOM = np.random.default_rng(3)
TERMS = RANDOM.normal(size=(37, 4)) + 3
CONSTANT = np.array([5.0, -1.0, 0.0, 2.0])
ORDER = RANDOM.permutation(37)


def mean(rows):
    return TERMS[rows].mean(axis=0) + CONSTANT


def total(rows):
    return TERMS[rows].sum(axis=0) + CONSTANT


def part_of_all(rows):
    return TERMS[rows].sum(axis=0) / 37 + CONSTANT


def variance(rows):
    return TERMS[rows].var(axis=0)


def root(rows):
    return np.sqrt(TERMS[rows].sum(axis=0))


def form(value, slopes, noise=0.0):
    first = evaluated(lambda rows: value(rows)[:1], ORDER)
    return form_of([first], noise, evaluated(slopes, ORDER), "float64")


@pytest.mark.parametrize(("value", "is_mean"), [(mean, True), (total, False), (part_of_all, False)])
def test_means_and_sums_are_recognised(value, is_mean):
    assert form(value, value) == Form(is_mean)


@pytest.mark.parametrize(("value", "slopes"), [(variance, variance), (root, root), (mean, total), (total, mean)])
def test_what_does_not_add_up_has_no_form(value, slopes):
    assert form(value, slopes) is None


def test_noise_of_the_values_does_not_hide_what_the_gradient_is():
    assert form(mean, total, noise=10.0) == Form(is_mean=False)  # the values would fit anything
    assert form(total, mean, noise=1e-12) is None


@pytest.mark.parametrize("value", [mean, total])
def test_the_whole_is_made_of_any_parts(value):
    splits = evaluated(value, ORDER)
    found = form(value, value)
    parts = np.array_split(ORDER, 5)
    values, sizes = [value(part) for part in parts], [len(part) for part in parts]
    np.testing.assert_allclose(found.whole(values, sizes, found.constant(splits)), value(np.arange(37)), rtol=1e-13)
    assert adds_up(found, splits, values, sizes, "float64").all()
    values[2][1] *= 1.001
    assert adds_up(found, splits, values, sizes, "float64").tolist() == [True, False, True, True]


def test_what_is_not_finite_adds_up_to_nothing():
    assert form(lambda rows: mean(rows) * np.nan, mean) is None


def test_errors_of_parts_make_the_error_of_the_whole():
    assert Form(is_mean=True).of_error([1.0, 3.0], [1, 3]) == 2.5
    assert Form(is_mean=False).of_error([1.0, 3.0], [1, 3]) == 4.0
