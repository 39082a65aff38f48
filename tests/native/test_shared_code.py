"""What the assembler's text is rid of: pushes for nobody, and sequences of instructions that stand twice."""

from collections import defaultdict

import pytest

alignment = pytest.importorskip("alignment")
parts = pytest.importorskip("parts")

LIBC = "\tcallq\t*ldexp@GOTPCREL(%rip)"


def function(name, *lines):
    return [f"\t.type\t{name},@function", f"{name}:", *lines, ".Lfunc_end0:"]


def padded(name, *body):
    begin, end = ["\tpushq\t%rbx", "\tpushq\t%rax"], ["\taddq\t$8, %rsp", "\tpopq\t%rbx", "\tretq"]
    return function(name, *begin, *body, *end)


def test_what_is_pushed_for_nobody_goes():
    leaf = function("leaf", "\tretq")
    lines = [*leaf, *padded("f", "\tcallq\tleaf"), *padded("g", "\tcallq\tf", "\tje\t.LBB0_1")]
    kept = function("f", "\tpushq\t%rbx", "\tcallq\tleaf", "\tpopq\t%rbx", "\tretq")
    assert alignment.without_padding(lines)[: len(leaf) + len(kept)] == [*leaf, *kept]
    assert "\tpushq\t%rax" not in alignment.without_padding(lines)


@pytest.mark.parametrize(
    "body",
    [
        [LIBC],
        ["\tmovaps\t%xmm0, (%rsp)"],
        ["\tleaq\t(%rsp), %rdi"],
        ["\tmovq\t%rsp, %rdi"],
        ["\tjmpq\t*%rax"],
        ["\tpaddq\t(%rsp), %xmm0"],
    ],
)
def test_who_needs_an_aligned_stack_keeps_it(body):
    """The twin: with its callers, be they far away."""
    lines = [*padded("f", *body), *padded("g", "\tcallq\tf"), *padded("h", "\tjmp\tg")]
    assert alignment.without_padding(lines) == lines


@pytest.mark.parametrize("line", ["\tmovq\t%rdi, (%rsp)", "\t.cfi_adjust_cfa_offset 8", "\tjne\th"])
def test_a_push_that_is_used_stays(line):
    lines = [*padded("f", line), *function("h", "\tretq")]
    assert alignment.without_padding(lines) == lines
    assert alignment.without_padding([*padded("f", "\tnop"), *function("h", "\tretq")]) != lines


SEQUENCE = ["\tmovq\t%rbx, 8(%rdi)", "\tpushq\t$7", "\tpopq\t%rsi", "\tmovq\t%rbx, 16(%rdi)", "\tmovq\t%r14, %rdi"]
FOUR_BYTES = defaultdict(lambda: 4)


def run(lines, name):
    """Return the instructions of a function up to its return, as a processor takes them."""
    place, taken = lines.index(f"{name}:") + 1, []
    while lines[place] != "\tretq":
        called = lines[place].removeprefix("\tcallq\t")
        taken += run(lines, called) if called.startswith(".Lpart") else [lines[place]]
        place += 1
    return taken


def test_sequences_that_stand_twice_are_called():
    own = ["\tcallq\th", "\tincq\t%rax"]
    lines = [*function("f", *own, *SEQUENCE, "\tretq"), *function("g", *SEQUENCE, *own, *SEQUENCE, "\tretq")]
    made = parts.with_shared_parts(lines, FOUR_BYTES)
    assert made.count(SEQUENCE[0]) == 1
    assert made.count("\tcallq\t.Lpart1") == 3
    assert (run(made, "f"), run(made, "g")) == ([*own, *SEQUENCE], [*SEQUENCE, *own, *SEQUENCE])


@pytest.mark.parametrize(
    "kept", [["\tincq\t%rax"], ["\tcallq\th", parts.LOOP_START], ["\tcallq\th", "\tmovq\t%rax, -8(%rsp)"]]
)
def test_what_runs_often_or_writes_below_the_stack_stays(kept):
    """The twin: functions that call nothing, loops of kernels, and those with numbers below the stack pointer."""
    lines = [*function("f", *kept, *SEQUENCE, "\tretq"), *function("g", *kept, *SEQUENCE, "\tretq")]
    assert parts.with_shared_parts(lines, FOUR_BYTES) == [*lines, "\t.text"]


def test_what_is_pushed_is_popped_in_the_same_sequence():
    cut = ["\tpopq\t%rsi", *SEQUENCE[3:], "\tpushq\t$8", *SEQUENCE[3:]]
    lines = [*function("f", "\tcallq\th", *cut, "\tretq"), *function("g", "\tcallq\th", *cut, "\tretq")]
    made = parts.with_shared_parts(lines, FOUR_BYTES)
    assert made[: len(lines)].count("\tpushq\t$8") == made[: len(lines)].count("\tpopq\t%rsi") == 2
    # The twin: what gains too little stays.
    assert parts.with_shared_parts(lines, defaultdict(lambda: 2)) == [*lines, "\t.text"]
