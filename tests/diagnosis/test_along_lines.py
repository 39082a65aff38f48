"""Bugs by name along lines, where only a few coordinates are looked at: in the first lines of what is printed."""

from __future__ import annotations

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pytest
from numba import cfunc

from gradproof import batched, check, in_place, native
from gradproof.diagnosis.along import _is_shared

RNG = np.random.default_rng(3)
ROWS, PENALTY = 32, 0.05
INPUTS, LABELS = RNG.normal(size=(ROWS, 40)), np.eye(10)[RNG.integers(0, 10, ROWS)]
P = {
    "W1": RNG.normal(size=(40, 60)) / np.sqrt(40),
    "b1": RNG.normal(size=60) * 0.1,
    "W2": RNG.normal(size=(60, 60)) / np.sqrt(60),
    "b2": RNG.normal(size=60) * 0.1,
    "W3": RNG.normal(size=(60, 10)) / np.sqrt(60),
    "b3": RNG.normal(size=10) * 0.1,
}


def forward(p):
    first = np.tanh(INPUTS @ p["W1"] + p["b1"])
    second = np.tanh(first @ p["W2"] + p["b2"])
    return first, second, second @ p["W3"] + p["b3"]


def objective(p):
    scores = forward(p)[2]
    penalty = PENALTY / 2 * sum(np.sum(p[name] ** 2) for name in ("W1", "W2", "W3"))
    return float(np.mean(np.log(np.sum(np.exp(scores), axis=1)) - np.sum(scores * LABELS, axis=1)) + penalty)


def gradient(p, scale=1 / ROWS, penalty=PENALTY):
    first, second, scores = forward(p)
    powers = np.exp(scores)
    third = (powers / powers.sum(axis=1, keepdims=True) - LABELS) * scale
    behind = third @ p["W3"].T * (1 - second**2)
    before = behind @ p["W2"].T * (1 - first**2)
    return {
        "W1": INPUTS.T @ before + penalty * p["W1"],
        "b1": before.sum(axis=0),
        "W2": first.T @ behind + penalty * p["W2"],
        "b2": behind.sum(axis=0),
        "W3": second.T @ third + penalty * p["W3"],
        "b3": third.sum(axis=0),
    }


def changed(**changes):
    return lambda p: {name: changes.get(name, lambda value: value)(value) for name, value in gradient(p).items()}


def everywhere(factor):
    return lambda p: {name: factor * value for name, value in gradient(p).items()}


BUGS = {
    "factor": (changed(W2=lambda w: 0.5 * w), "all of W2: claimed = 0.5 × slope, is a factor 2 missing"),
    "sign": (everywhere(-1), "everything: claimed = -1 × slope, the sign is wrong"),
    "transposition": (changed(W2=lambda w: w.T), "W2: claimed = slope, transposed"),
    "flipped": (changed(W2=lambda w: w[::-1]), "W2: claimed = slope, reversed along axis 0"),
    "order": (
        changed(W1=lambda w: w.ravel(order="F").reshape(w.shape)),
        "W1: claimed = slope, in Fortran order instead",
    ),
    "penalty": (
        lambda p: gradient(p) | {"W2": gradient(p)["W2"] - PENALTY * p["W2"]},
        "tested): claimed = slope - 0.05 × x: is the part of an L2 penalty missing?",
    ),
    "sum for a mean": (
        everywhere(ROWS),
        "everything: claimed = 32 × slope, 2^5, a loss scale, or a sum over 32 for a mean",
    ),
    "sum for a mean, but for the penalty": (
        lambda p: gradient(p, scale=1),
        "W3 (6 of 6 tested): claimed = 32 × slope, but for a part 0.05 × x, as of an L2 penalty, which is right",
    ),
    "arrays swapped": (
        lambda p: gradient(p) | {"b1": gradient(p)["b2"], "b2": gradient(p)["b1"]},
        "claimed = the slope of another array, while its own stands in b2: are the two swapped?",
    ),
    "columns permuted": (
        changed(W2=lambda w: w[:, (np.arange(60) * 7 + 5) % 60]),
        "W2: each claim is the slope of another coordinate: that of [",
    ),
    "detached": (
        changed(W1=lambda w: 0 * w, b1=lambda b: 0 * b),
        "all of W1; all of b1: claimed = 0, but f depends on",
    ),
}


