"""A second version of the hottest functions for processors that do more at once: chosen when the library runs.

The library fits every x86-64.  Functions that the core marks `multiversioned` exist twice in it, from the same LLVM
text: for any processor, and for those with AVX2, four doubles at a time.  No fused multiplication: both versions give
the same bits.
"""

from __future__ import annotations

import re
from typing import Any

PORTABLE = ".portable"
AVX2_ENDING = ".avx2"
WIDE = '"target-features"="+avx2"'
# Intel, "Software Developer's Manual", volume 2: CPUID.  Leaf 1, ECX: the system saves wide registers (27), AVX (28);
# XCR0: it saves their lower and upper halves (1, 2); leaf 7, EBX: AVX2 (5).
OSXSAVE_AND_AVX = 1 << 27 | 1 << 28
XMM_AND_YMM = 1 << 1 | 1 << 2
AVX2 = 1 << 5
CPUID = 'call {{ i32, i32, i32, i32 }} asm "cpuid", "={{ax}},={{bx}},={{cx}},={{dx}},{{ax}},{{cx}}"(i32 {leaf}, i32 0)'
# What is known of the processor is kept: a virtual machine may take microseconds for the question.
ASKING = f"""
@gradproof.processor = internal global i32 0

define internal i1 @gradproof.has_avx2() noinline nounwind {{
entry:
  %kept = load atomic i32, i32* @gradproof.processor monotonic, align 4
  %known = icmp ne i32 %kept, 0
  br i1 %known, label %answer, label %ask
ask:
  %found = call i1 @gradproof.find_avx2()
  %word = select i1 %found, i32 2, i32 1
  store atomic i32 %word, i32* @gradproof.processor monotonic, align 4
  br label %answer
answer:
  %state = phi i32 [ %kept, %entry ], [ %word, %ask ]
  %wide = icmp eq i32 %state, 2
  ret i1 %wide
}}

define internal i1 @gradproof.find_avx2() noinline nounwind {{
entry:
  %leaf0 = {CPUID.format(leaf=0)}
  %highest = extractvalue {{ i32, i32, i32, i32 }} %leaf0, 0
  %enough = icmp uge i32 %highest, 7
  br i1 %enough, label %registers, label %no
registers:
  %leaf1 = {CPUID.format(leaf=1)}
  %ecx = extractvalue {{ i32, i32, i32, i32 }} %leaf1, 2
  %both = and i32 %ecx, {OSXSAVE_AND_AVX}
  %usable = icmp eq i32 %both, {OSXSAVE_AND_AVX}
  br i1 %usable, label %system, label %no
system:
  %saved = call {{ i32, i32 }} asm ".byte 0x0f, 0x01, 0xd0", "={{ax}},={{dx}},{{cx}}"(i32 0)
  %xcr0 = extractvalue {{ i32, i32 }} %saved, 0
  %halves = and i32 %xcr0, {XMM_AND_YMM}
  %kept = icmp eq i32 %halves, {XMM_AND_YMM}
  br i1 %kept, label %features, label %no
features:
  %leaf7 = {CPUID.format(leaf=7)}
  %ebx = extractvalue {{ i32, i32, i32, i32 }} %leaf7, 1
  %bit = and i32 %ebx, {AVX2}
  %found = icmp ne i32 %bit, 0
  ret i1 %found
no:
  ret i1 false
}}
"""


def in_versions(llvm: Any, module: Any, names: set[str]) -> Any:
    """Return the module with the functions of these names twice, and a choice between both under each name.

    For processors other than x86-64 the module comes back as it is.
    """
    if not module.triple.startswith("x86_64"):
        return module
    llvm.initialize_native_asmparser()
    text = str(module)
    functions = [one for one in module.functions if one.name in names and not one.is_declaration]
    choices = [choice(function) for function in functions]
    for function in functions:
        text = twice(text, function.name)
    return llvm.parse_assembly(text + ASKING + "".join(choices))


def origin(name: str) -> str:
    """Return the name of the function of which one with this name is a version; others have their own."""
    return name.removesuffix(PORTABLE).removesuffix(AVX2_ENDING)


def twice(text: str, name: str) -> str:
    """Return the text with a function under two other names: for any processor, and for wide ones."""
    found = re.search(rf'^define [^\n]*@"?{re.escape(name)}"?\(.*?^}}\n', text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no definition of {name} in the module")
    body = found.group()
    # Kept apart, or the choice would be made of two long bodies in every caller.  For any processor one number comes
    # after the other: two doubles at a time take as long (2.1 ns and 2.0 ns a coordinate), in twice the code.  Four
    # float32 at a time would take two thirds of the time where there is no AVX2, in 1.2 kB more.
    versions = [
        _renamed(body, name, PORTABLE).replace(" {\n", " noinline noimplicitfloat minsize optsize {\n", 1),
        _renamed(body, name, AVX2_ENDING).replace(" {\n", f" noinline {WIDE} {{\n", 1),
    ]
    return text.replace(body, "\n".join(versions))


def _renamed(body: str, name: str, version: str) -> str:
    return re.sub(rf'@"?{re.escape(name)}"?\(', f'@"{name}{version}"(', body, count=1)


def choice(function: Any) -> str:
    """Return the function that calls the version for the processor at hand, under the name that both came from."""
    result = str(function.global_value_type.get_function_return())
    types = [str(argument.type) for argument in function.arguments]
    parameters = ", ".join(f"{kind} %a{number}" for number, kind in enumerate(types))
    return f"""
define internal {result} @"{function.name}"({parameters}) nounwind {{
  %wide = call i1 @gradproof.has_avx2()
  br i1 %wide, label %avx2, label %portable
avx2:
  %first = tail call {result} @"{function.name}{AVX2_ENDING}"({parameters})
  ret {result} %first
portable:
  %second = tail call {result} @"{function.name}{PORTABLE}"({parameters})
  ret {result} %second
}}
"""
