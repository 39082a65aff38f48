"""Factors of slopes that are badly known: the simplest are told, and errors of other kinds are not taken for them."""

from __future__ import annotations

import kinds
import numpy as np
import pytest

from gradproof import check
from gradproof.diagnosis.evidence import Evidence
from gradproof.diagnosis.kinds.additions import addition
from gradproof.diagnosis.kinds.factors import shown
from gradproof.diagnosis.kinds.functions.slopes import of_slope
from gradproof.diagnosis.kinds.names import Known
from gradproof.diagnosis.kinds.values import no_dependence
from gradproof.diagnosis.searching import of_vector

BADLY_KNOWN = [kinds.in_float32, kinds.with_noise, kinds.with_a_constant]


def factors(report):
    return [one.number for one in report.explanations if one.kind == "factor"]


@pytest.mark.parametrize(("factor", "words"), [(-1.0, "the sign is wrong"), (2.0, "a factor 1/2"), (0.5, "a factor 2")])
@pytest.mark.parametrize("kind", BADLY_KNOWN)
def test_the_simplest_factors_are_told_where_slopes_are_badly_known(kind, factor, words):
    told = several = 0
    for seed in range(60):
        drawn = kind(seed)
        assert drawn.check().explanations == ()
        report = drawn.check(factor * drawn.gradient)
        if len(report.wrong) > 1:
            several += 1
            told += factors(report) == [factor] and words in report.explanations[0].text
    assert several > 30
    assert told >= 0.75 * several


@pytest.mark.parametrize("kind", BADLY_KNOWN)
def test_errors_of_no_kind_are_no_factor_of_slopes_that_are_badly_known(kind):
    random, wrong = np.random.default_rng(7), 0
    for seed in range(60):
        drawn = kind(seed)
        size, noise = np.mean(np.abs(drawn.gradient)), random.normal(size=len(drawn.x))
        for claims in (drawn.gradient + size * noise, size * noise):
            report = drawn.check(claims)
            wrong += report.verdict == "wrong"
            assert report.explanations == ()
    assert wrong > 80


def test_what_one_factor_does_as_well_is_no_function_of_the_slopes():
    random = np.random.default_rng(3)
    slope = random.uniform(0.05, 0.3, 30)
    bar = np.where(np.arange(30) == 7, 0.005, 0.1) * slope
    zeros, every = np.zeros(30), np.ones(30, bool)
    # One slope is off by twice its bar, which is the narrowest, so that one half is not within all of them.
    measured = slope * np.where(np.arange(30) == 7, 1.01, 1.0)
    for claimed, told in ((slope / 2, False), (slope / np.sqrt(1 - slope**2), False)):
        part = Evidence("", (30,), 0, np.arange(30), zeros + 1.0, claimed, measured, bar, every, every)
        assert (of_slope(part) is not None) == told
    sharp = Evidence("", (30,), 0, np.arange(30), zeros + 1.0, claimed, slope, 1e-6 * bar, every, every)
    assert "slope / √(1 - slope²)" in of_slope(sharp).text


def test_a_second_term_that_only_makes_up_for_a_narrow_bar_is_not_told():
    random = np.random.default_rng(4)
    x, slope, places = random.uniform(0.2, 0.7, 10), random.normal(size=10), np.arange(10)
    measured = slope + np.where(places == 2, 1.8e-6, 0.0)
    bar = np.where(places == 5, 1e-7, 1e-6)

    def told(error, times):
        found = addition(Evidence("", (10,), 0, places, x, slope + error, measured, times * bar, places >= 0, x > 0.0))
        return "" if found is None else found.text

    assert told(-0.59, 1.0) == ""
    assert told(-0.59, 8.0) == "claimed = slope - 0.59, the same everywhere"
    assert "× (x - 1.475): is a quadratic penalty, such as a normal prior, not in" in told(0.4 * x - 0.59, 8.0)


def test_factors_have_no_digits_that_are_not_known():
    assert [shown(3.001, 5e-3), shown(1.428571, 1e-6), shown(0.0501, 2e-3)] == ["3", "1.428571", "about 0.05"]


@pytest.mark.parametrize(("height", "told"), [(1e-8, [-1.0]), (1e-3, [])])
def test_the_sign_of_a_single_slope_is_told_where_it_is_known_well(height, told):
    def f(x):
        return float(np.sin(x[0])) + height * kinds.noise(x)

    x = np.array([0.3])
    assert check(f, np.cos(x), x).verdict != "wrong"
    report = check(f, -np.cos(x), x)
    assert report.wrong.tolist() == [0]
    assert factors(report) == told


@pytest.mark.parametrize(("kind", "seed"), [(kinds.with_noise, 2), (kinds.on_stairs, 21)])
def test_bars_that_are_too_narrow_beside_others_hide_no_sign(kind, seed):
    drawn = kind(seed)
    report = drawn.check(-drawn.gradient)
    assert max(abs(one.claimed + one.slope) / one.error_bar for one in report.findings) > 8.0
    assert factors(report) == [-1.0]
    random = np.random.default_rng(seed)
    assert drawn.check(drawn.gradient * random.normal(size=len(drawn.x))).explanations == ()


