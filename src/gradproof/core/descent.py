"""From a line that disagrees down to the coordinates: level by level, every open node halved in the same round.

Where so many nodes are open that errors are dense, the descent stops: a few nodes are followed down to single
coordinates, and lines along the claim over the blocks that disagree give the common factor.
"""

from __future__ import annotations

import math

from numpy import int64, uint64

from .abi import Engine, Reals
from .candidates import add_candidate
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
    CANDIDATE_COUNT,
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
    HALVING_COUNT,
    HALVING_LEFT,
    HALVING_LEFT_BAR,
    HALVING_LEFT_EXPONENT,
    HALVING_LEFT_REST,
    HALVING_MIDDLE,
    HALVING_NODE,
    HALVING_RIGHT,
    HALVING_RIGHT_BAR,
    HALVING_RIGHT_EXPONENT,
    HALVING_RIGHT_REST,
    HALVING_STAGE,
    IS_DENSE,
    LINE_PHASE,
    LINE_RTOL,
    LINE_SEED,
    LINES_CONFIRM,
    LINES_FACTORS,
    LINES_HALVING,
    LINES_SAMPLING,
    MOST_NODES,
    MOST_STUCK,
    NEXT_COUNT,
    NEXT_NODE,
    NODE_COUNT,
    NODE_RESIDUAL,
    NODE_START,
    NODE_STOP,
    NODE_WORDS,
    SAMPLE_COUNT,
    STUCK_COUNT,
    STUCK_NODES,
    TOLERANCE_NOW,
    block_place,
    halving_place,
    next_node_place,
    node_place,
    write_node,
)
from .longfindings import begin_long_findings, write_factor

# So many open nodes, coordinates included, are dense.
DENSE_NODES = 40
SAMPLES = 6
FACTOR_RUNGS = 6
FACTORS = 8
# Coordinates that are drawn from the blocks with dense errors.
DRAWN = 8
SAMPLE_SEEDS = 1 << 21


def begin_descent(engine: Engine, reals: Reals) -> None:
    """Begin with the line that disagrees, which is node 0."""
    engine[LINE_PHASE] = LINES_HALVING
    engine[NODE_COUNT] = 1
    engine[NEXT_COUNT] = 0
    engine[NEXT_NODE] = 0
    engine[CANDIDATE_COUNT] = 0
    engine[STUCK_COUNT] = 0
    engine[IS_DENSE] = 0
    free_halvings(engine)


def free_halvings(engine: Engine) -> None:
    """Empty the halvings."""
    for number in range(HALVING_COUNT):
        engine[halving_place(number) + HALVING_STAGE] = HALVING_FREE


def length(engine: Engine, node: int) -> int:
    """Return how many coordinates a node has."""
    return engine[node + NODE_STOP] - engine[node + NODE_START]


def fill_halvings(engine: Engine, reals: Reals) -> bool:
    """Begin to halve the nodes of the level, as far as there is room; return whether any is under way."""
    busy = False
    for number in range(HALVING_COUNT):
        halving = halving_place(number)
        while engine[halving + HALVING_STAGE] == HALVING_FREE and engine[NEXT_NODE] < engine[NODE_COUNT]:
            node = node_place(engine[NEXT_NODE])
            engine[NEXT_NODE] += 1
            if length(engine, node) == 1:
                note_coordinate(engine, reals, node)
            else:
                begin_halving(engine, reals, halving, node)
        busy = busy or engine[halving + HALVING_STAGE] != HALVING_FREE
    return busy


def note_coordinate(engine: Engine, reals: Reals, node: int) -> None:
    """Keep a node of one coordinate as a candidate."""
    if not add_candidate(engine, engine[node + NODE_START]):
        note_stuck(engine, reals, node)


