"""The records that cross the C border.

Every field is one word of 8 bytes (`int64_t`, `uint64_t` or `double`): no padding, the same layout from every language.
The core sees a record as words and, where a field is a real number, as the same memory read as doubles.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """One word of a record: its name, C type and meaning."""

    name: str
    c_type: str
    meaning: str


class Struct(NamedTuple):
    """A record of the C door: its name and its fields in order."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


PROBE_START = 0
PROBE_STOP = 1
PROBE_SEED = 2
PROBE_FLOOR = 3
PROBE_RATIO = 4
PROBE_STEP = 5
PROBE_ALIGNED = 6
PROBE_WORDS = 7

PROBE = Struct(
    "gradproof_probe",
    "One point on a line through x: x + step * v, where v is 0 outside of the coordinates [start, stop).",
    (
        Field("start", "int64_t", "first coordinate that moves; start == stop is the point x itself"),
        Field("stop", "int64_t", "one past the last coordinate that moves"),
        Field("seed", "uint64_t", "0: v is 1; else v is a random sign times a magnitude in [0.5, 1.5) times a scale"),
        Field("floor", "double", "long lines: smallest scale, relative to what is typical in a window; else 0"),
        Field("ratio", "double", "not 0: only start (v = 1) and stop - 1 (v = ratio) move; 0: all of [start, stop)"),
        Field("step", "double", "signed step along the line"),
        Field("aligned", "int64_t", "1: on a long line v has the sign of the claimed gradient; else 0"),
    ),
)

OPTIONS_SIZE = 0
OPTIONS_BUDGET = 1
OPTIONS_SEED = 2
OPTIONS_FLOAT32 = 3
OPTIONS_RTOL = 4
OPTIONS_MODE = 5
OPTIONS_WORDS = 6

OPTIONS = Struct(
    "gradproof_options",
    "What may be set; gradproof_options_default fills it.",
    (
        Field("size", "int64_t", "sizeof(gradproof_options), so that the struct can grow"),
        Field("budget", "int64_t", "at most so many evaluations of the objective; 0: no limit"),
        Field("seed", "uint64_t", "seed of the random lines; the same seed gives the same bits"),
        Field("float32", "int64_t", "1: the objective sees its points rounded to float32; 0: as float64"),
        Field("rtol", "double", "relative error that counts as wrong, in (0, 1); 0: the default, 1e-5"),
        Field("mode", "int64_t", "for gradproof_check: GRADPROOF_MODE_AUTO, _FULL or _LINES"),
    ),
)

REPORT_VERDICT = 0
REPORT_N = 1
REPORT_TESTED = 2
REPORT_AGREEING = 3
REPORT_WRONG = 4
REPORT_KINKS = 5
REPORT_OPEN = 6
REPORT_UNTESTED = 7
REPORT_FINDINGS = 8
REPORT_EVALUATIONS = 9
REPORT_ROUNDS = 10
REPORT_ARITHMETIC = 11
REPORT_NOISE_MEASURED = 12
REPORT_NONDETERMINISTIC = 13
REPORT_DENSE = 14
REPORT_VALUE = 15
REPORT_NOISE_FLOOR = 16
REPORT_SPREAD = 17
REPORT_RESOLUTION = 18
REPORT_RTOL = 19
REPORT_LINES = 20
REPORT_ALIGNED_LINES = 21
REPORT_PARTS = 22
REPORT_CAUSE = 23
REPORT_EARLY = 24
REPORT_BAR = 25
REPORT_ALIGNED_BAR = 26
REPORT_PARTS_BAR = 27
REPORT_NORM = 28
REPORT_SUM = 29
REPORT_CURVED = 30
REPORT_HIDDEN = 31
REPORT_WORDS = 32

