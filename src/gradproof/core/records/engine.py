"""The memory of a check; it holds no pointers, and can be moved.  Coordinates and their findings lie behind it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from .abi import Integer, Pointer, Real, Reals
from .border import Finding
from .memory import behind, behind_all
from .record import lead_to, record, words_of

ENGINE_MARK = 0x464F525044415247  # the bytes of "GRADPROF"
OWN_MARK = 0x4F4F525044415247  # "GRADPROO": nobody but its owner can reach the memory, which has no checksums
ROUND = 4096
CHUNK = 1024  # coordinates whose pairs are asked for in one round
NOISE_COUNT = 9
SPREAD_COUNT = 8
LADDER = 96  # pairs of a ladder
LEVELS = 4  # of its extrapolation
SLOT_COUNT = 32
WANTED_CAPACITY = 48
LARGEST_FINDINGS = 8192


@record
class Interval:
    """Where a slope must lie."""

    low: Real  # its lower end
    high: Real  # its upper end


@record
class Sides:
    """Values of f on the two sides of x."""

    right: Real  # f at x + step
    left: Real  # f at x - step
    step: Real  # the step, positive: by now another one may suit f
    rounding: Real  # how far rounding of x moves f, as the claim says
    tolerance: Real  # error that a right claim has by itself, without the absolute one that is allowed
    largest: Real  # the largest claimed component, in the units of this coordinate


@record
class Pair:
    """The slopes of one step."""

    step: Real  # the step, positive
    right: Real  # forward slope
    left: Real  # backward slope
    value: Real  # the larger |f| of the two values


@record
class Search:
    """The search for a jump of f, or for a kink, between two distances from x."""

    side: Integer  # 1: right of x, -1: left of it
    iteration: Integer  # halvings done
    jumps: Integer  # sides on which f jumps
    span: Real  # distance from x at which the search began
    near: Real  # distance of the near end
    middle: Real  # distance of the point that is asked for
    far: Real  # distance of the far end
    near_value: Real  # f at the near end, less f(x)
    middle_value: Real  # f in the middle, less f(x)
    far_value: Real  # f at the far end, less f(x)
    first_change: Real  # what later changes are compared with
    midway_change: Real  # the change of slope midway through a zoom


@record
class Slot:
    """One line while its evidence is gathered: the signed steps that it wants next, and a ladder of pairs."""

    place: Integer  # place in the ladder of the kink that is looked for
    resolution: Real  # half the width of that, or of what a kink leaves
    slope: Interval  # where the slope must lie
    start: Integer  # first coordinate of the line
    kink: Integer  # no kink, one at x, one near x
    lowest: Real  # smallest step that x and f can see
    x: Real  # where the coordinate is; on longer lines of no meaning
    right: Interval  # where the right slope must lie
    left: Interval  # where the left slope must lie
    best_step: Real  # finest step that counts
    missing: Integer  # pairs that lack a side
    size: Real  # how far the line may be followed
    tolerance: Real  # error that a right claim may have
    stage: Integer  # what its values are for: one of evidence/stages
    count: Integer  # pairs in the ladder
    claimed: Real  # claimed slope
    noise: Real  # standard deviation of the noise of f
    decision: Integer  # agrees, wrong, or open
    wanted_count: Integer  # steps that are wanted
    step: Real  # the step at hand
    distance: Real  # signed distance of the kink found; NaN: none
    reach: Real  # how far kinks are looked for; 0: as the size says
    conflict: Integer  # which series contradict themselves
    jump: Real  # right slope less left slope at a kink at x; else 0
    need: Real  # resolution that is asked of an agreement
    largest_slope: Real  # largest size of a slope met so far
    refuted: Integer  # 1: the first pair was flatly elsewhere; -1: and a far pair sided with the claim
    ladder: Annotated[Pointer[Pair], LADDER]  # finest step first
    stop: Integer  # one past the last coordinate of the line
    centered: Interval  # where the centered slope must lie
    seed: Integer  # of a random line; 0: v is 1
    spacing: Real  # a unit in the last place of x as the objective sees it, or of all of x; 0 on longer lines
    rounding: Real  # that of the sweep
    zooms: Integer  # kinks that were looked for
    step_jump: Real  # height of the jump of f found; 0: none
    claim_scale: Real  # largest claimed component, in the units of this coordinate
    ratio: Real  # on a line of two coordinates, step of the second over that of the first; else 0
    search: Search  # for a jump or a kink
    wanted: Annotated[Reals, WANTED_CAPACITY]  # signed steps
    answers: Annotated[Reals, WANTED_CAPACITY]  # f at these


lead_to(Slot, "count")  # around it lies what is used most


@record
class Scratch:
    """Tables of one extrapolation; nothing in them outlives a call."""

    values: Annotated[Reals, LEVELS * LADDER]  # slopes, level by level
    noise: Annotated[Reals, LEVELS * LADDER]  # their noise bars
    gaps: Annotated[Reals, LEVELS * LADDER]  # right slopes less left slopes
    step: Annotated[Reals, LADDER]  # steps, finest first
    weights: Annotated[Reals, LEVELS]  # of one extrapolation
    matrix: Annotated[Reals, LEVELS * (LEVELS + 1)]  # the equations for them


@record
class NoiseLine:
    """The line on which the noise of f is measured."""

    stage: Integer  # which of its values are asked for
    start: Integer  # first coordinate of the line
    stop: Integer  # one past its last coordinate
    exponent: Integer  # of the spacing, a power of two
    sign: Integer  # 1, or -1 for the other side of x
    answered: Integer  # 1: f changed at this spacing
    in_float32: Integer  # 1: all values so far are numbers of float32; 2: and one has more digits than simple ones
    best: Real  # smallest bound of the noise so far
    spacing: Real  # smallest spacing at which f changes; 0: none yet
    grid: Real  # largest grid that few different values of a spacing lie on
    values: Annotated[Reals, NOISE_COUNT]  # f on the line, x first, less the changes that the claims predict
    given: Annotated[Reals, NOISE_COUNT]  # f on the line as it is


@record
class SharedKinks:
    """How far the test of kinks that coordinates may share has come."""

    sign: Integer  # 1: convex kinks, -1: concave ones, 0: done
    first: Integer  # first coordinate of the pair at hand, or -1
    second: Integer  # second one, or -1
    turn: Integer  # which line comes next


@record
class EqualValues:
    """How far the test of coordinates with equal values has come."""

    next: Integer  # the coordinate that is looked at next
    groups: Integer  # groups tested
    starts: Integer  # coordinates from which a group was looked for


@record
class Sweep:
    """The sweep over coordinates that are looked at one by one: all of x, or those that lines have found."""

    count: Integer  # number of coordinates
    phase: Integer  # one of coordinates/phases
    chunk_start: Integer  # first coordinate of the chunk at hand
    chunk_stop: Integer  # one past its last coordinate
    paired: Integer  # coordinates of the chunk whose pairs are there
    scouting: Integer  # 1: a few coordinates go before the others; 2: and noise drowns one of their pairs
    suited_step: Real  # relative to the size, the step at which pairs told most of these; 0: unknown
    waiting: Integer  # first coordinate that has not been given a slot yet
    finding_count: Integer  # findings written
    line_left: Integer  # 1: the random line along which kinks at x show is still to come
    largest_claim: Real  # largest claimed component
    largest_change: Real  # largest claimed component times the size of its coordinate
    shared_kinks: SharedKinks  # the test of kinks that coordinates may share
    proved_wrong: Integer  # coordinates that a full proof found wrong
    enough_proofs: Integer  # of errors: then the first pair is enough
    rtol: Real  # relative error that counts as wrong
    largest_kink: Real  # largest change of slope at x that a random line leaves possible
    reached: Real  # what f may change by, over the size of a coordinate, within the bar reached there
    assumed_noise: Real  # noise with which the sweep began
    equal_values: EqualValues  # the test of coordinates with equal values
    largest_turn: Real  # over pairs that flatly refute, the most that f moves by which a straight line does not
    dense: Integer  # 1: the later errors were confirmed by one pair each
    seen_twice: Integer  # 1: f(x) was asked for a second time
    rounding: Real  # what f moves by where all of x is rounded, and all slopes are 0
    turn: Real  # what slopes change by over the size of x, as far as f is curved alike everywhere; 0: unknown
    bend: Real  # what the first pairs show of it, over all coordinates
    on_float32: Integer  # 1: steps stay on numbers of float32, because f rounds its arguments to them


@record
class Engine:
    """A check, between two rounds."""

    # Behind the first words comes what is used most, on both sides of the sweep, to which compiled pointers lead.
    mark: Integer  # tells an engine from other memory
    layout: Integer  # of this memory, which another version of the library may have otherwise
    words: Integer  # of this memory
    head_sum: Integer  # checksum of the head: all up to the tables, but for these first words
    body_sum: Integer  # checksum of what is in use behind the head
    asked: Integer  # probes of the round that is under way; 0: none
    unit: Real  # rounding unit of the claimed gradient
    noise_measured: Integer  # 1: the noise is known; 0: assumed
    seed: Integer  # of the random lines
    skipped: Integer  # of the round that is under way
    typical: Real  # typical size of x; 1 where f does not move on that
    n: Integer  # number of coordinates
    value: Real  # f(x)
    noise: Real  # standard deviation of the noise of f
    mode: Integer  # MODE_FULL or MODE_LINES
    float32: Integer  # 1: points are rounded to float32
    sweep: Sweep  # over coordinates that are looked at one by one
    vectors: Integer  # bits of the numbers of x and of the claim: 64 or 32
    budget: Integer  # evaluations allowed; 0: no limit
    evaluations: Integer  # values told, but for those outside
    outside: Integer  # values told that were not computed, as gradproof_skip said
    rounds: Integer  # rounds told
    stopped: Integer  # what ended the check before its time, one of STOPPED_BY_...
    beyond_float32: Integer  # 1: a value of f was no number of float32
    nondeterministic: Integer  # 1: f gave two values at x
    still: Integer  # 1: f does not move on the typical size of x, and 1 stands for it
    arithmetic: Integer  # found inside of f
    rtol: Real  # relative error that counts as wrong
    atol: Real  # absolute error of a claimed component that is allowed
    largest_value: Real  # the largest |f| of all values told
    spread: Real  # how far f(x) differs from call to call
    closest: Real  # while all values are of float32, smallest distance of one from f(x); 0: none yet
    noise_line: NoiseLine  # where noise is measured
    scratch: Scratch  # tables of one extrapolation
    pairs: Annotated[Pointer[Sides], CHUNK]  # values of the chunk
    slots: Annotated[Pointer[Slot], SLOT_COUNT]  # lines under way


lead_to(Engine, "sweep")


@record
class Coordinate:
    """What is known of one coordinate."""

    x: Real  # its value at the point
    claimed: Real  # its claimed slope
    cause: Integer  # one of the causes, or a mark below 0
    kink: Integer  # no kink, one at x, one near x
    finding: Integer  # number of its finding; -1: none
    resolution: Real  # smallest error that would have been seen


ConstEngine: TypeAlias = Engine


def findings_capacity(n: Integer) -> int:
    """Return how many findings a check can keep."""
    return n if n < LARGEST_FINDINGS else LARGEST_FINDINGS


def coordinate_of(engine: Engine, index: int) -> Coordinate:
    """Return what is known of a coordinate."""
    return behind(engine, Coordinate)[index]


def finding_of(engine: Engine, number: int) -> Finding:
    """Return a finding."""
    return behind_all(behind(engine, Coordinate), engine.sweep.count, Finding)[number]


def engine_words(n: Integer) -> int:
    """Return the number of words that a check of n coordinates needs."""
    return ENGINE_WORDS + COORDINATE_WORDS * n + FINDING_WORDS * findings_capacity(n)


ENGINE_WORDS = words_of(Engine)
COORDINATE_WORDS = words_of(Coordinate)
FINDING_WORDS = words_of(Finding)


def want(slot: Slot, step: float) -> None:
    """Add a signed step to those that a slot asks for in the next round."""
    if slot.wanted_count < WANTED_CAPACITY:
        slot.wanted[slot.wanted_count] = step
        slot.wanted_count += 1


def want_pair(slot: Slot, step: float) -> None:
    """Ask for the values on both sides of x."""
    want(slot, step)
    want(slot, -step)
