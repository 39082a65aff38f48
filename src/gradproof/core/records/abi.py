"""The vocabulary of the border to C: what annotations mean, which functions are exported, and how they are optimised.

Annotations are read by their names: `def f(x: ConstVector, n: Integer) -> Code` is at once the C prototype
`int32_t gradproof_f(const double *x, int64_t n)`, its float32 twin, the signature for the compiler and, for a type
checker, memory that holds numbers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol, SupportsIndex, TypeAlias, TypeVar

from numpy import uint64

Element = TypeVar("Element")
ElementRead_co = TypeVar("ElementRead_co", covariant=True)
Function = TypeVar("Function", bound=Callable[..., Any])


class ConstPointer(Protocol[ElementRead_co]):
    """Memory that may be read by index."""

    def __getitem__(self, index: SupportsIndex, /) -> ElementRead_co: ...


class Pointer(Protocol[Element]):
    """Memory that may be read and written by index."""

    def __getitem__(self, index: SupportsIndex, /) -> Element: ...

    def __setitem__(self, index: SupportsIndex, value: Element, /) -> None: ...


Real: TypeAlias = float
Integer: TypeAlias = int
Seed: TypeAlias = uint64
Code: TypeAlias = int

Reals: TypeAlias = Pointer[float]
ConstReals: TypeAlias = ConstPointer[float]
Integers: TypeAlias = Pointer[int]
ConstIntegers: TypeAlias = ConstPointer[int]
Codes: TypeAlias = Pointer[int]
Vector: TypeAlias = Pointer[float]
ConstVector: TypeAlias = ConstPointer[float]

Words: TypeAlias = Pointer[int]
Letters: TypeAlias = Pointer[int]
ConstWords: TypeAlias = ConstPointer[int]

User: TypeAlias = object
Objective: TypeAlias = Callable[[ConstVector, int, Reals, User], int]
Progress: TypeAlias = Callable[[int, int, User], int]
Names: TypeAlias = ConstPointer[bytes]


class Meaning(NamedTuple):
    """What an annotation means in C, and to the compiler."""

    c: str
    element: str
    pointer: bool


MEANINGS: dict[str, Meaning] = {
    "None": Meaning("void", "void", False),
    "Real": Meaning("double", "float64", False),
    "Integer": Meaning("int64_t", "int64", False),
    "Seed": Meaning("uint64_t", "uint64", False),
    "Code": Meaning("int32_t", "int32", False),
    "Reals": Meaning("double *", "float64", True),
    "ConstReals": Meaning("const double *", "float64", True),
    "Integers": Meaning("int64_t *", "int64", True),
    "ConstIntegers": Meaning("const int64_t *", "int64", True),
    "Codes": Meaning("int32_t *", "int32", True),
    "Vector": Meaning("double *", "float64", True),
    "ConstVector": Meaning("const double *", "float64", True),
    "Engine": Meaning("gradproof_engine *", "engine", True),
    "ConstEngine": Meaning("const gradproof_engine *", "engine", True),
    "Probes": Meaning("gradproof_probe *", "probes", True),
    "ConstProbes": Meaning("const gradproof_probe *", "probes", True),
    "Options": Meaning("gradproof_options *", "options", True),
    "ConstOptions": Meaning("const gradproof_options *", "options", True),
    "Report": Meaning("gradproof_report *", "report", True),
    "ConstReport": Meaning("const gradproof_report *", "report", True),
    "ConstFindings": Meaning("const gradproof_finding *", "findings", True),
    "Findings": Meaning("gradproof_finding *", "findings", True),
    "Rungs": Meaning("gradproof_rung *", "rungs", True),
    "Objective": Meaning("gradproof_objective", "address", False),
    "User": Meaning("void *", "address", False),
    "Letters": Meaning("char *", "uint8", True),
    "ConstWords": Meaning("const void *", "int64", True),
}

MEANINGS_FLOAT32: dict[str, Meaning] = {
    "Vector": Meaning("float *", "float32", True),
    "ConstVector": Meaning("const float *", "float32", True),
    "Objective": Meaning("gradproof_objective_f32", "address", False),
}


VECTORS = ("Vector", "ConstVector")


class Signature(NamedTuple):
    """One symbol of the library, and the function behind it."""

    symbol: str
    parameters: tuple[tuple[str, Meaning], ...]
    result: Meaning
    function: Callable[..., Any]
    float32: bool

    @property
    def vectors(self) -> tuple[str, ...]:
        """The parameters that are vectors of the user: of float64 in one twin, of float32 in the other."""
        notes = inspect.signature(self.function).parameters
        return tuple(name for name, note in notes.items() if str(note.annotation) in VECTORS)


# The package that holds the core, wherever in it this file is.
CORE = ".".join(__name__.split(".")[:2])
Mark: TypeAlias = Literal["kernel", "always_inlined", "never_inlined", "wide"]

_exported: dict[str, Callable[..., Any]] = {}
_marked: dict[Mark, list[Callable[..., Any]]] = {}


def exported(function: Function) -> Function:
    """Export a function from the library; the function itself stays as it is."""
    _exported[function.__name__] = function
    return function


def exported_functions() -> dict[str, Callable[..., Any]]:
    """Return every exported function of the core by its name, in the order of modules and lines."""
    import_all()
    return dict(sorted(_exported.items(), key=lambda item: _place(item[1])))


def kernel(function: Function) -> Function:
    """Optimise a function for speed: it loops over whole vectors, which is where the library spends its time.

    All others are optimised for size: next to the objective they take no time.
    """
    return _mark("kernel", function)


def is_kernel(function: Callable[..., Any]) -> bool:
    """Return whether a function is optimised for speed."""
    return function in _marked.get("kernel", ())


def is_fast(function: Callable[..., Any]) -> bool:
    """Return whether a function is optimised for speed by itself, or as a part of those that are."""
    return is_kernel(function) or function in _marked.get("always_inlined", ())


def always_inlined(function: Function) -> Function:
    """Make a function part of its callers: the innermost step of a loop over a long vector.

    A loop with a call in it is not vectorised.
    """
    return _mark("always_inlined", function)


def never_inlined(function: Function) -> Function:
    """Keep a large function that is seldom called out of its callers, so that all versions of them share it.

    Or one that has the address of a record at hand, which callers know by its distance from another one: its fields are
    then near, in three bytes of code less each.
    """
    return _mark("never_inlined", function)


def wide(function: Function) -> Function:
    """Compile a function of lanes for processors with AVX2, where there is a choice: callers ask `are_wide` first."""
    return _mark("wide", function)


def _mark(mark: Mark, function: Function) -> Function:
    _marked.setdefault(mark, []).append(function)
    return function


def marked_functions() -> dict[Mark, list[Callable[..., Any]]]:
    """Return every marked function of the core by its mark, in the order of modules and lines."""
    import_all()
    return {mark: sorted(functions, key=_place) for mark, functions in sorted(_marked.items())}


def import_all() -> None:
    """Import every module of the core: a function is known once its module is imported."""
    # Imported on use: most checks find their functions in the library.
    import importlib
    import pkgutil

    package = importlib.import_module(CORE)
    for name in sorted(module.name for module in pkgutil.walk_packages(package.__path__, f"{CORE}.")):
        importlib.import_module(name)


def _place(function: Callable[..., Any]) -> tuple[str, int]:
    return function.__module__, function.__code__.co_firstlineno


def signatures(function: Callable[..., Any]) -> tuple[Signature, ...]:
    """Return the symbols of an exported function: one, or two where it takes vectors of the user."""
    notes = inspect.signature(function)
    words = [(name, str(parameter.annotation)) for name, parameter in notes.parameters.items()]
    result = MEANINGS[str(notes.return_annotation)]
    symbol = f"gradproof_{function.__name__}"
    double = Signature(symbol, tuple((name, MEANINGS[word]) for name, word in words), result, function, False)
    if not any(word in MEANINGS_FLOAT32 for _, word in words):
        return (double,)
    single = tuple((name, MEANINGS_FLOAT32.get(word, MEANINGS[word])) for name, word in words)
    return (double, Signature(f"{symbol}_f32", single, result, function, True))


def all_signatures() -> tuple[Signature, ...]:
    """Return every symbol that the core exports."""
    return tuple(signature for function in exported_functions().values() for signature in signatures(function))
