"""The memory of a check along lines: the measures of the claim, the ladders, the halvings, the findings.

It contains the memory of a check of single coordinates, for those that lines have found.  Behind it lie the named
blocks.
"""

from __future__ import annotations

from typing import Annotated

from .abi import Integer, Integers, Pointer, Real, Reals
from .border import Finding
from .engine import Coordinate, Engine
from .memory import behind
from .record import lead_to, record, words_of

# How many of each there is room for.
CANDIDATES = 64
MOST_NODES = 128
MOST_STUCK = 32
MOST_HALVINGS = 16
MOST_LONG_FINDINGS = 16
MOST_LINES = 4

# Exponents of the smallest and of the largest step: steps of long lines are powers of two.
LOWEST_EXPONENT = -46
HIGHEST_EXPONENT = 0
EXPONENTS = HIGHEST_EXPONENT - LOWEST_EXPONENT + 1
# What rtol allows a node that has not been measured.
UNMEASURED = -1.0
# Of the coordinates that lines left out only some are looked at.
SAMPLED = 2
# In place of an exponent: no rung is wanted.
FINISHED = 1000


@record
class Reading:
    """What one line says at one step."""

    residual: Real  # numerical slope less claimed slope
    gap: Real  # right slope less left slope


@record
class Rung:
    """What the lines of a ladder say at one step."""

    taken: Integer  # 1: the values are there
    readings: Annotated[Pointer[Reading], MOST_LINES]  # line by line


@record
class LineLadder:
    """The steps that were taken along one long line, or along several lines in the same rounds."""

    start: Integer  # first coordinate of the lines
    stop: Integer  # one past their last coordinate
    aligned: Integer  # 1: along the claimed gradient
    best: Integer  # exponent of the rung with the least bar
    first: Integer  # exponent of the first rung
    most: Integer  # rungs that may be taken
    wanted: Integer  # exponent of the next rung; FINISHED: none
    taken: Integer  # rungs taken
    line_count: Integer  # number of lines; where there are several, their bars are pooled
    has_gap: Integer  # 1: a kink at x
    seeds: Annotated[Integers, MOST_LINES]  # of the lines
    target: Real  # bar that is good enough
    bar: Real  # error bar of the residual slope at the best rung
    noise: Real  # the part of it that noise makes
    rest: Real  # the part of it that kinks and curvature make
    residual: Real  # residual slope of the first line at the best rung
    mean_bar: Real  # bar of the mean of both slopes, at a kink at x
    gap: Real  # half the gap at a kink at x
    claims: Annotated[Reals, MOST_LINES]  # claimed slopes along the lines
    rungs: Annotated[Pointer[Rung], EXPONENTS]  # by exponent, the lowest one first


lead_to(LineLadder, "line_count")


@record
class Node:
    """A part of a line that disagrees."""

    start: Integer  # first coordinate of the part
    stop: Integer  # one past its last coordinate
    exponent: Integer  # of the step that the slope stands on
    residual: Real  # residual slope along the part
    bar: Real  # its error bar
    rest: Real  # the part of it that kinks and curvature make
    allowed: Real  # residual slope that rtol allows along the part; below 0: not measured yet


@record
class Halving:
    """A node while it is halved."""

    node: Node  # what is halved
    stage: Integer  # one of HALVING_... (search/halving.py)
    left: Node  # its left half
    right: Node  # its right half
    ladder: LineLadder  # of the half at hand


lead_to(Halving, "stage")


@record
class Failure:
    """The line that disagrees."""

    seed: Integer  # of the line
    aligned: Integer  # 1: along the claimed gradient
    gap: Integer  # 1: at a kink at x; 2: it agrees, but kinks leave much open
    phase: Integer  # in which it was seen
    residual: Real  # its residual slope
    bar: Real  # its error bar
    slope: Real  # its numerical slope
    allowed: Real  # residual slope that rtol allows along it


@record
class Parts:
    """Which parts of x have lines of their own, after the lines over all of x."""

    number: Integer  # of the part at hand
    count: Integer  # number of parts
    kind: Integer  # none, named blocks, or equal parts
    again: Integer  # 1: the lines of the part are its second ones
    done: Integer  # parts of all kinds that agreed
    seen: Real  # residual slope at a first look at the part, which its second lines did not see
    largest_bar: Real  # largest bar of the parts of this kind
    bar: Real  # the smaller one of these of both kinds; 0: none


@record
class Candidates:
    """Coordinates that lines found, in their order."""

    indices: Annotated[Integers, CANDIDATES]  # their numbers in x
    count: Integer  # how many: near to what else is used most


