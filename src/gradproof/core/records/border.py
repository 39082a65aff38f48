"""The records that cross the C border; the comment behind a field is the one that the header has."""

from __future__ import annotations

import math
from typing import Annotated, TypeAlias

from .abi import ConstIntegers, ConstReals, Integer, Integers, Names, Pointer, Progress, Real, User
from .record import WORD, Bits, record, words_of

# The most coordinates or blocks named of those that could be off by a factor of 2 unseen.
MOST_UNSEEN = 6


@record
class Probe:
    """One point x + step * v, which gradproof_points writes; v is 0 outside the coordinates [start, stop)."""

    start: Integer  # first coordinate that moves; start == stop is the point x itself
    stop: Integer  # one past the last coordinate that moves
    seed: Bits  # 0: v is 1; else v is a random sign times a magnitude in [0.5, 1.5) times a scale
    floor: Real  # long lines: smallest scale, relative to what is typical in a window; else 0
    ratio: Real  # not 0: only start (v = 1) and stop - 1 (v = ratio) move; 0: all of [start, stop)
    step: Real  # signed step along the line
    aligned: Integer  # long lines, 1: v has the claim's sign; + 2: own sizes; + 4, 6: without, only x = 0


@record
class Options:
    """What may be set; every default is 0, and gradproof_options_default fills them in."""

    size: Integer  # sizeof(gradproof_options), set by the caller: so the struct can grow
    budget: Integer  # at most this many evaluations of the objective; 0: no limit
    seed: Bits  # seed of the random lines; the same seed gives the same bits
    float32: Integer  # rounds with x in float64, 1: the objective rounds it to float32; else 0
    rtol: Real  # relative error that counts as wrong, in (0, 1); 0: the default, 1e-5
    mode: Integer  # GRADPROOF_MODE_AUTO, _FULL or _LINES
    atol: Real  # absolute error of a claimed component that is allowed, in units of the gradient
    time_limit: Real  # gradproof_check: seconds after which no call of the objective begins; 0: none
    threads: Integer  # gradproof_check: up to this many threads call the objective; 0 or 1: the caller's
    lower: ConstReals  # gradproof_check: n lower bounds, below which f is not called; or NULL
    upper: ConstReals  # gradproof_check: n upper bounds, above which f is not called; or NULL
    blocks: Integer  # number of blocks that x is made of, such as layers; 0: none
    borders: ConstIntegers  # where the blocks begin, from 0, and where the last one ends, n: blocks + 1 values
    names: Names  # names of the blocks, for gradproof_print; or NULL
    progress: Progress  # gradproof_check: called after evaluations, or NULL
    progress_user: User  # handed to progress unchanged


@record
class Report:
    """What a check found."""

    size: Integer  # sizeof(gradproof_report), set by the caller: so the struct can grow
    verdict: Integer  # GRADPROOF_RIGHT, GRADPROOF_WRONG or GRADPROOF_INCONCLUSIVE; none of them is 0
    n: Integer  # number of coordinates
    tested: Integer  # coordinates that were tested
    agreeing: Integer  # coordinates whose claimed value is acceptable, kinks included
    wrong: Integer  # coordinates whose claimed value is wrong
    kinks: Integer  # coordinates with a kink at or near x
    open: Integer  # tested coordinates that could not be decided
    untested: Integer  # coordinates that were not tested
    findings: Integer  # number of findings, which may be more than there was room for
    evaluations: Integer  # evaluations of the objective
    outside: Integer  # values that were not computed, as gradproof_skip said: they are no evaluations
    rounds: Integer  # rounds of ask and tell
    arithmetic: Integer  # arithmetic found inside the objective: 64, 32, or 16 for coarser than float32
    noise_measured: Integer  # 1: noise_floor was measured; 0: nothing asked for it, it is assumed
    nondeterministic: Integer  # 1: the objective gave two values at x
    dense: Integer  # 1: so much is wrong that the later errors were confirmed by one pair each
    value: Real  # the objective at x
    noise_floor: Real  # absolute rounding noise of the objective near x
    spread: Real  # largest difference between values at x, where it is nondeterministic
    resolution: Real  # the smallest error that would have been seen in every tested coordinate
    rtol: Real  # relative error that counted as wrong
    lines: Integer  # random lines over the whole vector that agreed; 0 in a check of every coordinate
    aligned_lines: Integer  # lines along the claimed gradient that agreed
    parts: Integer  # parts of the vector whose own lines agreed
    cause: Integer  # lines: why the verdict is open, one of GRADPROOF_CAUSE_...
    early: Integer  # 1: lines ended by the budget or the caller before they had all that they wanted
    bar: Real  # error bar of the slope along a random line, every coordinate in its scale
    aligned_bar: Real  # the same along the claimed gradient
    parts_bar: Real  # the largest one of the lines over parts; 0 where there were none
    norm: Real  # Euclidean norm of the claimed gradient, every coordinate in its scale
    sum: Real  # sum of its absolute values, every coordinate in its scale
    curved: Real  # slope that the curvature of f makes 1/128 of a scale away from x
    hidden: Real  # half of the gap along a line, where kinks at x hide errors up to it
    atol: Real  # absolute error of a claimed component that was allowed
    vouched: Real  # share of the coordinates, 0 to 1, where an error of some rtol would have been seen
    unseen: Integer  # acceptable coordinates (lines: blocks) that could be off by a factor of 2 unseen
    seen: Real  # largest disagreement along a random line that rtol allows; bar includes it
    seen_factor: Real  # common factor of the claims that was seen and that rtol allows; 0: none
    index: Integer  # coordinate that GRADPROOF_X_NOT_FINITE or a code of bounds is about; -1: none
    stopped_by: Integer  # what ended the check early, one of GRADPROOF_STOPPED_BY_...
    seed: Bits  # seed of the random lines
    mode: Integer  # the way that the check went: GRADPROOF_MODE_FULL or _LINES
    blocks: Integer  # lines: number of named blocks
    usual_resolution: Real  # full: half of the decided coordinates have no larger one, to a thousandth; NaN: none
    usual_relative: Real  # the same relative to the claims that are not 0; NaN: none
    compared: Integer  # number of these claims
    change: Real  # how much f changes, as the claim says, where every coordinate changes by its size
    noise_source: Integer  # what makes the noise: one of GRADPROOF_NOISE_FROM_...
    most_unseen: Annotated[Integers, MOST_UNSEEN]  # those that are unseen, worst first; -1: no more
    explanation: Integer  # what wrong coordinates have in common: one of GRADPROOF_EXPLAINED_BY_...
    explained: Integer  # how many these are: all that were tested alone and have no kink; 0: none
    factor: Real  # of their slopes, or of x: the middle of the interval that holds it
    factor_bar: Real  # half width of that interval


