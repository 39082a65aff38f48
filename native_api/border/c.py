"""The border as C: gradproof.h for people and compilers, and the same without comments for parsers of FFI libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from string import Template

from gradproof.core.records.abi import exported_functions, signatures
from gradproof.version import __version__

from .chapters import MACROS, Chapter, chapters
from .comments import WIDTH, beside, comment, contract
from .symbols import (
    CALLBACKS,
    CONSTANT_FUNCTIONS,
    Callback,
    Enumeration,
    Function,
    Struct,
    declared,
    enumerations,
    functions,
    structs,
    versions,
)

# The comment that the header begins with.
OPENING = Path(__file__).with_name("opening.h")
COMMENT_COLUMN = 44
FIELD_COLUMN = 31
FIELD_WIDTH = 120
INDENT = " *     "
ENGINE = "A check: opaque memory without pointers, which may be moved, copied, or saved between two calls."
ENGINE_TYPE = "typedef struct gradproof_engine gradproof_engine;"

CLOSING = """
#ifdef __cplusplus
}
#endif

#endif /* GRADPROOF_H */
"""


def header_text() -> str:
    """Return gradproof.h."""
    opening = Template(OPENING.read_text(encoding="utf-8"))
    parts = [opening.substitute(version=__version__)]
    parts += [beside(f"#define {one.name} {one.value}", one.meaning, COMMENT_COLUMN) for one in versions()]
    for enumeration in enumerations():
        parts += ["", comment([enumeration.meaning]), *_enumeration_lines(enumeration, comments=True)]
    parts += ["", "#ifdef __cplusplus", 'extern "C" {', "#endif"]
    for callback in CALLBACKS:
        parts += ["", comment([callback.meaning])] if callback.meaning else []
        parts.append(callback_text(callback))
    parts += ["", comment([ENGINE]), ENGINE_TYPE]
    for struct in structs():
        parts += ["", comment([struct.meaning]), *_struct_lines(struct, comments=True)]
    for number, chapter in enumerate(chapters(), 1):
        parts += ["", *_chapter_lines(number, chapter)]
    return "\n".join(parts) + "\n" + CLOSING


def ffi_text() -> str:
    """Return all declarations without comments or directives, as the parsers of cffi, LuaJIT, PHP and others read."""
    lines = _enumeration_lines(Enumeration("gradproof_versions", "", versions()), comments=False)
    for enumeration in enumerations():
        lines += _enumeration_lines(enumeration, comments=False)
    lines += [callback_text(callback) for callback in CALLBACKS]
    lines.append(ENGINE_TYPE)
    for struct in structs():
        lines += _struct_lines(struct, comments=False)
    lines += [prototype(function) for function in functions()]
    return "\n".join(lines) + "\n"


def prototype(function: Function) -> str:
    """Return the C prototype of a function, on one line."""
    return f"{declarator(function.result, function.name)}({parameters(function.parameters)});"


def callback_text(callback: Callback) -> str:
    """Return the typedef of a callback."""
    return f"typedef {callback.result} (*{callback.name})({parameters(callback.parameters)});"


def parameters(named: Iterable[tuple[str, str]]) -> str:
    """Return the parameters of a prototype."""
    return ", ".join(declarator(c_type, name) for name, c_type in named) or "void"


def declarator(c_type: str, name: str) -> str:
    """Return a name with its type before it."""
    return f"{c_type}{name}" if c_type.endswith("*") else f"{c_type} {name}"


def _enumeration_lines(enumeration: Enumeration, comments: bool) -> list[str]:
    lines = [f"enum {enumeration.name} {{"]
    last = enumeration.constants[-1]
    for constant in enumeration.constants:
        start = f"    {constant.name} = {constant.value}{'' if constant == last else ','}"
        lines.append(beside(start, constant.meaning if comments else "", COMMENT_COLUMN))
    return [*lines, "};"]


def _struct_lines(struct: Struct, comments: bool) -> list[str]:
    lines = [f"typedef struct {struct.name} {{"]
    for field in struct.fields:
        start = f"    {declarator(field.c_type, field.name)}{f'[{field.length}]' if field.length else ''};"
        lines.append(beside(start, field.meaning if comments else "", FIELD_COLUMN, FIELD_WIDTH))
    return [*lines, f"}} {struct.name};"]


def _chapter_lines(number: int, chapter: Chapter) -> list[str]:
    rule = "=" * (WIDTH - 3)
    introduction = comment([*chapter.introduction, "", f"Example: {chapter.purpose}", ""]).removesuffix("\n */")
    example = [f"{INDENT}{line}".rstrip() for line in chapter.example.splitlines()]
    lines = [f"/* {rule}", f" * {number}. {chapter.title}", f" * {rule}", " *"]
    lines += [*introduction.splitlines()[1:], *example, " */"]
    known = exported_functions()
    constant = {function.name.removeprefix("gradproof_"): (function, text) for function, text in CONSTANT_FUNCTIONS}
    for name in chapter.functions:
        if name in constant:
            function, paragraphs = constant[name]
            lines += ["", comment(paragraphs), _folded(prototype(function))]
        else:
            lines += ["", comment(contract(known[name]))]
            lines += [_folded(prototype(declared(signature))) for signature in signatures(known[name])]
        lines += [MACROS[name]] if name in MACROS else []
    return lines


def _folded(text: str) -> str:
    """Return a prototype, folded between parameters so that it stays within the width of the header."""
    lines = [""]
    for part in re.split(r"(?<=,) ", text):
        if len(lines[-1]) + len(part) >= WIDTH:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    return "\n".join(lines)
