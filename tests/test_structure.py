"""What may import what: one direction, from the core at the bottom to the command line at the top.

Read from the source, imports inside of functions included; names that are put together at run time are not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

import gradproof

PACKAGE = Path(gradproof.__file__).parent
PROJECT = Path(__file__).parents[1]

# From the bottom: a module may import modules of its own layer and of those below.  A name stands for the module and
# for all that is inside of it; "" is the package itself, which brings its public names along when they are used.
LAYERS: dict[str, tuple[str, ...]] = {
    "the core, which imports nothing of the package": ("core",),
    "what is generated, and the version": ("_declarations", "version"),
    "the core in machine code": ("compiler", "library"),
    "the words for a problem: causes, parameters, the point": ("cause", "parameters", "problem"),
    "the engine of the core as Python holds it": ("engine", "linesengine"),
    "values of the objective": ("evaluators",),
    "the stages of a check, and the pieces that are useful alone": (
        "additive",
        "checking",
        "curves",
        "differences",
        "explaining",
        "figures",
        "fewer_rows",
        "jax",
        "keeping",
        "ladder",
        "linestable",
        "on_rows",
        "orders",
        "plain",
        "plotting",
        "power",
        "progress",
        "recording",
        "report",
        "restriction",
        "resuming",
        "saving",
        "settled",
        "studying",
        "studytable",
        "table",
        "torch",
        "vacuous",
    ),
    "checks along the training": ("optimizers", "training", "trajectory"),
    "networks to try a check on, which import nothing of the package": ("zoo",),
    "the front door for Python": ("",),
    "the command line, and what it shows": ("__main__", "command", "demos", "failure", "loading", "studycommand"),
}
# What is heavy, or may not be there, is imported when it is used; only the compiler is itself imported on use.
ON_USE = {"jax", "matplotlib", "numba", "scipy", "torch", "tqdm"}
NUMPY_IN_CORE = {"float64", "int32", "int64", "uint32", "uint64"}
LONGEST = 300
# With the reason for each; none without.
LONGER = {
    "src/gradproof/parameters.py": "one noun, a structure as a vector and back, with a sentence for every misuse",
    "src/gradproof/differences.py": "six public functions, half of it their docstrings",
    "native_api/build.py": "one script, which the build of a wheel loads as a file",
}


Statement: TypeAlias = ast.Import | ast.ImportFrom


class Arrow(NamedTuple):
    """One import of the package's own: from a module to a module, at import time or on use."""

    source: str
    target: str
    on_use: bool

    def __str__(self) -> str:
        return f"{self.source or 'gradproof'} -> {self.target or 'gradproof'}{' (on use)' if self.on_use else ''}"


class Foreign(NamedTuple):
    """One import of something else: the module that imports, what it names, and whether on use."""

    source: str
    module: str
    names: tuple[str, ...]
    on_use: bool

    def __str__(self) -> str:
        return f"{self.source or 'gradproof'} imports {', '.join(self.names) or 'all'} of {self.module}"


def modules(package: Path) -> dict[str, Path]:
    """Return the modules of a package by their dotted names inside of it; the package itself is ""."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def statements(node: ast.AST, on_use: bool = False) -> Iterator[tuple[Statement, bool]]:
    """Yield the imports below a node, and whether they wait for a call; what is for type checkers does not count."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, on_use
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from statements(ast.Module(child.orelse, []), on_use)
        else:
            waits = on_use or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from statements(child, waits)


