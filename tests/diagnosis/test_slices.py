"""Along lines: rows, columns and slices that memory scatters are named, by every entry point and with every setting."""

from __future__ import annotations

import functools
import math
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from numba import cfunc

from gradproof import batched, check, in_place, native
from gradproof.diagnosis.evidence import Evidence
from gradproof.diagnosis.places import place_of
from gradproof.run import slices, subchecks

RNG = np.random.default_rng(3)
SCATTERED = {"table": RNG.normal(size=(300, 50)), "kernel": RNG.normal(size=(16, 16, 3, 3)), "b": RNG.normal(size=20)}


def sines(p):
    return float(sum(np.sum(np.sin(value.astype(np.float64))) for value in p.values()))


def with_slice(name, index, change, f=sines, kind=np.float64, **settings):
    """Claims for arrays in whose memory a slice is scattered, which are changed there."""
    x = {key: value.astype(kind) for key, value in SCATTERED.items()}
    claims = {key: np.cos(value.astype(np.float64)) for key, value in x.items()}
    claims[name][index] = change(claims[name][index])
    return check(f, claims, x, **settings)


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
    assert check(sines, claims, x)
    claims["table"][0, :, 3] *= 2
    report = check(sines, claims, x)
    assert str(report.explanations[0]).startswith("table[:, :, 3] (")


@functools.cache
def embedded(wrong):
    """A network that looks a few rows up in a table; what comes after its first product goes back wrong."""
    random = np.random.default_rng(0)
    x = {name: random.normal(size=shape) for name, shape in {"table": (800, 64), "W": (64, 64), "V": (64, 10)}.items()}
    x["W"], x["V"], rows = x["W"] / 8, x["V"] / 8, random.integers(0, 800, 32)

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


def test_slices_are_the_same_by_every_entry_point():
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


COLUMN = ("table", np.s_[:, 3], lambda part: 2 * part)
SLICE = ("kernel", np.s_[..., 1], lambda part: 2 * part)


@pytest.mark.parametrize(("bug", "words"), [(COLUMN, "table[:, 3] ("), (SLICE, "kernel[:, :, :, 1] (")])
@pytest.mark.parametrize(
    "settings",
    [
        {"kind": np.float32},
        {"only": ["table", "kernel"]},
        {"held": "b"},
        {"held": "b", "kind": np.float32},
        {"bounds": (-4.5, 4.5)},
        {"time_limit": 600.0},
    ],
    ids=str,
)
def test_slices_are_named_with_every_setting(bug, words, settings):
    name, index, _ = bug
    assert with_slice(name, index, lambda part: part, mode="lines", **settings)
    report = with_slice(*bug, mode="lines", **settings)
    assert str(report.explanations[0]).startswith(words)
    assert "claimed = 2 × slope" in report.explanations[0].text
    assert report.evaluations < 250
    found = [one for one in report.findings if not one.is_line]
    assert all(one.ladder and one.name == f"{name}[{', '.join(map(str, place(name, one.index)))}]" for one in found)
    assert all(place(name, one.index)[-1] == (3 if name == "table" else 1) for one in found)


def in_single(p):
    return float(sum(np.sum(np.sin(value)) for value in p.values()))


def test_where_f_computes_in_float32_slices_are_searched_with_a_budget_for_it():
    without = with_slice(*SLICE, f=in_single, kind=np.float32)
    assert [one.name for one in without.findings] == ["kernel"]
    report = with_slice(*SLICE, f=in_single, kind=np.float32, budget=2000)
    assert report.verdict == without.verdict == "wrong"
    assert "kernel[:, :, :, 1] (" in f"{report.explanations} {report.unexplained}"
    assert without.evaluations < report.evaluations <= 2000


def place(name, index):
    """Return where a flat index of x is in an array."""
    start = 0 if name == "table" else SCATTERED["table"].size
    return tuple(int(one) for one in np.unravel_index(index - start, SCATTERED[name].shape))


def test_a_chosen_array_behind_held_ones_has_its_own_indices():
    report = with_slice("kernel", np.s_[:, 5], lambda part: 2 * part, mode="lines", only="kernel")
    assert str(report.explanations[0]).startswith("kernel[:, 5, :, :] (")
    assert {place("kernel", index)[1] for index in report.wrong.tolist()} == {5}
    assert all(index in report.sampled for index in report.wrong)


def test_points_of_the_search_stay_within_bounds():
    low, high, top = -1.5, 2.25, {key: np.clip(value, -1.25, 2.0) for key, value in SCATTERED.items()}

    def f(p):
        assert all(np.all((value >= low) & (value <= high)) for value in p.values())
        return sines(p)

    claims = {key: np.cos(value) for key, value in top.items()}
    right = check(f, claims, top, bounds=(low, high))
    claims["kernel"][..., 1] *= -1
    report = check(f, claims, top, bounds=(low, high))
    assert right
    assert str(report.explanations[0]).startswith("kernel[:, :, :, 1] (")
    assert not report.exceptions


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_lines_lead_away_from_bounds_and_end_at_them(kind):
    random = np.random.default_rng(1)
    x = random.choice([-1.0, 0.1, 1.0], 40).astype(kind)
    leaf = SimpleNamespace(start=0, stop=40)
    search = SimpleNamespace(
        box=(np.full(40, -1.0), np.full(40, 1.0)), problem=SimpleNamespace(x=x, is_float32=kind == np.float32)
    )
    line = slices._line(search, leaf, random)
    assert np.all(line[x == 1] < 0)
    assert np.all(line[x == -1] > 0)
    lines = subchecks.LinePoints(
        x, leaf, np.stack([line, np.where(x == x[1], line, 0)]), subchecks.box_of(search, leaf)
    )
    low, high = lines.limits
    assert low[0] == lines.start[0]
    assert np.all(high >= lines.start + 1)
    for ends in ((low[0], lines.start[1]), (high[0], lines.start[1]), (lines.start[0], high[1])):
        point = lines(np.array(ends, kind))
        assert point.dtype == kind
        assert np.all(np.abs(point) <= 1)


