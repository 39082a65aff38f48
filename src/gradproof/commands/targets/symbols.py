"""The names in a shared library, read from its file: what is meant by a name that it does not have.

Only files of the form ELF are read, that of Linux and most of its relatives.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..suggestions import did_you_mean

MAGIC = b"\x7fELF"
DYNAMIC_SYMBOLS = 11  # the type of a section
VARIABLE = 1  # the type of a symbol
LOCAL = 0  # the binding of a symbol


class _Form(NamedTuple):
    """How the parts of a file are laid out: for addresses of 64 or of 32 bits."""

    sections: str  # offset of the sections in the file; their size and number
    places: tuple[int, int]
    section: str
    symbol: str
    order: tuple[int, int, int]  # where a symbol has its name, its info, its section


FORMS = {
    2: _Form("Q", (0x28, 0x3A), "IIQQQQIIQQ", "IBBHQQ", (0, 1, 3)),
    1: _Form("I", (0x20, 0x2E), "IIIIIIIIII", "IIIBBH", (0, 3, 5)),
}


def symbols(path: Path) -> dict[str, bool]:
    """Return the names that a library gives out, each with whether it is a variable; nothing if it cannot be read."""
    try:
        file = path.read_bytes()
        return dict(_symbols(file)) if file.startswith(MAGIC) else {}
    except Exception:  # a damaged file may make it raise anything, and this is only for a hint
        return {}


def _symbols(file: bytes) -> Iterator[tuple[str, bool]]:
    form, order = FORMS[file[4]], "<" if file[5] == 1 else ">"
    start = struct.unpack_from(order + form.sections, file, form.places[0])[0]
    size, number = struct.unpack_from(f"{order}HH", file, form.places[1])
    sections = [struct.unpack_from(order + form.section, file, start + size * index) for index in range(number)]
    for kind, offset, length, link in ((each[1], each[4], each[5], each[6]) for each in sections):
        if kind == DYNAMIC_SYMBOLS:
            names = sections[link][4]
            for symbol in struct.iter_unpack(order + form.symbol, file[offset : offset + length]):
                name, info, section = (symbol[place] for place in form.order)
                if section and info >> 4 != LOCAL:
                    begin = names + name
                    yield file[begin : file.index(b"\0", begin)].decode(), info & 15 == VARIABLE


def meant(name: str, known: dict[str, bool]) -> str:
    """Return a hint at the symbol that is meant by a name; empty if nothing is known."""
    functions = [each for each, is_variable in known.items() if not is_variable]
    for each in functions:
        if _is_fortran(name, each):
            return f"; did you mean {each}?"
    for each in functions:
        if _is_mangled(name, each):
            return f'; did you mean {each}? C++ needs extern "C" before the function'
    plain = [each for each in functions if not each.startswith("_")]
    return did_you_mean(name, plain) if plain else '; C++ needs extern "C" before the function'


def _is_fortran(name: str, symbol: str) -> bool:
    """Whether a symbol is what Fortran compilers make of a name, which may be in a module."""
    low = re.escape(name.lower())
    return re.fullmatch(rf"{low}_{{0,2}}|__\w+_MOD_{low}|\w+_mp_{low}_?", symbol) is not None


def _is_mangled(name: str, symbol: str) -> bool:
    """Whether a symbol is what C++ compilers make of a name: its length before it."""
    return re.match(rf"_Z(?:.*\D)?{len(name)}{re.escape(name)}", symbol) is not None
