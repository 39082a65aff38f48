"""The rounds of a check along lines: noise, random lines, lines along the claim, halving, and the candidates."""

from __future__ import annotations

import math

from ..evidence.faint_slopes import SHOWS_ERROR
from ..evidence.ladder import noise_bar
from ..evidence.scales import is_next_to_nothing
from ..lines import phases
from ..lines.arrays import FOLLOWED, arrays_asked, is_spread, most_off, raise_bars_of_arrays, take_arrays, write_arrays
from ..lines.parts import begin_parts
from ..lines.plan import begin_lines
from ..lines.rungs import is_coarse_noise, ladder_probes, rung_probes, take_rung, write_rung
from ..lines.walk import walk_ladders
from ..noise.line_values import noise_probes, note_value, write_noise_probes
from ..noise.noise_line import LAST_EXPONENT, advance_noise, begin_noise
from ..points.directions import SCALES_UNIT
from ..points.probes import write_probe
from ..points.seeds import NOISE_LINE, line_seed
from ..records.abi import ConstReals, ConstVector, never_inlined
from ..records.border import Probes
from ..records.codes import DOMAIN, STEP_LIMITED, VERDICT_INCONCLUSIVE
from ..records.lines import MOST_HALVINGS, Lines, evaluations_left
from ..search.array_errors import begin_array_factors, note_off
from ..search.candidates import begin_confirming, candidates_asked, take_candidates, write_candidates
from ..search.dense_errors import DRAWN, advance_samples, begin_factors, finish_factors
from ..search.descent import advance_level, prepare_level
from ..search.long_findings import any_wrong, begin_long_findings
from .line_scales import change_scales, does_not_move
from .line_verdict import end_lines_early, end_with
from .line_weighing import (
    advance_gap_lines,
    advance_pool,
    continue_parts,
    finish_search,
    locate,
    take_repeated_value,
)


def is_at_x(lines: Lines) -> bool:
    """Return whether the phase asks for f(x)."""
    return lines.phase == phases.AT_X or lines.phase == phases.REPEAT


def has_ladders(lines: Lines) -> bool:
    """Return whether the lines of the phase have a ladder each, and do not share that of the pool."""
    phase = lines.phase
    return phase == phases.GAP or phases.HALVING <= phase <= phases.FACTORS


def lines_asked(lines: Lines) -> int:
    """Return the number of probes of the next round; 0 where the check is done."""
    if lines.phase == phases.DONE:
        return 0
    if is_at_x(lines):
        return 1
    if lines.phase == phases.NOISE:
        return noise_probes(lines.engine.noise_line)
    if lines.phase == phases.CONFIRM:
        return candidates_asked(lines)
    if lines.phase == phases.ARRAYS:
        return arrays_asked(lines)
    return ladder_probes(lines) if has_ladders(lines) else rung_probes(lines.pool)


@never_inlined
def write_lines_round(lines: Lines, probes: Probes) -> int:
    """Write the probes of the next round; return their number."""
    count = lines_asked(lines)
    if is_at_x(lines):
        write_probe(probes[0], 0, 0, 0, 0.0)
        probes[0].floor = lines.floor
    elif lines.phase == phases.NOISE:
        seed = line_seed(lines.engine.seed, NOISE_LINE)
        write_noise_probes(lines.engine.noise_line, probes, seed, lines.floor)
        for number in range(count):
            probes[number].aligned = SCALES_UNIT * lines.scales
    elif lines.phase == phases.CONFIRM:
        write_candidates(lines, probes)
    elif lines.phase == phases.ARRAYS:
        write_arrays(lines, probes)
    elif has_ladders(lines):
        written = 0
        for number in range(MOST_HALVINGS):
            written = write_rung(lines, lines.halvings[number].ladder, probes, written)
    elif lines.phase != phases.DONE:
        write_rung(lines, lines.pool, probes, 0)
    return count


@never_inlined
def advance_lines(lines: Lines, x: ConstVector, claimed: ConstVector, values: ConstReals, changes: ConstReals) -> None:
    """Take the values of a round, and move on: apart, where the address of `lines` is at hand and not computed."""
    take_lines_round(lines, values, changes)
    settle_lines(lines, x, claimed)


def take_lines_round(lines: Lines, values: ConstReals, changes: ConstReals) -> None:
    """Take the values of a round, and the changes that the claim predicted."""
    phase = lines.phase
    if phase == phases.AT_X:
        take_first_value(lines, values[0])
    elif phase == phases.REPEAT:
        take_repeated_value(lines, values[0])
    elif phase == phases.NOISE:
        take_noise(lines, values, changes)
    elif phase == phases.CONFIRM:
        take_candidates(lines, values)
    elif phase == phases.ARRAYS:
        take_arrays(lines, values, changes)
    elif has_ladders(lines):
        taken = 0
        for number in range(MOST_HALVINGS):
            taken = take_rung(lines, lines.halvings[number].ladder, values, changes, taken)
        advance_ladders(lines)
    else:
        take_rung(lines, lines.pool, values, changes, 0)
        advance_pool(lines)