REPORT = Struct(
    "gradproof_report",
    "What a check found.",
    (
        Field("verdict", "int64_t", "GRADPROOF_RIGHT 0, GRADPROOF_WRONG 1 or GRADPROOF_INCONCLUSIVE 3"),
        Field("n", "int64_t", "number of coordinates"),
        Field("tested", "int64_t", "coordinates that were tested"),
        Field("agreeing", "int64_t", "coordinates whose claimed value is acceptable, kinks included"),
        Field("wrong", "int64_t", "coordinates whose claimed value is wrong"),
        Field("kinks", "int64_t", "coordinates with a kink at or near x"),
        Field("open", "int64_t", "tested coordinates that could not be decided"),
        Field("untested", "int64_t", "coordinates that were not tested"),
        Field("findings", "int64_t", "findings that gradproof_result can write"),
        Field("evaluations", "int64_t", "evaluations of the objective"),
        Field("rounds", "int64_t", "rounds of ask and tell"),
        Field("arithmetic", "int64_t", "arithmetic found inside the objective: 64, 32, or 16 for coarser than float32"),
        Field("noise_measured", "int64_t", "1: noise_floor was measured; 0: nothing asked for it, it is assumed"),
        Field("nondeterministic", "int64_t", "1: the objective gave two values at x"),
        Field("dense", "int64_t", "1: so much is wrong that the later errors were confirmed by one pair each"),
        Field("value", "double", "the objective at x"),
        Field("noise_floor", "double", "absolute rounding noise of the objective near x"),
        Field("spread", "double", "largest difference between values at x, where it is nondeterministic"),
        Field("resolution", "double", "the smallest error that would have been seen in every tested coordinate"),
        Field("rtol", "double", "relative error that counted as wrong"),
        Field("lines", "int64_t", "random lines over the whole vector that agreed; 0 in a check of every coordinate"),
        Field("aligned_lines", "int64_t", "lines along the claimed gradient that agreed"),
        Field("parts", "int64_t", "parts of the vector whose own lines agreed"),
        Field("cause", "int64_t", "lines: why the verdict is open, one of GRADPROOF_CAUSE_..."),
        Field("early", "int64_t", "1: lines ended by the budget or the caller before they had all that they wanted"),
        Field("bar", "double", "error bar of the slope along a random line, every coordinate in its scale"),
        Field("aligned_bar", "double", "the same along the claimed gradient"),
        Field("parts_bar", "double", "the largest one of the lines over parts; 0 where there were none"),
        Field("norm", "double", "Euclidean norm of the claimed gradient, every coordinate in its scale"),
        Field("sum", "double", "sum of its absolute values, every coordinate in its scale"),
        Field("curved", "double", "slope that the curvature of f makes 1/128 of a scale away from x"),
        Field("hidden", "double", "half of the gap along a line, where kinks at x hide errors up to it"),
    ),
)

FINDING_START = 0
FINDING_STOP = 1
FINDING_CAUSE = 2
FINDING_KINK = 3
FINDING_CLAIMED = 4
FINDING_SLOPE = 5
FINDING_LEFT = 6
FINDING_RIGHT = 7
FINDING_ERROR_BAR = 8
FINDING_STEP = 9
FINDING_RESOLUTION = 10
FINDING_DISTANCE = 11
FINDING_PARTNER = 12
FINDING_WORDS = 13

FINDING = Struct(
    "gradproof_finding",
    "A line with its slopes, its error bar and its cause; a coordinate is a line of length one.",
    (
        Field("start", "int64_t", "first coordinate of the line"),
        Field("stop", "int64_t", "one past its last coordinate"),
        Field("cause", "int64_t", "one of GRADPROOF_CAUSE_...; gradproof_explain_cause gives its sentence"),
        Field("kink", "int64_t", "0: no kink seen, 1: a kink at x, 2: a kink near x"),
        Field("claimed", "double", "claimed slope"),
        Field("slope", "double", "numerical slope: the middle of the interval that holds it"),
        Field("left", "double", "backward slope at the finest step that counts"),
        Field("right", "double", "forward slope at the finest step that counts"),
        Field("error_bar", "double", "half width of the interval that holds the slope"),
        Field("step", "double", "that finest step"),
        Field("resolution", "double", "the smallest error that would have been seen here"),
        Field("distance", "double", "signed distance of the nearest kink seen; 0: at x; NaN: none seen"),
        Field("partner", "int64_t", "coordinate whose claim contradicts this one along their common kink; -1: none"),
    ),
)

STRUCTS: tuple[Struct, ...] = (PROBE, OPTIONS, REPORT, FINDING)
