"""What a check asks every shard, and what the answers are: a few numbers, whatever n is."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..problem.numbers import Flat


class Question(NamedTuple):
    """A question to every shard; hand it over as it is, and the answers in the order of the shards.

    Attributes
    ----------
    kind : str
        What is asked: the name of the method of `Holding` that answers.
    given : tuple
        What it takes to answer.
    """

    kind: str
    given: tuple[Any, ...] = ()


class Opening(NamedTuple):
    """What the first question brings to light: where a shard lies, and how large x is there.

    Of windows of 1,024 coordinates that lie in several shards, the values themselves are collected.
    """

    start: int
    stop: int
    is_float32: bool
    sizes: Flat  # of the windows that lie in the shard as a whole; 0 for a window of zeros
    first: int  # the number of the first one of them
    head: Flat  # the coordinates before the first of them
    tail: Flat  # those behind the last one


class Overview(NamedTuple):
    """What of x and of the claim is not as usual."""

    start: int  # of the shard
    not_finite: tuple[int, ...]  # the first coordinate of x that is not finite, if there is one
    unfit: int  # claimed values that are no numbers
    first_unfit: tuple[int, ...]  # the first ones of them
    zeros: int  # coordinates that are exactly 0
    in_float32: bool  # whether every claimed value is a number of float32


class Sums(NamedTuple):
    """Sums over some coordinates; squares are in units of the largest one, so that none overflows."""

    total: float
    largest: float
    squares: float


class Part(NamedTuple):
    """Which coordinates of a line, and on which scales: as in points/directions.py of the core."""

    start: int
    stop: int
    scales: int
    floor: float
