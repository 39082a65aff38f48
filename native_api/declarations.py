"""The C border as text: gradproof.h for people and compilers, the same declarations for cffi.

Everything comes from the core: prototypes from annotations, comments from docstrings, records, codes and their
sentences from their tables.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any

from gradproof.core.records import border as structs
from gradproof.core.records import codes
from gradproof.core.records.abi import Signature, exported_functions, signatures
from gradproof.version import __version__

WIDTH = 110
FIELD_TYPES = {
    "Integer": "int64_t",
    "Real": "double",
    "Bits": "uint64_t",
    "Annotated[Integers, MOST_UNSEEN]": "int64_t",
    "ConstReals": "const double *",
    "ConstIntegers": "const int64_t *",
    "Names": "const char *const *",
    "Progress": "gradproof_progress",
    "User": "void *",
}
MARGIN = 15

# The comment that the header begins with, and its version.
OPENING = Path(__file__).with_name("opening.h")

OBJECTIVE = (
    "An objective: writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value (or writes NaN); or a "
    "code above 0, which ends the call and is handed back."
)
PROGRESS = "Called after every evaluation; a code above 0 ends the check and is handed back."
ENGINE = "A check: opaque memory without pointers, which may be moved, copied, or saved between two calls."

# So that a program goes on setting the size that its own header knows.
DEFAULTS = """
#define gradproof_options_default(options) gradproof_options_fill((options), (int64_t)sizeof *(options))"""

CLOSING = """
#ifdef __cplusplus
}
#endif

#endif /* GRADPROOF_H */
"""

# The simple call first, then the same check in steps, then the pieces that are useful alone, and all that is not named.
CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Checking a gradient", ("options_fill", "uses_lines", "check")),
    (
        "The same check in rounds, when the caller evaluates (threads, MPI, a GPU, another process)",
        (
            *("windows", "begin", "ask", "evaluate", "points", "skip", "tell", "stop", "result"),
            *("coordinates", "blocks", "block_factors", "end", "resume", "allow"),
        ),
    ),
    ("A check in memory of the caller's own", ("engine_size", "engine_start")),
    ("One point of a long line, moved by several threads", ("move_segments", "sum_segments")),
    ("A report as text", ("print",)),
    (
        "Pieces that are useful alone",
        ("forward_difference", "centered_difference", "relative_error", "noise_floor", "find_kinks", "ladder"),
    ),
)

# Constant answers, made by the build and not by the compiler of the core.
CONSTANT_FUNCTIONS = (
    ("Return the version of the library: GRADPROOF_VERSION of the header that it belongs to.",
     "uint32_t gradproof_version(void);"),
    ("Return the sentence of a code; never NULL, owned by the library.",
     "const char *gradproof_explain(int32_t code);"),
    ("Return the sentence of a cause: what it means and what to do; never NULL, owned by the library.",
     "const char *gradproof_explain_cause(int64_t cause);"),
    ("Return the word of a verdict, such as `wrong`; never NULL, owned by the library.",
     "const char *gradproof_verdict_word(int64_t verdict);"),
    ("Return the word of a cause, such as `noise_limited`; never NULL, owned by the library.",
     "const char *gradproof_cause_word(int64_t cause);"),
    ("Return the version of the library as text, such as `1.2.3`; never NULL, owned by the library.",
     "const char *gradproof_version_string(void);"),
)  # fmt: skip


def prototype(signature: Signature) -> str:
    """Return the C prototype of one symbol, on one line."""
    parameters = ", ".join(_declarator(meaning.c, name) for name, meaning in signature.parameters) or "void"
    return f"{_declarator(signature.result.c, signature.symbol)}({parameters});"


def cffi_text() -> str:
    """Return all declarations, as cffi reads them."""
    lines = [*_type_lines(comments=False)]
    lines += [text for _, text in CONSTANT_FUNCTIONS]
    lines += [prototype(signature) for function in exported_functions().values() for signature in signatures(function)]
    return "\n".join(lines) + "\n"


