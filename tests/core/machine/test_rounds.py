"""The contract of begin, ask, tell, stop and result: one for every mode, and nothing is written where it is broken."""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from block import sealed
from properties import refuted
from rounds import options_of
from turns import in_every_mode
from witnesses import new_report, records

from gradproof.core.records import border, codes
from gradproof.core.records.codes import DONE, MODE_FULL, MODE_LINES, NO_ENGINE, NO_ROUND, NOTHING_TOLD
from gradproof.core.records.engine import COORDINATE_WORDS, ENGINE_WORDS, FINDING_WORDS, ROUND, Engine
from gradproof.core.records.lines import BLOCK_WORDS, LINES_WORDS, lines_words

X = np.array([0.7, -1.2, 0.4, 2.1, 1.0])
WRONG_AT = 2
BORDERS = np.array([0, 2, 5], np.int64)
MANY = 1000  # rounds: a check that does not end


def objective(x):
    return float(np.sum(np.exp(0.5 * x)))


def gradient(wrong=True):
    claimed = 0.5 * np.exp(0.5 * X)
    claimed[WRONG_AT] *= 1.5 if wrong else 1.0
    return claimed


class Check:
    """A check in memory of its own, by any witness."""

    def __init__(self, witness, mode, claimed=None, fill=0, **options):
        self.witness = witness
        self.claimed = gradient() if claimed is None else claimed
        self.sizes = np.zeros(1)
        assert witness("gradproof_windows", X, X.size, self.sizes) == DONE
        options = options_of(witness, mode=mode, blocks=len(BORDERS) - 1, borders=BORDERS, **options)
        self.start = [X, self.claimed, self.sizes, X.size, options]
        self.memory = np.full(witness("gradproof_engine_size", X.size, options), fill, np.int64)
        self.probes = records(border.Probe, ROUND)

    def begun(self):
        assert self.witness("gradproof_engine_start", self.memory, *self.start) == DONE
        return self

    def field(self, name):
        return getattr(Engine.from_buffer(self.memory), name)

    def ask(self):
        return self.witness("gradproof_ask", self.memory, self.probes, ROUND)

    def evaluated(self, count):
        points, changes, rows = np.zeros(X.size * count), np.zeros(count), self.probes[:count].copy()
        given = (X, self.claimed, self.sizes, X.size, rows, count, points, changes)
        assert self.witness("gradproof_points", *given) == DONE
        return np.array([objective(row) for row in points.reshape(count, X.size)]), changes

    def tell(self, values, changes, count):
        return self.witness("gradproof_tell", self.memory, X, self.claimed, values, changes, count)

    def turn(self, count):
        assert self.tell(*self.evaluated(count), count) == DONE

    def finished(self):
        for _ in range(MANY):
            count = self.ask()
            if count == 0:
                return self
            self.turn(count)
        raise AssertionError("the check does not end")

    def found(self):
        """The verdict in words, and the coordinates that are wrong."""
        report: Any = new_report()
        findings = records(border.Finding, X.size)
        assert self.witness("gradproof_result", self.memory, report, findings, X.size) == DONE
        wrong = findings[: report.findings][findings["cause"][: report.findings] == codes.WRONG]
        return codes.VERDICTS[report.verdict], wrong["start"].tolist()


def but_for(memory, *names):
    """The words of a check without some fields of its engine."""
    words = memory.copy()
    for name in names:
        setattr(Engine.from_buffer(words), name, 0)
    Engine.from_buffer(words).head_sum = 0
    return words.tobytes()


@in_every_mode
def test_right_and_wrong(witness, mode):
    assert Check(witness, mode).begun().finished().found() == ("wrong", [WRONG_AT])
    assert Check(witness, mode, gradient(wrong=False)).begun().finished().found() == ("right", [])


