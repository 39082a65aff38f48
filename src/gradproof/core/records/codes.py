"""Codes that cross the C border, each with its word and its sentence.

Codes below zero mean misuse or a lack of resources, and zero that all is done.  Codes above zero are those of the
objective, which are handed back as they are.
"""

from __future__ import annotations

DONE = 0
BAD_ARGUMENT = -1
OUT_OF_MEMORY = -2
OBJECTIVE_NOT_FINITE = -3
NO_ROUND = -4
TOO_MANY_VALUES = -5
NO_ENGINE = -6
NOTHING_TOLD = -7

CODES: dict[int, tuple[str, str]] = {
    DONE: ("done", "Done."),
    BAD_ARGUMENT: (
        "bad_argument",
        "An argument is NULL, negative or out of its range; see the header for what is expected.",
    ),
    OUT_OF_MEMORY: ("out_of_memory", "The memory that the call needs could not be had."),
    OBJECTIVE_NOT_FINITE: ("objective_not_finite", "The objective is not finite at x; move x into its domain."),
    NO_ROUND: (
        "no_round",
        "gradproof_tell was called without a round: call gradproof_ask first, and once for each round.",
    ),
    TOO_MANY_VALUES: ("too_many_values", "gradproof_tell was given more values than the round has probes."),
    NO_ENGINE: (
        "no_engine",
        "This memory holds no check: begin one with gradproof_begin or gradproof_engine_start.",
    ),
    NOTHING_TOLD: (
        "nothing_told",
        "There is no result before the first value: call gradproof_ask, then gradproof_tell.",
    ),
}

# None of them is 0, so that memory that nobody has written to holds no verdict.
VERDICT_RIGHT = 1
VERDICT_WRONG = 2
VERDICT_INCONCLUSIVE = 3

VERDICTS: dict[int, str] = {VERDICT_RIGHT: "right", VERDICT_WRONG: "wrong", VERDICT_INCONCLUSIVE: "inconclusive"}

MODE_AUTO = 0
MODE_FULL = 1
MODE_LINES = 2
# So many coordinates are tested one by one; more of them along lines.
LARGEST_FULL = 5000
# What the cheapest check by lines takes.
CHEAPEST_LINES = 28
UNTESTED = 0
AGREES = 1
WRONG = 2
KINK_AT_POINT = 3
KINK_CROSSED = 4
NOISE_LIMITED = 5
STEP_LIMITED = 6
DOMAIN = 7
NONDETERMINISTIC = 8

CAUSES: dict[int, tuple[str, str]] = {
    UNTESTED: ("untested", "Not tested: the budget, the time limit or Ctrl-C ended the check first."),
    AGREES: ("agrees", "The claimed value agrees with the numerical slope within its error bar."),
    WRONG: (
        "wrong",
        "The slope is measured clearly and the claimed value is not it: look for the bug in the gradient.",
    ),
    KINK_AT_POINT: (
        "kink_at_point",
        "f has a kink at x and the claimed value lies between its left and right slope: acceptable, nothing to do.",
    ),
    KINK_CROSSED: (
        "kink_crossed",
        "f has a kink near x; inside the smooth piece that holds x the claimed value agrees: nothing to do.",
    ),
    NOISE_LIMITED: (
        "noise_limited",
        "The noise of f hides the slope: compute f more accurately, or sum fewer or smaller terms.",
    ),
    STEP_LIMITED: (
        "step_limited",
        "No step gave a slope that its neighbours confirm: f varies too fast or jumps; look at f along this line.",
    ),
    DOMAIN: (
        "domain",
        "f is not finite, or raises, too close to x: move x into the domain of f, or give bounds.",
    ),
    NONDETERMINISTIC: (
        "nondeterministic",
        "f is random, f(x) differs from call to call: fix its seed, switch dropout off, or make its sums reproducible.",
    ),
}

ARITHMETIC_FLOAT64 = 64
ARITHMETIC_FLOAT32 = 32
ARITHMETIC_COARSE = 16

ARITHMETICS: dict[int, str] = {
    ARITHMETIC_FLOAT64: "float64",
    ARITHMETIC_FLOAT32: "float32",
    ARITHMETIC_COARSE: "coarser than float32",
}

OBJECTIVE_CODE = "The objective returned this code; the call ended there."
UNKNOWN_CODE = "This is not a code of gradproof."
UNKNOWN_CAUSE = "This is not a cause of gradproof."


def is_acceptable(cause: int) -> bool:
    """Return whether the claimed value is acceptable."""
    return cause == AGREES or cause == KINK_AT_POINT or cause == KINK_CROSSED


def explain(code: int) -> str:
    """Return the sentence of a code."""
    if code > 0:
        return OBJECTIVE_CODE
    return CODES[code][1] if code in CODES else UNKNOWN_CODE


def explain_cause(cause: int) -> str:
    """Return the sentence of a cause."""
    return CAUSES[cause][1] if cause in CAUSES else UNKNOWN_CAUSE
