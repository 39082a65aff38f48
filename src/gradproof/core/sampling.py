"""Dense errors: some nodes are followed down to single coordinates, and lines along the claim give a common factor."""

from __future__ import annotations

import math

from numpy import int64, uint64

from .abi import Engine, Reals
from .candidates import add_candidate, confirming_rtol
from .climbers import begin_climber
from .directions import mixed
from .floats import larger
from .halving import (
    HALVING_DONE,
    HALVING_FREE,
    advance_halving,
    begin_halving,
    left_is_wrong,
    right_is_wrong,
)
from .lineladder import walk_ladder
from .linestate import (
    BLOCK_COUNT,
    BLOCK_START,
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_CLAIM,
    CLIMBER_RESIDUAL,
    CLIMBER_SEEDS,
    CLIMBER_START,
    CLIMBER_STOP,
    CLIMBER_WANTED,
    FACTOR_COUNT,
    FAILED_SEED,
    FINISHED,
    HALVING_CLIMBER,
    HALVING_LEFT,
    HALVING_RIGHT,
    HALVING_STAGE,
    IS_DENSE,
    LINE_PHASE,
    LINE_SEED,
    LINES_CONFIRM,
    LINES_FACTORS,
    LINES_SAMPLING,
    NEXT_COUNT,
    NODE_START,
    NODE_STOP,
    NODE_WORDS,
    SAMPLE_COUNT,
    TOLERANCE_NOW,
    block_place,
    halving_place,
    next_node_place,
    node_place,
)
from .longfindings import begin_long_findings, write_factor
from .nodes import free_halvings, length, note_coordinate, write_half
from .scales import DEFAULT_RTOL

SAMPLES = 6

FACTOR_RUNGS = 6

FACTORS = 8

# Coordinates that are drawn from the blocks with dense errors.
DRAWN = 8

SAMPLE_SEEDS = 1 << 21


def drawn(engine: Engine, number: int, count: int) -> int:
    """Return a number below `count` that looks random, the same for the same seed."""
    return int(int64(mixed(engine[LINE_SEED], SAMPLE_SEEDS + number) >> uint64(12))) % count


def begin_sampling(engine: Engine, reals: Reals) -> None:
    """Choose the nodes that are followed down to single coordinates; the open ones of the level stay as they are."""
    engine[LINE_PHASE] = LINES_SAMPLING
    engine[IS_DENSE] = 1
    free_halvings(engine)
    open_nodes = engine[NEXT_COUNT]
    engine[SAMPLE_COUNT] = SAMPLES if open_nodes > SAMPLES else open_nodes
    for number in range(engine[SAMPLE_COUNT]):
        # One of each sixth of the open nodes: nodes of all blocks.
        low = number * open_nodes // SAMPLES if open_nodes > SAMPLES else number
        high = (number + 1) * open_nodes // SAMPLES if open_nodes > SAMPLES else number + 1
        chosen = low + drawn(engine, number, high - low)
        for word in range(NODE_WORDS):
            engine[node_place(number) + word] = engine[next_node_place(chosen) + word]
        follow(engine, reals, number)


def follow(engine: Engine, reals: Reals, number: int) -> None:
    """Go on with a sample: halve it, or keep it as a candidate."""
    node = node_place(number)
    if length(engine, node) == 1:
        note_coordinate(engine, reals, node)
        engine[halving_place(number) + HALVING_STAGE] = HALVING_FREE
    else:
        begin_halving(engine, reals, halving_place(number), node)


def advance_samples(engine: Engine, reals: Reals) -> None:
    """Move every sample on: it follows the half with the larger residual slope."""
    for number in range(engine[SAMPLE_COUNT]):
        halving = halving_place(number)
        if engine[halving + HALVING_STAGE] != HALVING_FREE:
            advance_halving(engine, reals, halving)
            if engine[halving + HALVING_STAGE] == HALVING_DONE:
                descend(engine, reals, number, halving)


def descend(engine: Engine, reals: Reals, number: int, halving: int) -> None:
    """Replace the node of a sample by its worse half; where neither is wrong, the sample ends."""
    left = left_is_wrong(reals, halving)
    right = right_is_wrong(reals, halving)
    engine[halving + HALVING_STAGE] = HALVING_FREE
    if not left and not right:
        return
    worse = math.fabs(reals[halving + HALVING_LEFT]) >= math.fabs(reals[halving + HALVING_RIGHT])
    write_half(engine, reals, halving, left and (worse or not right), node_place(number))
    follow(engine, reals, number)