def test_the_right_twin_is_right():
    report = check(objective, gradient, P)
    assert report
    assert report.mode == "lines"


@pytest.mark.parametrize("name", BUGS)
def test_bugs_are_named_in_the_first_lines(name):
    bug, words = BUGS[name]
    report = check(objective, bug, P)
    assert report.verdict == "wrong"
    assert words in str(report.explanations[0])
    assert words in " ".join(" ".join(str(report).splitlines()[:5]).split())


def with_row(index, change):
    """Claims for a table of 400 rows, in one of which they are changed."""

    def claimed(p):
        out = {name: np.cos(value) for name, value in p.items()}
        out["table"][index] = change(out["table"][index])
        return out

    x = {"table": RNG.normal(size=(400, 100)), "W": RNG.normal(size=(100, 30))}
    return check(lambda p: float(sum(np.sum(np.sin(value)) for value in p.values())), claimed, x)


def test_a_row_of_a_large_array_is_named():
    assert with_row(113, lambda row: row)
    report = with_row(113, lambda row: 2 * row)
    assert str(report.explanations[0]).startswith("table[113, :] (")
    assert "claimed = 2 × slope" in report.explanations[0].text
    (line,) = [one for one in report.findings if one.stop > one.start + 1]
    assert 11_000 <= line.start < line.stop <= 11_700
    assert {index // 100 for index in report.wrong.tolist()} == {113}
    report = with_row(7, lambda row: np.random.default_rng(2).normal(size=100))
    assert report.explanations == ()
    assert report.unexplained[0].startswith("table[7, :] (")


class Line(NamedTuple):
    """What a line through an array tells of it."""

    factor: float
    factor_bar: float


def test_factors_that_arrays_share_by_chance_are_no_explanation():
    """Upstream of a bug they are near 1, and agree here and there within their bars."""
    near = [Line(1.0 + 1e-4 * part, 3e-6) for part in (0.75, 0.78, 5.1, 3.6, -4.5, -1.7, 1.5, 1.6)]
    assert not any(_is_shared(one, [other for other in near if other is not one]) for one in near)
    twins = [*near[2:], Line(1.01, 1e-7), Line(1.01, 1e-7)]
    shared = [one for one in twins if _is_shared(one, [other for other in twins if other is not one])]
    assert shared == twins[-2:]
    # Of many that agree, bars may be wide.
    assert _is_shared(Line(1.2, 0.01), [Line(1.2, 0.01)] * 7)
    assert not _is_shared(Line(1.2, 0.01), [Line(1.2, 0.01), *near[:6]])


def test_errors_of_no_kind_are_not_explained():
    noise = np.random.default_rng(5).normal(size=P["W2"].shape)
    report = check(objective, changed(W2=lambda w: w + 0.01 * noise), P)
    assert report.verdict == "wrong"
    assert report.explanations == ()
    assert "no simple explanation fits the errors in W2 (" in " ".join(str(report).split())


SCATTERED = {"table": RNG.normal(size=(300, 50)), "kernel": RNG.normal(size=(16, 16, 3, 3)), "b": RNG.normal(size=20)}


def with_slice(name, index, change, **settings):
    """Claims for arrays in whose memory a slice is scattered, which are changed there."""
    claims = {key: np.cos(value) for key, value in SCATTERED.items()}
    claims[name][index] = change(claims[name][index])
    return check(lambda p: float(sum(np.sum(np.sin(value)) for value in p.values())), claims, SCATTERED, **settings)


@pytest.mark.parametrize(
    ("name", "index", "factor", "words"),
    [
        ("table", np.s_[:, 3], 2.0, "table[:, 3] ("),
        ("table", np.s_[:, [3, 41]], -1.0, "table[:, i] for 2 of 50 i: 3, 41 ("),
        ("kernel", np.s_[..., 1], -1.0, "kernel[:, :, :, 1] ("),
        ("kernel", np.s_[:, 5], 0.0, "kernel[:, 5, :, :] ("),
    ],
)
def test_slices_that_memory_scatters_are_named(name, index, factor, words):
    report = with_slice(name, index, lambda part: factor * part)
    assert str(report.explanations[0]).startswith(words)
    assert f"claimed = {factor:g}" in report.explanations[0].text
    wrong = np.zeros(SCATTERED[name].shape, bool)
    wrong[index] = True
    start = 0 if name == "table" else SCATTERED["table"].size
    assert wrong.reshape(-1)[report.wrong - start].all()
    assert report.evaluations < 600
    assert report.evaluations == with_slice(name, index, lambda part: factor * part).evaluations


def test_an_axis_with_one_index_has_no_slices():
    """As that of a table of positions, or of a token that all images share."""
    x = {"table": SCATTERED["table"][None, :, :], "b": SCATTERED["b"]}
    claims = {key: np.cos(value) for key, value in x.items()}
    assert check(lambda p: float(sum(np.sum(np.sin(value)) for value in p.values())), claims, x)
    claims["table"][0, :, 3] *= 2
    report = check(lambda p: float(sum(np.sum(np.sin(value)) for value in p.values())), claims, x)
    assert str(report.explanations[0]).startswith("table[:, :, 3] (")


@functools.cache
def embedded(wrong):
    """A network that looks a few rows up in a table; what comes after its first product goes back wrong."""
    x = {"table": RNG.normal(size=(800, 64)), "W": RNG.normal(size=(64, 64)) / 8, "V": RNG.normal(size=(64, 10)) / 8}
    rows = np.random.default_rng(0).integers(0, 800, 32)

    def f(p):
        return float(np.mean(np.tanh(np.tanh(p["table"][rows] @ p["W"]) @ p["V"]) ** 2))

    inner = np.tanh(x["table"][rows] @ x["W"])
    outer = np.tanh(inner @ x["V"])
    last = 2 * outer * (1 - outer**2) / outer.size
    first = last @ x["V"].T
    first = first * (1 - inner**2) + wrong * np.abs(first) * inner
    table = np.zeros((800, 64))
    np.add.at(table, rows, first @ x["W"].T)
    return check(f, {"table": table, "W": x["table"][rows].T @ first, "V": inner.T @ last}, x), rows


def test_errors_upstream_of_a_bug_take_few_evaluations_though_most_rows_of_a_table_are_unused():
    right, _ = embedded(0.0)
    assert right
    report, rows = embedded(0.3)
    assert [array.name for array in report.arrays if array.wrong] == ["table", "W"]
    assert report.evaluations <= right.evaluations + 150
    found = report.wrong[report.wrong < 800 * 64] // 64
    assert len(found) > 1
    assert set(found.tolist()) <= set(rows.tolist())


def test_slices_are_right_or_not_searched_without_a_budget_for_it():
    assert with_slice("table", np.s_[:, 3], lambda part: part)
    report = with_slice("table", np.s_[:, 3], lambda part: 2 * part, budget=200)
    assert report.verdict == "wrong"
    assert report.evaluations <= 200
    # Errors all over have coordinates of their own, and no slices.
    report = with_slice("table", np.s_[:], lambda part: 2 * part)
    assert report.explanations[0].where == "all of table"


def total(table):
    return float(np.sum(np.sin(table)))


def test_slices_are_the_same_by_every_door():
    table = SCATTERED["table"].copy()
    claims = np.cos(table)
    claims[:, 3] *= 2.0
    plain = check(total, claims, table)
    assert str(plain.explanations[0]).startswith("x[:, 3] (7 of 14 tested): claimed = 2 × slope")
    assert set((plain.wrong % 50).tolist()) == {3}
    each = batched(lambda tables: np.array([total(one) for one in tables]))
    compiled = cfunc("int32(CPointer(double), int64, CPointer(double), voidptr)")(total_in_c)
    by_c = check(native(compiled.address), claims, table)
    assert set((by_c.wrong % 50).tolist()) == {3}
    before = table.tobytes()
    with ThreadPoolExecutor(2) as executor:
        others = [
            check(in_place(table, lambda: total(table)), claims),
            check(each, claims, table),
            check(total, claims, table, executor=executor),
        ]
    assert table.tobytes() == before
    for one in others:
        assert (one.to_json(), str(one)) == (plain.to_json(), str(plain))


def total_in_c(x, n, value, user):
    total = 0.0
    for index in range(n):
        total += math.sin(x[index])
    value[0] = total
    return 0
