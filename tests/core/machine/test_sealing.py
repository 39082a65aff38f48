"""The seal of a check: whatever is changed in its memory between two calls is found out, or makes no difference."""

import functools
from typing import Any

import numpy as np
import pytest
from block import block, sealed
from lineladders import memory
from properties import refuted
from turns import Turns, in_every_mode, problem_of
from witnesses import new_report, records

from gradproof.core.machine import sealing
from gradproof.core.records import border, codes
from gradproof.core.records.abi import Integer, Real  # noqa: F401  what annotations are made of
from gradproof.core.records.codes import DAMAGED, DONE, MODE_FULL, MODE_LINES, NO_ENGINE, OTHER_TYPE, OTHER_VERSION
from gradproof.core.records.engine import ROUND, Coordinate, Engine, Slot
from gradproof.core.records.lines import Block, Lines
from gradproof.core.records.record import record

# What the first words of a check say, beside the words that checksums hold.
REFUSALS = {"mark": NO_ENGINE, "layout": OTHER_VERSION}
PLACES = {name: Engine.offsets[name] // 8 for name in REFUSALS}
HEAD = Engine.offsets["scratch"] // 8
FULL = ["right", "wrong", "kinked", "single", "edge", "random", "hurried"]
LINES = ["one_wrong", "some_wrong", "dense", "kinked", "single", "inside_single", "cheapest", "unfit", "random"]
LINES += ["blurred", "parts", "edge", "not_finite", "allowed", "not_allowed", "stopped"]
PROBLEMS = [(MODE_FULL, name) for name in FULL] + [(MODE_LINES, name) for name in LINES]
# Told in parts, a check keeps values of pairs from one round to the next.
PARTLY = [(MODE_FULL, name, 5) for name in ("wrong", "kinked", "random")]


def code_of(witness: Any, words: Any) -> int:
    """What a call says that takes a check up and does nothing else."""
    code: int = witness("gradproof_blocks", words, None, None, 0)
    return min(code, DONE)


def calls(words: Any, problem: Any) -> list[tuple[Any, ...]]:
    """Every call on a check."""
    x, room = problem.x, np.zeros(ROUND)
    counts = np.zeros(8, np.int64)
    twin = "_f32" if x.dtype == np.float32 else ""
    return [
        ("ask", words, records(border.Probe, ROUND), ROUND),
        (f"tell{twin}", words, x, x, room, room, 1),
        ("skip", words, 0),
        ("stop", words),
        ("allow", words, 5),
        ("result", words, new_report(), records(border.Finding, 8), 8),
        ("coordinates", words, counts, counts, counts, room, 8),
        ("blocks", words, room, room, 8),
        ("block_factors", words, room, 8),
    ]


def overwritten(random: Any, word: int) -> list[int]:
    """Other values for a word: one bit of it, its neighbour, and anything."""
    bit = int(random.integers(0, 64))
    values = {word ^ (1 << bit if bit < 63 else -(2**63)), word + 1 if word < 2**63 - 1 else 0, ~word}
    values.add(int(random.integers(-(2**63), 2**63)))
    return [value for value in values if value != word]


def is_found_out(witness: Any, turns: Turns, places: Any, random: Any) -> list[tuple[int, int]]:
    """Every call refuses a check with one word overwritten, and leaves it alone; return the words that are not seen."""
    unseen, right = [], turns.memory.copy()
    for number, place in enumerate(places):
        for value in overwritten(random, int(right[place])):
            words = right.copy()
            words[place] = value
            code = code_of(witness, words)
            if code == DONE:
                unseen.append((int(place), value))
                continue
            known = [REFUSALS[name] for name, at in PLACES.items() if at == place]
            assert code == (known[0] if known else DAMAGED)
            every = calls(words, turns.problem)
            name, *arguments = every[(number + value) % len(every)]
            before = words.tobytes()
            assert witness(f"gradproof_{name}", *arguments) == code, (name, place, value)
            assert words.tobytes() == before
    return unseen


def makes_no_difference(witness: Any, mode: int, name: str, at: int, changed: Any, expected: Any) -> None:
    """With these words in place of its own, after so many rounds, a check goes on and ends as it would have."""
    turns = Turns(witness, mode, problem_of(mode, name))
    for _ in range(at):
        assert turns.turn()
    for place, value in changed:
        turns.memory[place] = value
    assert turns.finished() == expected


@functools.cache
def expected_of(witness: Any, mode: int, name: str) -> list[bytes]:
    return Turns(witness, mode, problem_of(mode, name)).finished()


# Where a check is looked at: before its first round, and after so many of them, asked for or not.
@pytest.mark.parametrize("at", [0, 1, 2, 3, 5, 8, 13, 21])
@pytest.mark.parametrize(("mode", "name"), [(MODE_FULL, "wrong"), (MODE_FULL, "kinked"), (MODE_LINES, "some_wrong")])
@pytest.mark.parametrize("asked", [False, True], ids=["told", "asked"])
def test_a_word_that_was_overwritten(library, mode, name, at, asked):
    """Every word of the head is seen; any other one is seen, or makes no difference."""
    random = np.random.default_rng(at)
    turns = Turns(library, mode, problem_of(mode, name))
    while turns.turns < at and turns.turn():
        pass
    if asked:
        turns.ask()
    assert is_found_out(library, turns, range(HEAD), random) == []
    elsewhere = random.choice(np.arange(HEAD, turns.memory.size), 200, replace=False)
    used = np.flatnonzero(turns.memory[HEAD:])[-100:] + HEAD
    unseen = is_found_out(library, turns, [*elsewhere, *used], random)
    if not asked and turns.ask() > 0:
        for change in unseen[:: max(len(unseen) // 6, 1)]:
            makes_no_difference(library, mode, name, turns.turns, [change], expected_of(library, mode, name))
        makes_no_difference(library, mode, name, turns.turns, unseen, expected_of(library, mode, name))


@pytest.mark.parametrize("at", [0, 2, 4])
@in_every_mode
def test_a_word_that_was_overwritten_in_plain_python(plain, mode, at):
    random = np.random.default_rng(at)
    turns = Turns(plain, mode, problem_of(mode, "kinked"))
    for _ in range(at):
        turns.turn()
    assert is_found_out(plain, turns, range(HEAD), random) == []


def test_a_word_that_was_overwritten_twin(plain, monkeypatch):
    """A sum that leaves out a word, or gives it an even weight, is found out."""

    def some_are_not_seen():
        turns = Turns(plain, MODE_FULL, problem_of(MODE_FULL, "wrong"))
        turns.turn()
        assert is_found_out(plain, turns, range(HEAD), np.random.default_rng(1)) == []

    some_are_not_seen()
    monkeypatch.setattr(sealing, "FIRST_SUMMED", sealing.FIRST_SUMMED + 2)
    refuted(some_are_not_seen)


class Shaken:
    """Before each call all words are overwritten that the seal does not cover, wherever they are.

    Which these are the sums of plain Python say, which must be those of the witness: it takes the check up all the
    same.  With 0, or with anything.
    """

    def __init__(self, witness: Any, monkeypatch: Any, fill: int | None = None) -> None:
        self.witness, self.fill, self.shaken = witness, fill, 0
        self.random, self.summed = np.random.default_rng(3), list[tuple[int, int]]()
        weighted_sum = sealing.weighted_sum

        def noted(engine: Any, first: int, count: int) -> int:
            self.summed.append((first, count))
            return weighted_sum(engine, first, count)

        monkeypatch.setattr(sealing, "weighted_sum", noted)

    def __call__(self, words: Any) -> None:
        self.summed.clear()
        assert sealing.taken_up(Engine.from_buffer(words)) == DONE
        covered = np.zeros(words.size, bool)
        for first, count in [(0, sealing.FIRST_SUMMED), *self.summed]:
            covered[first : first + max(count, 0)] = True
        count = np.count_nonzero(~covered)
        words[~covered] = self.random.integers(-(2**63), 2**63, count) if self.fill is None else self.fill
        self.shaken += count
        assert code_of(self.witness, words) == DONE


@pytest.mark.parametrize(("mode", "name", "part"), [(*problem, ROUND) for problem in PROBLEMS] + PARTLY)
def test_what_the_seal_does_not_cover_is_in_use_nowhere(library, monkeypatch, mode, name, part):
    expected = Turns(library, mode, problem_of(mode, name), part=part).finished()
    shaken = Shaken(library, monkeypatch)
    assert Turns(library, mode, problem_of(mode, name), shaken, part).finished() == expected
    assert shaken.shaken > 1000 * len(expected)


def forgets(plain: Any, monkeypatch: Any, mode: int, name: str, part: int) -> None:
    """The same in plain Python, with 0: with that, whatever it is that was forgotten, nothing runs without end."""
    expected = Turns(plain, mode, problem_of(mode, name), part=part).finished()
    with monkeypatch.context() as patch:
        shaken = Shaken(plain, patch, 0)
        assert Turns(plain, mode, problem_of(mode, name), shaken, part).finished() == expected


UNCOVERED = {
    "values of pairs": (MODE_FULL, "wrong", 5, "SIDES_WORDS", 0),
    "coordinates": (MODE_FULL, "hurried", ROUND, "COORDINATE_WORDS", 0),
    "findings": (MODE_FULL, "wrong", ROUND, "FINDING_WORDS", 0),
    "slots": (MODE_FULL, "wrong", ROUND, "SLOT_WORDS", 1),
    "lines": (MODE_LINES, "cheapest", ROUND, "LINES_WORDS", Lines.offsets["norm"] // 8),
}


@pytest.mark.parametrize(("mode", "name", "part", "constant", "value"), UNCOVERED.values(), ids=UNCOVERED)
def test_what_the_seal_does_not_cover_twin(plain, monkeypatch, mode, name, part, constant, value):
    """A part in use that the seal forgets is seen: the check ends otherwise."""
    forgets(plain, monkeypatch, mode, name, part)
    monkeypatch.setattr(sealing, constant, value)
    refuted(forgets, plain, monkeypatch, mode, name, part)


@in_every_mode
def test_every_call_leaves_a_check_sealed(witness, mode):
    turns = Turns(witness, mode, problem_of(mode, "kinked" if mode == MODE_FULL else "stopped"))
    for _ in range(3):
        assert code_of(witness, turns.memory) == DONE
        turns.turn()
    for name, *arguments in calls(turns.memory, turns.problem):
        assert witness(f"gradproof_{name}", *arguments) >= codes.NO_ROUND
        assert code_of(witness, turns.memory) == DONE


def test_types_of_vectors():
    engine, x = sealed(block(3)), np.zeros(3)
    assert sealing.taken_up_with(engine, x) == DONE
    assert sealing.taken_up_with(engine, x.astype(np.float32)) == OTHER_TYPE
    engine.vectors = 32
    assert sealing.taken_up_with(engine, x) == DAMAGED
    assert sealing.taken_up_with(sealed(engine), x) == OTHER_TYPE
    assert sealing.taken_up_with(engine, x.astype(np.float32)) == DONE


def test_what_memory_holds():
    engine = block(3)
    assert sealing.taken_up(None) == codes.NULL_ENGINE
    assert sealing.taken_up(engine) == DAMAGED
    assert sealing.taken_up(sealed(engine)) == DONE
    for mode, code in ((0, DAMAGED), (-1, DAMAGED), (3, DAMAGED), (MODE_FULL, DONE)):
        engine.mode = mode
        assert sealing.taken_up(sealed(engine)) == code
    engine.layout += 1
    assert sealing.taken_up(sealed(engine)) == OTHER_VERSION
    engine.mark += 1
    assert sealing.taken_up(sealed(engine)) == NO_ENGINE


def test_blocks_that_the_memory_has_no_room_for_are_not_read():
    """A number of blocks that is not that of the memory is not followed: it would lead out of it."""
    lines = memory(blocks=(0, 3, 9))
    assert sealing.taken_up(sealed(lines.engine)) == DONE
    for count in (1, 3, 2**40, -1, -(2**63)):
        lines.block_count = count
        assert sealing.taken_up(lines.engine) == DAMAGED
    lines.block_count = 2
    assert sealing.taken_up(lines.engine) == DONE


def test_layouts_are_told_apart():
    """By the names of their fields, their types, their order and their places; not by anything else."""

    def fields_of(**kinds: Any) -> Any:
        namespace = {"__annotations__": kinds, "__module__": __name__, "__doc__": "Some."}
        return record(type("Some", (), namespace))

    first = fields_of(a="Integer", b="Real")
    assert sealing.layout_of(first) == sealing.layout_of(fields_of(a="Integer", b="Real"))
    others = [
        fields_of(b="Real", a="Integer"),
        fields_of(a="Integer", b="Integer"),
        fields_of(a="Integer", c="Real"),
        fields_of(a="Integer", b="Real", c="Real"),
        fields_of(a="Integer"),
    ]
    numbers = [sealing.layout_of(first), sealing.layout_of(first, first), *map(sealing.layout_of, others)]
    assert len(set(numbers)) == len(numbers)
    assert sealing.layout_of(Engine, Slot, Coordinate, Lines, Block) == sealing.LAYOUT
