"""The door for C where there is no memory to be had: nothing is written, and the code says why."""

from typing import Any

import numpy as np
import pytest
from cases import X, squares

from gradproof.core import door
from gradproof.core.pieces import differences, kinks, noise_floor
from gradproof.core.records.border import Report
from gradproof.core.records.codes import DONE, OUT_OF_MEMORY


def without_memory(*_: Any) -> None:
    return None


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = squares(x[:n])
    return 0


@pytest.mark.parametrize("kind", [name for name in vars(door) if name.startswith("allocate_")])
def test_no_memory_for_a_check(plain, monkeypatch, kind):
    arguments = (bowl, None, X, 2 * X, 4, None, Report(), None, 0)
    assert plain("gradproof_check", *arguments) == DONE
    monkeypatch.setattr(door, kind, without_memory)
    assert plain("gradproof_check", *arguments) == OUT_OF_MEMORY


def test_no_memory_to_begin(plain, monkeypatch):
    code = np.full(1, 7, np.int32)
    assert plain("gradproof_begin", X, X, None, 4, None, 0, None, None) is not None
    monkeypatch.setattr(door, "allocate_words", without_memory)
    assert plain("gradproof_begin", X, X, None, 4, None, 0, None, code) is None
    assert plain("gradproof_begin", X, X, None, 4, None, 0, None, None) is None
    assert code[0] == OUT_OF_MEMORY


def test_no_memory_for_the_pieces(plain, monkeypatch):
    work, out, room, count = np.zeros(4), np.zeros(4), np.zeros(4), np.zeros(4, np.int64)
    calls = [
        (differences, "gradproof_forward_difference", (X, 4, None, out, work)),
        (noise_floor, "gradproof_noise_floor", (X, 4, 0, work, room, None)),
        (kinks, "gradproof_find_kinks", (X, 4, 0.0, work, count, room, room, room, 4, count)),
    ]
    for module, symbol, arguments in calls:
        assert plain(symbol, bowl, None, *arguments) == DONE
        kinds = [name for name in vars(module) if name.startswith("allocate_")]
        assert kinds
        for kind in kinds:
            with monkeypatch.context() as patch:
                patch.setattr(module, kind, without_memory)
                assert plain(symbol, bowl, None, *arguments) == OUT_OF_MEMORY