def test_bounds_are_rounded_inwards_in_float32():
    x, leaf = np.zeros(2, np.float32), SimpleNamespace(start=0, stop=2)
    edges = (np.array([-0.1, -1 / 3]), np.array([0.1, 1 / 3]))
    low, high = subchecks.box_of(SimpleNamespace(box=edges, problem=SimpleNamespace(x=x)), leaf)
    assert low.dtype == high.dtype == np.float32
    assert np.all((low >= edges[0]) & (high <= edges[1]) & (high - edges[1] < 1e-7))


def test_a_check_that_is_saved_or_resumed_searches_as_another(tmp_path):
    plain = with_slice(*COLUMN)
    for one in (with_slice(*COLUMN, save=tmp_path / "check"), with_slice(*COLUMN, resume=tmp_path / "check")):
        assert (one.to_json(), str(one)) == (plain.to_json(), str(plain))


def test_the_time_limit_ends_the_search(monkeypatch):
    monkeypatch.setattr(subchecks, "time", SimpleNamespace(monotonic=lambda: math.inf))
    report = with_slice(*COLUMN, time_limit=600.0)
    assert report.verdict == "wrong"
    assert report.stopped_by == "time_limit"
    assert report.evaluations < with_slice(*COLUMN).evaluations


@pytest.mark.parametrize("later", [1, 12])
def test_an_interrupt_of_the_search_leaves_the_report(later):
    calls, last = [], with_slice(*COLUMN, budget=90).evaluations + later

    def f(p):
        calls.append(1)
        if len(calls) == last:
            raise KeyboardInterrupt
        return sines(p)

    report = with_slice(*COLUMN, f=f)
    assert report.verdict == "wrong"
    assert report.stopped_by == "interrupted"
    assert len(calls) == last


def test_slices_of_float32_are_the_same_by_every_entry_point():
    x = {key: value.astype(np.float32) for key, value in SCATTERED.items()}
    plain = with_slice(*SLICE, kind=np.float32, held="b")
    claims = {key: np.cos(value.astype(np.float64)) for key, value in x.items()}
    claims["kernel"][..., 1] *= 2
    moved = {key: value.copy() for key, value in x.items()}
    one = check(in_place(moved, lambda: sines(moved)), claims, held="b")
    assert (one.to_json(), str(one)) == (plain.to_json(), str(plain))
    assert all(np.array_equal(value, x[key]) for key, value in moved.items())


def test_slices_of_a_compiled_function_with_held_coordinates():
    compiled = cfunc("int32(CPointer(double), int64, CPointer(double), voidptr)")(total_in_c)
    claims = {key: np.cos(value) for key, value in SCATTERED.items()}
    claims["kernel"][..., 1] *= 2
    report = check(native(compiled.address), claims, SCATTERED, held="table", mode="lines")
    assert str(report.explanations[0]).startswith("kernel[:, :, :, 1] (")


def test_a_few_coordinates_are_in_some_columns_by_no_chance():
    named, random = 0, np.random.default_rng(4)
    empty = np.zeros(10)
    for _ in range(300):
        places = np.sort(random.choice(3600, 10, replace=False))
        marks = np.ones(10, bool)
        array = Evidence("W", (90, 40), 0, places, empty, empty, empty, empty, marks, marks)
        named += "[" in place_of(array, marks)
    assert named <= 4
    column = array._replace(places=np.arange(10) * 40 + 7)
    assert place_of(column, marks) == "W[:, 7] (10 of 10 tested)"


@pytest.mark.parametrize(("axis", "where"), [(0, "table[:100, :]"), (1, "table[:, 20:]")])
def test_rows_whose_claims_are_lost_are_named(axis, where):
    index = np.arange(SCATTERED["table"].shape[axis])
    kept = np.expand_dims(index >= 100 if axis == 0 else index < 20, 1 - axis)
    lost = {name: np.cos(value) * (kept if name == "table" else 1.0) for name, value in SCATTERED.items()}
    (told,) = check(sines, lost, SCATTERED, mode="lines").explanations
    assert told.kind == "zero"
    assert told.where.startswith(f"{where} (")


def test_rows_that_f_does_not_use_are_not_lost():
    p, used = {"table": SCATTERED["table"]}, np.random.default_rng(7).integers(0, 300, 40)
    weights = np.random.default_rng(8).normal(size=p["table"].shape)
    rows = np.bincount(used, minlength=300)[:, None]

    def f(p):
        return float(np.sum(np.sin(p["table"][used])))

    claims = rows * np.cos(p["table"])
    assert check(f, {"table": claims}, p, mode="lines").verdict == "right"
    report = check(f, {"table": claims + 0.1 * (rows > 0) * weights}, p, mode="lines")
    assert report.verdict == "wrong"
    assert not any(one.kind == "zero" for one in report.explanations)
