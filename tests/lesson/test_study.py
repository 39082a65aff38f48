"""A study against closed forms: orders, constants, best steps, noise, kinks; and what is no smooth function."""

import itertools
import json
import math

import numpy as np
import pytest
from models import MATRIX, POINT, logistic, logistic_gradient, rosenbrock, rosenbrock_gradient, squares

import gradproof
from gradproof.demos import network

TOLERANCE = 0.05
# f, x, first, second and third derivative there.
SMOOTH = {
    "exp": (np.exp, 1.0, math.e, math.e, math.e),
    "sin": (np.sin, 0.7, math.cos(0.7), -math.sin(0.7), -math.cos(0.7)),
    "log": (np.log, 1.9, 1 / 1.9, -1 / 1.9**2, 2 / 1.9**3),
    "reciprocal": (lambda t: 1 / t, -3.1, -1 / 3.1**2, -2 / 3.1**3, -6 / 3.1**4),
    "cube": (lambda t: t**3 + t**2, 0.3, 3 * 0.3**2 + 0.6, 6 * 0.3 + 2, 6.0),
    "large": (lambda t: np.exp(t / 1e8), 1e8, math.e / 1e8, math.e / 1e16, math.e / 1e24),
}


def along(function, x, **settings):
    return gradproof.study(lambda v: float(function(v[0])), np.array([x]), **settings)


@pytest.mark.parametrize("claims", [False, True], ids=["best slope", "claimed"])
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_functions_have_orders_one_and_two(name, claims):
    function, x, first, second, third = SMOOTH[name]
    study = along(function, x, gradient=np.array([first]) if claims else None)
    assert study.against == ("claimed" if claims else "best slope")
    assert study.slope == pytest.approx(first, rel=1e-11)
    assert abs(study.slope - first) <= study.error_bar
    assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
    assert study.centered.order == pytest.approx(2, abs=TOLERANCE)
    # Taylor: h f''/2 and h² f'''/6, in the middle of the windows.
    for curve, constant, order in ((study.forward, second / 2, 1), (study.centered, third / 6, 2)):
        low, high = curve.window
        step = math.sqrt(low) * math.sqrt(high)
        assert curve.truncation.error(step) == pytest.approx(abs(constant) * step**order, rel=0.05)
        assert high / low >= 8
    assert study.kink is None


@pytest.mark.parametrize("name", SMOOTH)
def test_rounding_grows_like_one_over_the_step_and_ends_at_the_best_step(name):
    function, x, first, second, third = SMOOTH[name]
    study = along(function, x, gradient=np.array([first]))
    assert study.noise_floor < 1e-14 * abs(study.value)
    for curve in study.curves:
        assert curve.noise_order == pytest.approx(-1, abs=0.25)
        assert curve.noise.high <= curve.window[0]
        middle = math.sqrt(curve.noise.low) * math.sqrt(curve.noise.high)
        assert study.noise_floor / 30 < curve.noise.error(middle) * middle < 30 * study.noise_floor
    # Where both laws meet: h = sqrt(noise / f'') and the cube root of noise / f'''.
    noise = study.noise_floor
    expected = (math.sqrt(noise / abs(second)), math.cbrt(noise / abs(third)))
    for curve, step, worst in zip(study.curves, expected, (noise * abs(second), noise**2 * abs(third)), strict=True):
        assert step / 16 < curve.best_step < 16 * step
        assert curve.best_error < 30 * worst ** (1 / 2 if curve is study.forward else 1 / 3)
    assert study.centered.best_error < study.forward.best_error


# Errors of forward and centered differences at 0, as powers of h: not those of smooth functions.
OTHERS = [
    (lambda t: abs(t) ** 1.5, 0.5, None),
    (lambda t: abs(t) ** 2.5, 1.5, None),
    (lambda t: np.sign(t) * abs(t) ** 2.5, 1.5, 1.5),
    (lambda t: np.sign(t) * abs(t) ** 1.25, 0.25, 0.25),
    (lambda t: t**5, 4, 4),
    (lambda t: t**4, 3, None),
]


