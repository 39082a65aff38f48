"""Coordinates that lines found: each is confirmed by the check of single coordinates before it is called wrong."""

from __future__ import annotations

from .abi import ConstEngine, ConstReals, ConstVector, Engine, Probes, Reals
from .codes import DONE
from .engine import engine_start, options_default
from .floats import larger, widened
from .linestate import (
    CANDIDATE_CLAIMS,
    CANDIDATE_COUNT,
    CANDIDATE_INDICES,
    CANDIDATE_OPTIONS,
    CANDIDATE_POINT,
    CANDIDATES,
    CHOSEN_RTOL,
    FAILED_BAR,
    IS_CONFIRMING,
    IS_FLOAT32,
    LINE_BUDGET,
    LINE_EVALUATIONS,
    LINE_NOISE,
    LINE_SEED,
    LINE_SPREAD,
    LINE_VALUE,
    SLOPE_NORM,
    SMALLEST_TOLERANCE,
    TOLERANCE_NOW,
    TYPICAL_X,
)
from .memory import as_reals, offset
from .outcome import cause_of
from .phases import end_early, prepare
from .rounds import asked, take_round, write_round
from .scales import DEFAULT_RTOL, UNIT_FLOAT32
from .state import (
    ARITHMETIC,
    BUDGET,
    EVALUATIONS,
    NOISE,
    NOISE_MEASURED,
    NONDETERMINISTIC,
    PHASE,
    PHASE_DONE,
    PHASE_JOINT,
    SEEN_TWICE,
    SPREAD,
    TYPICAL,
    UNIT,
)
from .structs import OPTIONS_FLOAT32, OPTIONS_RTOL, OPTIONS_SEED, PROBE_START, PROBE_STOP, PROBE_WORDS

# Half of a bar: below the two thirds of it that a magnitude of 1.5 leaves of an error.
AS_CLOSELY = 0.5
# Claims that are all numbers of float32 have a tolerance above this; sums that were made in it leave so much.
ROUNDED_TO_FLOAT32 = 1e-7
MADE_IN_FLOAT32 = 1e-6


def add_candidate(engine: Engine, index: int) -> bool:
    """Put a coordinate on the list, in order, once; return False where the list is full."""
    count = engine[CANDIDATE_COUNT]
    place = 0
    while place < count and engine[CANDIDATE_INDICES + place] < index:
        place += 1
    if place < count and engine[CANDIDATE_INDICES + place] == index:
        return True
    if count >= CANDIDATES:
        return False
    for behind in range(count, place, -1):
        engine[CANDIDATE_INDICES + behind] = engine[CANDIDATE_INDICES + behind - 1]
    engine[CANDIDATE_INDICES + place] = index
    engine[CANDIDATE_COUNT] = count + 1
    return True


def gather(engine: Engine, x: ConstVector, claimed: ConstVector) -> None:
    """Copy x and the claimed values of the candidates into the memory of the check."""
    reals = as_reals(engine)
    for number in range(engine[CANDIDATE_COUNT]):
        index = engine[CANDIDATE_INDICES + number]
        reals[CANDIDATE_POINT + number] = widened(x[index])
        reals[CANDIDATE_CLAIMS + number] = widened(claimed[index])


def candidate_point(reals: Reals) -> Reals:
    """Return x at the candidates."""
    return offset(reals, CANDIDATE_POINT)


def candidate_claims(reals: Reals) -> Reals:
    """Return the claimed values of the candidates."""
    return offset(reals, CANDIDATE_CLAIMS)