@record
class Finding:
    """A line with its slopes, its error bar and its cause; a coordinate is a line of length one."""

    size: Integer  # sizeof(gradproof_finding), set by the caller in the first of an array, for all
    start: Integer  # first coordinate of the line
    stop: Integer  # one past its last coordinate
    cause: Integer  # one of GRADPROOF_CAUSE_...; gradproof_explain_cause gives its sentence
    kink: Integer  # 0: no kink seen, 1: a kink at x, 2: a kink near x
    claimed: Real  # claimed slope
    slope: Real  # numerical slope: the middle of the interval that holds it
    left: Real  # backward slope at the finest step that counts
    right: Real  # forward slope at the finest step that counts
    error_bar: Real  # half width of the interval that holds the slope
    step: Real  # that finest step
    resolution: Real  # the smallest error that would have been seen here
    distance: Real  # signed distance of the nearest kink seen; 0: at x; NaN: none seen
    partner: Integer  # coordinate whose claim contradicts this one along their common kink; -1: none
    sampled: Integer  # longer lines: coordinates of it that were tested alone
    sampled_wrong: Integer  # how many of these are wrong


@record
class Rung:
    """The slopes of one coordinate over one step to both sides of x."""

    size: Integer  # sizeof(gradproof_rung), set by the caller in the first one of an array
    step: Real  # the step, positive
    left: Real  # backward slope; NaN: f has no value there
    right: Real  # forward slope; NaN: f has no value there
    slope: Real  # centered slope
    gap: Real  # right - left
    error_bar: Real  # what rounding noise may add to a slope: four standard deviations


def begin_finding(finding: Finding, start: int, stop: int, cause: int, kink: int, resolution: float) -> None:
    """Write what every finding has; for the rest, that nothing is known: NaN for slopes, infinity for the error bar."""
    finding.size = FINDING_BYTES
    finding.start = start
    finding.stop = stop
    finding.cause = cause
    finding.kink = kink
    finding.resolution = resolution
    finding.claimed = math.nan
    finding.slope = math.nan
    finding.left = math.nan
    finding.right = math.nan
    finding.error_bar = math.inf
    finding.step = math.nan
    finding.distance = math.nan
    finding.partner = -1
    finding.sampled = 0
    finding.sampled_wrong = 0


OPTIONS_BYTES = words_of(Options) * WORD
REPORT_BYTES = words_of(Report) * WORD
FINDING_BYTES = words_of(Finding) * WORD
RUNG_BYTES = words_of(Rung) * WORD
# More than any struct of the border has: what is beyond was not set.
MOST_BYTES = 65536
# More coordinates, or blocks, than any memory has; the words for them are still counted without overflow.
LARGEST_COUNT = 1 << 48


def size_is_bad(size: int, least: int) -> bool:
    """Return whether the first field of a struct cannot be its size."""
    return size < least or size > MOST_BYTES or size % WORD != 0


Probes: TypeAlias = Pointer[Probe]
ConstProbes: TypeAlias = Pointer[Probe]
ConstOptions: TypeAlias = Options
ConstReport: TypeAlias = Report
Findings: TypeAlias = Pointer[Finding]
ConstFindings: TypeAlias = Pointer[Finding]
Rungs: TypeAlias = Pointer[Rung]

RECORDS: tuple[type[object], ...] = (Probe, Options, Report, Finding, Rung)