@pytest.mark.parametrize(("function", "forward", "centered"), OTHERS)
def test_other_orders_are_not_taken_for_one_and_two(function, forward, centered):
    study = along(function, 0.0, gradient=np.zeros(1))
    assert study.forward.order == pytest.approx(forward, abs=TOLERANCE)
    if centered is None:  # the errors of both sides cancel: there is nothing to fit
        assert math.isnan(study.centered.order)
    else:
        assert study.centered.order == pytest.approx(centered, abs=TOLERANCE)


def test_at_a_kink_no_step_helps():
    study = along(lambda t: abs(t) + 0.25 * t + t**2, 0.0, gradient=np.zeros(1))
    assert study.forward.order == pytest.approx(0, abs=TOLERANCE)
    assert study.centered.order == pytest.approx(0, abs=TOLERANCE)
    assert study.kink.distance == 0
    assert (study.kink.left, study.kink.right) == pytest.approx((-0.75, 1.25), abs=1e-6)
    assert "kink at x" in str(study)


@pytest.mark.parametrize("distance", [0.001, -0.003, 1e-5])
def test_a_kink_nearby_is_located_and_left_out_of_the_window(distance):
    x, jump = 1.0, 0.5
    study = along(lambda t: jump * abs(t - x - distance) + np.sin(t), x)
    inner = math.cos(x) - math.copysign(jump, distance)
    assert study.kink.distance == pytest.approx(distance, rel=1e-6)
    sides = math.cos(x + distance) - jump, math.cos(x + distance) + jump
    assert (study.kink.left, study.kink.right) == pytest.approx(sides, rel=1e-3)
    assert study.slope == pytest.approx(inner, rel=1e-7)
    assert study.centered.errors[study.steps > 8 * abs(distance)].min() > 0.5 * jump
    assert study.centered.errors[np.argmin(abs(study.steps - abs(distance) / 8))] < 1e-6
    if abs(distance) > 1e-4:
        assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
        assert study.centered.order == pytest.approx(2, abs=TOLERANCE)
        assert study.centered.window[1] < abs(distance)
    assert f"at x {'-' if distance < 0 else '+'} " in str(study)


@pytest.mark.parametrize("distance", [1e-8, 1e-10])
def test_beyond_a_kink_that_is_close_slopes_agree_and_are_not_the_slope(distance):
    study = along(lambda t: 0.5 * abs(t - 1 - distance) + 2 * t, 1.0)
    assert study.centered.errors[-1] == pytest.approx(0.5, rel=1e-3)
    assert abs(study.slope - 1.5) <= study.error_bar < 1e-3
    assert math.isnan(study.centered.order)
    assert math.isnan(study.forward.order)


def test_inside_of_the_pieces_of_a_relu_network_orders_are_one_and_two():
    start = network.start()
    gradient = network.gradient(start)
    places = [{"index": index} for index in range(0, 182, 9)] + [{"index": "W1", "seed": seed} for seed in range(10)]
    studies = [gradproof.study(network.objective, start, gradient=gradient, **place) for place in places]
    assert sum(study.kink is not None for study in studies) > 20
    for formula, expected in (("forward", 1), ("centered", 2)):
        # Where truncation of a small piece is below the noise there is no order, but never another one.
        found = [order for study in studies if not math.isnan(order := getattr(study, formula).order)]
        assert len(found) >= 10
        assert found == pytest.approx([expected] * len(found), abs=TOLERANCE)


def test_a_wrong_gradient_is_as_wrong_at_every_step():
    study = along(np.exp, 1.0, gradient=np.array([1.01 * math.e]))
    assert study.fingerprint == "flat"
    assert study.forward.order == pytest.approx(0, abs=TOLERANCE)
    assert study.centered.order == pytest.approx(0, abs=TOLERANCE)
    assert "the mark of a bug" in str(study)
    right = along(np.exp, 1.0, gradient=np.array([math.e]))
    assert right.fingerprint == "truncation"
    assert "bug" not in str(right)


def test_float32_inside_of_f_is_seen():
    study = along(lambda t: np.float32(np.exp(np.float32(t))), 1.0)
    exact = along(np.exp, 1.0)
    assert study.arithmetic == "float32"
    assert study.noise_floor > 1e6 * exact.noise_floor
    assert study.centered.best_step > 30 * exact.centered.best_step
    assert study.centered.best_error > 1e3 * exact.centered.best_error
    assert study.forward.order == pytest.approx(1, abs=0.1)


