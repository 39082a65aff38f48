"""From a line that disagrees down to the coordinates: level by level, every open node halved in the same round.

Where so many nodes are open that errors are dense, the descent stops, and some of them are sampled.
"""

from __future__ import annotations

from .abi import Engine, Reals
from .halving import (
    HALVING_DONE,
    HALVING_FREE,
    advance_halving,
    begin_halving,
    left_is_wrong,
    right_is_wrong,
)
from .linestate import (
    CANDIDATE_COUNT,
    HALVING_COUNT,
    HALVING_NODE,
    HALVING_STAGE,
    IS_DENSE,
    LINE_PHASE,
    LINES_CONFIRM,
    LINES_HALVING,
    NEXT_COUNT,
    NEXT_NODE,
    NODE_COUNT,
    NODE_WORDS,
    STUCK_COUNT,
    halving_place,
    next_node_place,
    node_place,
)
from .nodes import append_half, free_halvings, length, note_coordinate, note_stuck
from .sampling import begin_sampling

# So many open nodes, coordinates included, are dense.
DENSE_NODES = 40


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