def note_stuck(engine: Engine, reals: Reals, node: int) -> None:
    """Keep a node of which neither half could be found wrong."""
    count = engine[STUCK_COUNT]
    if count < MOST_STUCK:
        for word in range(NODE_WORDS):
            engine[STUCK_NODES + count * NODE_WORDS + word] = engine[node + word]
        engine[STUCK_COUNT] = count + 1


def advance_level(engine: Engine, reals: Reals) -> None:
    """Move every halving on that has its rung; their wrong halves are nodes of the next level."""
    for number in range(HALVING_COUNT):
        halving = halving_place(number)
        if engine[halving + HALVING_STAGE] != HALVING_FREE:
            advance_halving(engine, reals, halving)
            if engine[halving + HALVING_STAGE] == HALVING_DONE:
                finish_halving(engine, reals, halving)
                engine[halving + HALVING_STAGE] = HALVING_FREE


def finish_halving(engine: Engine, reals: Reals, halving: int) -> None:
    """Put the wrong halves of a node on the list of the next level."""
    left = left_is_wrong(reals, halving)
    right = right_is_wrong(reals, halving)
    if left:
        append_half(engine, reals, halving, True)
    if right:
        append_half(engine, reals, halving, False)
    if not left and not right:
        note_stuck(engine, reals, engine[halving + HALVING_NODE])


def append_half(engine: Engine, reals: Reals, halving: int, left: bool) -> None:
    """Append a half to the next level."""
    if engine[NEXT_COUNT] < MOST_NODES:
        write_half(engine, reals, halving, left, next_node_place(engine[NEXT_COUNT]))
        engine[NEXT_COUNT] += 1


def write_half(engine: Engine, reals: Reals, halving: int, left: bool, place: int) -> None:
    """Write one half of a node as a node."""
    node = engine[halving + HALVING_NODE]
    middle = engine[halving + HALVING_MIDDLE]
    start = engine[node + NODE_START]
    stop = engine[node + NODE_STOP]
    if left:
        exponent = engine[halving + HALVING_LEFT_EXPONENT]
        residual = reals[halving + HALVING_LEFT]
        bar = reals[halving + HALVING_LEFT_BAR]
        rest = reals[halving + HALVING_LEFT_REST]
        write_node(engine, reals, place, start, middle, exponent, residual, bar, rest)
    else:
        exponent = engine[halving + HALVING_RIGHT_EXPONENT]
        residual = reals[halving + HALVING_RIGHT]
        bar = reals[halving + HALVING_RIGHT_BAR]
        rest = reals[halving + HALVING_RIGHT_REST]
        write_node(engine, reals, place, middle, stop, exponent, residual, bar, rest)


def prepare_level(engine: Engine, reals: Reals) -> bool:
    """Return whether there is something to ask; where a level is done, go on to the next one, or to what follows."""
    if fill_halvings(engine, reals):
        return True
    if engine[NEXT_COUNT] + engine[CANDIDATE_COUNT] >= DENSE_NODES:
        begin_sampling(engine, reals)
    elif engine[NEXT_COUNT] == 0:
        engine[LINE_PHASE] = LINES_CONFIRM
    else:
        for word in range(engine[NEXT_COUNT] * NODE_WORDS):
            engine[node_place(0) + word] = engine[next_node_place(0) + word]
        engine[NODE_COUNT] = engine[NEXT_COUNT]
        engine[NEXT_COUNT] = 0
        engine[NEXT_NODE] = 0
    return False


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
        allowed = larger(reals[TOLERANCE_NOW], reals[LINE_RTOL] * math.fabs(claim))
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


def largest_stuck(engine: Engine, reals: Reals) -> int:
    """Return the place of the node with the largest residual slope that could not be located, -1 where none is."""
    best = -1
    for number in range(engine[STUCK_COUNT]):
        node = STUCK_NODES + number * NODE_WORDS
        if best < 0 or math.fabs(reals[node + NODE_RESIDUAL]) > math.fabs(reals[best + NODE_RESIDUAL]):
            best = node
    return best
