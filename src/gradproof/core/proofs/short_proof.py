"""The short proof: a few pairs besides the first one, until f looks smooth and the claim is clearly right or wrong.

About five pairs settle most of what the first one leaves open; the rest goes to the full ladder.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.decision import CLEARLY, DECIDED_RIGHT, DECIDED_WRONG, gap, is_noisy, judge
from ..evidence.intervals import NO_KINK, estimate, half_width, weigh_ladder
from ..evidence.ladder import centered, fades, lacks_evidence, place_of_step, slope_noise
from ..evidence.scales import UNIT_FLOAT32, pair_size, smallest_step
from ..noise.assumed_noise import may_be_rounded
from ..records.engine import Engine, Interval, Slot, want, want_pair
from ..records.floats import larger, power_of_two_above, spacing
from .two_pairs import STEP_RATIO, is_quiet

MOST_PAIRS = 7
# Before a claim is called wrong, a pair at this part of the size must not side with it: ripples, and inner solvers,
# mislead the finest steps.
FAR_STEP = 2.0**-6
# The mark of a claim that the first pair refutes flatly, where the far pair did side with it.
FAR_SIDES = -1
# Over a step at which f should move by this many units in its last place it is not constant by rounding.
SEEN_CHANGE = 4096.0
# One value tells a claim from a slope where their predictions of it are at least this many times its noise apart.
STANDS_OUT = 32.0
# Over long steps a gap may grow by up to this factor more, or less, than curvature at x makes it.
CURVED = 4.0
# A pair alone refutes a claim by which f would move this many times as far as any pair that was seen turns.
ABOVE_TURNS = 4.0
# f jumps where it moves this many times as far as its slope says.
JUMPS = 8.0


def begin_proof(engine: Engine, slot: Slot) -> None:
    """Ask for a far pair if the first one flatly refutes the claim; else for coarser neighbours."""
    step = far_step(engine, slot)
    if slot.refuted != 0 and step > next_step(slot):
        slot.stage = stages.PROOF_FLAT
        want(slot, step)
        if slot.claimed == 0.0:
            # On stairs both sides of f show what makes their gap.
            want(slot, -step)
    elif is_quiet(engine, slot):
        slot.stage = stages.PROOF_CURVED
        want_pair(slot, next_step(slot))
    else:
        ask_neighbours(slot)


def next_step(slot: Slot) -> float:
    """Return the step above the coarsest one of the ladder."""
    return STEP_RATIO * slot.ladder[slot.count - 1].step


def far_step(engine: Engine, slot: Slot) -> float:
    """Return the step of a pair far from x."""
    return FAR_STEP * pair_size(engine, slot.x)


def nearer_step(engine: Engine, slot: Slot) -> float:
    """Return the step of a pair that is far from x too, but where f curves far less."""
    return larger(FAR_STEP * far_step(engine, slot), next_step(slot))


def ask_neighbours(slot: Slot) -> None:
    """Ask for the two coarser pairs that an error bar takes."""
    slot.stage = stages.PROOF
    want_pair(slot, next_step(slot))
    want_pair(slot, STEP_RATIO * next_step(slot))


def settle(slot: Slot, decision: int) -> None:
    """Finish a slot with a decision."""
    slot.decision = decision
    slot.stage = stages.FINISHED


def advance_proof_flat(engine: Engine, slot: Slot) -> None:
    """Refute a claim if two pairs, orders of magnitude apart, agree with each other and not with it.

    The claim 0 only where f is not constant beside x.  Of the far pair one side is enough for any other claim, unless
    its slope is too curved, or so near to the claim that curvature alone may move it as far.
    """
    take_finest_pair(engine, slot, math.fabs(gap(slot.ladder[0])) / 2.0)
    refutes = second_refutes(engine, slot)
    near = centered(slot, 0)
    is_close = not math.fabs(slot.claimed - near) > CURVED * FAR_STEP * math.fabs(near)
    if (is_close or not refutes) and slot.claimed != 0.0 and slot.wanted[0] > 0.0:
        want(slot, -slot.wanted[0])
        return
    if fades(engine, slot) or sides_with_claim(slot, centered(slot, 1)):
        slot.refuted = FAR_SIDES
    elif refutes:
        refute(engine, slot)
        return
    # The far pair is no neighbour of the near one. Without a value there, f need not have one at the nearer step.
    is_curved = slot.refuted > 0 and math.isfinite(centered(slot, 1))
    forget_far_pair(slot)
    slot.stage = stages.PROOF
    want_pair(slot, nearer_step(engine, slot) if is_curved else next_step(slot))


def forget_far_pair(slot: Slot) -> None:
    """Keep the finest pair alone."""
    slot.count = 1
    slot.missing = 0


def second_refutes(engine: Engine, slot: Slot) -> bool:
    """Return whether a second pair agrees with the first one, and not with the claim, by more than rounding."""
    near = centered(slot, 0)
    off = math.fabs(slot.claimed - near)
    proves = math.fabs(centered(slot, 1) - near) <= off / CLEARLY
    return proves and not (fades(engine, slot) or may_be_rounded(engine, off * slot.ladder[0].step))


def take_finest_pair(engine: Engine, slot: Slot, bar: float) -> None:
    """Take the slopes of the finest pair, the centered one with this error bar, one-sided ones with their noise."""
    pair = slot.ladder[0]
    noise = slope_noise(engine, slot, 0)
    bar = larger(noise, bar)
    surround(slot.slope, centered(slot, 0), bar)
    surround(slot.right, pair.right, noise)
    surround(slot.left, pair.left, noise)
    slot.resolution = bar
    slot.best_step = pair.step
    slot.kink = NO_KINK


def surround(interval: Interval, middle: float, bar: float) -> None:
    """Set an interval by its middle and its error bar."""
    interval.low = middle - bar
    interval.high = middle + bar


def advance_proof(engine: Engine, slot: Slot) -> None:
    """Weigh the pairs: settle, ask for another pair, or look far from x before the claim is called wrong."""
    if lacks_evidence(slot):
        slot.stage = stages.PARKED
        return
    if slot.count == 2:
        # A far pair did not tell; where it did not side with the claim, a nearer one that confirms the first is enough.
        if slot.refuted > 0 and second_refutes(engine, slot):
            refute(engine, slot)
            return
        if slot.ladder[1].step > STEP_RATIO * slot.ladder[0].step:
            slot.refuted = FAR_SIDES
            forget_far_pair(slot)
        want_pair(slot, next_step(slot))
        return
    weigh_ladder(engine, slot)
    if slot.kink != NO_KINK or not math.isfinite(half_width(slot)):
        slot.stage = stages.PARKED
        return
    decision = judge(slot, slot.size)
    error = math.fabs(slot.claimed - estimate(slot))
    if decision == DECIDED_RIGHT and slot.resolution <= slot.need:
        settle(slot, DECIDED_RIGHT)
    elif decision == DECIDED_WRONG and not error <= CLEARLY * larger(half_width(slot), spread_of_slopes(slot)):
        look_far(engine, slot)
    elif slot.count >= MOST_PAIRS:
        slot.stage = stages.PARKED
    else:
        want_pair(slot, next_step(slot))


def spread_of_slopes(slot: Slot) -> float:
    """Return the largest distance of a one-sided slope from the estimate."""
    spread = 0.0
    middle = estimate(slot)
    for k in range(slot.count):
        spread = larger(math.fabs(slot.ladder[k].right - middle), spread)
        spread = larger(math.fabs(slot.ladder[k].left - middle), spread)
    return spread


def look_far(engine: Engine, slot: Slot) -> None:
    """Ask for a pair far from x; leave the claim to the ladder if that is known already, or the pairs prove too little.

    That is where slopes fade, or rounding to float32 may make the disagreement.
    """
    slot.step = far_step(engine, slot)
    moved = math.fabs(slot.claimed - estimate(slot)) * slot.ladder[slot.count - 1].step
    known = slot.step <= next_step(slot) or slot.refuted == FAR_SIDES
    if known or fades(engine, slot) or may_be_rounded(engine, moved):
        slot.stage = stages.PARKED
    elif slot.refuted != 0:
        # A far pair has been there, and did not side with the claim.
        refute(engine, slot)
    else:
        slot.stage = stages.PROOF_FAR
        want_pair(slot, slot.step)


def is_told_by_pair(engine: Engine, off: float, step: float) -> bool:
    """Return whether a pair alone refutes a claim that is off by so much: f is moved by more than noise may move it.

    What that is, the pairs of those that are flatly refuted tell, where they show curvature or noise.
    """
    moved = off * step
    return moved > ABOVE_TURNS * engine.sweep.largest_turn and not may_be_rounded(engine, moved)


def misled(engine: Engine, slot: Slot, step: float) -> bool:
    """Return whether the pair at a step showed another slope than what is known by now."""
    place = place_of_step(slot, step)
    if place < 0:
        return False
    slope, bar = centered(slot, place), slope_noise(engine, slot, place)
    return slope + bar < slot.slope.low or slope - bar > slot.slope.high


def sides_with_claim(slot: Slot, slope: float) -> bool:
    """Return whether a slope is more than twice as near to the claim as to the estimate."""
    return math.fabs(slope - slot.claimed) < 0.5 * math.fabs(slope - estimate(slot))


def advance_proof_far(engine: Engine, slot: Slot) -> None:
    """Call the claim wrong unless the far pair sides with it, or slopes fade; then leave it to the ladder."""
    if sides_with_claim(slot, centered(slot, slot.count - 1)) or fades(engine, slot):
        slot.stage = stages.PARKED
    else:
        refute(engine, slot)


def refute(engine: Engine, slot: Slot) -> None:
    """Call a claim wrong, unless a value over finer or longer steps would tell first that f follows it."""
    slot.stage = stages.PROOF_TREAD
    step = telling_step(engine, slot)
    if step < slot.ladder[0].step:
        want(slot, step)
    else:
        refute_beyond_rounding(engine, slot)


def refute_beyond_rounding(engine: Engine, slot: Slot) -> None:
    """Call a claim wrong, unless a value over a step would tell that rounding to float32 does not hide.

    Beside a small x it may hide a term whose parts are large, over steps that are long to x.
    """
    if engine.unit == UNIT_FLOAT32 and far_step(engine, slot) < FAR_STEP:
        want(slot, FAR_STEP)
    else:
        settle(slot, DECIDED_WRONG)


def telling_step(engine: Engine, slot: Slot) -> float:
    """Return a fine step over which f may side with the claim; infinity where it would not."""
    if may_be_stairs(slot):
        return tread_step(engine, slot)
    if slot.claimed == 0.0 or not is_noisy(engine):
        return math.inf
    seen = power_of_two_above(STANDS_OUT * engine.noise / math.fabs(slot.claimed - centered(slot, 0)))
    return larger(smallest_step(engine, slot.x), seen)


def may_be_stairs(slot: Slot) -> bool:
    """Return whether the claim is 0, and f may be a staircase: the gap between the sides is not that of curvature.

    On narrow treads the gap at the finest pair is that of the steps, and has nothing to do with the gap far from x.
    """
    near = slot.ladder[0]
    far = slot.ladder[slot.count - 1]
    expected = gap(near) * (far.step / near.step)
    curved = expected * gap(far) > 0.0 and 1.0 / CURVED < gap(far) / expected < CURVED
    return slot.claimed == 0.0 and not curved


def tread_step(engine: Engine, slot: Slot) -> float:
    """Return a fine step over which f moves clearly, unless it is a staircase."""
    slope = math.fabs(centered(slot, 0))
    seen = power_of_two_above(SEEN_CHANGE * spacing(engine.value) / slope)
    return larger(smallest_step(engine, slot.x), seen)


def moves_as_its_slope(slot: Slot, moved: float, step: float) -> bool:
    """Return whether f moves over a fine step as the slope of the first pair says.

    For the claim 0 it is enough that it moves, and hardly farther; else it must be nearer to this than to the claim.
    """
    slope = centered(slot, 0)
    if slot.claimed == 0.0:
        return 0.0 < math.fabs(moved) < JUMPS * math.fabs(slope) * step
    return math.fabs(moved - slope * step) < math.fabs(moved - slot.claimed * step)


def advance_proof_tread(engine: Engine, slot: Slot) -> None:
    """Call a claim wrong where f moves over a step as its slope says; else leave it to the ladder."""
    step = slot.wanted[0]
    if not moves_as_its_slope(slot, slot.answers[0] - engine.value, step):
        slot.stage = stages.PARKED
    elif step < slot.ladder[0].step:
        refute_beyond_rounding(engine, slot)
    else:
        settle(slot, DECIDED_WRONG)