def test_claims_near_a_tiny_point_are_no_small_difference_of_large_functions_of_it():
    def f(x):
        return float(slope @ x)

    random = np.random.default_rng(0)
    for _ in range(40):
        slope, x = random.normal(size=5), 1e-7 * random.normal(size=5)
        assert check(f, slope, x)
        report = check(f, slope + random.normal(size=5), x)
        assert report.wrong.tolist() == [0, 1, 2, 3, 4]
        assert report.explanations == ()


@pytest.mark.parametrize(("seed", "claim"), [(625287068, -0.553680826874374), (280050682, -4.315036974871787)])
def test_of_all_counts_one_is_near_any_claim_that_is_about_minus_the_slope(seed, claim):
    drawn = kinds.with_a_constant(seed)
    report = drawn.check(np.array([claim]))
    assert report.wrong.tolist() == [0]
    assert report.explanations == ()
    x = np.array([0.3])
    (told,) = check(lambda x: float(np.sin(x[0])), -3.0 * np.cos(x), x).explanations
    assert "with the wrong sign, a sum over 3" in told.text


def of_one(x, claimed, slope, bar):
    """What is known of a vector of which one coordinate is wrong."""
    yes = np.ones(1, bool)
    return Evidence("x", (9,), 0, np.array([4]), *(np.array([each]) for each in (x, claimed, slope, bar)), yes, yes)


def explained(part):
    with np.errstate(all="ignore"):
        return [found.text for explain in of_vector(Known({20: "x"}, 1.37)) if (found := explain(part))]


def test_single_coordinates_are_not_explained_by_chance():
    random = np.random.default_rng(3)
    for _ in range(300):
        x, slope, error = random.normal(size=3)
        bar = 10.0 ** random.uniform(-6, -2)
        assert not explained(of_one(x, slope + error, slope + bar * random.uniform(-0.1, 0.1), bar))


@pytest.mark.parametrize(("factor", "words"), [(-1.0, "the sign"), (2.0, "1/2"), (0.5, "2"), (3.0, "counted 3 times")])
def test_the_commonest_mistakes_of_single_coordinates_are_told_if_they_are_known_well(factor, words):
    random = np.random.default_rng(4)
    for _ in range(20):
        x, slope = random.normal(size=2)
        (told, *_) = explained(of_one(x, factor * slope, slope * (1 + 1e-8 * random.normal()), 1e-5 * abs(slope)))
        assert told.startswith(f"claimed = {factor:g} × slope")
        assert words in told
        assert not explained(of_one(x, factor * slope, 1.0001 * slope, 1e-3 * abs(slope)))


@pytest.mark.parametrize("seed", range(4))
def test_a_factor_is_told_where_bars_only_had_to_tell_slopes_from_claims_far_away(seed):
    x = np.random.default_rng(seed).normal(size=9)
    report = check(lambda x: float(np.sum(np.sin(x))), lambda x: 65536 * np.cos(x), x)
    assert max(one.error_bar for one in report.findings) > 0.1
    (told,) = report.explanations
    assert told.text.startswith("claimed = 65536 × slope: a loss scale of 2^16")


@pytest.mark.parametrize(("bar", "is_told"), [(1e-6, True), (1.0, False)])
def test_slopes_that_are_badly_known_are_not_0(bar, is_told):
    yes = np.ones(3, bool)
    vectors = (np.arange(1.0, 4.0), np.array([-4.1, 3.9, 2.7]), np.zeros(3), np.full(3, bar))
    found = no_dependence(Evidence("x", (9,), 0, np.arange(3), *vectors, yes, yes))
    assert (found is not None) == is_told


@pytest.mark.parametrize(("value", "is_told"), [(1e6, True), (1.0, False)])
def test_slopes_below_a_bar_that_only_refuted_claims_far_away_are_not_0(value, is_told):
    """Noise of f leaves a bar of 70 where the claims are of 1e9; f changes by about 1."""
    yes = np.ones(3, bool)
    vectors = (np.arange(1.0, 4.0), np.array([-4e9, 3e9, 2e9]), np.array([0.7, -0.4, 1.1]), np.full(3, 70.0))
    found = no_dependence(Evidence("x", (3,), 0, np.arange(3), *vectors, yes, yes), value)
    assert (found is not None) == is_told


@pytest.mark.parametrize("seed", [2, 3, 9, 22])
def test_errors_that_are_nearly_the_same_are_no_factor_and_a_constant(seed):
    """Wide bars hide how they differ, so that a factor near 1 makes up for it; a factor that is far from 1 does not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=14).astype(np.float32)
    weights = rng.uniform(0.5, 2, 14).astype(np.float32)
    slopes = weights * np.cos(x.astype(np.float64))

    def told(claimed):
        report = check(lambda x: float(np.sum(weights * np.sin(x)) + np.float32(3)), claimed, x)
        return [str(one).partition(", as if")[0] for one in report.explanations]

    off = 0.3 * (1 + 0.01 * rng.normal(size=14))
    assert not any("×" in one for one in [*told(slopes + off), *told(slopes + off / 3)])
    assert told(2 - slopes)[0].startswith("all of x: claimed = -")