def samples_under_way(engine: Engine) -> bool:
    """Return whether a sample is still followed."""
    for number in range(engine[SAMPLE_COUNT]):
        if engine[halving_place(number) + HALVING_STAGE] != HALVING_FREE:
            return True
    return False


def is_touched(engine: Engine, start: int, stop: int) -> bool:
    """Return whether an open node, or a candidate's node, lies in [start, stop)."""
    for number in range(engine[NEXT_COUNT]):
        node = next_node_place(number)
        if engine[node + NODE_START] < stop and engine[node + NODE_STOP] > start:
            return True
    return False


def begin_factors(engine: Engine, reals: Reals) -> None:
    """Begin lines along the claim over the blocks that disagree; without names, over all that is open."""
    engine[LINE_PHASE] = LINES_FACTORS
    engine[FACTOR_COUNT] = 0
    begin_long_findings(engine)
    for number in range(engine[BLOCK_COUNT]):
        start = engine[block_place(number) + BLOCK_START]
        stop = engine[block_place(number + 1) + BLOCK_START]
        if is_touched(engine, start, stop) and engine[FACTOR_COUNT] < FACTORS and stop > start:
            begin_factor(engine, reals, start, stop)
    if engine[FACTOR_COUNT] == 0:
        start = engine[next_node_place(0) + NODE_START]
        stop = engine[next_node_place(0) + NODE_STOP]
        for number in range(1, engine[NEXT_COUNT]):
            node = next_node_place(number)
            start = engine[node + NODE_START] if engine[node + NODE_START] < start else start
            stop = engine[node + NODE_STOP] if engine[node + NODE_STOP] > stop else stop
        begin_factor(engine, reals, start, stop)
    draw_candidates(engine)


def draw_candidates(engine: Engine) -> None:
    """Draw some coordinates of each block."""
    each = DRAWN // engine[FACTOR_COUNT]
    for number in range(engine[FACTOR_COUNT]):
        climber = halving_place(number) + HALVING_CLIMBER
        start = engine[climber + CLIMBER_START]
        for sample in range(each if each > 0 else 1):
            place = drawn(engine, DRAWN * (number + 1) + sample, engine[climber + CLIMBER_STOP] - start)
            add_candidate(engine, start + place)


def begin_factor(engine: Engine, reals: Reals, start: int, stop: int) -> None:
    """Begin the line along the claim over a block."""
    number = engine[FACTOR_COUNT]
    engine[FACTOR_COUNT] = number + 1
    halving = halving_place(number)
    climber = halving + HALVING_CLIMBER
    exponent = engine[next_node_place(0) + 2]
    begin_climber(engine, reals, climber, start, stop, 1, exponent, FACTOR_RUNGS, 0.0)
    engine[climber + CLIMBER_SEEDS] = engine[FAILED_SEED]


def advance_factors(engine: Engine, reals: Reals) -> None:
    """Move the lines along the claim on."""
    for number in range(engine[FACTOR_COUNT]):
        climber = halving_place(number) + HALVING_CLIMBER
        if engine[climber + CLIMBER_WANTED] != FINISHED:
            walk_ladder(engine, reals, climber)


def finish_factors(engine: Engine, reals: Reals) -> None:
    """Write what is known of the blocks; their coordinates are confirmed next."""
    for number in range(engine[FACTOR_COUNT]):
        climber = halving_place(number) + HALVING_CLIMBER
        claim = reals[climber + CLIMBER_CLAIM]
        chosen = confirming_rtol(reals)
        relative = chosen if chosen > 0.0 else DEFAULT_RTOL
        allowed = larger(reals[TOLERANCE_NOW], relative * math.fabs(claim))
        write_factor(
            engine,
            reals,
            engine[climber + CLIMBER_START],
            engine[climber + CLIMBER_STOP],
            claim,
            reals[climber + CLIMBER_RESIDUAL],
            reals[climber + CLIMBER_BAR],
            allowed,
            engine[climber + CLIMBER_BEST],
        )
    engine[LINE_PHASE] = LINES_CONFIRM
