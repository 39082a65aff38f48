"""The adjoint of a partial differential equation: 200,000 controls, forward and backward in time."""

import numpy as np
import pytest

import gradproof

STEPS = 10
DT = 0.2


def stepped(u):
    """One explicit step of u' = u_xx - u^3 on a ring."""
    return u + DT * (np.roll(u, 1) + np.roll(u, -1) - 2 * u - u**3)


def states(controls):
    """The states after each step; a control is added to the state before it."""
    u, before = np.cos(np.arange(controls.shape[1]) * 2e-3), []
    for control in controls:
        before.append(u + control)
        u = stepped(before[-1])
    return u, before


def objective(controls):
    last, _ = states(controls)
    return (0.5 * np.dot(last, last) + 1e-3 * np.vdot(controls, controls)) / last.size


def adjoint(controls, forgotten=None, stale=None):
    """The gradient; at one step the cubic term, or the newest state, may be forgotten."""
    adjoint, before = states(controls)
    adjoint = adjoint / adjoint.size
    gradient = np.empty_like(controls)
    for step in reversed(range(STEPS)):
        u = before[step - 1] if step == stale else before[step]
        reaction = 0.0 if step == forgotten else 3 * u**2
        diffused = np.roll(adjoint, 1) + np.roll(adjoint, -1) - 2 * adjoint
        adjoint = adjoint + DT * (diffused - reaction * adjoint)
        gradient[step] = adjoint + 2e-3 * controls[step] / adjoint.size
    return gradient


def point(points):
    return 0.1 * np.random.default_rng(0).normal(size=(STEPS, points))


def named(controls):
    """Each step as an array of its own."""
    return {f"step{step:02}": control for step, control in enumerate(controls)}


def check_steps(gradient, point):
    return gradproof.check(lambda x: objective(np.stack(list(x.values()))), named(gradient), named(point))


def test_the_right_adjoint_passes():
    x = point(20_000)
    report = gradproof.check(objective, adjoint(x), x)
    assert report.n == 200_000
    assert report.verdict == "right"
    assert report.evaluations <= 100


def test_one_wrong_control_is_named():
    x = point(10_000)
    gradient = adjoint(x)
    gradient[3, 3141] = -gradient[3, 3141]
    report = check_steps(gradient, x)
    assert [one.name for one in report.findings if one.cause is gradproof.Cause.WRONG] == ["step03[3141]"]


@pytest.mark.parametrize("bug", [{"forgotten": 3}, {"stale": 7}])
def test_a_bug_is_seen_from_its_step_on(bug):
    """The adjoint goes backward in time: controls up to the step are wrong, none behind it."""
    x = point(1000)
    report = check_steps(adjoint(x, **bug), x)
    assert report.verdict == "wrong"
    last = next(iter(bug.values()))
    wrong = [one for one in report.findings if one.cause is gradproof.Cause.WRONG]
    assert wrong
    assert all(one.start < (last + 1) * 1000 for one in wrong)
