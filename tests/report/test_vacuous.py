"""Agreement that tests nothing is said, by name; agreement that does is not talked down."""

import numpy as np
import pytest

import gradproof

W, B = np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([0.1, -0.3])
ROWS = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.0]])


def warnings(objective, gradient, x):
    report = gradproof.check(objective, gradient, x)
    assert report.verdict == "right"
    return " ".join(report.warnings)


def test_everything_zero():
    assert "always returns 0 would pass" in warnings(lambda x: 3.0, np.zeros(2), np.ones(2))
    assert warnings(lambda x: 3.0 * x[0], np.array([3.0, 0.0]), np.ones(2)) == ""


def dead(p):
    return np.sum(np.maximum(ROWS @ p["W"] - 100, 0)) + np.sum(np.sin(p["b"]))


def test_many_dead_blocks_share_a_remark():
    x = {**{f"w{number}": np.ones(2) for number in range(5)}, "b": B}
    claimed = {name: np.cos(B) if name == "b" else np.zeros(2) for name in x}
    text = warnings(lambda p: np.sum(np.sin(p["b"])), claimed, x)
    assert "w0, w1, w2 and 2 more are dead here: all 10 of their slopes are 0" in text
    assert text.count("dead here") == 1


def test_a_dead_block():
    x = {"W": W, "b": B}
    text = warnings(dead, {"W": np.zeros((2, 2)), "b": np.cos(B)}, x)
    assert "W is dead here: all 4 of its slopes are 0" in text
    assert "b is dead" not in text


@pytest.mark.parametrize(("size", "is_dead"), [(1.0, False), (0.0, True)])
def test_a_block_with_kinks_at_x_is_not_dead(size, is_dead):
    """Claims of 0 are acceptable there, between slopes that are not 0."""
    x = {"W": np.zeros(3), "b": B}
    text = warnings(
        lambda p: size * np.sum(np.abs(p["W"])) + np.sum(np.sin(p["b"])), {"W": np.zeros(3), "b": np.cos(B)}, x
    )
    assert ("W is dead here" in text) == is_dead


def test_a_dead_block_whose_gradient_is_not_zero_is_wrong():
    report = gradproof.check(dead, {"W": np.full((2, 2), 0.1), "b": np.cos(B)}, {"W": W, "b": B})
    assert report.wrong.tolist() == [0, 1, 2, 3]
    assert "dead" not in " ".join(report.warnings)


def regularised(p):
    return dead(p) + 0.005 * np.sum(p["W"] ** 2)


def test_a_regulariser_alone():
    text = warnings(regularised, {"W": 0.01 * W, "b": np.cos(B)}, {"W": W, "b": B})
    assert "W: its gradient is 0.01 times W itself" in text
    assert "b: its gradient" not in text


def test_a_sum_of_squares_is_no_regulariser():
    squares = {"W": 2 * W, "b": 2 * B}
    assert warnings(lambda p: np.sum(p["W"] ** 2) + np.sum(p["b"] ** 2), squares, {"W": W, "b": B}) == ""
    assert warnings(lambda x: np.sum(x**2), 2 * B, B) == ""
