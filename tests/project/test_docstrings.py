"""The docstrings of all public names: every one has an example that runs, and describes its parameters and fields."""

import dataclasses
import doctest
import enum
import importlib
import inspect
import pydoc
import re
from typing import NamedTuple

import pytest

import gradproof
import gradproof.compat.autograd
import gradproof.compat.jax
import gradproof.compat.statsmodels
import gradproof.compat.torch
import gradproof.jax
import gradproof.torch
from gradproof import zoo
from gradproof.differences import NoiseFloor
from gradproof.lesson.orders import Fit
from gradproof.mutation.score import Mutant, MutationScore
from gradproof.problem.exceptions import Raised
from gradproof.report.ladder import Rung
from gradproof.report.power import BlockPower, Power
from gradproof.report.summaries.arrays import ArrayReport

# What public functions and properties return, though it has no public name.
RETURNED = (ArrayReport, BlockPower, Fit, Mutant, MutationScore, NoiseFloor, Power, Raised, Rung)
ADAPTERS = (
    gradproof.torch,
    gradproof.jax,
    gradproof.compat,
    gradproof.compat.torch,
    gradproof.compat.jax,
    gradproof.compat.autograd,
    gradproof.compat.statsmodels,
)
FLAGS = doctest.ELLIPSIS
# Examples that import one of these run only where it is installed.
OPTIONAL = re.compile(r"^(?:import|from) (ase|autograd|jax|matplotlib|openmdao|pytensor|torch)\b", re.M)
PARAMETERS, ATTRIBUTES = (
    re.compile(rf"^{head}\n-+\n(.*?)(?=^\S[^\n]*\n-+\n|\Z)", re.M | re.S) for head in ("Parameters", "Attributes")
)


class Documented(NamedTuple):
    """A public object with its name; of a method or property also the class, in whose docstring it may be shown."""

    name: str
    object: object
    owner: type | None = None


def public_objects():
    """Return the public modules, functions and classes, and their methods and properties."""
    modules = {"gradproof": gradproof, "gradproof.zoo": zoo}
    yield from (Documented(name, module) for name, module in modules.items())
    for prefix, module in (*modules.items(), *((each.__name__, each) for each in ADAPTERS)):
        names = getattr(module, "__all__", None) or own_functions(module)
        yield from objects_of({f"{prefix}.{name}": getattr(module, name) for name in names})
    yield from objects_of({each.__name__: each for each in RETURNED})


def own_functions(module):
    found = inspect.getmembers(module, inspect.isfunction)
    return [name for name, function in found if function.__module__ == module.__name__ and name[0] != "_"]


def objects_of(named):
    """Yield functions and classes among these objects, each class with its members."""
    for name, each in named.items():
        if inspect.isfunction(each):
            yield Documented(name, each)
        elif inspect.isclass(each):
            yield Documented(name, each)
            yield from (Documented(f"{name}.{member}", what, each) for member, what in members(each).items())


def members(owner):
    """Return the public methods and properties of a class that are written in the package, by name."""
    found = {}
    for base in reversed(owner.__mro__):
        if base.__module__.partition(".")[0] not in ("builtins", "enum"):
            found |= {name: getattr(what, "__func__", what) for name, what in vars(base).items() if name[0] != "_"}
    return {name: what for name, what in found.items() if inspect.isfunction(what) or isinstance(what, property)}


def text_of(documented):
    return inspect.cleandoc(documented.object.__doc__ or "")


def examples(text):
    return doctest.DocTestParser().get_examples(text)


def faults(documented):
    """Return what is missing in a docstring, as sentences."""
    name, text = documented.name, text_of(documented)
    if not text:
        return [f"{name} has no docstring"]
    found = []
    shown = (
        any(f".{name.rpartition('.')[2]}" in example.source for example in examples(documented.owner.__doc__ or ""))
        if documented.owner
        else False
    )
    if not examples(text) and not shown:
        found.append(f"{name} has no example that runs")
    described = described_in(PARAMETERS, text)
    found += [f"{name} does not describe {one}" for one in parameters(documented.object) if one not in described]
    described = described_in(ATTRIBUTES, text)
    return found + [f"{name} does not describe {one}" for one in fields(documented.object) if one not in described]


def described_in(section, text):
    """Return the names that a section describes: those before the colons of its unindented lines."""
    match = section.search(text)
    lines = match.group(1).splitlines() if match else []
    heads = [line.partition(" :")[0] for line in lines if line and line[0] != " "]
    return {name.strip() for head in heads for name in head.split(",")}


def parameters(each):
    if not inspect.isfunction(each):
        return []
    kinds = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
    every = inspect.signature(each).parameters.values()
    return [kinds.get(one.kind, "") + one.name for one in every if one.name not in ("self", "cls")]