def header_text() -> str:
    """Return gradproof.h."""
    major, minor, patch = (int(part) for part in __version__.split("."))
    packed = 10000 * major + 100 * minor + patch
    opening = Template(OPENING.read_text(encoding="utf-8"))
    parts = [opening.substitute(version=__version__, major=major, minor=minor, patch=patch, packed=packed)]
    parts += _macro_lines()
    parts += ["", "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    parts += _type_lines(comments=True)
    for title, functions in _chapters():
        parts += ["", f"/* ---- {title} ".ljust(WIDTH, "-") + " */"]
        for function in functions:
            parts += ["", _comment(_c_words(function)), *(_folded(prototype(s)) for s in signatures(function))]
            parts += [DEFAULTS.strip()] if function.__name__ == "options_fill" else []
    parts += ["", "/* ---- Codes and versions ".ljust(WIDTH, "-") + " */"]
    for comment, text in CONSTANT_FUNCTIONS:
        parts += ["", _comment([comment]), text]
    return "\n".join(parts) + "\n" + CLOSING


def write(package: Path) -> None:
    """Write the header and the cffi declarations into the package."""
    header = package / "include" / "gradproof.h"
    header.parent.mkdir(exist_ok=True)
    header.write_text(header_text())
    write_cffi(package / "_declarations.py")


def write_cffi(path: Path) -> None:
    """Write the cffi declarations as a module that needs no parser when it is imported."""
    from cffi import FFI

    builder = FFI()
    builder.set_source("gradproof._declarations", None)
    builder.cdef(cffi_text())
    builder.emit_python_code(str(path))


def _chapters() -> Iterator[tuple[str, list[Callable[..., Any]]]]:
    functions = exported_functions()
    for number, (title, names) in enumerate(CHAPTERS, 1):
        chapter = [functions.pop(name) for name in names if name in functions]
        if number == len(CHAPTERS):
            chapter += [functions.pop(name) for name in list(functions) if not _named_later(name, number)]
        if chapter:
            yield title, chapter


def _named_later(name: str, number: int) -> bool:
    return any(name in names for _, names in CHAPTERS[number:])


def _declarator(c_type: str, name: str) -> str:
    return f"{c_type}{name}" if c_type.endswith("*") else f"{c_type} {name}"


def _macro_lines() -> list[str]:
    lines = ["/* Codes: what a call returns. gradproof_explain gives the sentence. */"]
    lines += [_macro(word, code, sentence) for code, (word, sentence) in codes.CODES.items()]
    lines += ["", "/* Verdicts. Only GRADPROOF_RIGHT is a pass: a check that could not decide is not. */"]
    lines += [_macro(word, code, "") for code, word in codes.VERDICTS.items()]
    lines += ["", "/* Causes of a finding. gradproof_explain_cause gives the sentence. */"]
    lines += [_macro(f"cause_{word}", code, sentence) for code, (word, sentence) in codes.CAUSES.items()]
    lines += ["", "/* Arithmetic found inside the objective. */"]
    lines += [_macro(name, getattr(codes, name), "") for name in dir(codes) if name.startswith("ARITHMETIC_")]
    lines += ["", "/* What makes the noise of the objective. */"]
    lines += [_macro(name, getattr(codes, name), "") for name in dir(codes) if name.startswith("NOISE_FROM_")]
    lines += [
        "",
        "/* Modes: the one that suits n and the budget, every coordinate by itself, or lines. */",
    ]
    lines += [_macro(name, getattr(codes, name), "") for name in ("MODE_AUTO", "MODE_FULL", "MODE_LINES")]
    lines += ["", _comment(["The largest round: gradproof_ask wants room for so many probes."])]
    return [*lines, _macro("round", _round_capacity(), "")]


def _round_capacity() -> int:
    from gradproof.core.records import engine as state

    return int(state.ROUND)


def _macro(word: str, value: int, sentence: str) -> str:
    number = f"({value})" if value < 0 else str(value)
    line = f"#define GRADPROOF_{word.upper()} {number}"
    if not sentence:
        return line
    margin = f"{line:<43} /* "
    # No line of its own for what ends the comment.
    text = f"{sentence}\N{NO-BREAK SPACE}*/"
    lines = textwrap.wrap(text, WIDTH, initial_indent=margin, subsequent_indent=" " * len(margin))
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def _type_lines(comments: bool) -> list[str]:
    lines = []
    for twin, element in (("", "double"), ("_f32", "float")):
        if comments and not twin:
            lines += [_comment([OBJECTIVE])]
        lines.append(f"typedef int32_t (*gradproof_objective{twin})")
        lines[-1] += f"(const {element} *x, int64_t n, double *value, void *user);"
    if comments:
        lines += ["", _comment([PROGRESS])]
    lines += ["typedef int32_t (*gradproof_progress)(int64_t done, int64_t expected, void *user);"]
    if comments:
        lines += ["", _comment([ENGINE])]
    lines += ["typedef struct gradproof_engine gradproof_engine;"]
    for record in structs.RECORDS:
        name = f"gradproof_{record.__name__.lower()}"
        if comments:
            lines += ["", _comment([str(record.__doc__)])]
        lines += [f"typedef struct {name} {{"]
        for field, c_type, meaning in fields_of(record):
            lines.append(f"    {_declarator(c_type, field)};".ljust(30 * comments))
            lines[-1] += f" /* {meaning} */" * comments
        lines += [f"}} {name};"]
    return lines


def fields_of(record: type[Any]) -> list[tuple[str, str, str]]:
    """Return name, C type and meaning of every field of a record: of each a line `name: Word  # meaning`."""
    found = re.findall(r"^    (\w+): ([^#]+)  # (.+)$", inspect.getsource(record), re.MULTILINE)
    kinds = record.kinds
    return [
        (f"{name}[{kinds[name]._length_}]" if word.startswith("Annotated") else name, FIELD_TYPES[word], meaning)
        for name, word, meaning in found
    ]


def _comment(paragraphs: list[str]) -> str:
    lines = [line for paragraph in paragraphs for line in _wrapped(paragraph)]
    if len(lines) == 1:
        return f"/* {lines[0].strip()} */"
    return "\n".join(["/*", *(f" * {line}".rstrip() for line in lines), " */"])


def _wrapped(paragraph: str) -> list[str]:
    name, separator, text = paragraph.partition("\t")
    if separator:
        own_line = [f"  {name}"] if len(name) > MARGIN - 3 else []
        start = " " * MARGIN if own_line else f"  {name:<{MARGIN - 3}} "
        return own_line + textwrap.wrap(text, WIDTH - 3, initial_indent=start, subsequent_indent=" " * MARGIN)
    return textwrap.wrap(paragraph, WIDTH - 3) or [""]


def _c_words(function: Callable[..., Any]) -> list[str]:
    """Return a NumPy docstring as paragraphs of a C comment: 'name<tab>meaning' for a parameter."""
    text = (inspect.getdoc(function) or "").replace("`", "")
    sections = re.split(r"\n\n(Parameters|Returns|Notes)\n-+\n", text)
    paragraphs = [" ".join(part.split()) for part in sections[0].split("\n\n")]
    for title, body in zip(sections[1::2], sections[2::2], strict=True):
        if title == "Parameters":
            paragraphs += _entries(body)
        else:
            words = " ".join(" ".join(entry.split("\t")[1:]) or entry for entry in _entries(body))
            paragraphs.append(f"Returns\t{words}" if title == "Returns" else " ".join(body.split()))
    return paragraphs


def _entries(body: str) -> list[str]:
    """Return 'name<tab>meaning' for each entry of a NumPy section: a line at the margin, its meaning indented below."""
    entries: list[list[str]] = []
    for line in body.splitlines():
        if line and not line[0].isspace():
            entries.append([line.split(" : ")[0].strip()])
        elif line.strip() and entries:
            entries[-1].append(line.strip())
    return [f"{name}\t{' '.join(' '.join(text).split())}" if text else name for name, *text in entries]


def _folded(text: str) -> str:
    """Return a prototype, folded between parameters so that it stays within the width of the header."""
    lines = [""]
    for part in re.split(r"(?<=,) ", text):
        if len(lines[-1]) + len(part) >= WIDTH:
            lines.append(f"    {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    return "\n".join(lines)
