"""Random checks of all there is: structures, entry points, modes, bounds, budgets; objectives with known gradients.

A case says in plain numbers what it is, so that the one that fails can be run again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st
from kinds import KINDS, LONG_KINDS, Drawn
from userkinds import USER_KINDS

import gradproof

ALL_KINDS = {kind.__name__: kind for kind in (*KINDS, *LONG_KINDS, *USER_KINDS)}
SHAPES = ("vector", "column", "dict", "list", "tuple", "nested")
ENTRIES = ("plain", "gradient called", "value and gradient", "in place", "batched")
BOXES = ("none", "wide", "narrow", "at x", "one side", "some")
HOLES = ("none", "raises", "NaN", "infinite")
ROUNDED = {
    "with_a_constant",
    "of_rounded_arguments",
    "in_float32",
    "of_float32_arguments",
    "of_terms_that_cancel",
    "robust",
    "long_in_float32",
    "long_with_a_constant",
    "long_and_nearly_constant",
}
NOISY = {"with_noise", "long_with_noise", "on_a_short_scale", "by_a_series"}
# On a tread of a stair f is flat, and beside a kink that a bound or a hole cuts off it has another slope: there a claim
# that is right in the open may be wrong. Where all that f shows is its last bits, this holds along lines, too.
RIGHT_IN_THE_OPEN = {
    *ROUNDED,
    "with_kinks",
    "long_with_kinks",
    "with_jumps",
    "on_a_short_scale",
    "rectified",
    "long_and_rectified",
    "by_a_series",
}
ON_STAIRS = {"on_stairs", "nearly_constant"}
LARGEST_BUDGET = 400


@dataclass(frozen=True)
class Case:
    """What makes a check: of which kind f is, how x is cut into arrays, and how the check is asked for."""

    kind: str
    seed: int
    shape: str = "vector"
    entry: str = "plain"
    box: str = "none"
    hole: str = "none"
    mode: str = "auto"
    budget: int | None = None
    rtol: float | None = None
    held: bool = False
    error: float = 10.0

    @property
    def drawn(self) -> Drawn:
        return ALL_KINDS[self.kind](self.seed)

    @property
    def random(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, 99])

    @property
    def may_be_called_wrong(self) -> bool:
        """Whether what is claimed need not be right of what f shows."""
        in_the_open = self.box == self.hole == "none" and self.rtol is None and self.mode != "lines"
        return self.kind in ON_STAIRS or (self.kind in RIGHT_IN_THE_OPEN and not in_the_open)

    @property
    def keeps_its_resolution(self) -> bool:
        """Whether an error above the stated resolution must be seen.

        Not where f is noisy or rounded and bounds or `rtol` leave little room: a report in which all agrees states what
        it would see with the noise that it assumes, and what disagrees has it measured, where it may turn out to be
        larger.  Then the report on the error must not claim to have seen this much.  Tiny arguments are rounded, too:
        to what is added to them.
        """
        is_rounded = self.kind in ROUNDED | NOISY | {"of_tiny_arguments"}
        is_tight = is_rounded and (self.rtol is not None or self.box != "none")
        return not is_tight and not (self.kind in ON_STAIRS and self.mode == "lines")


cases = st.builds(
    Case,
    kind=st.sampled_from([*ALL_KINDS]),
    seed=st.integers(0, 10**9),
    shape=st.sampled_from(SHAPES),
    entry=st.sampled_from(ENTRIES),
    box=st.sampled_from(BOXES),
    hole=st.sampled_from(("none", *HOLES)),
    mode=st.sampled_from(["auto", "auto", "full", "lines"]),
    budget=st.one_of(st.none(), st.none(), st.integers(1, LARGEST_BUDGET)),
    rtol=st.sampled_from([None, None, None, 1e-6, 1e-4, 1e-3]),
    held=st.booleans(),
    error=st.floats(0.02, 4).map(lambda exponent: 10.0**exponent),
)


def cut(vector: np.ndarray[Any, Any], shape: str, seed: int) -> Any:
    """Return a vector as a structure of arrays, cut at random places; views, as far as NumPy makes them."""
    if shape == "vector":
        return vector
    if shape == "column":
        return vector.reshape(-1, 1)
    first, second = sorted(np.random.default_rng([seed, 98]).integers(0, vector.size + 1, 2))
    parts = vector[:first], vector[first:second].reshape(1, -1), vector[second:]
    if shape == "dict":
        return dict(zip(("weights", "bias 2", "c.d"), parts, strict=True))
    if shape == "nested":
        return {"layers": [{"W": parts[0]}, {"W": parts[1]}], "rest": (parts[2],)}
    return list(parts) if shape == "list" else tuple(parts)


def joined(structure: Any) -> np.ndarray[Any, Any]:
    """Return the vector that a structure was cut from."""
    if isinstance(structure, dict):
        structure = list(structure.values())
    if isinstance(structure, (list, tuple)):
        return np.concatenate([joined(part) for part in structure])
    return np.ravel(structure)


def box_of(case: Case, x: np.ndarray[Any, Any]) -> tuple[Any, Any] | None:
    """Return bounds, x among them, or None."""
    if case.box == "none":
        return None
    random = case.random
    width = 10 ** random.uniform(-6, 1, x.size) * np.maximum(np.abs(x), 1e-3)
    lower, upper = (x - width).astype(x.dtype), (x + width).astype(x.dtype)
    if case.box == "wide":
        lower, upper = (x - 100 * np.abs(x) - 1).astype(x.dtype), (x + 100 * np.abs(x) + 1).astype(x.dtype)
    elif case.box == "at x":
        lower = np.where(random.random(x.size) < 0.5, x, lower)
    elif case.box == "one side":
        return (lower, None) if case.seed % 2 else (None, upper)
    elif case.box == "some":
        lower = np.where(random.random(x.size) < 0.5, -np.inf, lower)
        upper = np.where(random.random(x.size) < 0.5, np.inf, upper)
    return lower, upper


@dataclass
class Called:
    """An objective in the form that a case asks for; counts its calls, and keeps what must not have happened."""

    case: Case
    drawn: Drawn
    bounds: tuple[Any, Any] | None
    calls: int = 0
    outside: list[Any] = field(default_factory=list)

    def value(self, vector: np.ndarray[Any, Any]) -> Any:
        self.calls += 1
        for bound, sign in zip(self.bounds or (), (1, -1), strict=False):
            if bound is not None and np.any(sign * (vector - bound) < 0):
                self.outside.append(vector.copy())
        # Not far from x, on one side: as where a logarithm ends.
        index = self.case.seed % vector.size
        edge = 1e-3 * max(1.0, abs(self.drawn.x[index]))
        if self.case.hole != "none" and vector[index] > self.drawn.x[index] + edge:
            if self.case.hole == "raises":
                raise ArithmeticError("out of the domain")
            return math.nan if self.case.hole == "NaN" else math.inf
        return self.drawn.objective(vector)


@dataclass
class Ran:
    """A check that was run: its report, and what was seen meanwhile."""

    report: Any
    called: Called
    x: np.ndarray[Any, Any]
    before: bytes
    bounds: tuple[Any, Any] | None
    claimed: np.ndarray[Any, Any]

    @property
    def scales(self) -> np.ndarray[Any, Any]:
        """By how much lines move each coordinate: of the scales that they may take, those of the norm that is stated.

        A coordinate that is held is part of no line.
        """
        size, case = np.abs(self.called.drawn.x.astype(float)), self.called.case
        moved = np.arange(size.size) != (case.seed % size.size if case.held and size.size > 1 else -1)
        size[~moved] = 0.0
        # Where all that is moved is 0, the typical size is 1.
        typical = np.sqrt(np.mean(size[moved] ** 2)) or 1.0
        usual, own, one = (moved * np.maximum(size, least) for least in (0.1 * typical, 0.0, 1.0))
        norm = math.hypot(*np.nan_to_num(self.claimed.astype(float)) * usual)
        if norm > 2.0 * self.report.power.norm:
            return own
        return usual if 2.0 * norm > self.report.power.norm else one


def settings_of(case: Case, drawn: Drawn, bounds: tuple[Any, Any] | None, shape: str) -> dict[str, Any]:
    """Return the settings of a check."""
    settings = {"mode": case.mode, "seed": case.seed, "budget": case.budget, "rtol": case.rtol} | drawn.settings
    if bounds is not None:
        settings["bounds"] = tuple(None if one is None else cut(one, shape, case.seed) for one in bounds)
    if case.held and drawn.x.size > 1:
        settings["held"] = [case.seed % drawn.x.size]
    return settings


def run(case: Case, claimed: np.ndarray[Any, Any] | None = None) -> Ran:
    """Run the check of a case; the claimed gradient is the right one, or another."""
    drawn = case.drawn
    claimed = np.asarray(drawn.gradient if claimed is None else claimed)
    own = drawn.settings.get("bounds")
    bounds = box_of(case, drawn.x) if own is None else own
    called = Called(case, drawn, bounds)
    x, before = drawn.x.copy(), drawn.x.tobytes()
    # Bounds that are lists may be meant as a pair for each coordinate.
    shape = "nested" if bounds is not None and case.shape in ("list", "tuple") else case.shape
    point, claims = cut(x, shape, case.seed), cut(claimed, shape, case.seed)
    settings = settings_of(case, drawn, bounds, shape)

    def f(structure: Any) -> Any:
        return called.value(joined(structure))

    if case.entry == "gradient called":
        report = gradproof.check(f, lambda structure: claims, point, **settings)
    elif case.entry == "value and gradient":
        report = gradproof.check(lambda structure: (f(structure), claims), True, point, **settings)
    elif case.entry == "in place":
        report = gradproof.check(gradproof.in_place(point, lambda: called.value(joined(point))), claims, **settings)
    elif case.entry == "batched" and case.shape == "vector" and case.hole != "raises":
        many = gradproof.batched(lambda points: np.array([called.value(one) for one in points]))
        report = gradproof.check(many, claims, point, **settings)
    else:
        report = gradproof.check(f, claims, point, **settings)
    return Ran(report, called, x, before, bounds, claimed)