def fields(each):
    if not inspect.isclass(each):
        return []
    if issubclass(each, enum.Enum):
        return list(each.__members__)
    names = [one.name for one in dataclasses.fields(each)] if dataclasses.is_dataclass(each) else []
    return [name for name in (*names, *getattr(each, "_fields", ())) if name[0] != "_"]


def failures(documented):
    """Run the examples of a docstring and return what went wrong, as text."""
    text = text_of(documented)
    test = doctest.DocTestParser().get_doctest(text, {}, documented.name, None, 0)
    output = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=output.append)
    return "".join(output)


OBJECTS = list(public_objects())
WITH_EXAMPLES = [one for one in OBJECTS if examples(text_of(one))]


@pytest.mark.parametrize("documented", OBJECTS, ids=lambda one: one.name)
def test_docstrings_are_complete(documented):
    assert not faults(documented)


@pytest.mark.parametrize("documented", WITH_EXAMPLES, ids=lambda one: one.name)
def test_examples_run(documented):
    for module in OPTIONAL.findall("\n".join(one.source for one in examples(text_of(documented)))):
        pytest.importorskip(module)
    assert not failures(documented)


def test_all_public_names_are_seen():
    names = {one.name for one in OBJECTS}
    functions = [name for name in gradproof.__all__ if callable(getattr(gradproof, name))]
    assert {f"gradproof.{name}" for name in functions} <= names
    assert {"gradproof.Report.to_json", "gradproof.Report.ladder", "gradproof.Finding.factor", "Power.single"} <= names
    assert {"gradproof.Cause.from_code", "gradproof.torch.check", "gradproof.jax.assert_gradient"} <= names
    assert {"gradproof.compat.check_grads", "gradproof.compat.torch.gradcheck"} <= names
    assert {"gradproof.zoo.network", "gradproof.zoo.Network.pattern", "Fit.error"} <= names
    assert not {name for name in names if "._" in name}


def test_help_begins_with_what_a_person_needs():
    text = pydoc.plain(pydoc.render_doc(gradproof))
    name, _, description = text.partition("DESCRIPTION")
    assert "gradproof tells whether a gradient is right, which coordinates are wrong, and why." in name
    first = description[:1500]
    places = [first.index(word) for word in ("check(objective, gradient, x)", "`Report`", ">>> import gradproof")]
    assert places == sorted(places)
    assert all(re.search(rf"\b{name}\b", gradproof.__doc__) for name in gradproof.__all__ if name != "__version__")
    first, _, rest = pydoc.plain(pydoc.render_doc(gradproof.check)).partition("Parameters")
    assert "Check a gradient: tell whether it is right, which coordinates are wrong, and why." in first
    assert ">>> report = check(objective, gradient, x)" in rest


def documented(function):
    return Documented(function.__name__, function)


def test_wrong_output_is_found():
    def doubled(x):
        """Return twice x.

        Parameters
        ----------
        x : int
            Any integer.

        Examples
        --------
        >>> 2 * 2
        4
        """
        return 2 * x

    assert faults(documented(doubled)) == []
    assert failures(documented(doubled)) == ""
    doubled.__doc__ = doubled.__doc__.replace("        4\n", "        5\n")
    assert "Expected:\n    5\nGot:\n    4\n" in failures(documented(doubled))


def test_what_is_missing_is_named():
    def bare(x):
        return x

    def short(x, *, y=0, **others):
        """Return x.

        Parameters
        ----------
        x, y : int
            Integers.
        """
        return x, y, others

    @dataclasses.dataclass
    class Pair:
        """Two numbers.

        Attributes
        ----------
        first : int
            The first one.

        Examples
        --------
        >>> 1 + 1
        2
        """

        first: int
        second: int
        _hidden: int

        def total(self):
            """Return the sum."""

    assert faults(documented(bare)) == ["bare has no docstring"]
    assert faults(documented(short)) == ["short has no example that runs", "short does not describe **others"]
    pair, total = objects_of({"Pair": Pair})
    assert faults(pair) == ["Pair does not describe second"]
    assert faults(total) == ["Pair.total has no example that runs"]
    Pair.__doc__ = Pair.__doc__.replace("1 + 1", "Pair(1, 1, 0).total()")
    assert faults(total) == []


def test_optional_modules_are_skipped_only_where_they_are_missing():
    assert OPTIONAL.findall(
        "import torch\nimport jax.numpy as jnp\nfrom matplotlib.figure import Figure\nimport os"
    ) == [
        "torch",
        "jax",
        "matplotlib",
    ]
    assert importlib.util.find_spec("numpy") is not None