@in_every_mode
@pytest.mark.parametrize("fill", [-1, 1, 2**62 + 12345])
def test_what_the_memory_held_before_makes_no_difference(witness, mode, fill):
    first, second = Check(witness, mode).begun(), Check(witness, mode, fill=fill).begun()
    while (count := first.ask()) == second.ask() > 0:
        assert first.probes[:count].tobytes() == second.probes[:count].tobytes()
        first.turn(count)
        second.turn(count)
    assert first.found() == second.found() == ("wrong", [WRONG_AT])


def asks_the_same(witness, mode):
    """In every round the memory stays as it is, but that the round has been asked for."""
    check = Check(witness, mode).begun()
    for _ in range(MANY):
        before = but_for(check.memory, "asked")
        count, asked = check.ask(), check.probes.copy()
        assert but_for(check.memory, "asked") == before
        assert check.field("asked") == count
        assert (check.ask(), check.probes.tobytes()) == (count, asked.tobytes())
        assert but_for(check.memory, "asked") == before
        if count == 0:
            return
        check.turn(count)


@in_every_mode
def test_asking_changes_nothing(witness, mode):
    asks_the_same(witness, mode)


class Hurried(NamedTuple):
    """A witness that is wrong on purpose: asking counts a round, or leaves out a probe the second time."""

    witness: Any
    fault: str

    def __call__(self, symbol, *arguments):
        twice = symbol == "gradproof_ask" and Engine.from_buffer(arguments[0]).asked > 0
        found = self.witness(symbol, *arguments)
        if symbol == "gradproof_ask" and self.fault == "counts":
            engine = Engine.from_buffer(arguments[0])
            engine.rounds += 1
            sealed(engine)
        return found - 1 if twice and self.fault == "leaves out" else found


@in_every_mode
@pytest.mark.parametrize("fault", ["counts", "leaves out"])
def test_asking_changes_nothing_twin(plain, mode, fault):
    refuted(asks_the_same, Hurried(plain, fault), mode)


@in_every_mode
@pytest.mark.parametrize("part", [1, 3])
def test_a_part_of_a_round_may_be_told(witness, mode, part):
    """It counts as evaluations; the next round asks for the rest, or for the whole; the verdict is the same."""
    check = Check(witness, mode).begun()
    told = turns = 0
    for _ in range(MANY):
        count = check.ask()
        if count == 0:
            break
        before, asked = check.memory.copy(), check.probes[:count].copy()
        if part < count:
            check.turn(part)
            told, turns = told + part, turns + 1
            assert (check.field("evaluations"), check.field("rounds")) == (told, turns)
            if mode == MODE_LINES:
                counters = ("asked", "rounds", "evaluations")
                assert but_for(check.memory, *counters) == but_for(before, *counters)
                assert (check.ask(), check.probes[:count].tobytes()) == (count, asked.tobytes())
            elif count == 2 * X.size:
                # Pairs of both sides: what was told of a pair without its partner is asked for again, too.
                whole = part - part % 2
                assert check.ask() == count - whole
                assert check.probes[: count - whole].tobytes() == asked[whole:].tobytes()
        rest = check.ask()
        check.turn(rest)
        told, turns = told + rest, turns + 1
        assert (check.field("evaluations"), check.field("rounds")) == (told, turns)
    assert check.found() == ("wrong", [WRONG_AT])


@in_every_mode
def test_a_check_may_be_moved_between_any_two_calls(witness, mode):
    check = Check(witness, mode).begun()
    while True:
        check.memory = check.memory.copy()
        count = check.ask()
        check.memory = check.memory.copy()
        if count == 0:
            break
        check.turn(count)
    assert check.found() == ("wrong", [WRONG_AT])


@in_every_mode
def test_stop(witness, mode):
    """At once all is untested; later what is proved wrong stays wrong; nothing more is asked."""
    check = Check(witness, mode).begun()
    check.ask()
    for _ in range(2):
        assert witness("gradproof_stop", check.memory) == DONE
        assert check.ask() == 0
        assert check.found() == ("inconclusive", [])
    assert math.isnan(check.field("value"))
    late = Check(witness, mode).begun().finished()
    assert witness("gradproof_stop", late.memory) == DONE
    assert late.found() == ("wrong", [WRONG_AT])