def test_float32_points():
    x = np.array([1.0, 2.0], np.float32)
    study = gradproof.study(lambda v: float(np.exp(np.float64(v[0]))), x, index=0)
    assert study.steps[0] >= np.spacing(x[0])
    # f itself is computed in float64: steps that x takes exactly have no rounding of float32 in them.
    assert study.slope == pytest.approx(math.e, rel=1e-6)
    assert study.centered.order == pytest.approx(2, abs=TOLERANCE)
    # A claim that was rounded to float32 is off by that at every step: no order is fitted to it.
    rounded = gradproof.study(
        lambda v: float(np.exp(np.float64(v[0]))), x, index=0, gradient=np.array([math.e, 0], np.float32)
    )
    assert rounded.forward.order == pytest.approx(1, abs=TOLERANCE)
    assert rounded.centered.order == pytest.approx(2, abs=TOLERANCE)


def test_noise_that_was_added_is_found():
    random = np.random.default_rng(3)
    study = along(lambda t: np.exp(t) + 1e-9 * random.normal(), 1.0)
    assert 2e-10 < study.noise_floor < 5e-9
    assert study.forward.noise_order == pytest.approx(-1, abs=0.2)


def test_a_quadratic_has_no_error_that_centered_differences_could_show():
    study = along(lambda t: t * t, 3.0)
    assert math.isnan(study.centered.order)
    assert study.centered.best_step == study.steps[-1]
    assert study.forward.order == pytest.approx(1, abs=0.001)


def test_outside_of_the_domain_there_is_no_slope():
    with np.errstate(all="raise"):
        study = gradproof.study(lambda v: math.log(v[0]), np.array([0.5]), steps=[0.25, 0.125, 0.75, 1.0])
    assert np.isnan(study.left).tolist() == [False, False, True, True]
    assert np.isnan(study.centered.slopes).tolist() == [False, False, True, True]
    assert np.isfinite(study.right).all()
    edge = gradproof.study(lambda v: math.sqrt(v[0]), np.array([0.0]))
    assert math.isnan(edge.slope)
    assert "none was found" in str(edge)


@pytest.mark.parametrize("index", [0, 3, 7])
def test_coordinates_of_real_objectives(index):
    for f, g in ((logistic, logistic_gradient), (rosenbrock, rosenbrock_gradient)):
        study = gradproof.study(f, POINT, gradient=g, index=index)
        assert study.claimed == g(POINT)[index]
        assert (study.start, study.stop, study.name) == (index, index + 1, f"x[{index}]")
        assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
        if f is logistic or index < 7:  # rosenbrock is a quadratic in its last coordinate
            assert study.centered.order == pytest.approx(2, abs=TOLERANCE)
        assert study.gradient_evaluations == 2


def test_directions():
    vector = np.arange(1.0, 9.0)
    given = gradproof.study(logistic, POINT, gradient=logistic_gradient, direction=vector)
    assert given.claimed == pytest.approx(logistic_gradient(POINT) @ vector)
    assert given.forward.order == pytest.approx(1, abs=TOLERANCE)
    assert given.centered.order == pytest.approx(2, abs=TOLERANCE)
    # The second derivative along v is what the constant shows.
    weights = 1 / (2 + 2 * np.cosh(MATRIX @ POINT))
    step = given.forward.window[1]
    assert given.forward.truncation.error(step) == pytest.approx(weights @ (MATRIX @ vector) ** 2 / 2 * step, rel=0.05)
    unit = gradproof.study(logistic, POINT, direction=np.eye(8)[2])
    assert unit.slope == pytest.approx(gradproof.study(logistic, POINT, index=2).slope, rel=1e-9)
    inside = gradproof.study(logistic, POINT, direction=vector, index=2)
    assert inside.slope == pytest.approx(3 * unit.slope, rel=1e-9)


