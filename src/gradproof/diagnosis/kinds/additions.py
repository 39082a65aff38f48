"""Something added to the claims, or missing in them: c × x (a regulariser), c × sign(x), a constant."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import OF_OTHERS, is_near, is_no_coincidence, multiples, rounded_to
from ..evidence import MARGIN, Evidence
from ..fits import MOST_LEFT, all_matter, are_constant, fit
from .factors import SURER

# The relative accuracy of what is computed from a claim in float64.
ROUNDING = 1e-9
FEWEST, FEWEST_OF_TWO, FEWEST_NUMBERS = 3, 5, 4
# Errors of one size have the signs of fewer numbers by chance; so have those that are one of two numbers.
FEWEST_OF_SIGNS, FEWEST_OF_SIDES = 5, 8
# Two functions together fit most errors to this part of them.
SHARP = 1e-2
# Two factors are one number if they differ by less than this part of it.
EQUAL = 1e-4
# What may be missing or too much, and what the part of f is whose derivative that is.
PENALTIES = {"x": "an L2 penalty", "sign(x)": "an L1 penalty"}
# Also sigmoid(-x) - sigmoid(x).
FLIPPED = "(1 - 2 sigmoid(x))"
# What has these derivatives.
TERMS = {
    "1/x": "c log(x)",
    "x²": "c x³",
    "x³": "c x⁴",
    "exp(x)": "c exp(x), or of their sum as in a softmax,",
    "log(x)": "c (x log(x) - x)",
    "(1 + log(x))": "c x log(x), as of an entropy,",
    "log(x)/x": "c log(x)²",
    "tanh(x)": "c log(cosh(x))",
    FLIPPED: "c log(s(1 - s)) with s = sigmoid(x), as of a change of variables,",
    "cos(x)": "c sin(x)",
    "sin(x)": "c cos(x)",
    "exp(-x)": "c exp(-x)",
    "exp(2x)": "c exp(2x)",
    "exp(x/2)": "c exp(x/2)",
    "sigmoid(x)": "c log(1 + exp(x))",
    "√x": "c √x³",
    "1/√x": "c √x",
    "1/x²": "c / x",
    "1/(1 - x)": "c log(1 - x)",
    "x/(1 - x²)": "c log(1 - x²), such as a barrier,",
    "x/(1 + x²)": "c log(1 + x²), as of a Cauchy distribution,",
}
# What two of them are together.
PRIOR = ": is the logarithm of a density, such as {}, missing, or not in the objective?"
PAIRS = {
    ("x", "sign(x)"): ", two penalties?",
    ("x", "1"): "",
    ("sign(x)", "1"): ", two penalties?",
    ("1", "1/x"): PRIOR.format("that of a gamma distribution"),
    ("x", "1/x"): PRIOR.format("that of a chi or Rayleigh distribution"),
    ("1/x", "1/x²"): PRIOR.format("that of an inverse gamma distribution"),
    ("1/x", "1/(1 - x)"): PRIOR.format("that of a beta distribution"),
    ("1", "exp(x)"): ": is a divergence of log-variances x, or the density of a gamma distribution of log(x), missing?",
    ("x", "x³"): ": is a polynomial missing, or not in the objective?",
}
TAKEN_FOR = {"(x - sigmoid(x))": "sigmoid(x)", "(x - exp(x))": "exp(x)"}


def addition(part: Evidence) -> Explanation | None:
    """Explain the errors by a multiple of x, of its signs, of 1 or of another function of x; None if none fits."""
    if len(part.x) == 1:
        return _of_one(part)
    if not np.isfinite(part.claimed).all():
        return None
    if len(part.x) < FEWEST:
        return _of_two(part)
    allowed = MARGIN * part.bar + ROUNDING * np.abs(part.claimed)
    with np.errstate(all="ignore"):
        bases = {name: base for name, base in _bases(part.x) if np.isfinite(base).all() and base.all()}
        found = itertools.chain(_fits(part, bases, allowed), _pairs(part, bases, allowed), _student(part, allowed))
        return next(found, None)


def _bases(x: Flat) -> Iterator[tuple[str, Flat]]:
    yield "x", x
    yield "sign(x)", np.sign(x)
    yield "1", np.ones_like(x)
    yield "1/x", 1.0 / x
    yield "x²", x**2
    yield "x³", x**3
    yield "exp(x)", np.exp(x)
    yield "log(x)", np.log(x)
    yield "(1 + log(x))", 1.0 + np.log(x)
    yield "log(x)/x", np.log(x) / x
    yield "tanh(x)", np.tanh(x)
    yield FLIPPED, 1.0 - 2.0 / (1.0 + np.exp(-x))
    yield "(x - sigmoid(x))", x - 1.0 / (1.0 + np.exp(-x))
    yield "(x - exp(x))", x - np.exp(x)
    yield "cos(x)", np.cos(x)
    yield "sin(x)", np.sin(x)
    yield "exp(-x)", np.exp(-x)
    yield "exp(2x)", np.exp(2.0 * x)
    yield "exp(x/2)", np.exp(x / 2.0)
    yield "sigmoid(x)", 1.0 / (1.0 + np.exp(-x))
    yield "√x", np.sqrt(x)
    yield "1/√x", 1.0 / np.sqrt(x)
    yield "1/x²", 1.0 / x**2
    yield "1/(1 - x)", 1.0 / (1.0 - x)
    yield "x/(1 - x²)", x / (1.0 - x**2)
    yield "x/(1 + x²)", x / (1.0 + x**2)


def _fits(part: Evidence, bases: dict[str, Flat], allowed: Flat) -> Iterator[Explanation]:
    """Yield the single functions of x whose multiples the errors are."""
    names, every = list(bases), np.array(list(bases.values())).reshape(len(bases), -1)
    for row, constant, tolerance in multiples(part.error, allowed, every, len(bases)):
        if names[row] != "1" and are_constant(every[row]):
            continue
        if names[row] == "sign(x)" and len(part.x) < FEWEST_OF_SIGNS:
            continue
        if _are_both_seen(part, tolerance * np.abs(every[row])):
            yield Explanation("addition", "", _said(names[row], constant, part), constant)


def _of_one(part: Evidence) -> Explanation | None:
    """Explain the error of a single coordinate by a whole number, or by x times a number of two digits."""
    x, claimed, slope, error = (float(each[0]) for each in (part.x, part.claimed, part.slope, part.error))
    allowed = SURER * MARGIN * float(part.bar[0]) + ROUNDING * abs(claimed)
    # Of round numbers all sums and differences are round.
    if not math.isfinite(claimed) or any(abs(each - rounded_to(each, 3)) <= allowed for each in (claimed, slope)):
        return None
    round_x = any(abs(each - rounded_to(each, 2)) <= allowed for each in (x, error))
    scale = min(abs(claimed), abs(error))
    bases = [("1", 1.0, float(round(error)))] + ([] if round_x else [("x", x, rounded_to(error / x, 2))])
    for name, base, number in bases:
        # Whole numbers, and those of two digits, are so close to each other, relatively.
        tries = max(scale, 1.0) if name == "1" else 10.0 ** (math.log10(abs(number) or 1.0) % 1.0 + 1.0)
        off = max(abs(error - number * base), ROUNDING * abs(claimed))
        if number and off <= allowed and is_near(off, scale, 2.0 * tries, OF_OTHERS):
            return Explanation("addition", "", _said(name, number, part), number)
    return None


def _of_two(part: Evidence) -> Explanation | None:
    """Explain the errors of two coordinates by x times a number of two digits, or by such a number; None if by none."""
    for name, base in (("x", part.x), ("1", np.ones_like(part.x))):
        if len(part.x) != 2 or not base.all() or (name == "x" and are_constant(base)):
            continue
        ratios, allowed = part.error / base, MARGIN * part.bar / np.abs(base) + ROUNDING * np.abs(part.claimed / base)
        number = rounded_to(float(ratios[0]), 2)
        # Of round numbers all sums and differences are round.
        is_round = np.abs(part.slope - np.round(part.slope, 3)) <= MARGIN * part.bar
        if not number or is_round.any() or np.any(np.abs(ratios - number) > allowed):
            continue
        if is_no_coincidence(allowed, np.abs(ratios), 0, len(PENALTIES) * 100.0):
            return Explanation("addition", "", _said(name, number, part), number)
    return None


def _are_near(columns: Flat, errors: Flat, allowed: Flat) -> Flat:
    """Return which pairs of columns may make errors, by their normal equations: a first look at all of them at once."""
    weights = np.min(allowed) / np.maximum(allowed, 1e-300)
    sizes = np.linalg.norm(columns * weights, axis=2, keepdims=True)
    scaled, goal = columns * weights / np.where(sizes > 0.0, sizes, 1.0), errors * weights
    products = scaled @ scaled.transpose(0, 2, 1) + 1e-12 * np.eye(2)
    factors = np.linalg.solve(products, (scaled @ goal)[..., None])
    left = np.linalg.norm(np.sum(factors * scaled, axis=1) - goal, axis=1)
    near: Flat = left <= 2.0 * MOST_LEFT * np.linalg.norm(goal)
    return near


def _student(part: Evidence, allowed: Flat) -> Iterator[Explanation]:
    """Yield errors c x / (n + x²), which is the derivative of the logarithm of a Student distribution's density."""
    x, error = part.x, part.error
    if len(np.unique(x)) < FEWEST_OF_TWO or part.bar.max() <= 0.0 or not (x.all() and error.all()):
        return
    inverse = x / error
    off = np.abs(inverse / error) * allowed
    columns = np.stack([np.ones_like(x), x**2], axis=1)
    fitted = fit(columns, inverse, off)
    if (
        fitted is None
        or not all_matter(columns, fitted)
        or not (fitted[0] != 0.0).all()
        or fitted[0][0] / fitted[0][1] <= 0.0
    ):
        return
    degrees, factor = float(fitted[0][0] / fitted[0][1]), float(1.0 / fitted[0][1])
    if is_no_coincidence(fitted[1], np.abs(inverse), 2, float(len(PAIRS))):
        asked = "is the logarithm of the density of a Student or Cauchy distribution missing, or not in the objective?"
        yield Explanation("addition", "", f"claimed = slope {term(factor, f'x/({degrees:.4g} + x²)')}: {asked}")


