"""Where halving loses in float32 what it follows, arrays that are off are confirmed; without any, it goes on."""

from types import SimpleNamespace

import pytest

from gradproof.core.lines import arrays, phases
from gradproof.core.lines.arrays import FOLLOWED, SECOND_PAIRS
from gradproof.core.machine import line_rounds


def finished(monkeypatch, coarse, stuck, off):
    """Return the state of a search in two arrays once their pairs are known; the first may be off by 8 bars."""
    monkeypatch.setattr(arrays, "is_coarse", lambda _: coarse)
    monkeypatch.setattr(arrays, "mean_residual", lambda _: 1e9)
    monkeypatch.setattr(arrays, "bars_off", lambda _, number: 8.0 * off * (number == 0))
    monkeypatch.setattr(line_rounds, "any_wrong", lambda _: False)
    monkeypatch.setattr(line_rounds, "begin_array_factors", lambda lines: setattr(lines, "phase", phases.FACTORS))
    blocks = [SimpleNamespace(start=start, residual=1.0, sum=1.0, norm=1.0, wanted=0) for start in (0, 10)]
    monkeypatch.setattr(arrays, "block_of", lambda _, number: blocks[number])
    lines = SimpleNamespace(arrays=SECOND_PAIRS, disagreed=1, stuck_count=stuck, phase=phases.ARRAYS, next_count=0)
    lines.failed = SimpleNamespace(phase=phases.ALIGNED, aligned=0)
    lines.named = lines.block_count = len(blocks)
    lines.norm, lines.pool = 1.0, None
    line_rounds.finish_arrays(lines)
    return lines.phase, lines.arrays


@pytest.mark.parametrize(
    ("coarse", "stuck", "off", "after"),
    [
        # Lost: else the level would come here again, and again.
        (True, 1, True, (phases.FACTORS, SECOND_PAIRS)),
        # Not lost, and errors are few: halving goes on, and may come here once more, with more open nodes.
        (True, 0, True, (phases.HALVING, SECOND_PAIRS)),
        # Lost, and no errors of float32: halving goes on, and does not come here again; nor where no array is off.
        (False, 1, True, (phases.HALVING, FOLLOWED)),
        (True, 1, False, (phases.HALVING, FOLLOWED)),
    ],
)
def test_after_the_pairs_of_all_arrays(monkeypatch, coarse, stuck, off, after):
    assert finished(monkeypatch, coarse, stuck, off) == after
