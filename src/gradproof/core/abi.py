"""The vocabulary of the C border: what an annotation means in C and to the compiler, and which functions are exported.

The names below are read as names: `def f(x: ConstVector, n: Integer) -> Code` is at once the C prototype
`int32_t gradproof_f(const double *x, int64_t n)`, its float32 twin, the compiler's signature and, for a type checker,
indexing of something that holds numbers.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, SupportsIndex, TypeAlias, TypeVar

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
ConstWords: TypeAlias = ConstPointer[int]

User: TypeAlias = object
Objective: TypeAlias = Callable[[ConstVector, int, Reals, User], int]


class Meaning(NamedTuple):
    """What an annotation is on the other side of the border."""

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
    "Findings": Meaning("gradproof_finding *", "findings", True),
    "Objective": Meaning("gradproof_objective", "address", False),
    "User": Meaning("void *", "address", False),
}

MEANINGS_FLOAT32: dict[str, Meaning] = {
    "Vector": Meaning("float *", "float32", True),
    "ConstVector": Meaning("const float *", "float32", True),
    "Objective": Meaning("gradproof_objective_f32", "address", False),
}


class Signature(NamedTuple):
    """One symbol of the library: its name, its parameters in order, its result, and the function behind it."""

    symbol: str
    parameters: tuple[tuple[str, Meaning], ...]
    result: Meaning
    function: Callable[..., Any]
    float32: bool


_exported: dict[str, Callable[..., Any]] = {}


def exported(function: Function) -> Function:
    """Put a function on the list of what the library exports; the function itself stays as it is."""
    _exported[function.__name__] = function
    return function


def exported_functions() -> dict[str, Callable[..., Any]]:
    """Return every exported function of the core by its name, in the order of modules and lines."""
    package = importlib.import_module(__name__.rpartition(".")[0])
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_exported.items(), key=lambda item: (item[1].__module__, item[1].__code__.co_firstlineno)))


def signatures(function: Callable[..., Any]) -> tuple[Signature, ...]:
    """Return the symbols of an exported function: one, or two where it sees the user's vectors."""
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