def are_sharp(tolerance: Flat, values: Flat) -> bool:
    """Return whether a fit is close for most: two functions of x together are near any other that is smooth."""
    return 2 * int(np.count_nonzero(tolerance <= SHARP * np.abs(values))) > len(values)


def are_seen(claimed: Flat, tolerance: Flat) -> bool:
    """Return whether claims matter: errors of those that are almost 0 are minus the slopes, whatever they are."""
    return 2 * int(np.count_nonzero(np.abs(claimed) > tolerance)) > len(claimed) or not len(claimed)


def _are_both_seen(part: Evidence, tolerance: Flat) -> bool:
    """Return whether claims matter, and slopes, beside which errors of claims far away are the claims themselves."""
    return are_seen(part.claimed, tolerance) and are_seen(part.slope[part.slope != 0.0], tolerance[part.slope != 0.0])


def _pairs(part: Evidence, bases: dict[str, Flat], allowed: Flat) -> Iterator[Explanation]:
    """Yield two functions of x of which the errors are a sum: of penalties, or of statistics of x itself."""
    # Of as many numbers as that, one as another, any errors by them are two functions of x.
    if len(part.x) < FEWEST_OF_TWO or part.bar.max() <= 0.0 or len(np.unique(part.x)) < FEWEST_NUMBERS:
        return
    # Signs that are all the same are a constant, and those of few coordinates are near any two numbers.
    left_out = "sign(x)" if not np.ptp(np.sign(part.x)) else ""
    few = ("sign(x)", "1") if len(part.x) < FEWEST_OF_SIDES else ()
    told = {pair: asked for pair, asked in PAIRS.items() if left_out not in pair and pair != few}
    pairs = {pair: asked for pair, asked in told.items() if bases.keys() >= set(pair)}
    columns = np.array([[bases[one], bases[other]] for one, other in pairs])
    near = _are_near(columns, part.error, allowed)
    for (one, other), asked in itertools.compress(pairs.items(), near):
        columns = np.stack([bases[one], bases[other]], axis=1)
        fitted = fit(columns, part.error, allowed)
        if fitted is None or not all_matter(columns, fitted):
            continue
        if not _are_both_seen(part, fitted[1]) or not are_sharp(fitted[1], part.error):
            continue
        if not is_no_coincidence(fitted[1], np.abs(part.error), 2, float(len(bases) + len(PAIRS))):
            continue
        yield Explanation("addition", "", _said_of_two((one, other), fitted[0], asked, part.ignores_shift))


