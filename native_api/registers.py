"""Registers for the records that functions hand on to each other: where one has them, the next one looks for them.

Most functions of the core get the memory of the check, and hand it on; many a slot, or the point.  By the convention of
C each call moves them to the first registers, and each function that calls another one moves them out of there again.
With these attributes they stay in registers of their own.  LLVM has them for Swift and for nested functions; what the
library exports keeps the convention of C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# By the names of parameters; those with the same attribute are never given together.
ATTRIBUTES = {
    **dict.fromkeys(("engine", "lines", "text"), "swiftself"),
    "slot": "swiftasync",
    "x.0": "nest",
}
NAME = r'@(?:"[^"]+"|[\w.$-]+)'
DEFINED = re.compile(rf"^define private [^@]*({NAME})(\(.*)", re.MULTILINE)
# A call, or the first line of a function: what stands before its arguments, and all that follows.
CALLED = re.compile(rf"^(define [^@\n]*|[^@\n]*\bcall [^@\n]*)({NAME})(\(.*)", re.MULTILINE)
USED = re.compile(rf"({NAME})(?![\w.$(-])")
PARAMETER = re.compile(r"ptr\b[^%]*%(?:\"([^\"]+)\"|([\w.]+))")

# By the place of a parameter.
Places = dict[int, str]


def with_own_registers(text: str) -> str:
    """Return LLVM text in which these parameters of private functions have registers of their own."""
    elsewhere = {found[1] for found in USED.finditer(text)}
    known = {found[1]: _places(found[2]) for found in DEFINED.finditer(text) if found[1] not in elsewhere}
    return CALLED.sub(lambda found: found[1] + found[2] + _marked(found[3], known.get(found[2], {})), text)


def _places(arguments: str) -> Places:
    """Return which attributes the parameters of a function get: each one once."""
    places: Places = {}
    for place, (start, stop) in enumerate(_spans(arguments)):
        found = PARAMETER.match(arguments[start:stop].strip())
        attribute = ATTRIBUTES.get((found[1] or found[2]) if found else "")
        if attribute and attribute not in places.values():
            places[place] = attribute
    return places


def _marked(arguments: str, places: Mapping[int, str]) -> str:
    made, until = "", 0
    for place, (start, stop) in enumerate(_spans(arguments) if places else ()):
        if place in places:
            made += arguments[until:start] + arguments[start:stop].replace("ptr", f"ptr {places[place]}", 1)
            until = stop
    return made + arguments[until:]


def _spans(arguments: str) -> Iterator[tuple[int, int]]:
    """Yield where each argument begins and stops: between commas that stand in no other brackets."""
    depth, start = 0, 1
    for place, letter in enumerate(arguments):
        depth += (letter in "([{<") - (letter in ")]}>")
        if depth == 0 or (depth == 1 and letter == ","):
            yield start, place
            start = place + 1
        if depth == 0:
            return
