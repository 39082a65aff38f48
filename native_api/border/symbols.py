"""What crosses the border: functions, callbacks, structs and constants, as C has them; from the core's own tables."""

from __future__ import annotations

import inspect
import re
from typing import Any, NamedTuple

from gradproof.core.records import codes
from gradproof.core.records.abi import Signature, exported_functions, signatures
from gradproof.core.records.border import RECORDS
from gradproof.core.records.engine import ROUND
from gradproof.core.records.record import WORD, words_of
from gradproof.version import ABI, __version__

FIELD_TYPES = {
    "Integer": "int64_t",
    "Real": "double",
    "Bits": "uint64_t",
    "ConstReals": "const double *",
    "ConstIntegers": "const int64_t *",
    "Names": "const char *const *",
    "Progress": "gradproof_progress",
    "User": "void *",
}


# What arrays inside of a record are made of.
ELEMENTS = {"Integers": "Integer", "Reals": "Real"}


class Constant(NamedTuple):
    """One constant, with what it means; no words where its name says it."""

    name: str
    value: int
    meaning: str


class Enumeration(NamedTuple):
    """Constants that belong together."""

    name: str
    meaning: str
    constants: list[Constant]


class Callback(NamedTuple):
    """A function of the caller's own, by its C type; twins share their comment, which the first one has."""

    name: str
    result: str
    parameters: tuple[tuple[str, str], ...]
    meaning: str


class Field(NamedTuple):
    """A field of a struct; an array has a length, other fields have none."""

    name: str
    c_type: str
    meaning: str
    offset: int
    length: int


class Struct(NamedTuple):
    """A struct; one that begins with its size may grow at its end."""

    name: str
    meaning: str
    fields: list[Field]
    size: int

    @property
    def grows(self) -> bool:
        """Return whether fields may be added."""
        return self.fields[0].name == "size"


class Function(NamedTuple):
    """An exported function; those with constant answers are made by the build and not by the compiler of the core."""

    name: str
    result: str
    parameters: tuple[tuple[str, str], ...]


OBJECTIVE = (
    "An objective: writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value (or writes NaN); or a "
    "code above 0, which ends the call and is handed back."
)
PROGRESS = (
    "Called after evaluations: how many there were, and about how many there will be in all; a code above 0 ends the "
    "check and is handed back."
)
# What a constant means whose name does not say it.
MEANINGS = {
    "MODE_AUTO": "As suits n and the budget.",
    "MODE_FULL": "Every coordinate by itself.",
    "MODE_LINES": "Along lines through all coordinates.",
    "NOISE_FROM_CONSTANT": "Rounding of f, whose value is large beside its changes: leave out a constant.",
    "NOISE_FROM_ARITHMETIC": "Arithmetic in float32, or coarser.",
    "NOISE_FROM_ROUNDING": "Rounding in float64, as of sums.",
    "NOISE_FROM_ELSEWHERE": "More than rounding: a solver with a loose tolerance, or random numbers.",
    "EXPLAINED_BY_NOTHING": "No simple explanation fits, or too few coordinates are wrong to tell.",
    "EXPLAINED_BY_FACTOR": "claimed = factor * slope: -1 a wrong sign, 2 or 1/2 a square or a term counted once or "
    "twice, N or 1/N a sum for a mean or the other way round; else a unit?",
    "EXPLAINED_BY_ZERO": "claimed = 0, but f depends on them: were they left out, or never written?",
    "EXPLAINED_BY_NOT_FINITE": "claimed is NaN or infinite.",
    "EXPLAINED_BY_X": "claimed = slope + factor * x: an L2 penalty that is not in f; where the factor is below 0, one "
    "that the gradient lacks.",
    "ARITHMETIC_COARSE": "Coarser than float32.",
}
CALLBACKS = [
    Callback(
        f"gradproof_objective{twin}",
        "int32_t",
        (("x", f"const {element} *"), ("n", "int64_t"), ("value", "double *"), ("user", "void *")),
        meaning,
    )
    for twin, element, meaning in (("", "double", OBJECTIVE), ("_f32", "float", ""))
] + [
    Callback(
        "gradproof_progress",
        "int32_t",
        (("done", "int64_t"), ("expected", "int64_t"), ("user", "void *")),
        PROGRESS,
    )
]