def _said_of_two(names: tuple[str, str], factors: Flat, asked: str, ignores_shift: bool) -> str:
    """Return what the claims are that are off by two functions of x, and what is asked of that."""
    first, second = float(factors[0]), float(factors[1])
    if names == ("1", "1/x") and abs(first + second) <= EQUAL * abs(first):
        asked = ": is 1 taken for 1/x, or 1/x for 1, as in the derivative of a product or of a logarithm?"
    if names != ("x", "1") or ignores_shift:
        asked = ": are a mean and a variance taken for constants?" if ignores_shift and names == ("x", "1") else asked
        return f"claimed = slope {term(first, names[0])} {term(second, names[1])}{asked}"
    shifted = f"(x {term(second / first, '1')})"
    is_there = "not in the objective, or counted twice" if first > 0 else "missing"
    return f"claimed = slope {term(first, shifted)}: is a quadratic penalty, such as a normal prior, {is_there}?"


def cancels(terms: Flat) -> bool:
    """Return whether terms add up to 0 but for their rounding."""
    return abs(float(np.sum(terms))) <= ROUNDING * float(np.sum(np.abs(terms)))


def term(constant: float, name: str) -> str:
    """Return a multiple of something as it is added."""
    sign, size = "+" if constant > 0 else "-", f"{abs(constant):.6g}"
    return f"{sign} {size if name == '1' else name if size == '1' else f'{size} × {name}'}"