class Outputs:
    """What calls write into, each with a mark of its own, so that one sees whether they have."""

    def __init__(self):
        self.probes, self.findings = records(border.Probe, ROUND), records(border.Finding, 8)
        self.report: Any = new_report()
        self.words, self.reals = np.full(8, -9, np.int64), np.full(8, -9.0)
        for array in (self.probes, self.findings):
            array.view(np.int64)[:] = -9
        self.findings["size"] = border.FINDING_BYTES
        self.report.verdict = codes.VERDICT_RIGHT

    def bytes(self):
        arrays = (self.probes, self.findings, np.frombuffer(self.report, np.int64), self.words, self.reals)
        return b"".join(array.tobytes() for array in arrays)


def calls(memory, out):
    """Every call on a check, right but for the state that it is in."""
    values = np.ones(ROUND)
    return {
        "ask": (memory, out.probes, ROUND),
        "tell": (memory, X, X, values, values, 1),
        "stop": (memory,),
        "skip": (memory, 1),
        "result": (memory, out.report, out.findings, 8),
        "coordinates": (memory, out.words, out.words, out.words, out.reals, 8),
        "blocks": (memory, out.reals, out.reals, 8),
    }


def refuses(witness, memory, name, code, *instead):
    """The call returns the code, and neither the check nor what it would write into has changed.

    But for the report, which does not say `right` any more.
    """
    out = Outputs()
    arguments = [*calls(memory, out)[name]]
    arguments[len(arguments) - len(instead) :] = instead
    before = memory.tobytes(), out.bytes()
    assert witness(f"gradproof_{name}", *arguments) == code
    if name == "result":
        expected: Any = new_report()
        expected.verdict, expected.index = codes.VERDICT_INCONCLUSIVE, -1
        assert bytes(out.report) == bytes(expected)
        out.report = Outputs().report
    assert (memory.tobytes(), out.bytes()) == before


@in_every_mode
def test_calls_out_of_order(witness, mode):
    check = Check(witness, mode).begun()
    # Nothing was asked for, and so nothing can be told; nothing was told, and so nothing has been found.
    refuses(witness, check.memory, "tell", NO_ROUND)
    refuses(witness, check.memory, "result", NOTHING_TOLD)
    count = check.ask()
    refuses(witness, check.memory, "result", NOTHING_TOLD)
    for more in (count + 1, ROUND, 2**62):
        refuses(witness, check.memory, "tell", codes.TOO_MANY_VALUES, more)
    for less in (0, -1):
        refuses(witness, check.memory, "tell", codes.BAD_COUNT, less)
    check.turn(count)
    # Once for each round.
    refuses(witness, check.memory, "tell", NO_ROUND)
    check.found()
    check.ask()
    assert witness("gradproof_stop", check.memory) == DONE
    refuses(witness, check.memory, "tell", NO_ROUND)
    check.found()
    # A check that is done asks for nothing.
    done = Check(witness, mode).begun().finished()
    refuses(witness, done.memory, "tell", NO_ROUND)
    assert done.ask() == 0
    refuses(witness, done.memory, "tell", NO_ROUND)


@in_every_mode
def test_calls_out_of_order_twin(plain, mode):
    """What is refused in one state is done in another; and a call that writes although it refuses is found out."""
    check = Check(plain, mode).begun()
    refuted(refuses, plain, check.memory, "stop", NO_ROUND)
    check = Check(plain, mode).begun()
    check.turn(check.ask())
    refuted(refuses, plain, check.memory, "result", NOTHING_TOLD)

    def writes(symbol, memory, report, findings, capacity):
        code = plain(symbol, memory, report, findings, capacity)
        report.verdict = codes.VERDICT_RIGHT
        return code

    refuted(refuses, writes, Check(plain, mode).begun().memory, "result", NOTHING_TOLD)


def zeroed(check):
    check.memory[:] = 0


def random(check):
    check.memory[:] = np.random.default_rng(4).integers(-(2**63), 2**63, check.memory.size)