def test_random_directions_are_those_of_their_seed():
    first, again, other = (gradproof.study(logistic, POINT, direction="random", seed=seed) for seed in (1, 1, 2))
    assert first.to_json() == again.to_json()
    assert first.slope != other.slope
    assert gradproof.study(logistic, POINT, seed=1).slope == first.slope


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e300])
def test_scales(scale):
    with np.errstate(all="raise", under="ignore"):
        study = along(lambda t: np.exp(t / scale), scale)
    assert study.slope * scale == pytest.approx(math.e)
    assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
    assert study.centered.order == pytest.approx(2, abs=TOLERANCE)


def test_a_coordinate_of_zero_moves_like_the_others():
    study = gradproof.study(lambda v: float(np.exp(v[0] / 1e6)) + float(v[1]), np.array([0.0, 3e6]), index=0)
    assert study.slope == pytest.approx(1e-6, rel=1e-9)
    assert study.steps[-1] > 1e4
    assert study.centered.order == pytest.approx(2, abs=TOLERANCE)


def test_steps_are_the_ones_that_were_asked_for():
    points = []

    def f(v):
        points.append(float(v[0]))
        return float(np.exp(v[0]))

    x = np.array([1.1])
    study = gradproof.study(f, x, steps=[1e-3, 0.1, 1e-3, 3e-16])
    assert study.steps.tolist() == [3e-16, 1e-3, 0.1]
    assert study.evaluations == len(points)
    for step, right in zip(study.steps, study.right, strict=True):
        assert 1.1 + step in points
        assert 1.1 - step in points
        assert right == (float(np.exp(1.1 + step)) - float(np.exp(1.1))) / ((1.1 + step) - 1.1)


def test_steps_may_be_far_apart():
    study = along(np.exp, 0.0, steps=[1e-300, 1e-250, 1e-6, 1e-5])
    assert study.slope == pytest.approx(1, rel=1e-9)
    assert study.right[:2].tolist() == [0, 0]


def test_x_stays_as_it_is_and_f_may_write():
    def writes(v):
        value = float(np.exp(v[0]) + v[1] ** 2)
        v[:] = 0
        return value

    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    before = x.tobytes()
    study = gradproof.study(writes, x, index=0)
    assert x.tobytes() == before
    assert study.centered.order == pytest.approx(2, abs=TOLERANCE)


def test_every_kind_of_objective_gives_the_same_study():
    import numba

    x = np.array([0.3, -1.2, 2.0])

    def plain(v):
        return v[0] ** 3 + v[0] * v[1] * v[2] + v[2] ** 4

    @numba.cfunc("int32(CPointer(float64), int64, CPointer(float64), voidptr)")
    def in_c(v, n, value, user):
        value[0] = v[0] ** 3 + v[0] * v[1] * v[2] + v[2] ** 4
        return 0

    kinds = (plain, numba.njit(plain), gradproof.batched(lambda many: plain(many.T)), gradproof.native(in_c))
    for settings in ({"index": 2}, {"direction": "random"}):
        studies = [gradproof.study(kind, x, **settings) for kind in kinds]
        slopes = [study.slope for study in studies]
        assert slopes == pytest.approx([slopes[0]] * len(kinds), rel=1e-9)
        for study in studies:
            assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
            assert study.centered.order == pytest.approx(2, abs=TOLERANCE)
            assert study.evaluations == pytest.approx(studies[0].evaluations, abs=100)


def test_a_long_vector_is_not_stacked_as_a_whole():
    x = np.ones(300_000)
    largest = 0

    def f(points):
        nonlocal largest
        largest = max(largest, points.nbytes)
        return np.exp(points[:, 0]) + points[:, -1]

    study = gradproof.study(gradproof.batched(f), x, index=0, steps=2.0 ** -np.arange(2.0, 20.0))
    assert largest <= 1 << 23
    assert study.forward.order == pytest.approx(1, abs=TOLERANCE)
    assert study.slope == pytest.approx(math.e)