def _said(name: str, constant: float, part: Evidence) -> str:
    text = f"claimed = slope {term(constant, name)}"
    if name in ("x", "1") and len(part.x) > 1 and cancels(part.claimed * (part.x if name == "x" else 1.0)):
        along = (
            "no part along x: is the gradient projected"
            if name == "x"
            else "the sum 0: is their mean subtracted, or is a part missing that is the same for all"
        )
        return f"{text}, so that the claims have {along}?"
    if name == "x" and part.ignores_size:
        return f"{text}, where f does not depend on the size of x: is the derivative of a norm missing?"
    if of := PENALTIES.get(name):
        is_there = f"is this part of {of} not in the objective, or counted twice?"
        return f"{text}: {is_there if constant > 0 else f'is the part of {of} missing?'}"
    if name == "1":
        return f"{text}, {'a whole number: is a count missing?' if len(part.x) == 1 else 'the same everywhere'}"
    if other := TAKEN_FOR.get(name):
        taken, meant = ("x", other) if constant > 0 else (other, "x")
        return f"{text}: is {taken} taken for {meant}?"
    ending = "not in the objective" if constant > 0 else "missing"
    if name == FLIPPED:
        signs = ("-x", "x") if constant > 0 else ("x", "-x")
        ending = f"{ending}, or is sigmoid({signs[0]}) taken for sigmoid({signs[1]})"
    return f"{text}: is the derivative of {TERMS[name]} {ending}?"