# Constant answers, with the paragraphs that the header has about them.
CONSTANT_FUNCTIONS = [
    (
        Function("gradproof_verdict_word", "const char *", (("verdict", "int64_t"),)),
        [
            "Return the word of a verdict.",
            "verdict\tAs in a report.",
            "Returns\tright, wrong or inconclusive; or unknown.",
        ],
    ),
    (
        Function("gradproof_cause_word", "const char *", (("cause", "int64_t"),)),
        ["Return the word of a cause.", "cause\tAs in a finding.", "Returns\tA word such as kink_crossed; or unknown."],
    ),
    (
        Function("gradproof_explain_cause", "const char *", (("cause", "int64_t"),)),
        [
            "Return the sentence of a cause.",
            "cause\tAs in a finding.",
            "Returns\tWhat it means and what to do; or that it is no cause.",
        ],
    ),
    (
        Function("gradproof_explain", "const char *", (("code", "int32_t"),)),
        [
            "Return the sentence of a code.",
            "code\tWhat a call returned.",
            "Returns\tWhat went wrong and what to do; above 0 that it is a callback's own; or that it is no code.",
        ],
    ),
    (
        Function("gradproof_version_string", "const char *", ()),
        ["Return the version of the library as text.", "Returns\tThree numbers, such as 0.1.0."],
    ),
    (
        Function("gradproof_version", "uint32_t", ()),
        ["Return the version of the library.", "Returns\tGRADPROOF_VERSION of the header that it belongs to."],
    ),
]


def declared(signature: Signature) -> Function:
    """Return an exported function of the core as C has it."""
    parameters = tuple((name, meaning.c) for name, meaning in signature.parameters)
    return Function(signature.symbol, signature.result.c, parameters)


def functions() -> list[Function]:
    """Return all functions of the library by their names, whichever module of the core they are in."""
    constant = [function for function, _ in CONSTANT_FUNCTIONS]
    compiled = [declared(one) for function in exported_functions().values() for one in signatures(function)]
    return sorted([*constant, *compiled], key=lambda function: function.name)


def structs() -> list[Struct]:
    """Return all structs that cross the border."""
    return [
        Struct(f"gradproof_{record.__name__.lower()}", str(record.__doc__), fields_of(record), WORD * words_of(record))
        for record in RECORDS
    ]


def fields_of(record: Any) -> list[Field]:
    """Return every field of a record: of each a line `name: Word  # meaning`, or `name: Annotated[Words, LENGTH]`."""
    found = re.findall(
        r"^    (\w+): (?:Annotated\[)?(\w+)(?:, \w+\])?  # (.+)$", inspect.getsource(record), re.MULTILINE
    )
    fields = []
    for name, word, text in found:
        length = getattr(record.kinds[name], "_length_", 0)
        fields.append(Field(name, FIELD_TYPES[ELEMENTS[word] if length else word], text, record.offsets[name], length))
    return fields


def enumerations() -> list[Enumeration]:
    """Return all constants but for the version."""
    worded = [Constant(_name(word), code, text) for code, (word, text) in codes.CODES.items()]
    verdicts = [Constant(_name(word), code, "") for code, word in codes.VERDICTS.items()]
    causes = [Constant(_name(f"cause_{word}"), code, text) for code, (word, text) in codes.CAUSES.items()]
    return [
        Enumeration("gradproof_code", "What a call returns; gradproof_explain gives the sentence.", worded),
        Enumeration(
            "gradproof_verdict", "Only GRADPROOF_RIGHT is a pass: a check that could not decide is not.", verdicts
        ),
        Enumeration("gradproof_cause", "Causes of a finding; gradproof_explain_cause gives the sentence.", causes),
        Enumeration(
            "gradproof_mode",
            "How a check goes.",
            _named("MODE_"),
        ),
        Enumeration("gradproof_stop_reason", "What ended a check before its time.", _named("STOPPED_BY_")),
        Enumeration("gradproof_noise_source", "Where the noise of an objective comes from.", _named("NOISE_FROM_")),
        Enumeration(
            "gradproof_explanation",
            "What wrong coordinates have in common, and what it may mean.",
            _named("EXPLAINED_BY_"),
        ),
        Enumeration("gradproof_arithmetic", "Arithmetic found inside the objective.", _named("ARITHMETIC_")),
        Enumeration(
            "gradproof_limit",
            "The largest round: gradproof_ask needs room for this many probes.",
            [Constant("GRADPROOF_ROUND", ROUND, "")],
        ),
    ]


def versions() -> list[Constant]:
    """Return the constants that say which library a header belongs to."""
    major, minor, patch = (int(part) for part in __version__.split("."))
    packed = 10000 * major + 100 * minor + patch
    return [
        Constant("GRADPROOF_VERSION_MAJOR", major, ""),
        Constant("GRADPROOF_VERSION_MINOR", minor, ""),
        Constant("GRADPROOF_VERSION_PATCH", patch, ""),
        Constant("GRADPROOF_VERSION", packed, "what gradproof_version() returns: 10000 major + 100 minor + patch"),
        Constant("GRADPROOF_ABI", ABI, "programs built with this header run with every library of this number"),
    ]


def _name(word: str) -> str:
    return f"GRADPROOF_{word.upper()}"


def _named(prefix: str) -> list[Constant]:
    found = {name: value for name, value in vars(codes).items() if name.startswith(prefix)}
    constants = [Constant(_name(name), value, MEANINGS.get(name, "")) for name, value in found.items()]
    return sorted(constants, key=lambda one: one.value)
