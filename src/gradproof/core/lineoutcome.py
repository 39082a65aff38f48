"""The verdict of a check by lines."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .candidates import candidate_cause
from .codes import (
    DOMAIN,
    NOISE_LIMITED,
    STEP_LIMITED,
    UNTESTED,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
    VERDICT_WRONG,
    WRONG,
)
from .codes import NONDETERMINISTIC as CAUSE_NONDETERMINISTIC
from .halving import HALVING_FREE
from .linedecision import CLEAR, decides, note_seen
from .linestate import (
    CANDIDATE_COUNT,
    CANDIDATE_INDICES,
    CLIMBER_LINES,
    CLIMBER_NOISE,
    CLIMBER_REST,
    DISAGREED,
    ENDED_EARLY,
    FAILED_ALIGNED,
    FAILED_BAR,
    FAILED_GAP,
    FAILED_RESIDUAL,
    HALVING_COUNT,
    HALVING_NODE,
    HALVING_STAGE,
    IS_CONFIRMING,
    LINE_CAUSE,
    LINE_FINDINGS,
    LINE_PHASE,
    LINE_STOPPED,
    LINE_VERDICT,
    LINES_ALIGNED_AGAIN,
    LINES_DONE,
    NEXT_COUNT,
    NEXT_NODE,
    NODE_BAR,
    NODE_COUNT,
    NODE_EXPONENT,
    NODE_RESIDUAL,
    NODE_START,
    NODE_STOP,
    PART_AGAIN,
    POOL,
    RANDOM_LINES_DONE,
    STUCK_COUNT,
    TOLERANCE_NOW,
    UNFIT_CLAIMS,
    halving_place,
    next_node_place,
    node_place,
)
from .longfindings import any_wrong, begin_long_findings, keep_wrong, refute_blocks, write_long_finding
from .nodes import largest_stuck
from .result import is_acceptable
from .state import NONDETERMINISTIC

LOOKS = 2


def settle_domain(engine: Engine) -> None:
    """F has no finite values along a line: nothing can be said."""
    end_with(engine, VERDICT_INCONCLUSIVE, DOMAIN)


def end_with(engine: Engine, verdict: int, cause: int) -> None:
    """End the check with a verdict, and why it is open."""
    engine[LINE_VERDICT] = verdict
    engine[LINE_CAUSE] = cause
    engine[LINE_PHASE] = LINES_DONE


def open_reason(engine: Engine, reals: Reals) -> int:
    """Return why lines cannot decide: random values, noise, or kinks and curvature."""
    if engine[NONDETERMINISTIC] != 0:
        return CAUSE_NONDETERMINISTIC
    return NOISE_LIMITED if reals[POOL + CLIMBER_NOISE] >= reals[POOL + CLIMBER_REST] else STEP_LIMITED


def conclude(engine: Engine, reals: Reals) -> bool:
    """End the check where it can be ended; return False where a line that was not located needs another look."""
    if count_wrong(engine) > 0 or any_wrong(engine):
        keep_wrong(engine)
        end_with(engine, VERDICT_WRONG, WRONG)
        return True
    if engine[DISAGREED] > 0 and engine[CANDIDATE_COUNT] > 0 and is_explained(engine):
        # Every coordinate that was found is right within its own tolerance: the bar is as large as what was seen.
        note_seen(engine, reals)
        if engine[FAILED_ALIGNED] == 0 and engine[RANDOM_LINES_DONE] == 0:
            engine[RANDOM_LINES_DONE] = engine[POOL + CLIMBER_LINES]
        begin_long_findings(engine)
        engine[DISAGREED] = 0
    if engine[DISAGREED] == 0:
        right = decides(reals) and engine[RANDOM_LINES_DONE] > 0
        # Claims that are no numbers come before all lines: where they are not refuted, f has no values beside x.
        reason = DOMAIN if engine[UNFIT_CLAIMS] > 0 else open_reason(engine, reals)
        end_with(engine, VERDICT_RIGHT if right else VERDICT_INCONCLUSIVE, reason)
        return True
    if engine[DISAGREED] < LOOKS:
        begin_long_findings(engine)
        return False
    settle_unlocated(engine, reals)
    return True


def count_wrong(engine: Engine) -> int:
    """Return how many candidates were confirmed wrong; the blocks that hold them are wrong, too."""
    count = 0
    if engine[IS_CONFIRMING] != 0:
        for number in range(engine[CANDIDATE_COUNT]):
            if candidate_cause(engine, number) == WRONG:
                refute_blocks(engine, engine[CANDIDATE_INDICES + number])
                count += 1
    return count


def is_explained(engine: Engine) -> bool:
    """Return whether every part of the line that disagreed ended in coordinates whose claims are acceptable."""
    if engine[STUCK_COUNT] > 0 and engine[FAILED_GAP] == 0:
        return False
    for number in range(engine[CANDIDATE_COUNT]):
        if not is_acceptable(candidate_cause(engine, number)):
            return False
    return engine[IS_CONFIRMING] != 0


def settle_unlocated(engine: Engine, reals: Reals) -> None:
    """Two looks disagreed, and no coordinate could be confirmed: clear ones are wrong all the same."""
    beyond = math.fabs(reals[FAILED_RESIDUAL]) / (reals[FAILED_BAR] + reals[TOLERANCE_NOW])
    clear = beyond >= CLEAR and engine[FAILED_GAP] == 0 and engine[NONDETERMINISTIC] == 0
    begin_long_findings(engine)
    node = largest_stuck(engine, reals)
    write_open_node(engine, reals, node if node >= 0 else node_place(0), WRONG if clear else open_reason(engine, reals))
    end_with(engine, VERDICT_WRONG if clear else VERDICT_INCONCLUSIVE, open_reason(engine, reals))


def write_open_node(engine: Engine, reals: Reals, node: int, cause: int) -> None:
    """Write a finding about a part of a line that was not followed down to coordinates."""
    write_long_finding(
        engine,
        reals,
        engine[node + NODE_START],
        engine[node + NODE_STOP],
        cause,
        math.nan,
        reals[node + NODE_RESIDUAL],
        reals[node + NODE_BAR],
        reals[TOLERANCE_NOW],
        engine[node + NODE_EXPONENT],
    )


def end_lines_early(engine: Engine, reals: Reals) -> None:
    """End the check where the budget ends, or the caller stops it: what disagrees clearly is wrong, located or not."""
    engine[ENDED_EARLY] = 1
    # Lines near their bar, which would have been looked at again.
    doubtful = engine[LINE_PHASE] == LINES_ALIGNED_AGAIN or engine[PART_AGAIN] != 0
    if count_wrong(engine) > 0 or any_wrong(engine):
        keep_wrong(engine)
        end_with(engine, VERDICT_WRONG, WRONG)
    elif engine[DISAGREED] > 0:
        end_unlocated(engine, reals)
    elif engine[RANDOM_LINES_DONE] > 0 and engine[LINE_STOPPED] == 0 and decides(reals) and not doubtful:
        end_with(engine, VERDICT_RIGHT, UNTESTED)
    else:
        end_with(engine, VERDICT_INCONCLUSIVE, UNTESTED)


def end_unlocated(engine: Engine, reals: Reals) -> None:
    """Write the parts that are still open as findings."""
    beyond = math.fabs(reals[FAILED_RESIDUAL]) / (reals[FAILED_BAR] + reals[TOLERANCE_NOW])
    wrong = engine[FAILED_GAP] == 0 and engine[NONDETERMINISTIC] == 0 and (beyond >= CLEAR or engine[DISAGREED] > 1)
    cause = WRONG if wrong else UNTESTED
    begin_long_findings(engine)
    for number in range(HALVING_COUNT):
        halving = halving_place(number)
        if engine[halving + HALVING_STAGE] != HALVING_FREE:
            write_open_node(engine, reals, engine[halving + HALVING_NODE], cause)
    for number in range(engine[NEXT_NODE], engine[NODE_COUNT]):
        write_open_node(engine, reals, node_place(number), cause)
    for number in range(engine[NEXT_COUNT]):
        write_open_node(engine, reals, next_node_place(number), cause)
    if engine[LINE_FINDINGS] == 0:
        write_open_node(engine, reals, node_place(0), cause)
    end_with(engine, VERDICT_WRONG if wrong else VERDICT_INCONCLUSIVE, UNTESTED)
