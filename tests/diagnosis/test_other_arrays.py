"""Bugs that other arrays, places in memory, neighbours and norms explain: each beside a twin that they do not."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check

RNG = np.random.default_rng(77)
X16, MATRIX = RNG.normal(size=16), RNG.normal(size=(6, 7))
WEIGHTS, OF_MATRIX = RNG.uniform(0.5, 2.0, 16), RNG.uniform(0.5, 2.0, (6, 7))
SCALES = RNG.uniform(0.4, 2.0, 7)
NOISE = RNG.normal(size=(6, 7))


def of_vector(x):
    return float(np.sum(WEIGHTS * np.sin(x)))


def of_matrix(x):
    return float(np.sum(OF_MATRIX * np.sin(x)))


def slopes(x):
    return (WEIGHTS if x.ndim == 1 else OF_MATRIX) * np.cos(x)


def told(f, x, claimed):
    """What a check says of claims; those that are right it must not call wrong."""
    report = check(f, claimed, x)
    assert report.verdict == "wrong"
    return [str(one) for one in report.explanations], report.unexplained


def orthogonal(x):
    return x @ (x.T @ x - np.eye(x.shape[1]))


ODD = np.add.outer(np.arange(6), np.arange(7)) % 2
FLAT = slopes(MATRIX).ravel()
PAIRS = np.repeat(slopes(X16).reshape(8, 2).sum(axis=1), 2)
CASES = {
    "an element too many": (
        np.r_[FLAT[:21], 0.3, FLAT[21:-1]].reshape(6, 7),
        "from [3, 0] on, each claim is the slope of the coordinate before it: is an element too many there",
    ),
    "an element too few": (
        np.r_[FLAT[:9], FLAT[10:], 0.0].reshape(6, 7),
        "from [1, 2] on, each claim is the slope of the coordinate behind it: is an element left out there?",
    ),
    "padding on the wrong side": (
        np.r_[0.0, 0.0, slopes(X16)[:-2]],
        "x: each claim is the slope of the coordinate 2 places before it: are 2 elements too many there",
    ),
    "a mean of neighbours": (
        (slopes(X16) + np.roll(slopes(X16), -1)) / 2,
        "claimed = 0.5 × slope + 0.5 × the one behind: are they averaged, differenced or interpolated",
    ),
    "a filter along an axis that is too short to tell": (
        slopes(MATRIX) - 0.25 * np.roll(slopes(MATRIX), 1, 1),
        "",
    ),
    "central differences": (
        (np.r_[slopes(X16)[1:], 0.0] - np.r_[0.0, slopes(X16)[:-1]]) / 2,
        "claimed = 0.5 × (the slope behind - the one before): are they averaged, differenced or interpolated",
    ),
    "sums of pairs": (PAIRS, "every 2 neighbours claim the sum of their slopes: are they of a coarser grid"),
    "means of pairs": (PAIRS / 2, "every 2 neighbours claim the mean of their slopes"),
    "a step downhill": (-0.01 * np.sign(slopes(X16)), "claimed = -0.01 × sign(slope): only its sign is left, and that"),
    "standardised": (
        (slopes(X16) - slopes(X16).mean()) / slopes(X16).std(),
        "with the mean 0 and the standard deviation 1: are the slopes standardised?",
    ),
    "its mean subtracted, times three": (
        3 * (slopes(X16) - slopes(X16).mean()),
        "so that the claims have the sum 0: is their mean subtracted?",
    ),
    "rows normalised": (
        slopes(MATRIX) / np.linalg.norm(slopes(MATRIX), axis=1, keepdims=True),
        "the claims of each have the norm 1: are they normalised?",
    ),
    "a checkerboard": (
        slopes(MATRIX) * ODD,
        "x where the sum of the indices is even, as on a checkerboard: claimed = 0",
    ),
    "every second one": (slopes(X16) * np.tile([0.75, 1.5], 8), "x at every index 2 i: claimed = 0.75 × slope"),
    "orthogonality forgotten": (
        slopes(MATRIX) - 0.2 * orthogonal(MATRIX),
        "claimed = slope - 0.2 × x @ (x.T @ x - I): is a penalty of orthogonality, as |x.T @ x - I|², missing?",
    ),
    "a fourth power of a matrix": (
        slopes(MATRIX) + 0.3 * MATRIX @ MATRIX.T @ MATRIX,
        "claimed = slope + 0.3 × x @ x.T @ x: is a part such as |x.T @ x|² not in the objective?",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bugs_of_places_neighbours_and_norms_are_told(name):
    claimed, words = CASES[name]
    x = X16 if claimed.ndim == 1 else MATRIX
    f = of_vector if claimed.ndim == 1 else of_matrix
    assert check(f, slopes, x).verdict == "right"
    said, left = told(f, x, claimed)
    assert words in " ".join(said)
    assert bool(said) == bool(words) != bool(left)
    # The twin: the same with noise of its own size is none of these.
    noise = RNG.normal(size=claimed.shape) * np.abs(claimed).mean()
    twin, _ = told(f, x, claimed + noise)
    assert twin == []


@pytest.mark.parametrize("seed", range(3))
def test_slips_along_lines_are_told_only_of_what_is_behind_them(seed):
    random = np.random.default_rng(seed)
    x, weights = random.normal(size=(60, 40)), random.uniform(0.5, 2.0, (60, 40))
    right = weights * np.cos(x)

    def f(x):
        return float(np.sum(weights * np.sin(x)))

    said = check(f, np.roll(right, 1, 1), x, mode="lines", seed=seed).explanations
    assert ["tested): claimed = slope, shifted by 1 along axis 1" in str(one) for one in said] == [True]
    flat = right.ravel()
    report = check(f, np.r_[flat[:600], 0.3, flat[600:-1]].reshape(60, 40), x, mode="lines", seed=seed)
    for one in report.explanations:
        # Of all of x no arrangement is told: before the slip it is right.
        assert any(words in str(one) for words in ("on, if not before, each", "another coordinate", "tested): claimed"))
    mixed = np.r_[flat[:600], random.permutation(flat[600:])].reshape(60, 40)
    assert not [one for one in check(f, mixed, x, mode="lines", seed=seed).explanations if "before it" in one.text]


@pytest.mark.parametrize("total", [0.0, 0.4])
def test_two_claims_that_add_up_to_0_tell_no_more_than_one(total):
    """As those of logits do: then each is minus the other, and a factor is one of a single number."""
    x = np.array([0.3, -0.4])

    def f(x):
        return float(np.log(np.sum(np.exp(x))) - x[0] + total * np.sum(x))

    right = np.exp(x) / np.sum(np.exp(x)) - [1.0, 0.0] + total
    for factor, told_of in ((2.0, True), (1.374259, bool(total))):
        report = check(f, factor * right, x)
        assert bool(report.explanations) == told_of


def test_forces_of_whole_numbers_do_not_add_up_to_0_for_a_reason():
    x = RNG.normal(size=(6, 3)) + 2.0 * np.arange(6)[:, None]

    def f(x):
        return float(np.sum(np.exp(-0.1 * np.sum((x[:, None] - x) ** 2, axis=-1))) / 2)

    def of_pairs(x):
        apart = x[:, None] - x
        return np.sum(-0.2 * apart * np.exp(-0.1 * np.sum(apart**2, axis=-1))[..., None], axis=1)

    assert check(f, of_pairs, x).verdict == "right"
    whole = np.round(5.0 * RNG.normal(size=(6, 3)))
    whole[5] -= whole.sum(axis=0)
    assert check(f, whole, x).explanations == ()
    assert [one.kind for one in check(f, of_pairs(x) + 0.01 * whole, x).explanations] == ["sum"]


def of_scaled(p):
    return float(np.sum(OF_MATRIX * np.sin(p["W"]) * p["g"]) / p["s"][0] ** 2 + np.sum(p["g"] ** 3) + p["s"][0] ** 4)


def of_scaled_slopes(p):
    s, waves = p["s"][0], OF_MATRIX * np.sin(p["W"])
    return {
        "W": OF_MATRIX * np.cos(p["W"]) * p["g"] / s**2,
        "g": waves.sum(axis=0) / s**2 + 3 * p["g"] ** 2,
        "s": np.array([4 * s**3 - 2 * np.sum(waves * p["g"]) / s**3]),
    }


SCALED = {"W": MATRIX, "g": SCALES, "s": np.array([0.73])}


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1.0 / SCALES, "W: claimed = slope / g along axis 1: is that factor missing, or there too often?"),
        (SCALES, "W: claimed = slope × g along axis 1"),
        (3.0 * np.exp(SCALES), "W: claimed = 3 × slope × exp(g) along axis 1"),
        (np.roll(SCALES, 1), "claimed = slope × a factor for each index of axis 1"),
        (0.73**2, "all of W: claimed = 0.5329 × slope, s²: is s² a factor too often, or 1/s² missing?"),
        (1 / 0.73, "all of W: claimed = 1.369863 × slope, 1/s: is s missing, or 1/s a factor too often?"),
        (-np.exp(0.73), "claimed = -2.075081 × slope, with the wrong sign, exp(s): is exp(s) a factor too often"),
        (0.5331, "all of W: claimed = 0.5331 × slope (explains"),
    ],
)
def test_factors_are_named_by_the_arrays_whose_numbers_they_are(factor, words):
    assert check(of_scaled, of_scaled_slopes, SCALED).verdict == "right"
    right = of_scaled_slopes(SCALED)
    said, left = told(of_scaled, SCALED, {**right, "W": right["W"] * factor})
    assert words in said[0]
    assert len(said) == 1
    assert left == ()


def test_a_factor_that_two_numbers_may_be_names_both():
    x = {**SCALED, "t": np.array([0.73000001]), "u": np.array([0.74])}

    def f(p):
        return of_scaled(p) + float(p["t"][0] ** 2 + p["u"][0] ** 2)

    right = {**of_scaled_slopes(x), "t": 2 * x["t"], "u": 2 * x["u"]}
    assert check(f, right, x).verdict == "right"
    said, _ = told(f, x, {**right, "W": 0.73 * right["W"]})
    assert "claimed = 0.73 × slope, s or t: is that a factor too often, or its inverse missing?" in said[0]


@pytest.mark.parametrize(("norm", "words"), [(0.25, "; its norm is 0.25: is it clipped to that?"), (0.2537, "slope (")])
def test_arrays_that_are_clipped_each_to_a_norm(norm, words):
    right = of_scaled_slopes(SCALED)
    claimed = {name: norm * each / np.linalg.norm(each) for name, each in right.items()}
    said, _ = told(of_scaled, SCALED, {**right, "W": claimed["W"], "g": claimed["g"]})
    assert [words in one for one in said] == [True, True]


def test_a_part_of_the_slopes_of_another_array():
    x = {"S": MATRIX, "T": NOISE}
    slope = {name: slopes(each) for name, each in x.items()}

    def f(p):
        return of_matrix(p["S"]) + of_matrix(p["T"])

    said, _ = told(f, x, {**slope, "S": slope["S"] + 0.37 * slope["T"]})
    assert said[0].startswith("S: claimed = slope + 0.37 × that of T: is a part that they share missing, or counted")
    assert told(f, x, {**slope, "S": slope["S"] + 0.37 * slope["T"][::-1]})[0] == []


def test_a_spectral_norm_taken_for_a_constant():
    def f(x):
        return float(np.sum(OF_MATRIX * np.sin(x / np.linalg.norm(x, 2))))

    size = np.linalg.norm(MATRIX, 2)
    left, _, right = np.linalg.svd(MATRIX)
    inner = OF_MATRIX * np.cos(MATRIX / size)
    missing = np.sum(inner * MATRIX) / size**2 * np.outer(left[:, 0], right[0])
    assert check(f, inner / size - missing, MATRIX).verdict == "right"
    assert "the one of the largest singular value of x: is a spectral norm taken" in told(f, MATRIX, inner / size)[0][0]
    other = told(f, MATRIX, inner / size - missing + np.outer(left[:, 1], right[1]))[0][0]
    assert (
        "is a term missing or doubled, such as one row of the data, or wrong that depends on one product with x?"
        in other
    )


@pytest.mark.parametrize("number", [1e200, -1e200, 1e-200, 5e-324])
def test_numbers_whose_squares_are_none_are_compared_all_the_same(number):
    x = {"W": MATRIX, "c": np.array([number])}
    claimed = {"W": slopes(MATRIX), "c": np.zeros(1)}

    def f(p):
        return of_matrix(p["W"])

    assert check(f, claimed, x).verdict == "right"
    said, _ = told(f, x, {**claimed, "W": 3.7 * claimed["W"]})
    assert "all of W: claimed = 3.7 × slope (" in said[0]
