"""Every named array has a factor along its own claim: in float32, too, and where there are thousands of them."""

import functools
import math

import numpy as np
import pytest
from longmodels import lines, model_of, relu_network, shaped, tanh

import gradproof

NAMES = ("W0", "W1", "W2")


@functools.cache
def in_single(layers=6, width=48, rows=32):
    """A deep tanh network in float32, with its gradient by hand."""
    random = np.random.default_rng(2)
    inputs = random.normal(size=(rows, width)).astype(np.float32)
    targets = random.normal(size=(rows, width)).astype(np.float32)
    x = {}
    for layer in range(layers):
        x[f"W{layer}"] = (random.normal(size=(width, width)) / math.sqrt(width)).astype(np.float32)
        x[f"b{layer}"] = (0.1 * random.normal(size=width)).astype(np.float32)

    def values_of(p):
        values = [inputs]
        for layer in range(layers):
            values.append(np.tanh(values[-1] @ p[f"W{layer}"] + p[f"b{layer}"]))
        return values

    def objective(p):
        return float(np.mean((values_of(p)[-1] - targets) ** 2))

    values, gradient = values_of(x), {}
    back = np.float32(2.0 / targets.size) * (values[-1] - targets)
    for layer in reversed(range(layers)):
        back = back * (1 - values[layer + 1] ** 2)
        gradient[f"W{layer}"], gradient[f"b{layer}"] = values[layer].T @ back, back.sum(0)
        back = back @ x[f"W{layer}"].T
    return objective, {name: gradient[name] for name in x}, x


