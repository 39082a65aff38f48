"""Small inputs of every kind on which a verdict may go astray: a right gradient, and wrong ones beside it.

What may be said of each is a set: where f shows too little, "inconclusive" is as true as the verdict itself.
"""

import math

import numpy as np
import pytest
from kinds import noise

import gradproof
from gradproof import Cause

RIGHT, WRONG = {"right"}, {"wrong"}
NOT_WRONG, NOT_RIGHT = {"right", "inconclusive"}, {"wrong", "inconclusive"}
ERRORS = {
    "sign": lambda g: -g,
    "zero": lambda g: 0 * g,
    "doubled": lambda g: 2 * g,
    "one sign": lambda g: np.where(np.abs(g) == np.abs(g).max(), -1, 1) * g,
    "one doubled": lambda g: np.where(np.abs(g) == np.abs(g).max(), 2, 1) * g,
    "one thousandth": lambda g: np.where(np.abs(g) == np.abs(g).max(), 1.001, 1) * g,
}
CASES = []


def case(kind, objective, gradient, x, right, wrong=None, errors=(), *, joint=False, **settings):
    """Add a right gradient and gradients with errors: each of `ERRORS`, or (name, claimed gradient).

    Where an error is joint, no coordinate is right or wrong by itself.
    """
    gradient = np.array(gradient, dtype=float)
    CASES.append(pytest.param(objective, gradient, gradient, x, right, joint, settings, id=f"{kind}: right"))
    for error in errors:
        name, claimed = (error, ERRORS[error](gradient)) if isinstance(error, str) else error
        CASES.append(pytest.param(objective, claimed, gradient, x, wrong, joint, settings, id=f"{kind}: {name}"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("objective", "claimed", "gradient", "x", "allowed", "joint", "settings"), CASES)
def test_verdict(objective, claimed, gradient, x, allowed, joint, settings):
    report = gradproof.check(objective, claimed, x, **settings)
    assert report.verdict in allowed
    where = set(np.flatnonzero(np.ravel(claimed != gradient)).tolist()) if allowed <= NOT_RIGHT else set()
    assert set(report.wrong.tolist()) <= where or (joint and where)
    if report.verdict == "wrong":
        # Along lines, the evidence may be that of a longer line.
        found = [(one.start, one.stop) for one in report.findings if one.cause is Cause.WRONG]
        assert any(start <= index < stop for start, stop in found for index in where)
    if report.verdict == "inconclusive" and report.mode == "full":
        assert not all(one.cause.is_acceptable for one in report.findings)


# ---- Hidden: noise, or a scale that steps do not reach, hides the slope ----------------------------------------------
X = np.array([0.7, -1.2, 0.45, 1.9])
B = np.array([0.9, -0.6, 1.7, 0.2])
ALL = ("sign", "zero", "doubled")


def bells(x):
    return np.sum(np.exp(-0.5 * x * x) + 0.5 * x)


BELLS = 0.5 - X * np.exp(-0.5 * X * X)
for constant in (3e5, 5e7):
    case(
        f"hidden by {constant:g} in float32",
        lambda x, c=constant: float(np.float32(c + bells(x))),
        BELLS,
        X,
        NOT_WRONG,
        NOT_RIGHT,
        ALL,
    )
case("hidden by 3e16", lambda x: float(3e16 + bells(x)), BELLS, X, NOT_WRONG, NOT_RIGHT, ALL)
for size in (1e-12, 1e-22, 1e-150, 1e-290):
    x = size * np.array([1.5, -0.25, 3.0, -2.0])
    case(f"all x of size {size:g}", lambda x: float(np.sum(np.sin(x + B))), np.cos(x + B), x, NOT_WRONG, WRONG, ALL)
x, gradient = np.array([1e-200, 0.0, -2e-200, 0.0]), np.cosh(B) ** -2.0
case("tiny x and zeros", lambda x: float(np.sum(np.tanh(x + B))), gradient, x, NOT_WRONG, WRONG, ("sign", "zero"))
OFF = 40 * np.random.default_rng(1).choice([-1, 1], 30)
for name, f, gradient in (
    ("cosh(12 x)", lambda x: float(np.cosh(12 * x).sum()), np.zeros(30)),
    ("exp(20 x)", lambda x: float(np.exp(20 * x).sum() / 1e6), np.full(30, 2e-5)),
):
    errors = [("all off by 40", gradient + OFF)]
    x = np.zeros(30)
    case(f"{name}, a jump", lambda x, f=f: f(x) + np.count_nonzero(x), gradient, x, NOT_WRONG, NOT_RIGHT, errors)
    case(f"{name}, noise", lambda x, f=f: f(x) + 0.03 * noise(x), gradient, x, NOT_WRONG, NOT_RIGHT, errors)
random = np.random.default_rng(2)
W = random.uniform(0.4, 2, 128) * random.choice([-1, 1], 128)
x = random.random(128).astype(np.float32).astype(float)
case(
    "128 arguments rounded to float32",
    lambda x: float(W @ x.astype(np.float32).astype(float)),
    W,
    x,
    NOT_WRONG,
    WRONG,
    [(f"{k} doubled", np.where(np.arange(128) == k, 2, 1) * W) for k in (1, 40, 77, 127)],
)

# ---- Scale: f varies on a scale far below |x|, with some noise -------------------------------------------------------
for at, scale, size in ((3.0, 3e-3, 3e-2), (50.0, 1e-4, 1e-3), (700.0, 1e-5, 3e-4), (8.0, 1e-7, 0.0)):
    case(
        f"a sine of scale {scale:g} at {at:g}",
        lambda x, at=at, s=scale, e=size: float(np.sin((x[0] - at) / s + 0.8) + e * noise(x)),
        [np.cos(0.8) / scale],
        np.array([at]),
        NOT_WRONG,
        NOT_RIGHT,
        ("sign",),
    )
for at, width, size in ((2.4e6, 0.05, 1e-3), (57000.0, 0.1, 1e-2), (1.0, 1e-4, 0.0)):
    x = np.array([at + 0.75 * width])
    u = (x[0] - at) / width
    case(
        f"a Lorentz line of width {width:g} at {at:g}",
        lambda x, at=at, w=width, e=size: float(1 / (1 + ((x[0] - at) / w) ** 2) + e * noise(x)),
        [-2 * u / width / (1 + u * u) ** 2],
        x,
        NOT_WRONG,
        NOT_RIGHT,
        ("sign",),
    )
for distance, size in ((0.02, 1e-2), (1e-6, 1e-4)):
    x = np.array([2 + distance])
    case(
        f"log |x - 2| at {distance:g}",
        lambda x, e=size: float(np.log(abs(x[0] - 2)) + e * noise(x)),
        1 / (x - 2),
        x,
        NOT_WRONG,
        NOT_RIGHT,
        ("sign",),
    )
case(
    "a sawtooth in float32",
    lambda x: np.float32(np.sum(x % np.float32(2e-3), dtype=np.float32)),
    np.ones(3),
    np.array([0.7006, 1.9006, 2.6006], np.float32),
    NOT_WRONG,
)

# ---- Jump: one beside x excuses nothing, and is no noise of other coordinates ----------------------------------------
for height in (1e-6, 1e-2, 0.4, 10.0):
    for side in (-1, 1):
        case(
            f"a jump of {height:g} on side {side} of x",
            lambda x, k=height, s=side: float(np.exp(0.5 * x[0]) - k * (s * x[0] > 2 * s)),
            [math.e / 2],
            np.array([2.0]),
            NOT_WRONG,
            WRONG,
            ("sign", "zero"),
        )
for n in (5, 60, 300):
    random = np.random.default_rng(n)
    x, c = random.uniform(-6, 6, n), random.normal(size=n) + 0.5
    errors = [("one of 2", 2 * np.eye(n)[n // 2])]
    case(f"{n} roundings", lambda x, c=c: float(c @ np.rint(x)), 0 * x, x, NOT_WRONG, NOT_RIGHT, errors)
    case(
        f"{n} roundings and squares",
        lambda x, c=c: float(c @ np.rint(x) + x @ x),
        2 * x,
        x,
        RIGHT,
        WRONG,
        ("one sign", "one doubled"),
    )
    case(f"{n} squares and argmax", lambda x: float(x @ x + 0.3 * np.argmax(x)), 2 * x, x, RIGHT, WRONG, ("one sign",))
x = np.array([0.4, -1.0, 3.0, 0.8, 2.2])
case(
    "a label among smooth coordinates",
    lambda x: float((1 + int(x[2]) % 5) * np.sum(np.cos(np.delete(x, 2)))),
    -4 * np.sin(x) * [1, 1, 0, 1, 1],
    x,
    NOT_WRONG,
    WRONG,
    ("one sign",),
)

# ---- Stairs: twice the trend is right at no scale --------------------------------------------------------------------
WIDTHS = [3e-2, 2e-3, 1e-4, 1e-6, 1e-9]
TREND, ON_STAIRS = np.array([2.0, -1.5, 0.8]), np.array([0.217, 1.0931, -2.4444])


def arguments(x, width):
    return float(TREND @ (np.floor(x / width) * width))


def value(x, width):
    return float(np.floor(np.sum(x**3 / 3 + x) / width) * width)


for width in WIDTHS:
    errors = [("twice the trend", 2 * TREND)]
    case(f"floors of {width:g}", lambda x, w=width: arguments(x, w), 0 * TREND, ON_STAIRS, NOT_WRONG, NOT_RIGHT, errors)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("rounded", "trend"), [(arguments, TREND), (value, ON_STAIRS**2 + 1)])
def test_flat_and_trend_are_not_both_right(rounded, trend, width):
    claims = (0 * trend, trend)
    verdicts = [gradproof.check(lambda x: rounded(x, width), claimed, ON_STAIRS).verdict for claimed in claims]
    assert verdicts != ["right", "right"]


def test_twins():
    """On a slope without stairs the trend alone is right: the pair is not refuted by a check that refutes all."""
    verdicts = [
        gradproof.check(lambda x: float(TREND @ x), claimed, ON_STAIRS).verdict for claimed in (0 * TREND, TREND)
    ]
    assert verdicts == ["wrong", "right"]


# ---- Small: f is constant or 0 as far as its arithmetic shows --------------------------------------------------------
x = np.array([19.5, 22.0, 30.0])
ONE = [("one claim of 1", np.eye(3)[1])]
case("1 - tanh", lambda x: float(np.sum(1 - np.tanh(x))), -(np.cosh(x) ** -2.0), x, NOT_WRONG, WRONG, ONE)
case(
    "log(1 + exp(-x))", lambda x: float(np.sum(np.log(1 + np.exp(-x)))), -np.exp(-x - 20), x + 20, NOT_WRONG, WRONG, ONE
)
case("a product that underflows", lambda x: float(np.prod(1e-120 * x)), 0 * x, x, NOT_WRONG, WRONG, ONE)
case("a constant", lambda x: 3.0, np.full(3, 1e-16), x, NOT_WRONG, WRONG, ONE)
case("zero", lambda x: 0.0, 0 * x, x, NOT_WRONG, WRONG, ONE)
case("a sum of what was centred", lambda x: float(np.sum(x - x.mean())), 0 * x, x, RIGHT, WRONG, ONE)
case("a variance of equal ones", lambda x: float(np.var(x)), np.full(6, 2e-17), np.full(6, 0.3), NOT_WRONG)
logits = np.array([[45.2, 0.1, -0.3], [0.4, 44.7, 0.2], [-0.1, 0.3, 45.0]])
others = np.exp(logits - 45) * (1 - np.eye(3))


def cross_entropy(z):
    top = z.max(1)
    return float(np.mean(np.log(np.exp(z - top[:, None]).sum(1)) + top - np.diag(z)))


gradient = (np.exp(logits - np.diag(logits)[:, None]) - np.eye(3)) / 3
gradient[np.diag_indices(3)] = -np.where(np.eye(3), 0, gradient).sum(1)
errors = [("all off by 0.1", gradient + 0.1)]
case("a fitted classifier", cross_entropy, gradient, logits, NOT_WRONG, WRONG, errors)
case("1 - tanh at 3", lambda x: float(np.sum(1 - np.tanh(x))), -(np.cosh(x / 7) ** -2.0), x / 7, NOT_WRONG, WRONG, ALL)


# ---- Kinks at x, in one coordinate or shared by several --------------------------------------------------------------
for m in (3, 5, 8):
    x, unit = np.full(m, 1.7), np.eye(m)
    errors = [("zero", 0 * x), ("all 1", 0 * x + 1)]
    case(f"max of {m}", lambda x: float(np.max(x)), unit[1], x, NOT_WRONG, NOT_RIGHT, errors, joint=True)
    case(f"max of {m}", lambda x: float(np.max(x)), unit[1], x, NOT_WRONG, WRONG, [("one of 2", 2 * unit[1])])
    # In one coordinate alone it does not change at all.
    case(f"rank 1 of {m}", lambda x: float(np.sort(x)[1]), unit[2], x, NOT_WRONG, NOT_RIGHT, errors, joint=True)
x = np.array([0.5, 2.0, 2.0, 2.0, -1.0, 3.5])
case(
    "a tie of three below the largest",
    lambda x: float(np.sort(x)[-2] ** 2),
    4 * np.eye(6)[2],
    x,
    NOT_WRONG,
    WRONG,
    [("the largest, too", 4 * np.eye(6)[2] + 4 * np.eye(6)[5]), "sign"],
)
x, c = np.array([0.0, 1.2, 0.0, -0.7, 0.0, 2.0]), np.array([0.3, -1.0, 0.5, 0.2, -0.4, 0.8])
gradient = np.sign(x) + 2 * (x - c)
case(
    "lasso at three zeros",
    lambda x: float(np.sum(np.abs(x)) + np.sum((x - np.array([0.3, -1.0, 0.5, 0.2, -0.4, 0.8])) ** 2)),
    gradient,
    x,
    NOT_WRONG,
    WRONG,
    [("one zero off by 1.5", gradient + 1.5 * np.eye(6)[2]), "one sign"],
)
x = np.array([0.0, 0.0, 0.0, 0.8, -1.1])
case(
    "group lasso at zeros",
    lambda x: float(np.sqrt(x[:3] @ x[:3]) + np.sum(np.cos(x))),
    -np.sin(x) + np.array([0.3, 0.3, 0.3, 0, 0]),
    x,
    NOT_WRONG,
    NOT_RIGHT,
    [("a vector of length 1.56", -np.sin(x) + np.array([0.9, 0.9, 0.9, 0, 0]))],
    joint=True,
)
# The margin is exactly 1: one number in [0, 1] says which subgradient of all it is.
x, u = np.array([0.25, 0.5, 1.0, 1.0]), np.array([1.0, 2.0, -0.5, 0.25])


def hinge(x):
    return float(max(0.0, 1 - np.array([1.0, 2.0, -0.5, 0.25]) @ x) + 0.5 * x @ x)


case("a hinge, on", hinge, x - u, x, NOT_WRONG, WRONG, [("twice", x - 2 * u), ("sign", x + u)])
case("a hinge, off", hinge, x, x, NOT_WRONG, NOT_RIGHT, [("half on, half off", x - u * [1, 0, 1, 0])], joint=True)
for n, zeros in ((6000, 70), (8000, 15)):
    random = np.random.default_rng(n)
    x, c = random.normal(size=n) * 0.5 + 3, random.uniform(0.5, 2, n) * random.choice([-1, 1], n)
    x[:zeros] = 0
    gradient = np.where(x > 0, c, 0) + np.cos(2 * x)
    case(
        f"{zeros} of {n} ReLUs at exactly 0",
        lambda x, c=c: float(c @ np.maximum(x, 0) + 0.5 * np.sum(np.sin(2 * x))),
        gradient,
        x,
        RIGHT,
        WRONG,
        [("one off by 6", gradient - 6 * (np.arange(n) == n // 2))],
    )

# ---- Lines: the same tolerance as in full mode, and any mixture of scales --------------------------------------------
random = np.random.default_rng(3)
for name, f, slope, x in (
    (
        "exponentials",
        lambda x: float(np.sum(np.exp(0.7 * x))),
        lambda x: 0.7 * np.exp(0.7 * x),
        random.normal(size=9000),
    ),
    ("log cosh", lambda x: float(np.sum(np.log(np.cosh(x)))), np.tanh, random.normal(size=20_000) + 0.5),
):
    gradient, direction = slope(x), random.normal(size=x.size)
    case(name, f, gradient, x, RIGHT, WRONG, ["one sign", ("all 1e-3 too small", gradient * (1 - 1e-3))])
    for error in (1e-10, 5e-9, 3e-7):
        case(f"{name}, a factor off by {error:g}", f, gradient * (1 + error), x, RIGHT)
        case(f"{name}, a solver off by {error:g}", f, gradient * (1 + error * direction), x, RIGHT)
for sizes in ((1e-6, 1.0, 1e5), (1e-9, 1e-2, 1.0, 1e7)):
    unit = np.repeat(sizes, 7)
    x = unit * random.uniform(0.5, 1.5, unit.size)
    gradient = np.exp(x / unit) / unit
    case(
        f"{len(sizes)} sizes side by side",
        lambda x, s=unit: float(np.sum(np.exp(x / s))),
        gradient,
        x,
        RIGHT,
        WRONG,
        [(f"sign of {k}", np.where(np.arange(unit.size) == k, -1, 1) * gradient) for k in (3, unit.size - 2)],
        mode="lines",
    )

# ---- Bounds, and the edges of domains --------------------------------------------------------------------------------
x = np.array([0.5, 1.0, 2.0])
for name, bounds in (("lower", (x, None)), ("upper", (None, x)), ("mixed", ([0.5, -9, 2], [9, 1, 9]))):
    errors = ["sign", "one thousandth"]
    case(f"squares, {name} bounds", lambda x: float(x @ x) - 5.25, 2 * x, x, RIGHT, WRONG, errors, bounds=bounds)
for width in (1e-2, 1e-6):
    bounds = (x - width, x + width)
    case(
        f"within {width:g}", lambda x: float(np.sum(np.exp(x))), np.exp(x), x, NOT_WRONG, WRONG, ["sign"], bounds=bounds
    )
for seed in range(4):
    random = np.random.default_rng(seed)
    matrix, x = random.normal(size=(12, 5)), np.abs(random.normal(size=5)) + 0.05
    values = matrix @ x + 3e-6 * random.normal(size=12)

    def fit(x, matrix=matrix, values=values):
        return float(np.sum((matrix @ x - values) ** 2))

    def slope(x, matrix=matrix, values=values):
        return 2 * matrix.T @ (matrix @ x - values)

    case(f"a fit at its solution {seed}", fit, slope(x), x, NOT_WRONG, bounds=(None, x))
    x = x + 0.2
    case(f"a fit near its solution {seed}", fit, slope(x), x, NOT_WRONG, WRONG, ["sign"], bounds=(None, x))
for name, f, slope, at in (
    ("log(1 - x)", lambda x: np.log(1 - x), lambda x: -1 / (1 - x), 1 - 2.0**-20),
    ("sqrt(x - 1)", lambda x: np.sqrt(x - 1), lambda x: 0.5 / np.sqrt(x - 1), 1 + 2.0**-30),
    ("log(x)", np.log, lambda x: 1 / x, 1e-9),
):
    x = np.array([at])
    case(f"{name} at its edge", lambda x, f=f: float(f(x[0])), slope(x), x, NOT_WRONG, WRONG, ALL)


# ---- Everyday objectives: decided, whatever the rules for all others -------------------------------------------------
def everyday(name, f, slope, x):
    errors = ["sign", "one sign", "one thousandth"]
    case(name, lambda x: float(f(x)), slope(x), x, RIGHT, WRONG, errors)
    x = x.astype(np.float32)
    case(f"{name} in float32", lambda x: np.float32(f(x)), slope(x.astype(float)), x, RIGHT, WRONG, ["one sign"])


random = np.random.default_rng(4)
MATRIX, VALUES = random.normal(size=(7, 5)), random.normal(size=7)
for name, f, slope, x in (
    ("a parabola", lambda x: x[0] * x[0] + x[0], lambda x: 2 * x + 1, [1.3]),
    ("cubes", lambda x: np.sum(x * x * x), lambda x: 3 * x * x, random.uniform(0.5, 2, 20)),
    ("sines", lambda x: np.sum(np.sin(x)), np.cos, random.uniform(-1, 1, 50)),
    ("log-sum-exp", lambda x: np.log(np.sum(np.exp(x))), lambda x: np.exp(x) / np.exp(x).sum(), random.normal(size=8)),
    ("a norm", lambda x: np.sqrt(np.sum(x * x)), lambda x: x / np.sqrt(x @ x), [0.9, -0.4, 1.5, 2.2, -1.7, 0.6]),
    (
        "a layer",
        lambda x: np.sum(np.tanh(MATRIX.astype(x.dtype) @ x + VALUES.astype(x.dtype))),
        lambda x: MATRIX.T @ np.cosh(MATRIX @ x + VALUES) ** -2.0,
        random.normal(size=5) / 2,
    ),
):
    everyday(name, f, slope, np.array(x, dtype=float))
