"""Checks on memory of the library's own: begun, saved, taken up again, given back."""

from typing import Any

import numpy as np
import pytest
from block import sealed
from cases import X
from properties import refuted
from turns import MODES, Turns, problem_of
from witnesses import bits

from gradproof.core.door import owned
from gradproof.core.machine import sealing
from gradproof.core.machine.sealing import LEAST_WORDS
from gradproof.core.records import codes
from gradproof.core.records.codes import DAMAGED, DONE, MODE_FULL, MODE_LINES, NO_ENGINE, OTHER_VERSION, OUT_OF_MEMORY
from gradproof.core.records.engine import Engine

in_every_mode = pytest.mark.parametrize(
    ("mode", "name"), [(MODE_FULL, "kinked"), (MODE_FULL, "random"), (MODE_LINES, "one_wrong"), (MODE_LINES, "single")]
)


def resumed(witness: Any, saved: Any, words: int) -> tuple[Any, int]:
    """Take up a check that was saved; return it, and the code that says why there is none."""
    code = np.full(1, 7, np.int32)
    engine = witness("gradproof_resume", saved, words, code)
    assert (engine is None) == (code[0] != DONE)
    return engine, int(code[0])


def goes_on(witness: Any, mode: int, name: str, at: int, resume: Any) -> None:
    """Saved after so many rounds and taken up again, a check ends as it would have."""
    expected = Turns(witness, mode, problem_of(mode, name)).finished()
    turns = Turns(witness, mode, problem_of(mode, name))
    for _ in range(at):
        turns.turn()
    saved = turns.memory.copy()
    turns.memory[:] = -1
    engine, code = resume(witness, saved, saved.size)
    assert code == DONE
    assert engine.tobytes() == saved.tobytes()
    turns.memory = engine
    assert turns.finished() == expected
    witness("gradproof_end", engine)


@in_every_mode
@pytest.mark.parametrize("at", [0, 1, 3, 9])
def test_resume(library, mode, name, at):
    goes_on(library, mode, name, at, resumed)


@in_every_mode
def test_resume_twin(library, mode, name):
    """One that begins anew asks for its first rounds again."""

    def anew(witness, saved, words):
        engine, code = resumed(witness, Turns(witness, mode, problem_of(mode, name)).memory, words)
        return engine, code

    refuted(goes_on, library, mode, name, 3, anew)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_resume_in_plain_python(plain, mode):
    goes_on(plain, mode, "kinked" if mode == MODE_FULL else "cheapest", 2, resumed)


