"""Codes that cross the C border, each with its word and its sentence.

Codes below zero mean misuse or a lack of resources, and zero that all is done.  Codes above zero are those of a
callback, which are handed back as they are.
"""

from __future__ import annotations

DONE = 0
OUT_OF_MEMORY = -2
OBJECTIVE_NOT_FINITE = -3
NO_ROUND = -4
TOO_MANY_VALUES = -5
NO_ENGINE = -6
NOTHING_TOLD = -7
BAD_RETURN = -8
DAMAGED = -9
OTHER_VERSION = -10
OTHER_TYPE = -11
OVERLAP = -12
X_NOT_FINITE = -20
X_OUTSIDE_BOUNDS = -21
BAD_N = -22
BAD_CAPACITY = -23
BAD_COUNT = -24
BAD_INDEX = -25
BAD_PROBE = -26
BAD_RADIUS = -27
BAD_SIZE = -40
BAD_BUDGET = -41
BAD_FLOAT32 = -42
BAD_RTOL = -43
BAD_ATOL = -44
BAD_MODE = -45
BAD_TIME_LIMIT = -46
BAD_THREADS = -47
BAD_BOUNDS = -48
BAD_BLOCKS = -49
BAD_BORDERS = -50
NULL_OBJECTIVE = -60
NULL_X = -61
NULL_CLAIMED = -62
NULL_REPORT = -63
NULL_ENGINE = -64
NULL_OPTIONS = -65
NULL_PROBES = -66
NULL_VALUES = -67
NULL_CHANGES = -68
NULL_SIZES = -69
NULL_POINT = -70
NULL_OUTPUT = -71
# An objective returns it where it has no value; it is the only code below 0 that a callback may return.
OUTSIDE = -100

