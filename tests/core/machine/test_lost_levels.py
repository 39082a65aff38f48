"""Where no half of a node is found wrong, arrays are looked at once; then the search goes on, and comes to an end."""

from types import SimpleNamespace

import pytest

from gradproof.core.lines import phases
from gradproof.core.lines.arrays import FOLLOWED, SECOND_PAIRS
from gradproof.core.machine import line_rounds


@pytest.mark.parametrize(("stuck", "after"), [(1, FOLLOWED), (0, SECOND_PAIRS)])
def test_a_lost_level_is_left_once_its_arrays_are_known(monkeypatch, stuck, after):
    for name, value in (("most_off", 0), ("is_spread", False), ("any_wrong", False)):
        monkeypatch.setattr(line_rounds, name, lambda *_, value=value: value)
    failed = SimpleNamespace(phase=phases.ALIGNED)
    lines = SimpleNamespace(
        arrays=SECOND_PAIRS, disagreed=1, failed=failed, stuck_count=stuck, phase=phases.ARRAYS, next_count=0
    )
    line_rounds.finish_arrays(lines)
    assert (lines.phase, lines.arrays) == (phases.HALVING, after)