def named(statement: Statement, place: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Return (module, names) of an import statement; relative ones count from the package at `place`."""
    if isinstance(statement, ast.Import):
        return [(alias.name, []) for alias in statement.names]
    above = place[: len(place) + 1 - statement.level] if statement.level else ()
    module = ".".join([*above, *([statement.module] if statement.module else [])])
    return [(module, [alias.name for alias in statement.names])]


def graph(package: Path) -> tuple[list[Arrow], list[Foreign]]:
    """Return the imports of a package: its own, and those of others."""
    known = modules(package)
    arrows, foreign = [], []
    for source, path in known.items():
        place = path.relative_to(package.parent).parent.parts
        for statement, on_use in statements(ast.parse(path.read_text())):
            for module, names in named(statement, place):
                first, _, inside = module.partition(".")
                if first != package.name:
                    foreign.append(Foreign(source, module, tuple(names), on_use))
                    continue
                # `from .core import codes` names a module, `from .library import native` a function in one.
                deeper = [f"{inside}.{name}".strip(".") for name in names]
                submodules = [name for name in deeper if name in known]
                targets = submodules if names and len(submodules) == len(names) else [*submodules, inside]
                arrows += [Arrow(source, target, on_use) for target in targets if target != source]
    return arrows, foreign


def layer(module: str) -> int:
    """Return the layer of a module, counted from the bottom; -1 where it has none."""
    top = module.partition(".")[0]
    return next((number for number, names in enumerate(LAYERS.values()) if top in names), -1)


def upward(arrows: list[Arrow]) -> list[str]:
    """Return the arrows that point up."""
    names = list(LAYERS)
    return [
        f"{arrow}: from {names[layer(arrow.source)]!r} up to {names[layer(arrow.target)]!r}"
        for arrow in arrows
        if layer(arrow.target) > layer(arrow.source) >= 0
    ]


def without_layer(package: Path) -> list[str]:
    return [f"{module} has no layer" for module in modules(package) if layer(module) < 0]


def cycles(arrows: list[Arrow]) -> list[str]:
    """Return a cycle for every module that leads back to itself."""
    targets: dict[str, list[str]] = {}
    for arrow in arrows:
        targets.setdefault(arrow.source, []).append(arrow.target)
    found = set()
    for start in targets:
        paths = [[start]]
        seen = set()
        while paths:
            path = paths.pop(0)
            for target in targets.get(path[-1], []):
                if target == start:
                    turn = path.index(min(path))
                    found.add(" -> ".join([*path[turn:], *path[:turn], path[turn]]))
                elif target not in seen:
                    seen.add(target)
                    paths.append([*path, target])
    return sorted(found)


def in_core(module: str) -> bool:
    return module == "core" or module.startswith("core.")


def heavy_at_import(foreign: list[Foreign]) -> list[str]:
    """Return what is heavy and not imported on use."""
    return [
        str(one)
        for one in foreign
        if one.module.partition(".")[0] in ON_USE and not one.on_use and one.source != "compiler"
    ]


def not_for_the_core(foreign: list[Foreign]) -> list[str]:
    """Return what the core may not import: all but the standard library, and NumPy's scalar types."""
    allowed = {"math", "typing", "__future__", "collections.abc"}
    for_the_border = allowed | {"importlib", "inspect", "pkgutil"}
    faults = []
    for one in foreign:
        if in_core(one.source) and one.module not in (for_the_border if one.source == "core.abi" else allowed):
            scalars = one.module == "numpy" and one.names and set(one.names) <= NUMPY_IN_CORE
            if not scalars and not (one.source == "core.memory" and one.module == "numpy"):
                faults.append(str(one))
    return faults


def compiler_elsewhere(arrows: list[Arrow]) -> list[str]:
    """Return the arrows to the compiler but for that of the library, which is taken on use."""
    return [str(one) for one in arrows if one.target == "compiler" and (one.source, one.on_use) != ("library", True)]


def too_long(folder: Path) -> list[str]:
    """Return the files that are longer than a file may be, and reasons for files that are not."""
    lengths = {
        path.relative_to(folder).as_posix(): len(path.read_text().splitlines())
        for part in ("src", "native_api")
        for path in sorted((folder / part).rglob("*.py"))
    }
    long = {name for name, length in lengths.items() if length > LONGEST}
    faults = [f"{name} has {lengths[name]} lines" for name in sorted(long - set(LONGER))]
    return faults + [f"{name} is no longer too long" for name in sorted(set(LONGER) - long) if name in lengths]


def faults(package: Path) -> list[str]:
    """Return everything that is wrong with the imports of a package."""
    arrows, foreign = graph(package)
    return [
        *without_layer(package),
        *upward(arrows),
        *cycles([arrow for arrow in arrows if not arrow.on_use]),
        *cycles([arrow for arrow in arrows if in_core(arrow.source)]),
        *heavy_at_import(foreign),
        *not_for_the_core(foreign),
        *compiler_elsewhere(arrows),
    ]


def test_imports_point_one_way():
    found = faults(PACKAGE)
    assert not found, "\n".join(found)


def test_the_graph_is_seen():
    """The arrows that must be there are: a checker that sees none finds no fault."""
    arrows, foreign = graph(PACKAGE)
    for arrow in (
        Arrow("differences", "evaluators", False),
        Arrow("differences", "core.codes", False),
        Arrow("evaluators.serial", "parameters", False),
        Arrow("library", "compiler", True),
        Arrow("command", "demos", True),
        Arrow("report", "table", True),
        Arrow("core.climb", "core.evidence", False),
        Arrow("core.lineflow", "core.lineweigh", False),
    ):
        assert arrow in arrows
    assert not any(arrow == Arrow("table", "report", False) for arrow in arrows)  # for type checkers alone
    assert Foreign("compiler", "numba", (), False) in foreign
    assert Foreign("progress", "tqdm", ("tqdm",), True) in foreign
    assert len(modules(PACKAGE)) > 50


def test_files_are_short():
    found = too_long(PROJECT)
    assert not found, "\n".join(found)


def package_of(folder: Path, **files: str) -> Path:
    """A small package: two underscores in a name stand for a slash."""
    package = folder / "src" / "gradproof"
    right = {
        "__init__": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .command import main\n",
        "core/__init__": "",
        "core/a": "import math\nfrom numpy import int64\nfrom .b import f\n",
        "core/b": "from collections.abc import Callable\n",
        "core/memory": "import numpy as np\n",
        "library": "from .core import a\ndef native():\n    from .compiler import entry\n",
        "compiler": "import numba\nfrom .core.memory import x\n",
        "engine": "from .library import native\nfrom . import core\n",
        "command": "def main():\n    from . import engine\n    import tqdm\n",
    }
    for name, text in (right | {name.replace("__", "/", 1): text for name, text in files.items()}).items():
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return package


def test_a_right_package(tmp_path):
    assert faults(package_of(tmp_path)) == []
    assert too_long(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"core__b": "from ..library import native\n"}, "core.b -> library: from 'the core, which imports nothing"),
        ({"core__b": "def f():\n    from .. import library\n"}, "core.b -> library (on use): from 'the core"),
        ({"core__b": "from gradproof.engine import Engine\n"}, "core.b -> engine: from"),
        ({"library": "import gradproof.command\n"}, "library -> command: from 'the core in machine code' up to"),
        ({"library": "import gradproof\n"}, "library -> gradproof: from 'the core in machine code' up to"),
        ({"engine": "try:\n    from . import command\nexcept ImportError:\n    pass\n"}, "engine -> command: from"),
        ({"core__b": "from .a import g\n"}, "core.a -> core.b -> core.a"),
        ({"core__b": "def f():\n    from . import a\n"}, "core.a -> core.b -> core.a"),
        ({"library": "from .compiler import entry\n"}, "library -> compiler"),
        ({"engine": "def f():\n    from .compiler import entry\n"}, "engine -> compiler (on use)"),
        ({"command": "from . import demos\n", "demos": "from .command import main\n"}, "command -> demos -> command"),
        ({"core__b": "if TYPE_CHECKING:\n    pass\nelse:\n    from ..engine import E\n"}, "core.b -> engine: from"),
        ({"engine": "import scipy.optimize\n"}, "engine imports all of scipy.optimize"),
        ({"command": "class A:\n    from tqdm import tqdm\n"}, "command imports tqdm of tqdm"),
        ({"core__b": "import numpy as np\n"}, "core.b imports all of numpy"),
        ({"core__b": "from numpy import sum\n"}, "core.b imports sum of numpy"),
        ({"core__b": "def f():\n    import numba\n"}, "core.b imports all of numba"),
        ({"core__b": "import os\n"}, "core.b imports all of os"),
        ({"newcomer": ""}, "newcomer has no layer"),
    ],
)
def test_a_wrong_package(tmp_path, files, fault):
    found = faults(package_of(tmp_path, **files))
    assert any(one.startswith(fault) for one in found), found


def test_a_file_that_is_too_long(tmp_path):
    package_of(tmp_path, engine="\n" * (LONGEST + 1))
    assert too_long(tmp_path) == [f"src/gradproof/engine.py has {LONGEST + 1} lines"]
    package_of(tmp_path, engine="\n" * LONGEST, differences="\n")
    assert too_long(tmp_path) == ["src/gradproof/differences.py is no longer too long"]
