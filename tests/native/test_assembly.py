"""The last steps to machine code: shorter instructions, tables for unwinding, ends that functions share."""

import sys

import pytest

assembly = pytest.importorskip("assembly")
llvm = pytest.importorskip("llvmlite.binding")

X86 = sys.platform.startswith("linux") and llvm.get_process_triple().startswith("x86_64")


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("\tpand\t.LCPI0_0(%rip), %xmm1", "\tandps\t.LCPI0_0(%rip), %xmm1"),
        ("\tmovupd\t%xmm1, (%rdi)", "\tmovups\t%xmm1, (%rdi)"),
        ("\tunpcklpd\t%xmm1, %xmm0", "\tmovlhps\t%xmm1, %xmm0"),
        ("\tmovsd\t%xmm1, 8(%rdi,%rax,8)", "\tmovlps\t%xmm1, 8(%rdi,%rax,8)"),
    ],
)
def test_shorter_instructions(line, other):
    assert assembly.shorter(line) == other


@pytest.mark.parametrize(
    "line",
    [
        *("\tunpcklpd\t(%rdi), %xmm0", "\tmovsd\t(%rdi), %xmm0", "\tmovsd\t%xmm0, %xmm1"),
        *("\tvpand\t%ymm0, %ymm1, %ymm2", ".LBB0_1:", "\tretq"),
    ],
)
def test_instructions_that_stay(line):
    """The twin: what reads would read another half of a register, and wide registers have their own instructions."""
    assert assembly.shorter(line) == line


SAVING = ["\tpushq\t%rbx", "\t.cfi_def_cfa_offset 16", "\tsubq\t$16, %rsp", "\t.cfi_def_cfa_offset 32"]
TABLE = [
    "f:",
    "\t.cfi_startproc",
    *SAVING,
    "\t.cfi_offset %rbx, -16",
    "\tcallq\tg",
    "\tpushq\t$1",
    "\t.cfi_adjust_cfa_offset 8",
    "\tcallq\t*%rbx",
    "\taddq\t$24, %rsp",
    "\t.cfi_def_cfa_offset 16",
    "\tpopq\t%rbx",
    "\t.cfi_def_cfa_offset 8",
    "\tretq",
    "\t.cfi_endproc",
    "h:",
    "\tpushq\t%rax",
    "\t.cfi_def_cfa_offset 16",
    "\tcallq\tg",
]


def distances(lines, names=("\tcallq",)):
    """Return what tables say about the distance of the return address at each line that begins so."""
    found, distance = [], 8
    for line in lines:
        moved = assembly.DISTANCE.fullmatch(line)
        if moved:
            distance = int(moved[2]) + (distance if moved[1] == "adjust" else 0)
        elif line.startswith(names):
            found.append(distance)
    return found


def test_tables_say_where_calls_return():
    made = list(assembly.told_at_calls(TABLE[: TABLE.index("h:")]))
    assert distances(made) == distances(TABLE[: TABLE.index("h:")]) == [32, 40]
    assert sum(".cfi_def_cfa_offset" in line for line in made) == 2
    # The twin: between calls they say something else.
    assert distances(made, ("\tretq",)) != distances(TABLE, ("\tretq",))


def test_what_is_so_at_the_first_call_is_told_at_the_beginning():
    made = list(assembly.told_at_calls(TABLE))
    assert made[1:5] == ["\t.cfi_startproc", "\t.cfi_offset %rbx, -16", "\t.cfi_def_cfa_offset 32", "\tpushq\t%rbx"]
    # Nothing is lost where there is no call.
    lines = ["f:", "\t.cfi_startproc", "\tpushq\t%rbx", "\t.cfi_offset %rbx, -16", "\tretq", "\t.cfi_endproc"]
    assert list(assembly.told_at_calls(lines)) == [line for line in lines if "offset" not in line]


def test_what_has_no_table_needs_no_distance():
    made = list(assembly.told_at_calls(TABLE))
    assert not any(".cfi" in line for line in made[made.index("h:") :])


class Sizes(dict):
    """How many bytes instructions of these tests take."""

    def __missing__(self, line):
        extended = "%r1" in line or "call" in line
        return {"popq": 1, "pushq": 1, "retq": 1, "nop": 1}.get(line.split()[0], 4) + extended


FIRST = ["f:", "\taddq\t$8, %rsp", "\tpopq\t%rbx", "\tpopq\t%r12", "\tpopq\t%r13", "\tretq"]
SAME_REST = ["g:", "\tnop", "\taddq\t$24, %rsp", "\tpopq\t%rbx", "\tpopq\t%r12", "\tpopq\t%r13", "\tretq"]
OTHERS = ["h:", "\tpopq\t%rbx", "\tretq", "i:", "\tjmp\tf", "j:", "\tjmp\tf"]
FIVE_BYTES = ["\tpopq\t%r12", "\tpopq\t%r13", "\tretq"]


def run(lines, name):
    """Return the instructions from a label up to a return or a jump to another function, as a processor takes them."""
    place, taken = lines.index(f"{name}:") + 1, []
    while not (taken and assembly.LEAVES.fullmatch(taken[-1])):
        line = lines[place]
        place += 1
        if line.startswith("\tjmp\t.Lend"):
            place = lines.index(f"{line.removeprefix(chr(9) + 'jmp' + chr(9))}:")
        elif not line.endswith(":"):
            taken.append(line)
    return taken


def test_ends_are_shared():
    lines = [*FIRST, *FIRST[1:], "k:", *FIRST[1:], *SAME_REST, *OTHERS]
    made = assembly.with_shared_ends(lines, Sizes())
    for name in "fghijk":
        assert run(made, name) == run(lines, name)
    assert made[made.index("k:") + 1].startswith("\tjmp\t.Lend")