def cleared(check):
    """A check that was one once."""
    check.begun()
    Engine.from_buffer(check.memory).mark = 0


def unknown_mode(check):
    check.begun()
    Engine.from_buffer(check.memory).mode = 3


def other_layout(check):
    check.begun()
    Engine.from_buffer(check.memory).layout += 1


def refused_start(place, value, code):
    """A check whose place was to be taken by another one, which was refused."""

    def start(check):
        check.begun()
        right = check.start.copy()
        right[place] = value
        assert check.witness("gradproof_engine_start", check.memory, *right) == code

    return start


def refused_options(code, **chosen):
    """The same with options that are refused."""

    def start(check):
        check.begun()
        right = {name: getattr(check.start[4], name) for name in chosen}
        for name, value in chosen.items():
            setattr(check.start[4], name, value)
        assert check.witness("gradproof_engine_start", check.memory, *check.start) == code
        for name, value in right.items():
            setattr(check.start[4], name, value)

    return start


NOT_FINITE = np.array([0.7, -1.2, math.inf, 2.1, 1.0])
NO_ENGINES = {
    "zeroed": (zeroed, NO_ENGINE),
    "random": (random, NO_ENGINE),
    "cleared": (cleared, NO_ENGINE),
    "unknown mode": (unknown_mode, codes.DAMAGED),
    "other layout": (other_layout, codes.OTHER_VERSION),
    "no x": (refused_start(0, None, codes.NULL_X), NO_ENGINE),
    "x not finite": (refused_start(0, NOT_FINITE, codes.X_NOT_FINITE), NO_ENGINE),
    "no claim": (refused_start(1, None, codes.NULL_CLAIMED), NO_ENGINE),
    "no n": (refused_start(3, 0, codes.BAD_N), NO_ENGINE),
    "no borders": (refused_options(codes.BAD_BLOCKS, borders=None), NO_ENGINE),
    "borders back": (refused_options(codes.BAD_BORDERS, borders=np.array([0, 6, 5], np.int64)), NO_ENGINE),
    "no blocks": (refused_options(codes.BAD_BLOCKS, blocks=-1), NO_ENGINE),
    "options of no size": (refused_options(codes.BAD_SIZE, size=0), NO_ENGINE),
}


@in_every_mode
@pytest.mark.parametrize(("make", "code"), NO_ENGINES.values(), ids=NO_ENGINES)
def test_memory_that_holds_no_check(witness, mode, make, code):
    check = Check(witness, mode)
    make(check)
    for name in calls(check.memory, Outputs()):
        refuses(witness, check.memory, name, code)
    # Their twin: the same memory, once a check has begun in it.
    assert check.begun().ask() == 1


NULLS = {
    ("ask", codes.NULL_PROBES): (None, ROUND),
    ("ask", codes.BAD_CAPACITY): (ROUND - 1,),
    ("tell", codes.NULL_X): (None, X, X, X, 1),
    ("tell", codes.NULL_CLAIMED): (X, None, X, X, 1),
    ("tell", codes.NULL_VALUES): (X, X, None, X, 1),
}


@in_every_mode
def test_a_null_pointer_comes_before_anything_else(witness, mode):
    check = Check(witness, mode)
    out = Outputs()
    for name, arguments in calls(check.memory, out).items():
        assert witness(f"gradproof_{name}", None, *arguments[1:]) == codes.NULL_ENGINE
    for (name, code), instead in NULLS.items():
        refuses(witness, check.memory, name, code, *instead)
    check.begun().ask()
    for (name, code), instead in NULLS.items():
        refuses(witness, check.memory, name, code, *instead)
    if mode == MODE_LINES:
        refuses(witness, check.memory, "tell", codes.NULL_CHANGES, None, 1)
    else:
        assert check.tell(np.ones(1), None, 1) == DONE


