"""LLVM's optimiser: small code at nearly the same speed, for every processor of the machine's family."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

# Small code at the same speed; what must be inlined all the same is marked in the core.
INLINING_THRESHOLD = 10
# A function that only the library calls saves no registers that its callers do not use.
REGISTERS_BY_CALLER = "-enable-ipra"
# So a call costs little, in bytes as in time: few functions are worth a copy in their callers.
COST_OF_A_CALL = "-inline-call-penalty=5"
# An address for every array of a loop, and counters of their own, cost more bytes than they save time.
NO_LOOP_ADDRESSES = "-disable-lsr"
# What a branch may have loaded before is loaded again: a copy for the other branch takes more.
NO_PARTIAL_REDUNDANCY = "-enable-pre=false"
# A loop ends where its counter is no longer below its end: a counter that meets it exactly needs the larger one of the
# end and the beginning first, in ten bytes a loop.
NO_EXACT_ENDS = "-disable-lftr"
# Where registers run out, what is kept in memory is chosen for short code.
SHORT_SPILLS = "-split-spill-mode=size"
# A short branch stays a branch where more than two instructions would be computed in vain.
SHORT_BRANCHES = "-two-entry-phi-node-folding-threshold=2"
# Two branches are joined only where nothing is to be computed for it that the first one leaves out.
FEW_JOINED_BRANCHES = "-bonus-inst-threshold=0"
# Registers are given out from the end of a block, and extensions of integers are shared.
BACKWARDS, SHARED_EXTENSIONS = "-greedy-reverse-local-assignment", "-aggressive-ext-opt"
# What a loop leaves behind is taken from it, not computed from where it began.
NO_EXIT_VALUES = "-replexitval=never"
# A loop over whole vectors takes one of them at a time: memory, or a division, is what it waits for.
ONE_VECTOR = "-force-vector-interleave=1"
# A block is copied for a branch whose outcome is known only where it is hardly longer than the jump.
FEW_COPIES = "-jump-threading-threshold=2"
# Registers are saved where a function begins: ways that need none have no beginning of their own.
SAVES_AT_ENTRY = "-enable-shrink-wrap=false"
# What a loop needs again it reads again where it lies: registers for it would have to be saved and given back. Loops of
# kernels take some instructions more, and less time: too few registers are what they wait for.
STAYS_IN_LOOPS = "-disable-machine-licm"
# Instructions are put in order so that few values wait in registers, before and not only after these are given out.
FEW_WAIT = "-pre-RA-sched=list-ilp"
# What a loop changes is changed where it goes on, and not copied for where it ends.
NO_COPIES_AT_ENDS = "-phi-elim-split-all-critical-edges"
# `movaps` does what `movapd` does, in a byte less. LLVM knows the option since version 21, and where it does not know
# one, it ends the process: this name beside it tells.
SHORT_MOVES = "-opt-disable=x86-execution-domain-fix"
KNOWS_SHORT_MOVES = b"opt-disable-enable-verbosity"
# Whether a number is 0, or is not: no NaN is, and -0.0 is.
ZERO_TEST = re.compile(r"^( *%\S+ =) fcmp (oeq|une) double (%\S+), 0\.0+e\+00$", re.MULTILINE)
EQUALLY = {"oeq": "eq", "une": "ne"}


def prepared_target(llvm: Any) -> Any:
    """Return a target machine for every processor of this family, with code that may lie anywhere in memory."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = llvm.get_process_triple()
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu="", features="", opt=3, reloc="pic", codemodel="small"
    )


def options(llvm: Any) -> list[str]:
    """Return the options with which LLVM makes smaller code, as far as it knows them."""
    found = [REGISTERS_BY_CALLER, COST_OF_A_CALL, NO_LOOP_ADDRESSES, NO_PARTIAL_REDUNDANCY]
    found += [
        NO_EXACT_ENDS,
        NO_EXIT_VALUES,
        ONE_VECTOR,
        FEW_COPIES,
        SAVES_AT_ENTRY,
        SHORT_SPILLS,
        SHORT_BRANCHES,
        FEW_JOINED_BRANCHES,
        BACKWARDS,
        SHARED_EXTENSIONS,
        STAYS_IN_LOOPS,
        FEW_WAIT,
        NO_COPIES_AT_ENDS,
    ]
    files = [*Path(llvm.__file__).parent.glob("*llvmlite.*")]
    return found + [SHORT_MOVES] * any(KNOWS_SHORT_MOVES in file.read_bytes() for file in files)


def optimise(llvm: Any, module: Any, target: Any) -> None:
    """Run LLVM's optimiser over the module; nothing here lets it change a floating-point result."""
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.inlining_threshold = INLINING_THRESHOLD
    options.loop_vectorization = True
    options.slp_vectorization = True
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)


def sink(llvm: Any, module: Any, target: Any) -> None:
    """Compute what only one branch uses in that branch: fewer registers are to be saved."""
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options())
    passes = llvm.create_new_module_pass_manager()
    if hasattr(passes, "add_sinking_pass"):
        passes.add_sinking_pass()
        passes.run(module, builder)


def test_bits_for_zero(llvm: Any, module: Any) -> Any:
    """Return the module in which tests for zero look at the bits of a number, without its sign.

    That takes one comparison, and no register for a zero; of numbers it takes two, the second one for NaN.
    """

    def test(found: re.Match[str]) -> str:
        start, kind, number = found.groups()
        name = number.strip('%"')
        bits, size = (f'%"{part}.{name}.{found.start()}"' for part in ("bits", "size"))
        lines = (f"  {bits} = bitcast double {number} to i64", f"  {size} = shl i64 {bits}, 1")
        return "\n".join((*lines, f"{start} icmp {EQUALLY[kind]} i64 {size}, 0"))

    return llvm.parse_assembly(ZERO_TEST.sub(test, str(module)))
