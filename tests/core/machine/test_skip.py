"""Values that were not computed, because their points lie outside of bounds: neither evaluations, nor in the budget."""

import math
from typing import Any

import numpy as np
import pytest
from rounds import options_of
from witnesses import new_report, records

from gradproof.core.records import border, codes
from gradproof.core.records.codes import BAD_COUNT, DONE, NULL_ENGINE
from gradproof.core.records.engine import ROUND, Engine

# On its lower bound stands every other coordinate.
N = 12
X = np.linspace(1, 2, N)
LOWER = np.where(np.arange(N) % 2, X, 0)
RIGHT, WRONG = 2 * X, 2 * X + (np.arange(N) == 4)


def started(witness: Any, mode: int, claimed: Any, budget: int) -> Any:
    options = options_of(witness, mode=mode, budget=budget)
    words, sizes = np.zeros(witness("gradproof_engine_size", N, options), np.int64), np.zeros(1)
    assert witness("gradproof_windows", X, N, sizes) == DONE
    assert witness("gradproof_engine_start", words, X, claimed, sizes, N, options) == DONE
    return words, sizes


def bounded(
    witness: Any, mode: int, claimed: Any, budget: int = 0, says: bool = True, box: Any = (LOWER, math.inf)
) -> Any:
    """Check within bounds; return the report, and how many values were computed and were not."""
    words, sizes = started(witness, mode, claimed, budget)
    probes = records(border.Probe, ROUND)
    computed = left_out = 0
    while (count := witness("gradproof_ask", words, probes, ROUND)) > 0:
        points, changes, rows = np.zeros(count * N), np.zeros(count), probes[:count].copy()
        assert witness("gradproof_points", X, claimed, sizes, N, rows, count, points, changes) == DONE
        points = points.reshape(count, N)
        inside = ((points >= box[0]) & (points <= box[1])).all(axis=1)
        values = np.where(inside, np.einsum("ij,ij->i", points, points), math.nan)
        if says:
            assert witness("gradproof_skip", words, int(np.count_nonzero(~inside))) == DONE
        assert witness("gradproof_tell", words, X, claimed, values, changes, count) == DONE
        computed += int(np.count_nonzero(inside))
        left_out += int(np.count_nonzero(~inside))
        assert not budget or computed <= budget
        assert computed + left_out < 5000
    report: Any = new_report()
    assert witness("gradproof_result", words, report, None, 0) == DONE
    return report, computed, left_out


@pytest.mark.parametrize("claimed", [RIGHT, WRONG], ids=["right", "wrong"])
@pytest.mark.parametrize("budget", [0, 1, 2, 20, 60, 100])
@pytest.mark.parametrize("mode", [codes.MODE_FULL, codes.MODE_LINES], ids=["full", "lines"])
def test_evaluations_are_the_values_that_were_computed(witness, mode, budget, claimed):
    report, computed, left_out = bounded(witness, mode, claimed, budget)
    assert (report.evaluations, report.outside) == (computed, left_out)
    # Their twin: without a word they count.
    report, computed, left_out = bounded(witness, mode, claimed, budget, says=False)
    assert (report.evaluations, report.outside) == (computed + left_out, 0)


def test_the_budget_is_for_values_that_are_computed(witness):
    """The last coordinates have their pairs, too, where a budget that counts all values would have ended before."""
    whole, computed, left_out = bounded(witness, codes.MODE_FULL, RIGHT)
    assert left_out > 0
    enough = computed + N
    found, _, _ = bounded(witness, codes.MODE_FULL, RIGHT, enough)
    assert (found.evaluations, found.tested) == (whole.evaluations, N)
    refused, _, _ = bounded(witness, codes.MODE_FULL, RIGHT, enough, says=False)
    assert refused.evaluations <= enough
    assert refused.agreeing < found.agreeing or refused.open > found.open or refused.untested > 0


@pytest.mark.parametrize("mode", [codes.MODE_FULL, codes.MODE_LINES], ids=["full", "lines"])
@pytest.mark.parametrize("budget", [0, 2, 40])
def test_a_box_of_one_point_ends(witness, mode, budget):
    """All points but x lie outside, no budget is ever used up, and still nothing is asked for without end."""
    report, computed, _ = bounded(witness, mode, RIGHT, budget, box=(X, X))
    assert report.verdict == codes.VERDICT_INCONCLUSIVE
    assert computed <= 2


def test_misuse(witness):
    words, _ = started(witness, codes.MODE_FULL, RIGHT, 0)
    probes, values = records(border.Probe, ROUND), np.ones(ROUND)
    assert witness("gradproof_skip", None, 0) == NULL_ENGINE
    assert witness("gradproof_skip", words, 1) == codes.NO_ROUND
    count = witness("gradproof_ask", words, probes, ROUND)
    assert witness("gradproof_skip", words, -1) == BAD_COUNT
    assert witness("gradproof_skip", words, count + 1) == codes.TOO_MANY_VALUES
    assert witness("gradproof_tell", words, X, RIGHT, values, None, count) == DONE
    count = witness("gradproof_ask", words, probes, ROUND)
    assert witness("gradproof_skip", words, 4) == DONE
    # Fewer values than were skipped are none.
    before = words.tobytes()
    assert witness("gradproof_tell", words, X, RIGHT, values, None, 3) == BAD_COUNT
    assert words.tobytes() == before
    # The last word counts, and asking again takes it back.
    assert witness("gradproof_skip", words, 2) == DONE
    assert witness("gradproof_ask", words, probes, ROUND) == count
    assert witness("gradproof_tell", words, X, RIGHT, values, None, count) == DONE
    engine: Any = Engine.from_buffer(words)
    assert (engine.evaluations, engine.outside, engine.skipped) == (1 + count, 0, 0)
    assert witness("gradproof_skip", np.zeros_like(words), 0) == codes.NO_ENGINE