CODES: dict[int, tuple[str, str]] = {
    DONE: ("done", "Done."),
    OUT_OF_MEMORY: ("out_of_memory", "The memory that the call needs could not be had."),
    OBJECTIVE_NOT_FINITE: ("objective_not_finite", "The objective is not finite at x; move x into its domain."),
    NO_ROUND: (
        "no_round",
        "No round is under way: call gradproof_ask first, and once for each round.",
    ),
    TOO_MANY_VALUES: ("too_many_values", "More values were given than the round of gradproof_ask has probes."),
    NO_ENGINE: (
        "no_engine",
        "This memory holds no check: begin one with gradproof_begin or gradproof_engine_start.",
    ),
    NOTHING_TOLD: (
        "nothing_told",
        "There is no result before the first value: call gradproof_ask, then gradproof_tell.",
    ),
    BAD_RETURN: (
        "bad_return",
        "A callback returned a code below 0: return 0, a code above 0 to end the call, or GRADPROOF_OUTSIDE.",
    ),
    DAMAGED: (
        "damaged",
        "The memory of the check was changed since the last call: its checksum differs; begin again.",
    ),
    OTHER_VERSION: (
        "other_version",
        "The check was saved by another version of the library, or cut off: begin again, or use that version.",
    ),
    OTHER_TYPE: (
        "other_type",
        "The check was begun with vectors of the other type: begin and tell with the same version, _f32 or not.",
    ),
    OVERLAP: ("overlap", "Memory that is to be filled overlaps other memory of the call: give each its own."),
    X_NOT_FINITE: (
        "x_not_finite",
        "A coordinate of x is NaN or infinite; gradproof_first_not_finite says which one.",
    ),
    X_OUTSIDE_BOUNDS: (
        "x_outside_bounds",
        "A coordinate of x, report->index, lies outside the bounds: move it, or widen them.",
    ),
    BAD_N: ("bad_n", "n, the number of coordinates, must be from 1 to what memory holds."),
    BAD_CAPACITY: (
        "bad_capacity",
        "The room for output must not be negative, and gradproof_ask needs room for GRADPROOF_ROUND probes.",
    ),
    BAD_COUNT: ("bad_count", "A count is negative, 0 where it must not be, or less than the number skipped."),
    BAD_INDEX: ("bad_index", "The index must be one of a coordinate: from 0 to n - 1."),
    BAD_PROBE: (
        "bad_probe",
        "A probe moves coordinates that x does not have: hand over what gradproof_ask wrote.",
    ),
    BAD_RADIUS: ("bad_radius", "The radius must be 0, for the default, or a finite distance above 0."),
    BAD_SIZE: (
        "bad_size",
        "The first field of a struct, its size, must be its sizeof.",
    ),
    BAD_BUDGET: ("bad_budget", "A budget must not be negative; 0 means no limit."),
    BAD_FLOAT32: ("bad_float32", "options.float32 must be 0 or 1."),
    BAD_RTOL: ("bad_rtol", "options.rtol must lie in [0, 1); 0 means the default."),
    BAD_ATOL: ("bad_atol", "options.atol must be finite and not negative."),
    BAD_MODE: ("bad_mode", "options.mode must be GRADPROOF_MODE_AUTO, _FULL or _LINES."),
    BAD_TIME_LIMIT: ("bad_time_limit", "options.time_limit must be finite and not negative; 0 means none."),
    BAD_THREADS: ("bad_threads", "options.threads must lie between 0 and 1024; 0 and 1 mean the caller's alone."),
    BAD_BOUNDS: ("bad_bounds", "A bound of coordinate report->index is NaN, or the lower is above the upper."),
    BAD_BLOCKS: ("bad_blocks", "options.blocks must not be negative, and with blocks there must be borders."),
    BAD_BORDERS: ("bad_borders", "options.borders must lead from 0 to n without a step back."),
    NULL_OBJECTIVE: ("null_objective", "The objective is NULL."),
    NULL_X: ("null_x", "x, or another vector of n values that is read, is NULL."),
    NULL_CLAIMED: ("null_claimed", "claimed, the gradient under test, is NULL."),
    NULL_REPORT: ("null_report", "report is NULL."),
    NULL_ENGINE: (
        "null_engine",
        "The check is NULL: the code of gradproof_begin or gradproof_resume says why.",
    ),
    NULL_OPTIONS: ("null_options", "options is NULL where there must be some."),
    NULL_PROBES: ("null_probes", "probes is NULL."),
    NULL_VALUES: ("null_values", "values is NULL."),
    NULL_CHANGES: ("null_changes", "changes is NULL, which checks along lines need."),
    NULL_SIZES: ("null_sizes", "sizes is NULL, which checks along lines need: see gradproof_windows."),
    NULL_POINT: ("null_point", "The memory for points, or the work memory, is NULL."),
    NULL_OUTPUT: ("null_output", "Memory that is to be filled is NULL."),
    OUTSIDE: (
        "outside",
        "An objective returns it outside its domain, where it has no value; the check goes on.",
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
# Up to this many coordinates are tested one by one; more of them along lines.
LARGEST_FULL = 5000
# What the cheapest check by lines takes.
CHEAPEST_LINES = 28
# What a check along lines takes where nothing disagrees, about: what progress expects.
LINES_EXPECTED = 120
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
        "Not tested: the budget, the time limit or the caller ended the check first.",
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

# What makes the noise of f, as far as its size and the arithmetic of f show it.
NOISE_FROM_CONSTANT = 1
NOISE_FROM_ARITHMETIC = 2
NOISE_FROM_ROUNDING = 3
NOISE_FROM_ELSEWHERE = 4

# What wrong coordinates have in common.
EXPLAINED_BY_NOTHING = 0
EXPLAINED_BY_FACTOR = 1
EXPLAINED_BY_ZERO = 2
EXPLAINED_BY_NOT_FINITE = 3
EXPLAINED_BY_X = 4

ARITHMETIC_FLOAT64 = 64
ARITHMETIC_FLOAT32 = 32
ARITHMETIC_COARSE = 16

ARITHMETICS: dict[int, str] = {
    ARITHMETIC_FLOAT64: "float64",
    ARITHMETIC_FLOAT32: "float32",
    ARITHMETIC_COARSE: "coarser than float32",
}

CALLBACK_CODE = "A callback, the objective or progress, returned this code, and the call ended there."
UNKNOWN_WORD = "unknown"
UNKNOWN_CODE = "This is not a code of gradproof."
UNKNOWN_CAUSE = "This is not a cause of gradproof."


def is_acceptable(cause: int) -> bool:
    """Return whether the claimed value is acceptable."""
    return cause == AGREES or cause == KINK_AT_POINT or cause == KINK_CROSSED


def code_of_callback(code: int) -> int:
    """Return the code with which an objective ends a call: its own, or that it may not return this; 0: it goes on."""
    if code == OUTSIDE:
        return DONE
    return BAD_RETURN if code < DONE else code


def explain(code: int) -> str:
    """Return the sentence of a code."""
    if code > 0:
        return CALLBACK_CODE
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