def advance_ladders(lines: Lines) -> None:
    """Move the lines on that have a ladder each."""
    phase = lines.phase
    if phase == phases.GAP:
        advance_gap_lines(lines)
    elif phase == phases.HALVING:
        advance_level(lines)
    elif phase == phases.SAMPLING:
        advance_samples(lines)
    else:
        walk_ladders(lines)


def take_first_value(lines: Lines, value: float) -> None:
    """Note f(x); where it is not finite, or x cannot be moved, nothing can be tested."""
    lines.engine.value = value
    if not math.isfinite(value) or is_next_to_nothing(lines.engine.typical):
        end_with(lines, VERDICT_INCONCLUSIVE, STEP_LIMITED if math.isfinite(value) else DOMAIN)
        return
    lines.phase = phases.NOISE
    begin_noise(lines.engine, lines.engine.n)


def take_noise(lines: Lines, values: ConstReals, changes: ConstReals) -> None:
    """Take values of the noise line; where x is float32, less the change that the claim predicts."""
    changed = False
    for number in range(noise_probes(lines.engine.noise_line)):
        change = changes[number] if lines.engine.float32 != 0 and math.isfinite(changes[number]) else 0.0
        changed = note_value(lines.engine, number, values[number], change) or changed
    known = advance_noise(lines.engine, changed)
    # Float32 inside of f, or values that differ from call to call: f(x) once more tells which.  Values that differ from
    # call to call may look like a steep f at every spacing: so as soon as one of them shows so much noise.
    coarse = is_coarse_noise(lines, lines.engine.noise if known else lines.engine.noise_line.best)
    if known and does_not_move(lines):
        longest = math.ldexp(1.0, LAST_EXPONENT)
        lines.unseen = noise_bar(lines.engine.noise, longest) / SHOWS_ERROR
        lines.phase = phases.SCALE_UP
    elif coarse and lines.repeated == 0:
        lines.phase = phases.REPEAT
    elif known:
        begin_lines(lines)


def settle_lines(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Move on until the next round has something to ask, or the check is done."""
    while lines.phase != phases.DONE and not is_ready(lines, x, claimed):
        pass
    if lines_asked(lines) > evaluations_left(lines):
        end_lines_early(lines)


def is_ready(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Return whether the phase has something to ask; else move on to the next phase."""
    phase = lines.phase
    if phase == phases.HALVING:
        return prepare_level(lines, x, claimed)
    if phase == phases.SAMPLING and ladder_probes(lines) == 0:
        begin_factors(lines, DRAWN)
        return False
    if phase == phases.FACTORS and ladder_probes(lines) == 0:
        finish_factors(lines)
        return False
    if phase == phases.ARRAYS and arrays_asked(lines) == 0:
        finish_arrays(lines)
        return False
    if phase == phases.CONFIRM:
        return prepare_confirmation(lines, x, claimed)
    if phase >= phases.SCALE_UP:
        change_scales(lines, x, claimed)
        return False
    return True


def finish_arrays(lines: Lines) -> None:
    """Follow the blocks that are off, confirm those that are wrong, or go on where the check was."""
    off = most_off(lines) if lines.arrays != FOLLOWED else -1
    if off < 0:
        lines.arrays = FOLLOWED
    if off >= 0 and lines.disagreed == 0:
        note_off(lines, off)
        locate(lines)
    elif off >= 0 and is_spread(lines):
        begin_array_factors(lines)
    elif any_wrong(lines):
        lines.phase = phases.CONFIRM
    elif lines.disagreed > 0 and lines.failed.phase != phases.ARRAYS:
        if lines.stuck_count > 0 or lines.named == 0:
            lines.arrays = FOLLOWED  # else a level that is lost, or dense in all of x, would come here again, and again
        lines.phase = phases.HALVING
    else:
        lines.disagreed = 0
        begin_long_findings(lines)
        raise_bars_of_arrays(lines)
        go_on_after_arrays(lines)


def go_on_after_arrays(lines: Lines) -> None:
    """Go on to shorter lines; or, where lines disagreed at kinks at x, without zeros of x."""
    if lines.aligned_lines == 0:
        lines.phase = phases.LEAVE_ZEROS
        return
    begin_parts(lines)
    continue_parts(lines)


def prepare_confirmation(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Begin the check of the candidates, or conclude once it is done; what was not located is looked at again."""
    if lines.confirming == 0 and lines.candidates.count > 0:
        begin_confirming(lines, x, claimed)
        return False
    if lines.candidates.count > 0 and candidates_asked(lines) > 0:
        return True
    finish_search(lines)
    return False
