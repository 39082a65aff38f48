"""What the bars of lines decide: on memory made for it."""

import math

import pytest
from lineladders import begun, memory

from gradproof.core.lines import decision


def test_what_was_seen_and_not_located_is_no_small_bar():
    lines = begun()
    lines.failed.residual, lines.failed.bar = 0.5, 0.001
    decision.note_seen(lines)
    assert lines.random_bar == 0.501
    assert not decision.decides(lines)


@pytest.mark.parametrize(
    ("bar", "norm", "curved", "value", "answer"),
    [
        (0.29, 1.0, 0.0, 1.0, True),
        (0.31, 1.0, 0.0, 1.0, False),
        (0.31, 1.0, 2.0, 1.0, True),
        (1e-4, 0.0, 0.0, -1.0, True),
        (1e-3, 0.0, 0.0, 1.0, False),
        (0.0, 0.0, 0.0, 0.0, True),
        (math.nan, 1.0, 0.0, 1.0, False),
    ],
)
def test_what_a_bar_decides(bar, norm, curved, value, answer):
    """A third of the slopes, of the slope that curvature makes beside an optimum, or a thousandth of a flat f."""
    lines = memory(value=value)
    lines.random_bar, lines.norm, lines.curved_slope = bar, norm, curved
    assert decision.decides(lines) == answer