@record
class Lines:
    """A check along lines, between two rounds."""

    engine: Engine  # what every check has; its sweep is over the candidates
    coordinates: Annotated[Pointer[Coordinate], CANDIDATES]  # of the candidates
    findings: Annotated[Pointer[Finding], CANDIDATES]  # about the candidates
    unfit_claims: Integer  # claimed values that are no numbers
    repeated: Integer  # 1: f(x) was asked for a second time
    early: Integer  # 1: the check ended before it had all that it wanted
    left_out: Integer  # 1: coordinates that hardly move on the lines are looked at, or have been; SAMPLED: some of them
    stuck_beyond: Integer  # nodes of which neither half was found wrong, although rtol does not allow their residual
    sample_count: Integer  # nodes that are followed as samples
    spread_nodes: Integer  # nodes that were left alone: what they show is spread over all of them, and rtol allows it
    candidates: Candidates  # coordinates that were found
    block_count: Integer  # named blocks; without names 1, which is all of x
    next_count: Integer  # nodes of the next level
    finding_count: Integer  # findings about long lines
    disagreed: Integer  # looks that disagreed
    scales: Integer  # which coordinates lines move, and how far: one of the kinds in points/directions.py
    confirming: Integer  # 1: the check of the candidates is under way, or done
    factor_count: Integer  # lines along the claim over blocks
    arrays: Integer  # what was done about the blocks one by one: a state of lines/arrays.py
    dense: Integer  # 1: errors are dense
    verdict: Integer  # one of VERDICT_...
    random_lines: Integer  # random lines over all of x that agreed
    group: Integer  # so many neighbouring blocks share a pair of points
    next_node: Integer  # next open node to be halved
    stuck_count: Integer  # nodes of which neither half was found wrong, or which found no room
    norm: Real  # Euclidean norm of the claimed gradient, in the scales of the coordinates
    phase: Integer  # one of lines/phases.py
    sum: Real  # sum of the absolute values of the claimed gradient, in these scales
    tolerance: Real  # rounding of the claimed gradient along the line at hand
    hidden_gap: Real  # half the gap that kinks at x leave along a line
    random_bar: Real  # coarsest bar with which random lines agreed
    usual_gap: Real  # error of a line along the claim over a block, relative to its claim, besides that of its own gap
    failed: Failure  # the line that disagrees
    part: Parts  # the part at hand
    named: Integer  # named blocks: 0 without names
    aligned_lines: Integer  # lines along the claim that agreed
    node_count: Integer  # open nodes of this level
    random_exponent: Integer  # of the step at which random lines begin
    spread: Real  # part of what rtol allows that nodes show which share an error; 0: no such error is known
    empty_size: Real  # what is taken for typical in windows of zeros
    aligned_bar: Real  # coarsest bar with which lines along the claim agreed
    curved_slope: Real  # slope that curvature makes some way from x
    floor: Real  # smallest scale of a coordinate, relative to what is typical in its window
    cause: Integer  # why the verdict is open
    scale_norm: Real  # Euclidean norm of the scales of the coordinates; 0 where no absolute error is allowed
    scale_sum: Real  # their sum; 0 likewise
    relative_tolerance: Real  # relative rounding of the claimed gradient
    seen: Real  # largest residual slope of random lines that rtol allows
    unseen: Real  # on the scale 1: error that would not have been seen on that of x; else 0
    seen_factor: Real  # common factor of the claims that lines along them saw and rtol allows; 0: none
    typical_slope: Real  # median of the absolute values of the claimed gradient, in these scales
    largest: Real  # the largest of these, in these scales
    pool: LineLadder  # lines over the whole vector, or over a part
    nodes: Annotated[Pointer[Node], MOST_NODES]  # the open ones
    next_nodes: Annotated[Pointer[Node], MOST_NODES]  # those of the next level
    stuck_nodes: Annotated[Pointer[Node], MOST_STUCK]  # where the halving ended
    halvings: Annotated[Pointer[Halving], MOST_HALVINGS]  # under way
    long_findings: Annotated[Pointer[Finding], MOST_LONG_FINDINGS]  # about lines longer than one


# What is used most lies around the phase, far behind the beginning.
lead_to(Lines, "phase")


@record
class Block:
    """A named block, or all of x; behind the last one stands one more, which only says where it begins."""

    start: Integer  # first coordinate
    norm: Real  # Euclidean norm of the claimed gradient in the block
    sum: Real  # sum of its absolute values there
    bar: Real  # bar with which lines over the block agreed; 0: none
    wanted: Integer  # 1: a pair of points along its claim comes next; 2: its line along the claim is followed
    exponent: Integer  # of the step of that pair
    claim: Real  # claimed slope along this line
    residual: Real  # its residual slope
    aligned_bar: Real  # the error bar of this line; 0: none


LINES_WORDS = words_of(Lines)
BLOCK_WORDS = words_of(Block)


def lines_words(blocks: Integer) -> int:
    """Return the number of words that a check along lines needs, for so many named blocks."""
    return LINES_WORDS + BLOCK_WORDS * (blocks + 1 if blocks > 0 else 2)


def block_of(lines: Lines, number: int) -> Block:
    """Return a block."""
    return behind(lines, Block)[number]


def write_node(node: Node, ladder: LineLadder, bar: float) -> None:
    """Write what a ladder found as a node, with this error bar."""
    node.start = ladder.start
    node.stop = ladder.stop
    node.exponent = ladder.best
    node.residual = ladder.residual
    node.bar = bar
    node.rest = ladder.rest
    node.allowed = UNMEASURED


def evaluations_left(lines: Lines) -> int:
    """Return how many evaluations the budget still allows; a very large number where there is none."""
    if lines.engine.budget <= 0:
        return 1 << 40
    return lines.engine.budget - lines.engine.evaluations
