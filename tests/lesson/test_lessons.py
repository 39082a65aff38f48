"""The demos of the lesson: their claims, each with what would refute it; test_readme.py runs them as commands."""

import itertools

import numpy as np
import pytest

import gradproof
from gradproof import Kink, demos
from gradproof.demos import forward_or_centered, kinks, network, patterns

START = network.start()


def moved(coordinate, step):
    """The parameters with one coordinate of W1 or b1 moved."""
    parameters = {name: part.copy() for name, part in START.items()}
    flat = np.concatenate([parameters["W1"].ravel(), parameters["b1"]])
    flat[coordinate] += step
    parameters["W1"], parameters["b1"] = flat[: 13 * 13].reshape(13, 13), flat[13 * 13 :]
    return parameters


def units_on(parameters):
    """The activation pattern, from the network's own forward pass."""
    return network.forward(parameters)[0] > 0


def test_crossings_are_those_of_the_networks_own_hidden_layer():
    for step in (1e-2, 1e-4):
        forward, centered = patterns.crossed(START, 0.0, step), patterns.crossed(START, -step, step)
        for coordinate in range(0, patterns.BEFORE, 5):
            before, after = units_on(moved(coordinate, -step)), units_on(moved(coordinate, step))
            assert forward[coordinate] == np.any(units_on(START) != after)
            assert centered[coordinate] == np.any(before != after)


def test_distances_are_where_units_switch():
    every = patterns.distances(START)
    assert every.shape == (patterns.BEFORE, 178)
    for coordinate in (0, 46, 100, 181):
        nearest = every[coordinate][np.argmin(np.abs(every[coordinate]))]
        assert abs(nearest) == patterns.nearest(START)[coordinate]
        just_before, beyond = (units_on(moved(coordinate, factor * nearest)) for factor in (1 - 1e-9, 1 + 1e-9))
        assert np.array_equal(units_on(START), just_before)
        assert np.count_nonzero(just_before != beyond) == 1


def test_orders_of_the_demo_are_one_and_two():
    forward, centered = forward_or_centered.measured_orders(START)
    assert len(forward.orders) == 42
    assert np.all(np.abs(forward.orders - 1) <= 0.05)
    assert np.all(np.abs(centered.orders - 2) <= 0.05)
    assert forward.hold
    assert centered.hold
    assert np.all(centered.errors < forward.errors)
    assert np.all(centered.steps > forward.steps)
    # A smooth function of another order is noticed.
    assert not forward._replace(orders=centered.orders).hold
    assert not centered._replace(orders=np.append(centered.orders[1:], 1.9)).hold


def test_centered_differences_cross_kinks_at_least_as_often():
    points = list(forward_or_centered.training(START, 30))
    assert network.objective(points[-1]) < 0.5 * network.objective(points[0])
    for step in forward_or_centered.STEPS:
        row = forward_or_centered.count_crossings(points, step)
        assert row.probes == 30 * patterns.BEFORE
        assert row.forward <= row.centered <= row.near <= row.probes
    row = forward_or_centered.count_crossings(points, 1e-3)
    assert row.centered > 1.5 * row.forward > 100
    # Each point by itself, and every probe: what forward differences cross, centered ones cross.
    for parameters in points[:5]:
        forward, centered = patterns.crossed(parameters, 0.0, 1e-3), patterns.crossed(parameters, -1e-3, 1e-3)
        assert np.all(centered >= forward)
        # Backward ones cross what the others do not: the count is not right by construction of one side.
        assert np.any(patterns.crossed(parameters, -1e-3, 0.0) & ~forward)


def test_a_kink_spoils_centered_differences_and_nothing_else_does():
    off, crossing = forward_or_centered.centered_off(START)
    assert off == crossing > 20


def test_the_demo_does_not_answer_where_the_numbers_do_not_support_it(capsys, monkeypatch):
    count = forward_or_centered.count_crossings
    monkeypatch.setattr(forward_or_centered, "TRAINING", 5)
    monkeypatch.setattr(
        forward_or_centered, "count_crossings", lambda *given: count(*given)._replace(centered=0, forward=9)
    )
    assert not demos.run("forward-or-centered")
    text = capsys.readouterr().out
    assert "Answer: False" not in text
    assert "No answer" in text


def true_kinks(radius):
    """What a perfect search would find."""
    _, every = kinks.part_of(START)
    nearest = every[np.arange(len(every)), np.argmin(np.abs(every), axis=1)]
    return [Kink(int(i), "", float(nearest[i]), 0.0, 0.0) for i in np.flatnonzero(np.abs(nearest) <= radius)]


def test_scores_of_made_up_searches():
    perfect = kinks.score(true_kinks(0.01), START, 0.01)
    assert (perfect.precision, perfect.recall, perfect.nearest) == (1, 1, perfect.true)
    half = kinks.score(true_kinks(0.01)[::2], START, 0.01)
    assert half.precision == 1
    assert half.recall == pytest.approx(0.5, abs=0.02)
    everywhere = kinks.score([Kink(i, "", 0.0077, 0.0, 0.0) for i in range(81)], START, 0.01)
    assert everywhere.precision < 0.3
    mirrored = kinks.score([Kink(k.index, "", -k.distance, 0.0, 0.0) for k in true_kinks(0.01)], START, 0.01)
    assert mirrored.precision < 0.3
    nothing = kinks.score([], START, 0.01)
    assert (nothing.precision, nothing.recall) == (1, 0)


def test_the_search_finds_what_the_pattern_has():
    kept, _ = kinks.part_of(START)
    objective = kinks.objective_of_part(START)
    assert objective(kept) == network.objective(START)
    for radius, least in ((1e-4, 1.0), (1e-3, 0.95), (1e-2, 0.8)):
        found = kinks.score(gradproof.find_kinks(objective, kept, radius=radius), START, radius)
        assert found.precision == 1
        assert found.recall >= least
        assert found.true >= 10
        assert not found.change_missed > found.change_found


def test_changes_of_slope_are_those_of_the_loss():
    _, every = kinks.part_of(START)
    distance = float(every[0][np.argmin(np.abs(every[0]))])
    slopes = []
    for side in (-1, 1):
        ends = [network.objective(moved(0, distance + side * step)) for step in (1e-7, 2e-6)]
        slopes.append(side * (ends[1] - ends[0]) / 1.9e-6)
    assert kinks.change_of_slope(START, 0, distance) == pytest.approx(abs(slopes[1] - slopes[0]), rel=0.01)


def test_gaps_of_the_ladder_stay_where_kinks_are_crossed(capsys):
    rows = [line.split() for line in list(kinks.ladder_rows(START))[2:]]
    gaps, crossed = [abs(float(row[3])) for row in rows], [int(row[4]) for row in rows]
    assert crossed[0] > 0 == crossed[-1]
    clean = [gap for gap, count in zip(gaps, crossed, strict=True) if not count]
    spoilt = [gap for gap, count in zip(gaps, crossed, strict=True) if count]
    # Steps go by quarters: so do the gaps of a smooth piece.
    assert all(3.5 < large / small < 4.5 for large, small in itertools.pairwise(clean))
    assert spoilt[-1] > 10 * clean[0]


def test_every_lesson_has_a_summary():
    summaries = demos.summaries()
    for name in demos.LESSONS:
        assert len(summaries[name].splitlines()) == 1
