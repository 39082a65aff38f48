"""The door for C: a check in one call says what the same check in rounds says, and gives back all of its memory."""

from typing import Any

import numpy as np
import pytest
from cases import X, squares
from rounds import options_of
from witnesses import bits, new_report, records

from gradproof.core import door
from gradproof.core.pieces import differences, kinks, noise_floor
from gradproof.core.records.border import Finding, Options, Probe
from gradproof.core.records.codes import BAD_ARGUMENT, DONE, MODE_FULL, MODE_LINES, OUT_OF_MEMORY
from gradproof.core.records.engine import ROUND

WORK = ("allocate_record", "allocate_words", "allocate_reals", "allocate_like")
CLAIMED = 2 * X * [1, 1, 1.5, 1]
in_every_mode = pytest.mark.parametrize("mode", [MODE_FULL, MODE_LINES])


def without_memory(*_: Any) -> None:
    return None


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = squares(x[:n])
    return 0


@pytest.fixture
def balance(monkeypatch):
    """What the door has been given and has not given back; of `failing` kinds it is given nothing."""
    held, failing = [], set()
    for name, real in [(name, getattr(door, name)) for name in WORK]:

        def allocate(*arguments: Any, name: str = name, real: Any = real) -> Any:
            held.append(None if name in failing else real(*arguments))
            return held[-1]

        monkeypatch.setattr(door, name, allocate)

    def release(memory: Any) -> None:
        if memory is not None:
            del held[next(number for number, one in enumerate(held) if one is memory)]

    monkeypatch.setattr(door, "release", release)
    return held, failing


@in_every_mode
@pytest.mark.parametrize("kind", ["", *WORK])
def test_all_memory_is_given_back(plain, balance, mode, kind):
    """Also where a part of it could not be had; then nothing is evaluated, and nothing reported."""
    held, failing = balance
    failing.update([kind] if kind else [])
    report: Any = new_report()
    options = options_of(plain, mode=mode)
    code = plain("gradproof_check", bowl, None, X, CLAIMED, 4, options, report, None, 0)
    assert (code, report.wrong) == ((OUT_OF_MEMORY, 0) if kind else (DONE, 1))
    assert [one for one in held if one is not None] == []


@in_every_mode
def test_all_memory_is_given_back_where_the_objective_refuses_x(plain, balance, mode):
    held, _ = balance
    options = options_of(plain, mode=mode)
    assert plain("gradproof_check", lambda *_: 42, None, X, CLAIMED, 4, options, new_report(), None, 0) == 42
    assert held == []


def in_rounds(witness: Any, x: Any, claimed: Any, options: Any) -> list[bytes]:
    """A check by begin, ask, evaluate, tell, result and end: its report and findings."""
    twin = "_f32" if x.dtype == np.float32 else ""
    n, sizes = x.size, np.zeros(1)
    witness(f"gradproof_windows{twin}", x, n, sizes)
    code = np.full(1, 7, np.int32)
    engine = witness(f"gradproof_begin{twin}", x, claimed, sizes, n, options, code)
    assert code[0] == DONE
    probes, values, changes, point = records(Probe, ROUND), np.zeros(ROUND), np.zeros(ROUND), np.zeros(n, x.dtype)
    while (count := witness("gradproof_ask", engine, probes, ROUND)) > 0:
        given = (x, claimed, sizes, n, probes, count, values, changes, point)
        assert witness(f"gradproof_evaluate{twin}", bowl, None, *given) == DONE
        assert witness(f"gradproof_tell{twin}", engine, x, claimed, values, changes, count) == DONE
    report, findings = new_report(), records(Finding, 4)
    assert witness("gradproof_result", engine, report, findings, 4) == DONE
    witness("gradproof_end", engine)
    return [bits(report), bits(findings)]


def at_once(witness: Any, x: Any, claimed: Any, options: Any) -> list[bytes]:
    """The same in one call."""
    twin = "_f32" if x.dtype == np.float32 else ""
    report, findings = new_report(), records(Finding, 4)
    assert witness(f"gradproof_check{twin}", bowl, None, x, claimed, 4, options, report, findings, 4) == DONE
    return [bits(report), bits(findings)]


@in_every_mode
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_call_says_what_rounds_say(witness, mode, dtype):
    x, claimed = X.astype(dtype), CLAIMED.astype(dtype)
    options = options_of(witness, mode=mode, seed=5)
    found = at_once(witness, x, claimed, options)
    assert found == in_rounds(witness, x, claimed, options)
    assert found == at_once(witness, x, claimed, options)
    # Their twins: another claim, and another seed.
    assert found != at_once(witness, x, (2 * X).astype(dtype), options)
    if mode == MODE_LINES:
        assert found != in_rounds(witness, x, claimed, options_of(witness, mode=mode, seed=6))


def test_no_options_are_the_defaults(witness):
    defaults = options_of(witness, mode=0)
    assert at_once(witness, X, CLAIMED, None) == at_once(witness, X, CLAIMED, defaults)
    assert at_once(witness, X, CLAIMED, None) != at_once(witness, X, CLAIMED, options_of(witness, mode=MODE_LINES))


@in_every_mode
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_in_one_call_the_type_of_x_counts(witness, mode, dtype):
    """Whatever the options say: the objective gets its points as x is; and the options stay as they were."""
    x, claimed = X.astype(dtype), CLAIMED.astype(dtype)
    found = [at_once(witness, x, claimed, options_of(witness, mode=mode, float32=word)) for word in (0, 1)]
    assert found[0] == found[1]
    options: Any = options_of(witness, mode=mode, float32=1)
    before = bytes(options)
    at_once(witness, x, claimed, options)
    assert bytes(options) == before


@in_every_mode
def test_bad_arguments(witness, mode):
    """Refused before anything is evaluated or written."""
    called = []

    def objective(*_: Any) -> int:
        called.append(1)
        return 0

    report, findings = new_report(), records(Finding, 1)
    right = [objective, None, X, CLAIMED, 4, options_of(witness, mode=mode), report, findings, 1]
    wrongs = [(0, None), (2, None), (3, None), (4, 0), (4, -1), (4, 2**62), (5, Options()), (6, None), (8, -1)]
    wrongs.append((2, np.array([1.0, np.nan, 1.0, 1.0])))
    for place, wrong in wrongs:
        assert witness("gradproof_check", *right[:place], wrong, *right[place + 1 :]) == BAD_ARGUMENT
    assert not called
    assert bits(report) == bits(new_report())
    assert not findings.view(np.int64).any()
    assert witness("gradproof_check", bowl, *right[1:]) == DONE


def test_no_memory_to_begin(plain, monkeypatch):
    code = np.full(1, 7, np.int32)
    assert plain("gradproof_begin", X, X, None, 4, None, None) is not None
    monkeypatch.setattr(door, "allocate_words", without_memory)
    assert plain("gradproof_begin", X, X, None, 4, None, code) is None
    assert plain("gradproof_begin", X, X, None, 4, None, None) is None
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