def test_a_right_gradient_has_a_factor_for_every_array():
    for model in (tanh(), model_of("relu_network")):
        for seed in range(3):
            report = lines(model, seed=seed)
            assert report.verdict == "right"
            assert report.evaluations <= 100 + 2 * len(NAMES)
            assert [array.name for array in report.arrays] == list(NAMES)
            for array in report.arrays:
                assert abs(array.factor - 1) <= array.factor_bar < 1e-4
                assert array.is_right
            told = report.to_dict()["power"]["blocks"]
            assert [one["ratio"] for one in told] == [array.factor for array in report.arrays]
            assert gradproof.Report.from_json(report.to_json()).arrays == report.arrays
            assert "along its own claim each of 3 arrays agrees" in " ".join(str(report).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_that_is_a_hundredth_too_large_is_named_with_its_factor(name):
    model = tanh()
    passed = lines(model).evaluations
    report = lines(model, {**model.gradient, name: model.gradient[name] * 1.01})
    assert report.verdict == "wrong"
    (finding,) = [one for one in report.findings if one.stop > one.start + 1]
    assert finding.name == name
    assert abs(finding.factor - 1.01) <= finding.factor_bar < 1e-5
    assert report.evaluations <= passed + 150
    for array in report.arrays:
        assert (abs(array.factor - 1) <= array.factor_bar) == (array.name != name)
    text = " ".join(str(report).split())
    assert "right along its claim, to" in text
    assert "the other 2 arrays" in text


def test_in_float32_every_doubled_array_is_named():
    """The right gradient passes, and no array of it could be doubled unseen."""
    objective, gradient, x = in_single()
    right = gradproof.check(objective, gradient, x)
    assert (right.verdict, right.unseen) == ("right", 0)
    assert right.evaluations <= 100 + 2 * len(x)
    for name in x:
        claimed = {**gradient, name: 2 * gradient[name]}
        report = gradproof.check(objective, claimed, x)
        assert report.verdict == "wrong"
        assert [one.name for one in report.findings] == [name]
        (array,) = [array for array in report.arrays if array.name == name]
        assert abs(array.factor - 2) <= array.factor_bar < 0.5
        assert report.evaluations <= right.evaluations + 150


@pytest.mark.parametrize("name", ["W0", "W1", "b0", "b1"])
def test_where_only_the_inside_of_f_is_float32_the_closer_look_is_bounded(name):
    """Then f(x) is no number of float32, though lines and coordinates are as noisy."""
    objective, gradient, x = in_single()
    claimed = {key: 1.1 * value for key, value in gradient.items()}
    right = gradproof.check(lambda p: 1.1 * objective(p), claimed, x)
    assert right
    report = gradproof.check(lambda p: 1.1 * objective(p), {**claimed, name: 2 * claimed[name]}, x)
    assert report.verdict == "wrong"
    assert report.findings[0].name == name
    assert {one.name.partition("[")[0] for one in report.findings} == {name}
    assert report.evaluations <= right.evaluations + 150


def test_an_array_that_claims_nothing_is_named_with_few_evaluations():
    """One that was left out by mistake; one whose slopes are 0 is right, and a single error in it is found alone."""
    objective, gradient, x = in_single()
    right = gradproof.check(objective, gradient, x, mode="lines")
    for name in ("W0", "b3"):
        left_out = gradient | {name: np.zeros_like(gradient[name])}
        report = gradproof.check(objective, left_out, x, mode="lines")
        assert report.verdict == "wrong"
        assert [one.name for one in report.findings if one.cause.name == "WRONG"] == [name]
        assert str(report.explanations[0]).startswith(f"{name}: claimed = 0, but f depends on it")
        assert report.evaluations <= right.evaluations + 150
    unused = {**x, "unused": np.ones(3000, np.float32)}
    claimed = {**gradient, "unused": np.zeros(3000, np.float32)}
    assert gradproof.check(objective, claimed, unused, mode="lines").verdict == "right"
    claimed["unused"][1234] = 3.0
    report = gradproof.check(objective, claimed, unused, mode="lines")
    assert report.wrong.tolist() == [sum(part.size for part in x.values()) + 1234]


@pytest.mark.parametrize("seed", [6, 8])
def test_a_search_that_loses_what_it_follows_in_float32_ends_with_the_arrays_that_are_off(seed):
    """One array claims nothing, and others are off by about what can be seen of them."""
    objective, gradient, x = in_single()
    names = list(x)
    random = np.random.default_rng(seed)
    left_out = random.choice(names[1::2], 2, replace=False)[0]
    factors = {name: 1 + 0.01 * random.normal() for name in names if name != left_out and random.random() < 0.5}
    claimed = {name: np.float32(factors.get(name, name != left_out)) * value for name, value in gradient.items()}
    report = gradproof.check(objective, claimed, x, mode="lines", seed=seed)
    assert report.verdict == "wrong"
    named = {one.name for one in report.findings if one.cause.name == "WRONG"}
    assert named
    assert named <= {left_out, *factors}


def test_in_float32_what_is_halved_everywhere_is_one_line():
    objective, gradient, x = in_single()
    report = gradproof.check(objective, {name: value / 2 for name, value in gradient.items()}, x)
    assert report.verdict == "wrong"
    (finding,) = report.findings
    assert (finding.start, finding.stop) == (0, report.n)
    assert abs(finding.factor - 0.5) <= finding.factor_bar < 0.01
    assert "everything is 0.5" in " ".join(str(report).split())


def test_upstream_of_a_bug_everything_is_wrong_and_the_rest_is_said_to_be_right():
    objective, gradient, x = in_single()
    names = list(x)
    claimed = {name: value * (1.5 if name in names[:4] else 1) for name, value in gradient.items()}
    report = gradproof.check(objective, claimed, x)
    assert report.verdict == "wrong"
    assert {one.name for one in report.findings} == set(names[:4])
    assert f"everything from {names[4]} on is right along its claim" in " ".join(str(report).split())


def test_upstream_of_a_bug_errors_may_fade():
    """Then some arrays far upstream are right to within their bars; where few are off, it is not said."""
    objective, gradient, x = in_single()
    names = list(x)
    for off, is_said in (({2, 4, 5, 6}, True), ({0, 6}, False), ({2, 9, 10}, False)):
        claimed = {name: value * (1.5 if at in off else 1) for at, (name, value) in enumerate(gradient.items())}
        text = " ".join(str(gradproof.check(objective, claimed, x)).split())
        assert text.startswith("wrong")
        assert (f"everything from {names[7]} on is right along its claim" in text) == is_said
        assert ("everything from" in text) == is_said


def test_a_wrong_coordinate_is_still_found_alone():
    for model in (tanh(), relu_network()):
        claimed = {name: value.copy() for name, value in model.gradient.items()}
        claimed["W1"][3, 4] *= -3
        report = lines(model, claimed)
        assert report.wrong.tolist() == [1200 + 3 * 30 + 4]


def test_of_thousands_of_arrays_the_one_that_is_doubled_is_named():
    """Those that share a pair with it are looked at alone."""
    random = np.random.default_rng(3)
    x = {f"p{number}": random.normal(size=5) for number in range(2000)}

    def objective(p):
        return float(np.sum(np.sin(np.concatenate(list(p.values())))))

    gradient = {name: np.cos(value) for name, value in x.items()}
    right = gradproof.check(objective, gradient, x)
    assert right.verdict == "right"
    assert right.evaluations <= 100 + 600
    assert all(abs(array.factor - 1) <= array.factor_bar < 1e-3 for array in right.arrays)
    report = gradproof.check(objective, {**gradient, "p777": 2 * gradient["p777"]}, x)
    assert report.verdict == "wrong"
    assert {name.partition("[")[0] for name in (one.name for one in report.findings)} == {"p777"}


def test_what_cannot_be_seen_is_named():
    """An array whose slopes are all below the noise of float32: whatever is tried, it could be doubled."""
    objective, gradient, x = in_single()
    claimed, point = {**gradient, "tiny": np.full(9, 2e-12, np.float32)}, {**x, "tiny": np.full(9, 1.0, np.float32)}
    report = gradproof.check(lambda p: objective(p) + float(np.sum(1e-12 * p["tiny"] ** 2)), claimed, point)
    assert (report.verdict, report.power.unseen) == ("right", ("tiny",))


def test_without_names_there_are_no_pairs():
    model = tanh()
    flat = np.concatenate([value.ravel() for value in model.x.values()])
    report = gradproof.check(
        lambda y: model.objective(shaped(y, model)),
        np.concatenate([g.ravel() for g in model.gradient.values()]),
        flat,
        mode="lines",
    )
    assert report.verdict == "right"
    assert report.power.blocks == ()


def one_array(factors, kind=np.float64, n=10000):
    """A check of one array whose claims are these factors too large."""
    random = np.random.default_rng(1)
    weights, x = random.uniform(0.5, 2.0, n).astype(kind), random.normal(size=n).astype(kind)
    claims = (weights * (np.cos(x) + kind(0.2) * x) * factors).astype(kind)
    return gradproof.check(lambda p: float(weights @ (np.sin(p) + kind(0.1) * p * p)), lambda p: claims, x, seed=0)


@pytest.mark.parametrize("factor", [2.0, 1.01, -1.0])
@pytest.mark.parametrize(("kind", "most"), [(np.float64, 20), (np.float32, 150)])
def test_a_factor_of_one_array_is_named_without_halving(factor, kind, most):
    right, report = one_array(1.0, kind), one_array(factor, kind)
    assert (right.verdict, report.verdict) == ("right", "wrong")
    assert report.evaluations <= right.evaluations + most
    line = next(one for one in report.findings if one.is_line)
    assert (line.start, line.stop) == (0, 10000)
    assert line.factor == pytest.approx(factor, rel=1e-6 if kind is np.float64 else 1e-3)
    assert kind is np.float32 or report.wrong.size == 4


def test_all_but_one_entry_share_a_factor():
    """What the others share does not explain the lines: the search goes on, and no factor is said of all of x."""
    factors = np.full(10000, 2.0)
    factors[777] = 1.0
    report = one_array(factors)
    assert report.verdict == "wrong"
    assert 777 not in report.wrong.tolist()
    assert report.wrong.size > 4
    assert not any("all of x" in one.where for one in report.explanations)
    line = next(one for one in report.findings if one.is_line)
    assert 1e-6 < abs(line.factor - 2.0) < 1e-3
    # An entry that is off by much more than its factor is named.
    factors[777] = 100.0
    assert 777 in one_array(factors).wrong.tolist()


@pytest.mark.parametrize("factor", [1.01, 0.99])
def test_a_factor_that_random_lines_do_not_see_is_named_once_all_eighths_show_it(factor):
    """In float32; the errors of a half are not those of all of x, and are followed down."""
    n = 100_000
    x = np.random.default_rng(0).normal(size=n).astype(np.float32)
    slopes = 2 * x / (1 + x * x) / np.float32(n)

    def checked(*factors):
        claims = slopes * np.repeat(np.array(factors, np.float32), n // 2)
        return gradproof.check(lambda p: np.float32(np.mean(np.log1p(p * p))), claims, x)

    right, report = checked(1, 1), checked(factor, factor)
    assert (right.verdict, report.verdict) == ("right", "wrong")
    assert report.evaluations <= right.evaluations + 100
    line = next(one for one in report.findings if one.is_line)
    assert (line.start, line.stop, line.factor) == (0, n, pytest.approx(factor, rel=1e-3))
    line = next(one for one in checked(1 + 2 * (factor - 1), 1).findings if one.is_line)
    assert (line.start, line.stop) == (0, n // 2)
