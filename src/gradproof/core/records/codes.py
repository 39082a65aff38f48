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
    UNTESTED: (
        "untested",
        "Not tested: the check ended first, by its budget, by its time limit, or because it was stopped.",
    ),
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
        "f is not finite, or has no value, too close to x: move x into the domain of f, or give bounds.",
    ),
    NONDETERMINISTIC: (
        "nondeterministic",
        "f is random, f(x) differs from call to call: fix its seed, switch dropout off, or make its sums reproducible.",
    ),
}

# They are numbered from 0.
CAUSE_COUNT = len(CAUSES)

# What ended a check before it had all that it wanted.
STOPPED_BY_NOTHING = 0
STOPPED_BY_BUDGET = 1
STOPPED_BY_TIME_LIMIT = 2
STOPPED_BY_CALLER = 3

STOPPED_BY: dict[int, str] = {
    STOPPED_BY_NOTHING: "nothing",
    STOPPED_BY_BUDGET: "budget",
    STOPPED_BY_TIME_LIMIT: "time_limit",
    STOPPED_BY_CALLER: "caller",
}

# What makes the noise of f, as far as its size and the arithmetic of f show it.
NOISE_CONSTANT = 1
NOISE_ARITHMETIC = 2
NOISE_ROUNDING = 3
NOISE_BEYOND_ROUNDING = 4

NOISE_SOURCES: dict[int, str] = {
    NOISE_CONSTANT: "constant",
    NOISE_ARITHMETIC: "arithmetic",
    NOISE_ROUNDING: "rounding",
    NOISE_BEYOND_ROUNDING: "beyond_rounding",
}

ARITHMETIC_FLOAT64 = 64
ARITHMETIC_FLOAT32 = 32
ARITHMETIC_COARSE = 16

ARITHMETICS: dict[int, str] = {
    ARITHMETIC_FLOAT64: "float64",
    ARITHMETIC_FLOAT32: "float32",
    ARITHMETIC_COARSE: "coarser than float32",
}

OBJECTIVE_CODE = "A callback, the objective or progress, returned this code, and the call ended there."
UNKNOWN_WORD = "unknown"
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


def verdict_word(verdict: int) -> str:
    """Return the word of a verdict."""
    return VERDICTS.get(verdict, UNKNOWN_WORD)


def cause_word(cause: int) -> str:
    """Return the word of a cause."""
    return CAUSES[cause][0] if cause in CAUSES else UNKNOWN_WORD