TABLE_BEGINS, TABLE_ENDS = ["\t.cfi_startproc"], ["\t.cfi_endproc"]


def test_ends_with_calls_are_shared_without_tables():
    end = ["\tcallq\th", "\tmovq\t%rax, 8(%rdi)", "\tpopq\t%rbx", "\tretq"]
    made = assembly.with_shared_ends(["f:", *end, "g:", *end], Sizes())
    assert made.count("\tcallq\th") == 1
    # The twin: with tables, which follow calls.
    lines = ["f:", *TABLE_BEGINS, *end, *TABLE_ENDS, "g:", *TABLE_BEGINS, *end, *TABLE_ENDS]
    assert assembly.with_shared_ends(lines, Sizes()).count("\tcallq\th") == 2


def test_constants_that_are_the_same_have_one_name():
    pooled = [
        "\t.section\t.rodata.cst8",
        ".LCPI0_0:",
        "\t.quad\t0x3ff0000000000000",
        ".LCPI1_3:",
        "\t.quad\t0x3ff0000000000000",
    ]
    others = [
        ".LCPI1_4:",
        "\t.quad\t0x4000000000000000",
        "\taddsd\t.LCPI1_3(%rip), %xmm0",
        "\taddsd\t.LCPI1_4(%rip), %xmm0",
    ]
    made = assembly.with_one_name([*pooled, *others])
    assert made == [*pooled, *others[:2], "\taddsd\t.LCPI0_0(%rip), %xmm0", others[3]]


def test_ends_begin_behind_calls_and_labels():
    end = ["\tmovq\t%rax, 8(%rdi)", "\tmovq\t%rcx, (%rdi)", "\tpopq\t%rbx", "\tretq"]
    for before, first in (("\tcallq\tf", 0), (".LBB1_2:", 0), ("\tjne\t.LBB1_2", 0), ("\tnop", 0)):
        lines = ["f:", *TABLE_BEGINS, before, *end, *TABLE_ENDS, "g:", *TABLE_BEGINS, before, *end, *TABLE_ENDS]
        made = assembly.with_shared_ends(lines, Sizes())
        assert made[: made.index("g:")].count(end[first]) + made[made.index("g:") :].count(end[first]) == 1
        assert made.count(before) == (1 if before == "\tnop" else 2)
    # The twin: they differ in their last instruction.
    lines = ["f:", *end, "g:", *end[:-1], "\tjmp\tf"]
    assert assembly.with_shared_ends(lines, Sizes()) == lines


MANY = ["\tmovabsq\t$-281474976710657, %rcx"] * assembly.FEWEST_CONSTANTS


def test_constants_of_many_instructions_are_read():
    made = assembly.with_shared_constants(["f:", *MANY, "\tmovabsq\t$7000000000, %rax", "\tretq"])
    assert made[1:5] == ["\tmovq\t.Lconstantfffeffffffffffff(%rip), %rcx"] * 4
    assert made[-2:] == [".Lconstantfffeffffffffffff:", "\t.quad\t-281474976710657"]
    assert "\tmovabsq\t$7000000000, %rax" in made


def test_constants_that_are_there_already_are_read():
    lines = ["\tmovabsq\t$9218868437227405312, %rax", ".LCPI0_0:", "\t.quad\t0x7ff0000000000000"]
    assert assembly.with_shared_constants(lines)[0] == "\tmovq\t.Lconstant7ff0000000000000(%rip), %rax"
    # The twin: another one is.
    assert assembly.with_shared_constants([*lines[:2], "\t.quad\t0x7ff8000000000000"])[0] == lines[0]


def test_constants_that_fit_into_four_bytes():
    assert assembly.with_shared_constants(["\tmovabsq\t$-69, %rsi"]) == ["\tmovq\t$-69, %rsi"]


def test_constants_of_few_instructions_stay():
    assert assembly.with_shared_constants(MANY[1:]) == MANY[1:]


def test_short_ends_stay():
    """The twin: a jump to them would be as long."""
    assert assembly.with_shared_ends([*FIRST, *OTHERS], Sizes()) == [*FIRST, *OTHERS]
    lines = [*FIRST, "l:", "\tpopq\t%rbp", *FIVE_BYTES]
    assert assembly.with_shared_ends(lines, Sizes()) == lines


@pytest.mark.skipif(not X86, reason="not the assembler of this machine")
def test_an_object_file_by_way_of_the_assembler():
    """Quotes, backslashes and tabs arrive as they were."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(reloc="pic")
    text = r'@text = constant [8 x i8] c"a\22b\5Cc\09\C3\A9"' + "\ndefine i32 @seven() { ret i32 7 }"
    module = llvm.parse_assembly(f'target triple = "{target.triple}"\n{text}')
    made = assembly.object_file(llvm, target, module)
    assert made.startswith(b"\x7fELF")
    assert b'a"b\\c\t\xc3\xa9' in made
    assert b"seven" in made


@pytest.mark.skipif(not X86, reason="not the assembler of this machine")
def test_sizes_of_instructions():
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.initialize_native_asmparser()
    triple = llvm.get_process_triple()
    target = llvm.Target.from_triple(triple).create_target_machine(reloc="pic")
    lines = {"\tretq": 1, "\tmovq\t%rax, %rbx": 3, "\tcallq\tf": 5, "\taddsd\t.LCPI0_1(%rip), %xmm0": 8}
    header = [f'target triple = "{triple}"']
    assert assembly.parts.sizes(llvm, target, header, ["f:", *lines, "\tjne\t.LBB0_1"]) == lines
