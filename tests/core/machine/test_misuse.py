"""What the machine refuses: calls out of order, arguments and options out of range; and what it bears."""

import math

import numpy as np
import pytest
from cases import X, squares
from rounds import options_of, results
from witnesses import records

from gradproof.core.records import codes
from gradproof.core.records.border import Probe
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import ROUND


def probes():
    return records(Probe, ROUND)


def started(witness):
    engine = np.zeros(witness("gradproof_engine_size", 4, None), np.int64)
    assert witness("gradproof_engine_start", engine, X, 2 * X, None, 4, None) == DONE
    return engine


def test_a_check_that_is_stopped(witness):
    engine = started(witness)
    count = witness("gradproof_ask", engine, probes(), ROUND)
    assert 1 <= count <= 2
    assert witness("gradproof_tell", engine, X, 2 * X, np.full(count, squares(X)), None, count) == DONE
    assert witness("gradproof_ask", engine, probes(), ROUND) == 6
    assert witness("gradproof_stop", engine) == DONE
    assert witness("gradproof_ask", engine, probes(), ROUND) == 0
    found = results(witness, engine, 4)
    assert (found.verdict, found.causes) == ("inconclusive", ["untested"] * 4)


def test_a_check_that_is_moved_in_memory(witness):
    engine, asked = started(witness), probes()
    while (count := witness("gradproof_ask", engine, asked, ROUND)) > 0:
        engine = engine.copy()
        points = np.zeros(4 * count)
        assert witness("gradproof_points", X, None, None, 4, asked, count, points, None) == DONE
        values = np.array([squares(row) for row in points.reshape(count, 4)])
        assert witness("gradproof_tell", engine, X, 2 * X, values, None, count) == DONE
    assert results(witness, engine, 4).causes == ["agrees"] * 4


def test_order_of_calls(witness):
    engine, values = started(witness), np.ones(9)
    assert witness("gradproof_tell", engine, X, X, values, None, 1) == codes.NO_ROUND
    count = witness("gradproof_ask", engine, probes(), ROUND)
    for wrong, code in ((count + 1, codes.TOO_MANY_VALUES), (0, codes.BAD_COUNT), (-1, codes.BAD_COUNT)):
        assert witness("gradproof_tell", engine, X, X, values, None, wrong) == code
    assert witness("gradproof_ask", engine, probes(), ROUND) == count
    assert witness("gradproof_tell", engine, X, X, values, None, count) == DONE
    assert witness("gradproof_tell", engine, X, X, values, None, count) == codes.NO_ROUND


def refuses(witness, symbol, right, wrongs):
    """Each of these arguments, given instead of the right one, is refused with the code of this very mistake."""
    for place, wrong, code in wrongs:
        assert witness(symbol, *right[:place], wrong, *right[place + 1 :]) == code


def test_bad_arguments(witness):
    engine = started(witness)
    wrongs = [(0, None, codes.NULL_ENGINE), (1, None, codes.NULL_PROBES), (2, ROUND - 1, codes.BAD_CAPACITY)]
    refuses(witness, "gradproof_ask", [engine, probes(), ROUND], wrongs)
    nothing = [codes.NULL_ENGINE, codes.NULL_X, codes.NULL_CLAIMED, codes.NULL_VALUES]
    wrongs = [(place, None, code) for place, code in enumerate(nothing)]
    refuses(witness, "gradproof_tell", [engine, X, X, np.ones(2), None, 2], wrongs)
    refuses(witness, "gradproof_stop", [engine], [(0, None, codes.NULL_ENGINE)])
    refuses(witness, "gradproof_engine_size", [4, None], [(0, 0, codes.BAD_N)])
    not_finite = np.array([1.0, math.nan, 1.0, 1.0])
    wrongs = [(0, None, codes.NULL_ENGINE), (1, None, codes.NULL_X), (2, None, codes.NULL_CLAIMED)]
    wrongs += [(4, 0, codes.BAD_N), (1, not_finite, codes.X_NOT_FINITE)]
    refuses(witness, "gradproof_engine_start", [engine, X, X, None, 4, None], wrongs)
    # Their twin: an infinite claim is judged, not refused.
    assert witness("gradproof_engine_start", engine, X, np.full(4, math.inf), None, 4, None) == DONE


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("size", 39, codes.BAD_SIZE),
        ("budget", -1, codes.BAD_BUDGET),
        ("rtol", -1e-9, codes.BAD_RTOL),
        ("rtol", 1.0, codes.BAD_RTOL),
        ("rtol", math.nan, codes.BAD_RTOL),
        ("atol", -1e-9, codes.BAD_ATOL),
    ],
)
def test_options_out_of_range(witness, name, value, code):
    engine, options = started(witness), options_of(witness)
    assert witness("gradproof_engine_start", engine, X, X, None, 4, options) == DONE
    setattr(options, name, value)
    assert witness("gradproof_engine_start", engine, X, X, None, 4, options) == code
    outcome = np.full(1, 7, np.int32)
    assert witness("gradproof_begin", X, X, None, 4, options, outcome) is None
    assert outcome[0] == code