def after_two_rounds(witness: Any, mode: int) -> Turns:
    turns = Turns(witness, mode, problem_of(mode, "wrong" if mode == MODE_FULL else "one_wrong"))
    turns.turn()
    turns.turn()
    return turns


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_copy_that_was_cut_off(witness, mode):
    """By however much: it is refused, and nothing behind it is read; with more behind it, it is whole."""
    turns = after_two_rounds(witness, mode)
    saved = turns.memory
    for words in (1, 2, 5, LEAST_WORDS - 1, LEAST_WORDS, saved.size // 2, saved.size - 1):
        if words < saved.size:
            assert resumed(witness, saved[:words].copy(), words) == (None, OTHER_VERSION)
    for words in (0, -1, -(2**63)):
        assert resumed(witness, saved, words) == (None, NO_ENGINE)
    assert resumed(witness, None, saved.size) == (None, codes.NULL_ENGINE)
    for more in (0, 1, 1000):
        longer = np.concatenate([saved, np.full(more, -1)])
        engine, code = resumed(witness, longer, longer.size)
        assert (code, engine.tobytes()) == (DONE, saved.tobytes())
        witness("gradproof_end", engine)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_copy_that_was_damaged(witness, mode):
    turns = after_two_rounds(witness, mode)
    saved = turns.memory
    random = np.random.default_rng(2)
    in_use = np.flatnonzero(saved[: sealing.HEAD_WORDS])
    for place in in_use.tolist():
        broken = saved.copy()
        broken[place] ^= 1 << int(random.integers(0, 63))
        expected = [NO_ENGINE, OTHER_VERSION, None][min(place, 2)]
        engine, code = resumed(witness, broken, broken.size)
        # The number of words is looked at before their sum: more of them than there are, or fewer than any check has.
        assert code == expected or (expected is None and code in (DAMAGED, OTHER_VERSION))
        assert engine is None
    # Zeros, and anything, are no check.
    assert resumed(witness, np.zeros_like(saved), saved.size) == (None, NO_ENGINE)
    assert resumed(witness, random.integers(-(2**63), 2**63, saved.size), saved.size) == (None, NO_ENGINE)
    before = saved.copy()
    engine, code = resumed(witness, saved, saved.size)
    assert code == DONE
    assert saved.tobytes() == before.tobytes()
    witness("gradproof_end", engine)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_copy_of_another_layout(witness, mode):
    """Its sums are right: that the memory is laid out otherwise is what is wrong with it."""
    turns = after_two_rounds(witness, mode)
    other = turns.memory.copy()
    engine: Any = Engine.from_buffer(other)
    engine.layout ^= 1
    sealed(engine)
    assert resumed(witness, other, other.size) == (None, OTHER_VERSION)
    engine.layout ^= 1
    found, code = resumed(witness, other, other.size)
    assert code == DONE
    witness("gradproof_end", found)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_words_that_no_check_has(witness, mode):
    """However many words a copy says that it has: no more are read than there are."""
    turns = after_two_rounds(witness, mode)
    for words in (0, -1, LEAST_WORDS - 1, turns.memory.size + 1, 2**60, 2**63 - 1, -(2**63)):
        other = turns.memory.copy()
        Engine.from_buffer(other).words = words
        assert resumed(witness, other, other.size) == (None, OTHER_VERSION)


@pytest.mark.parametrize("name", ["single", "one_wrong"])
def test_a_copy_with_vectors_of_another_type(witness, name):
    """It is taken up, for it says itself what it was begun with; values of the other type are refused."""
    turns = Turns(witness, MODE_LINES, problem_of(MODE_LINES, name))
    turns.turn()
    engine, code = resumed(witness, turns.memory, turns.memory.size)
    assert code == DONE
    turns.memory = engine
    count, before = turns.ask(), engine.tobytes()
    other, values = np.float64 if name == "single" else np.float32, np.zeros(count)
    x, twin = turns.x.astype(other), "_f32" if other == np.float32 else ""
    refused = witness(f"gradproof_tell{twin}", engine, x, x, values, values, count)
    assert (refused, before) == (codes.OTHER_TYPE, engine.tobytes())
    witness("gradproof_end", engine)


def test_nobody_has_to_take_the_code(witness):
    turns = after_two_rounds(witness, MODE_FULL)
    assert witness("gradproof_resume", turns.memory[:9].copy(), 9, None) is None
    engine = witness("gradproof_resume", turns.memory, turns.memory.size, None)
    assert engine is not None
    witness("gradproof_end", engine)
    witness("gradproof_end", None)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_another_budget(witness, mode):
    """A check that its budget ended goes on where it has another one; the twin has not."""
    name = "wrong" if mode == MODE_FULL else "one_wrong"
    problem = problem_of(mode, name)
    whole = Turns(witness, mode, problem).finished()
    for budget, is_whole in ((0, True), (10**6, True), (30, False)):
        turns = Turns(witness, mode, problem._replace(budget=30))
        turns.turn()
        turns.turn()
        engine, _ = resumed(witness, turns.memory, turns.memory.size)
        turns.memory = engine
        assert witness("gradproof_allow", engine, budget) == DONE
        assert (turns.finished() == whole) == is_whole
        assert is_whole or int(Engine.from_buffer(engine).evaluations) <= 30
        witness("gradproof_end", engine)


def test_budgets_that_are_refused(witness):
    turns = after_two_rounds(witness, MODE_FULL)
    before = turns.memory.tobytes()
    for budget in (-1, -(2**63)):
        assert witness("gradproof_allow", turns.memory, budget) == codes.BAD_BUDGET
        assert turns.memory.tobytes() == before
    assert witness("gradproof_allow", None, 3) == codes.NULL_ENGINE
    assert witness("gradproof_allow", np.zeros_like(turns.memory), 3) == NO_ENGINE
    assert witness("gradproof_allow", turns.memory, 3) == DONE
    turns.memory[9] ^= 1
    assert witness("gradproof_allow", turns.memory, 4) == DAMAGED


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("twin", ["", "_f32"])
def test_the_first_element_that_is_not_finite(witness, twin, bad):
    dtype = np.float32 if twin else np.float64
    x, symbol = np.full(3000, np.finfo(dtype).max, dtype), f"gradproof_first_not_finite{twin}"
    assert witness(symbol, x, 3000) == -1
    for place in (2999, 1500, 7, 0):
        x[place] = bad
        assert witness(symbol, x, 3000) == place
        assert witness(symbol, x, place) == -1
    assert witness(symbol, None, 3000) == witness(symbol, x, 0) == witness(symbol, x, -5) == -1


def without_memory(*_: Any) -> None:
    return None


def test_no_memory_to_begin(plain, monkeypatch):
    code = np.full(1, 7, np.int32)
    assert plain("gradproof_begin", X, X, None, 4, None, None) is not None
    saved = after_two_rounds(plain, MODE_FULL).memory
    monkeypatch.setattr(owned, "allocate_words", without_memory)
    assert plain("gradproof_begin", X, X, None, 4, None, code) is None
    assert plain("gradproof_begin", X, X, None, 4, None, None) is None
    assert code[0] == OUT_OF_MEMORY
    assert resumed(plain, saved, saved.size) == (None, OUT_OF_MEMORY)


def test_what_is_refused_is_given_back(plain, monkeypatch):
    """Memory that was taken for a check that cannot begin, or whose sums are wrong."""
    held: list[Any] = []
    allocate = owned.allocate_words

    def taken(count: int) -> Any:
        held.append(allocate(count))
        return held[-1]

    monkeypatch.setattr(owned, "allocate_words", taken)
    monkeypatch.setattr(owned, "release", lambda memory: held.pop() if memory is held[-1] else None)
    saved = after_two_rounds(plain, MODE_FULL).memory
    saved[20] ^= 1
    assert resumed(plain, saved, saved.size) == (None, DAMAGED)
    assert plain("gradproof_begin", np.full(4, np.nan), X, None, 4, None, None) is None
    assert held == []
    assert plain("gradproof_begin", X, X, None, 4, None, None) is not None
    assert len(held) == 1


def test_begin_is_as_a_start_in_memory_of_ones_own(witness):
    """The same words, but for what nobody has written."""
    memory = np.zeros(witness("gradproof_engine_size", 4, None), np.int64)
    assert witness("gradproof_engine_start", memory, X, 2 * X, None, 4, None) == DONE
    code = np.full(1, 7, np.int32)
    engine = witness("gradproof_begin", X, 2 * X, None, 4, None, code)
    assert code[0] == DONE
    assert bits(engine) == bits(memory)
    witness("gradproof_end", engine)
