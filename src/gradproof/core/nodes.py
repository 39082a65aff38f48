"""Nodes of the halving: parts of a line that disagrees, down to single coordinates."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .candidates import add_candidate
from .halving import (
    HALVING_FREE,
)
from .linestate import (
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
    MOST_NODES,
    MOST_STUCK,
    NEXT_COUNT,
    NODE_RESIDUAL,
    NODE_START,
    NODE_STOP,
    NODE_WORDS,
    STUCK_COUNT,
    STUCK_NODES,
    halving_place,
    next_node_place,
    write_node,
)


def free_halvings(engine: Engine) -> None:
    """Empty the halvings."""
    for number in range(HALVING_COUNT):
        engine[halving_place(number) + HALVING_STAGE] = HALVING_FREE


def length(engine: Engine, node: int) -> int:
    """Return how many coordinates a node has."""
    return engine[node + NODE_STOP] - engine[node + NODE_START]


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


def largest_stuck(engine: Engine, reals: Reals) -> int:
    """Return the place of the node with the largest residual slope that could not be located, -1 where none is."""
    best = -1
    for number in range(engine[STUCK_COUNT]):
        node = STUCK_NODES + number * NODE_WORDS
        if best < 0 or math.fabs(reals[node + NODE_RESIDUAL]) > math.fabs(reals[best + NODE_RESIDUAL]):
            best = node
    return best