@in_every_mode
def test_vectors_of_the_other_type(witness, mode):
    """A check that was begun with doubles is not told with floats, nor the other way round."""
    check, single = Check(witness, mode).begun(), X.astype(np.float32)
    check.ask()
    before, rest = check.memory.copy(), (np.full(1, objective(X)), np.zeros(1), 1)
    assert witness("gradproof_tell_f32", check.memory, single, single, *rest) == codes.OTHER_TYPE
    assert check.memory.tobytes() == before.tobytes()
    assert witness("gradproof_tell", check.memory, X, X, *rest) == DONE
    start = [single, gradient().astype(np.float32), *check.start[2:]]
    assert witness("gradproof_engine_start_f32", check.memory, *start) == DONE
    check.ask()
    assert witness("gradproof_tell", check.memory, X, X, *rest) == codes.OTHER_TYPE
    assert witness("gradproof_tell_f32", check.memory, single, single, *rest) == DONE


def test_sizes_of_windows_are_for_lines(witness):
    for mode, code in ((MODE_FULL, DONE), (MODE_LINES, codes.NULL_SIZES)):
        check = Check(witness, mode)
        check.start[2] = None
        assert witness("gradproof_engine_start", check.memory, *check.start) == code


LARGEST = 2**48


@pytest.mark.parametrize("n", [1, 5000, 8191, 8193, LARGEST])
@pytest.mark.parametrize("blocks", [0, 3, LARGEST])
def test_size(witness, n, blocks):
    """Counted in integers without end: nothing wraps."""
    full = ENGINE_WORDS + COORDINATE_WORDS * n + FINDING_WORDS * min(n, 8192)
    along_lines = LINES_WORDS + BLOCK_WORDS * (max(blocks, 1) + 1)
    assert max(full, along_lines) < 2**60
    if blocks == LARGEST:
        # So many borders are nowhere; what their words would be is counted all the same.
        assert lines_words(blocks) == along_lines
        return
    borders = np.array([0, 0, 0, n], np.int64)
    for mode, words in ((MODE_FULL, full), (MODE_LINES, along_lines)):
        options = options_of(witness, mode=mode, blocks=blocks, borders=borders)
        assert witness("gradproof_engine_size", n, options) == words
    assert witness("gradproof_engine_size", n, options_of(witness, mode=0, blocks=blocks, borders=borders)) == (
        full if n <= 5000 else along_lines
    )
    if blocks == 0:
        assert witness("gradproof_engine_size", n, None) == (full if n <= 5000 else along_lines)


@in_every_mode
@pytest.mark.parametrize(
    ("n", "blocks", "code"),
    [(n, 0, codes.BAD_N) for n in (0, -1, -(2**63), LARGEST + 1, 2**61, 2**63 - 1)]
    + [(3, blocks, codes.BAD_BLOCKS) for blocks in (-1, LARGEST + 1, 2**63 - 1)],
)
def test_sizes_that_no_memory_has(witness, mode, n, blocks, code):
    options = options_of(witness, mode=mode, blocks=blocks, borders=BORDERS)
    assert witness("gradproof_engine_size", n, options) == code
    outcome = np.zeros(1, np.int32)
    assert witness("gradproof_begin", X, X, X, n, options, outcome) is None
    assert outcome[0] == code
    report: Any = new_report()
    report.verdict = codes.VERDICT_RIGHT
    bowl = lambda point, n, value, user: 77  # noqa: E731
    assert witness("gradproof_check", bowl, None, X, X, n, options, report, None, 0) == code
    assert report.verdict == codes.VERDICT_INCONCLUSIVE


def test_no_verdict_is_0():
    """What nobody has written to holds no verdict."""
    assert sorted(codes.VERDICTS) == [1, 2, 3]
    assert codes.VERDICTS[codes.VERDICT_RIGHT] == "right"


def test_codes_are_told_apart():
    """Below 0, each its own, with a sentence that names a call to make."""
    misuse = (NO_ROUND, codes.TOO_MANY_VALUES, NO_ENGINE, NOTHING_TOLD)
    assert len(set(misuse)) == len(misuse)
    assert max(misuse) < 0
    assert all("gradproof_" in codes.CODES[code][1] for code in misuse)