def test_structures_and_numbers():
    x = {"W": np.ones((2, 3)), "b": (0.5, np.array([1.0, 2.0]))}
    batch = gradproof.batched(lambda p: np.exp(p["W"][:, 1, 2]) + p["b"][0] ** 3)

    def f(p):
        return float(np.exp(p["W"][1, 2]) + p["b"][0] ** 3)

    for objective in (f, batch):
        assert gradproof.study(objective, x, index="W[1, 2]").slope == pytest.approx(math.e)
        assert gradproof.study(objective, x, index="b.0").slope == pytest.approx(0.75)
    assert gradproof.study(lambda t: float(np.exp(t)), 1.0).slope == pytest.approx(math.e)
    assert gradproof.study(gradproof.batched(np.exp), np.array(1.0)).slope == pytest.approx(math.e)


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"index": 8}, IndexError, "index 8 is out of range: coordinates go from 0 to 7"),
        ({"index": -1}, IndexError, "index -1 is out of range: coordinates go from 0"),
        ({"index": 1.5}, TypeError, "a flat index or a name"),
        ({"index": True}, TypeError, "a flat index or a name"),
        ({"index": "W"}, ValueError, "x has no W; it has x"),
        ({"direction": "up"}, ValueError, '"random" or a vector'),
        ({"direction": np.zeros(8)}, ValueError, "direction must not be 0 in all of x"),
        ({"direction": np.ones(3)}, ValueError, "has the shape"),
        ({"direction": np.full(8, np.inf)}, ValueError, "must be finite"),
        ({"steps": []}, ValueError, "steps must not be empty"),
        ({"steps": [1e-3, 0]}, ValueError, "positive and finite, not 0"),
        ({"steps": [1e-3, -1]}, ValueError, "positive and finite, not -1"),
        ({"steps": "few"}, TypeError, "steps must hold real numbers"),
        ({"steps": [1e-300], "index": 0}, ValueError, "are too small to move x"),
        ({"seed": -1}, ValueError, "seed"),
        ({"seed": 1.0}, TypeError, "seed"),
        ({"gradient": np.ones(3)}, ValueError, "has the shape"),
    ],
)
def test_bad_input_is_one_clear_error(settings, error, words):
    with pytest.raises(error, match=words.replace("(", r"\(")):
        gradproof.study(squares, POINT, **settings)


def test_bad_objectives():
    with pytest.raises(TypeError, match="f must be a function"):
        gradproof.study(3.0, POINT)
    with pytest.raises(TypeError, match="called with x alone"):
        gradproof.study(lambda a, b: 0.0, POINT)
    with pytest.raises(ValueError, match=r"f\(x\) must be finite for a study at x, but is nan"):
        gradproof.study(lambda v: math.nan, POINT)
    with pytest.raises(ValueError, match="must be finite"):
        gradproof.study(squares, np.array([1.0, np.nan]))
    own = KeyError("the user's own")

    def raises(_):
        raise own

    with pytest.raises(KeyError) as caught:
        gradproof.study(raises, POINT)
    assert caught.value is own


def test_a_claim_that_is_not_finite_is_noted():
    study = gradproof.study(squares, POINT, gradient=np.full(8, np.nan), index=1)
    assert study.against == "best slope"
    assert "The claimed slope is nan" in " ".join(study.warnings)
    assert "The claimed slope is nan" in str(study)


def test_what_a_study_holds():
    study = gradproof.study(logistic, POINT, gradient=logistic_gradient, index=1)
    words = json.loads(study.to_json())
    assert words == study.to_dict()
    assert words["forward"]["truncation"]["order"] == study.forward.order
    assert words["steps"] == study.steps.tolist()
    assert words["kink"] is None
    assert words["name"] == "x[1]"
    assert repr(study).startswith("<gradproof.Study x[1]: orders 1.00 and 2.00")
    with pytest.raises(AttributeError):
        study.value = 0.0
    with pytest.raises(ValueError, match="read-only"):
        study.steps[0] = 1.0
    assert all(small < large for small, large in itertools.pairwise(study.steps))
    kinked = along(abs, 0.0)
    assert kinked.to_dict()["kink"]["distance"] == 0


def test_the_table_fits_and_says_what_matters():
    study = gradproof.study(logistic, POINT, gradient=logistic_gradient, index=1)
    text = str(study)
    assert max(map(len, text.splitlines())) <= 100
    for words in ("order 1.00 on", "order 2.00 on", "best step", "noise floor", "kink", "claimed", "x[1]"):
        assert words in text