def confirming_rtol(reals: Reals) -> float:
    """Return the relative error that counts as wrong in a candidate; 0 for the default.

    Where none was chosen, single coordinates are looked at as closely as the line that disagreed: an error that it saw
    is at least two thirds of its bar, and no slope is larger than the norm.
    """
    if reals[CHOSEN_RTOL] > 0.0 or reals[FAILED_BAR] <= 0.0 or reals[SLOPE_NORM] <= 0.0:
        return reals[CHOSEN_RTOL]
    seen = AS_CLOSELY * (reals[FAILED_BAR] + reals[TOLERANCE_NOW]) / reals[SLOPE_NORM]
    if reals[SMALLEST_TOLERANCE] > ROUNDED_TO_FLOAT32:
        seen = larger(MADE_IN_FLOAT32, seen)
    return seen if seen < DEFAULT_RTOL else 0.0


def begin_confirming(engine: Engine, reals: Reals) -> bool:
    """Begin the check of the candidates with what is known of f; return False where it cannot begin."""
    options = offset(engine, CANDIDATE_OPTIONS)
    options_default(options)
    options[OPTIONS_SEED] = engine[LINE_SEED]
    options[OPTIONS_FLOAT32] = engine[IS_FLOAT32]
    as_reals(options)[OPTIONS_RTOL] = confirming_rtol(reals)
    # What the noise line found stands in the same header.
    arithmetic = engine[ARITHMETIC]
    unit = reals[UNIT]
    random = engine[NONDETERMINISTIC]
    measured = engine[NOISE_MEASURED]
    count = engine[CANDIDATE_COUNT]
    if engine_start(engine, candidate_point(reals), candidate_claims(reals), count, options) != DONE:
        return False
    engine[ARITHMETIC] = arithmetic
    reals[UNIT] = unit if unit == UNIT_FLOAT32 else reals[UNIT]
    reals[TYPICAL] = reals[TYPICAL_X]
    values = offset(reals, LINE_VALUE)
    take_round(engine, candidate_point(reals), candidate_claims(reals), values, 1)
    engine[EVALUATIONS] = 0
    engine[SEEN_TWICE] = 1
    engine[NONDETERMINISTIC] = random
    reals[SPREAD] = reals[LINE_SPREAD]
    if measured != 0:
        engine[NOISE_MEASURED] = 1
        reals[NOISE] = reals[LINE_NOISE]
    engine[BUDGET] = 0
    if engine[LINE_BUDGET] > 0:
        left = engine[LINE_BUDGET] - engine[LINE_EVALUATIONS]
        # 0 would set no limit.
        engine[BUDGET] = left if left > 0 else -1
    engine[IS_CONFIRMING] = 1
    prepare_candidates(engine, reals)
    return True


def prepare_candidates(engine: Engine, reals: Reals) -> None:
    """Move the check of the candidates on; lines that join several of them are left out."""
    if engine[BUDGET] < 0:
        end_early(engine, reals)
    prepare(engine, reals, candidate_point(reals), candidate_claims(reals))
    if engine[PHASE] == PHASE_JOINT:
        # Its random lines would move what lies between the candidates.
        end_early(engine, reals)


def candidates_asked(engine: Engine) -> int:
    """Return how many probes the check of the candidates asks for."""
    return asked(engine) if engine[PHASE] != PHASE_DONE else 0


def write_candidates(engine: Engine, reals: Reals, probes: Probes) -> int:
    """Write the probes of the candidates, as coordinates of x."""
    count = write_round(engine, candidate_point(reals), candidate_claims(reals), probes)
    for number in range(count):
        place = number * PROBE_WORDS
        start = probes[place + PROBE_START]
        stop = probes[place + PROBE_STOP]
        if start < stop:
            probes[place + PROBE_START] = engine[CANDIDATE_INDICES + start]
            probes[place + PROBE_STOP] = engine[CANDIDATE_INDICES + stop - 1] + 1
    return count


def take_candidates(engine: Engine, reals: Reals, values: ConstReals, count: int) -> None:
    """Take the values of the candidates."""
    take_round(engine, candidate_point(reals), candidate_claims(reals), values, count)
    prepare_candidates(engine, reals)


def candidate_cause(engine: ConstEngine, number: int) -> int:
    """Return the cause of a candidate."""
    return cause_of(engine, number)
