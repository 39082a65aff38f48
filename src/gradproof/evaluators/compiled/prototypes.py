"""Prototypes of C functions, as people write them: what each parameter is for, read from one line of C."""

from __future__ import annotations

import ctypes
import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

OBJECTIVE, GRADIENT = "objective", "gradient"
# What a parameter is for.
X, LENGTH, OUTPUT, USER = "x", "n", "output", "user"
REALS = ("double", "float")
BITS_OF_INT = 8 * ctypes.sizeof(ctypes.c_int)
BITS_OF_LONG = 8 * ctypes.sizeof(ctypes.c_long)  # 32 on Windows
INTEGERS = {
    "int32_t": 32,
    "uint32_t": 32,
    "int64_t": 64,
    "uint64_t": 64,
    **dict.fromkeys(("size_t", "ssize_t", "ptrdiff_t", "intptr_t"), 8 * ctypes.sizeof(ctypes.c_size_t)),
}
# Of these an integer may have several; how many are `long` decides its size.
WORDS_OF_INTEGERS = {"int", "long", "signed", "unsigned"}
# What changes nothing about how a function is called.
IGNORED = {"const", "restrict", "__restrict", "__restrict__", "extern", "static", "inline", "struct", "std", "volatile"}
ACCEPTED = (
    "double f(const double *x), double f(int n, const double *x), double f(const double *x, int n); for gradients "
    "void g(const double *x, double *out), void g(int n, const double *x, double *out), void g(const double *x, int n, "
    "double *out); for both int32_t f(const double *x, int64_t n, double *value, void *user); each also with float for "
    "double, any integer or a pointer to one for n, and void *user at the end"
)


class Parameter(NamedTuple):
    """One parameter: what it is for, and its type, that of the elements for an array."""

    role: str
    kind: str = ""
    bits: int = 0
    by_address: bool = False


@dataclass(frozen=True)
class Prototype:
    """How a C function is called: what it returns, and its parameters in their order."""

    result: str
    bits: int
    parameters: tuple[Parameter, ...]
    text: str

    @functools.cached_property
    def reals(self) -> str:
        """The type of the elements of x."""
        return next(each.kind for each in self.parameters if each.role == X)

    @functools.cached_property
    def output(self) -> str:
        """The type of what the function writes; empty if it writes nothing."""
        return next((each.kind for each in self.parameters if each.role == OUTPUT), "")

    @functools.cached_property
    def longest(self) -> int:
        """The largest n that the function can be passed."""
        bits = min([each.bits for each in self.parameters if each.role == LENGTH], default=64)
        return (1 << (bits - 1)) - 1

    @functools.cached_property
    def is_own(self) -> bool:
        """Whether it is the library's own, so that the function needs no adapter."""
        own = (X, LENGTH, OUTPUT, USER)
        roles = tuple(each.role for each in self.parameters)
        if (self.result, self.bits, self.output, roles) != ("int", 32, "double", own):
            return False
        n = self.parameters[1]
        return n.bits == 64 and not n.by_address


def expected(role: str, real: str = "double") -> str:
    """Return the prototype of a function that was given without one."""
    name, output = ("f", "value") if role == OBJECTIVE else ("g", "values")
    return f"int32_t {name}(const {real} *x, int64_t n, double *{output}, void *user)"


def read_prototype(signature: str) -> Prototype:
    """Return what a line of C says; raise a ValueError that lists what is accepted."""
    if not isinstance(signature, str):
        raise TypeError(f"signature must be a line of C, such as 'double f(const double *x)', not {signature!r}")
    text = " ".join(signature.strip().rstrip(";{ ").split())
    try:
        return _prototype(text)
    except ValueError as problem:
        raise ValueError(
            f"signature {signature!r} is not accepted, because {problem}; accepted are {ACCEPTED}"
        ) from None


def _prototype(text: str) -> Prototype:
    head, opened, rest = text.rpartition("(")
    if not opened or not rest.endswith(")") or not head.strip():
        raise ValueError("it is not of the form result name(parameters)")
    result, bits = _result(head)
    parameters = _in_their_roles([_parameter(part) for part in rest[:-1].split(",")])
    roles = [each.role for each in parameters]
    if result not in REALS and OUTPUT not in roles:
        raise ValueError("it neither returns a number nor has a pointer to write one to")
    return Prototype(result, bits, parameters, text)


def _result(head: str) -> tuple[str, int]:
    # A pointer to a function, (*) or (*f), is called like the function.
    words = _words(re.sub(r"\(\s*\*\s*\w*\s*\)", " ", head))
    bits = _bits_of(words)
    if "*" in head.partition("(")[0]:
        raise ValueError("it returns a pointer")
    if bits:
        return "int", bits
    if words[:1] and words[0] in (*REALS, "void") and len(words) <= 2:
        return words[0], 0
    raise ValueError(f"{' '.join(words[:-1] or words)!r} is not double, float, void or an integer")


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text) if word not in IGNORED]


def _bits_of(words: list[str]) -> int:
    """Return the size of an integer that is declared by these words, its name last or left out; 0 if it is none."""
    if words and words[-1] not in (*REALS, "void", *INTEGERS, *WORDS_OF_INTEGERS):
        words = words[:-1]
    if len(words) == 1 and words[0] in INTEGERS:
        return INTEGERS[words[0]]
    if not words or not set(words) <= WORDS_OF_INTEGERS:
        return 0
    return (BITS_OF_INT, BITS_OF_LONG, 64)[min(2, words.count("long"))]


def _parameter(text: str) -> tuple[Parameter, bool]:
    """Return a parameter, with every array of numbers as x, and whether it is const."""
    plain = re.sub(r"\[[^\]]*\]", "*", text)
    words, stars = _words(plain), plain.count("*") + plain.count("&")
    is_const = re.search(r"\bconst\b", text) is not None
    bits = _bits_of(words)
    if bits and stars <= 1:
        return Parameter(LENGTH, "int", bits, stars == 1), is_const
    if words and stars == 1 and len(words) <= 2:
        return (Parameter(X, words[0]) if words[0] in REALS else Parameter(USER)), is_const
    raise ValueError(f"{text.strip() or 'nothing'!r} is no array of double or float, no integer and no void *")


def _in_their_roles(found: list[tuple[Parameter, bool]]) -> tuple[Parameter, ...]:
    """Tell the array that is written from x: x is the one that is const, or else the first."""
    arrays = [number for number, (each, _) in enumerate(found) if each.role == X]
    if not 1 <= len(arrays) <= 2:
        raise ValueError(f"it has {len(arrays) or 'no'} arrays of double or float")
    const = [number for number in arrays if found[number][1]]
    x = const[0] if const else arrays[0]
    parameters = [each for each, _ in found]
    for number in arrays:
        if number != x:
            parameters[number] = parameters[number]._replace(role=OUTPUT)
    roles = [each.role for each in parameters]
    if len(set(roles)) < len(roles):
        raise ValueError(f"it has {len(roles) - len(set(roles)) + 1} parameters of one kind")
    return tuple(parameters)
