"""What may import what: one direction, from the core at the bottom to the command line at the top.

Read from the source: imports inside of functions and imports for type checkers count as any other; names that are put
together at run time are not seen.  How long files and functions may be, and how full folders, is tested here, too.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

import gradproof

PACKAGE = Path(gradproof.__file__).parent
PROJECT = Path(__file__).parents[2]

# The rooms of the core and their floors, both from the bottom, with the same meaning as below.
CORE: dict[str, tuple[str, ...]] = {
    # What all the rest is written in: types of the C border, codes, records, memory, floating-point numbers.
    "records": (
        "abi codes",
        "memory record sums",
        "floats",
        "border overlapping",
        "engine text",
        "lines",
    ),
    # From a probe, a few words, to the point that the objective sees, and to its value there.
    "points": ("lanes", "directions", "windows", "long_lines seeds", "probes", "values"),
    # What values along one line prove: noise, slopes with their error bars, kinks and jumps.
    "evidence": (
        "extrapolation scales stages",
        "ladder",
        "hidden_noise near_kinks",
        "intervals",
        "faint_slopes",
        "decision jumps",
    ),
    # How noisy f is, on a line of its own, and what a random f still shows.
    "noise": (
        "curvature line_values noise_table parked_slots spread",
        "noise_line shown_arithmetic",
        "assumed_noise",
    ),
    # What long lines through many coordinates prove, several at once or one alone.
    "lines": (
        "parts phases rungs",
        "decision norms pooled_bars",
        "plan single_bars",
        "gaps arrays",
        "walk",
    ),
    # How a claim about one line is proved or refuted, once its first pair leaves it open.
    "proofs": ("two_pairs", "first_pair short_proof", "curved_proof", "refinement", "full_ladder"),
    # The sweep over coordinates that are tested one by one, from the first pair to kinks that several of them share.
    "coordinates": (
        "phases shared_line",
        "shared_kinks slots",
        "outcome",
        "smoothness",
        "equal_values pairs",
        "sweep",
        "rounds start",
    ),
    # What is useful alone: differences, noise floor, kinks, relative error, the ladder of one coordinate.
    "pieces": ("noise_floor relative_error", "differences kinks", "ladder"),
    # From a long line that disagrees down to its wrong coordinates, which are then tested one by one.
    "search": (
        "allowance candidates forgetting halving long_findings",
        "nodes",
        "dense_errors",
        "array_errors descent",
    ),
    # What was found, the worst first, as it is written for the caller.
    "findings": ("found severity usual", "in_common worst_first"),
    # The check in rounds, the same in every mode: begin, ask, tell, stop, result.
    "machine": (
        "line_report line_start line_verdict options sealing",
        "line_weighing",
        "line_scales",
        "line_rounds",
        "rounds vouched",
        "result",
    ),
    # A report as text: letters, numbers and names, then its parts, then the whole.
    "text": (
        "letters sentences",
        "numbers",
        "subject",
        "headline power rows",
        "explanations facts table",
        "printing",
    ),
    # On top of them the C API: the check in one call, and checks on memory of the library's own.
    "door": ("shared start", "check owned run"),
}
# Rooms of the core that do not know each other, although by their order the second one could know the first.
STRANGERS = {
    *(("lines", room) for room in ("proofs", "coordinates", "pieces")),
    *(("pieces", room) for room in ("search", "findings", "machine", "door")),
}
FLOORS_OF_CORE = tuple(
    " ".join(f"{room}.{name}" for name in floor.split()) for room, floors in CORE.items() for floor in floors
)

# The rooms, from the bottom: each may import those before it.  Within a room, the floors, from the bottom: a file may
# import the files of the floors before it; files that stand on one floor do not know each other.  A room without floors
# is one file, or imports nothing of its own.  "." is the package itself, the `__init__.py` of a folder; as a room it is
# the package itself, which imports its public names on first use.
ROOMS: dict[str, tuple[str, ...]] = {
    "core": FLOORS_OF_CORE,
    "_declarations": (),
    "version": (),
    "lazy": (),
    "machine_code": ("counting linked", "vectors", "records", "allocation clock lanes texts threads", "operations"),
    "compiler": (),
    # The core as plain Python: what serves where there is no library.
    "interpreted": ("replacing arguments vectors", "serving", "exported"),
    "library": (),
    "problem": (
        "numbers exceptions given.foreign",
        "given.containers",
        "nodes probes watching",
        "filling coordinates.keys",
        "structure",
        "coordinates.names given.frames given.results given.bound_forms",
        "coordinates.chosen",
        "point coordinates.lookup",
        "bounds claim coordinates.places rounding",
    ),
    "engine": (),
    "evaluators": (
        "values pace lines compiled.prototypes",
        "evaluator objectives",
        "batched serial compiled.threads compiled.addresses compiled.child",
        "arrays.memory arrays.signals",
        "compiled.adapters compiled.declared arrays.chosen arrays.holding arrays.lines arrays.placed",
        "compiled.functions compiled.library_rounds",
        "compiled.native",
        "compiled.jitted arrays.inplace",
        "callback local",
        "restricted workers.disk",
        "workers.worker",
        "workers.futures workers.task",
        "workers.executor",
        "choice",
    ),
    "arguments": ("extra mapping naming pair ready", "reading", "precise swapped"),
    "differences": (),
    "report": (
        "text.encoding formats.known",
        "cause explanation remarks.conjugated remarks.vacuous remarks.inner_tolerance remarks.meeting_kinks "
        "remarks.negated text.figures",
        "ladder power",
        "finding formats.plain",
        "records",
        "shape summaries.arrays remarks.signs",
        "advice",
        "text.vouching text.explanations text.facts text.summary text.arrays text.factors",
        "text.lines",
        "text.table",
        "text.explaining summaries.table",
        # A file for each format, used by the methods of a report.
        "formats.structure formats.plotting formats.markdown formats.ci.source formats.ci.junit",
        "formats.html.assets formats.html.maps formats.html.svg formats.html.compact",
        "formats.ci.github formats.ci.sarif formats.html.page formats.json_writing",
        "formats.json_reading",
        "formats.methods",
        "report",
        "making raising",
    ),
    # Why a gradient is wrong: a file for each kind of explanation.
    "diagnosis": (
        "coincidence evidence fits norms kinds.others.numbers kinds.functions.derivatives",
        "kinds.names",
        "kinds.factors kinds.functions.slopes kinds.functions.terms",
        "kinds.additions kinds.invariance kinds.limits kinds.matrices kinds.arrangements.candidates",
        "kinds.arrangements.rearranged kinds.arrangements.slips",
        "kinds.axes kinds.rotations kinds.values kinds.functions.variables kinds.functions.differences "
        "kinds.functions.of_x_alone kinds.functions.mixtures kinds.functions.penalised kinds.functions.softmax",
        "parts regions",
        "kinds.others.pairs places",
        "kinds.others.axes kinds.others.slopes kinds.others.values",
        "kinds.others.arrays",
        "searching",
        "along",
        "diagnose",
        "entries",
    ),
    "run": (
        "atomic_files keeping progress settings",
        "keywords saving subchecks",
        "recording slices",
        "resuming",
        "rounds",
    ),
    # Checks of vectors that lie in shards: what each of them answers, then what is made of all answers.
    "shards": ("question", "slopes", "all_shards holding moving", "remarks shard sharded_core", "check"),
    "rows": ("on_rows additive one_row", "combining", "fewer_rows"),
    # Functions with many outputs: projected on covectors, then looked at output by output.
    "outputs": (
        "sums",
        "covectors claimed.matrices localisation.evaluated",
        "function claimed.claims",
        "claimed.operators claimed.patterns",
        "claimed.symmetry",
        "localisation.columns",
        "localisation.screen localisation.halving localisation.rows localisation.suspects",
        "localisation.entries localisation.noisy",
        "localisation.singly joining several",
        "localisation.still",
        "checks",
        "along.directions",
        "along.tangents",
        "products jacobian hessian adjoint termwise",
    ),
    "checking": (),
    # What the adapters for PyTorch and JAX share.
    "frameworks": ("names", "kinks steps", "float32 unseen"),
    "replaying": (),
    # Bugs planted in a right gradient.
    "mutation": ("bugs memoised", "score"),
    "torch": (
        "calls device.hashing tensors state.generators accumulated",
        "lifted.shadows lifted.draws lifted.roundings lifted.replacements state.written steps",
        "device.shard lifted.lifting backward state.state",
        "device.check arguments moved lifted.precise padding linearised",
        "modules operators",
        "lifted.functions",
        ".",
    ),
    "jax": ("interpreting trees", "lifting linearised maps steps", "precise", "precise_maps gradients", "."),
    # Checks with the signatures of other libraries, one file for each.
    "compat": (
        "shared.distance shared.near_x shared.slopes shared.transposed",
        "shared.retained_graph",
        "shared.tolerances shared.backward shared.equality shared.fast_path",
        "shared.forward",
        "shared.gradcheck",
        "ase autograd jax openmdao pytensor scipy statsmodels torch",
        ".",
    ),
    "lesson": (
        "orders optimizers line",
        "curves trajectory",
        "table training",
        "plotting",
        "study",
        "studying",
    ),
    "zoo": ("activations losses digits", "networks", "."),
    ".": (),
    "demos": (
        "network",
        "bugs.mask bugs.mean bugs.regulariser bugs.transposed patterns",
        "fewer_points forward_or_centered kinks million model training",
        ".",
    ),
    "commands": (
        "failure installed.installation process.streams suggestions",
        "output targets.arrays targets.symbols process.spawned",
        "targets.loading process.forked",
        "arguments files",
        "formats",
        "check installed.native pages study",
        "replay",
        "main",
    ),
    "__main__": (),
    # On the package alone, whose names it uses as a test does.
    "pytest_plugin": (),
}
# What is heavy, or may not be there, is imported when it is used; only the compiler is itself imported on use.
ON_USE = {"autograd", "jax", "llvmlite", "matplotlib", "numba", "openmdao", "pytensor", "scipy", "torch"}
IN_MACHINE_CODE = (
    "allocation",
    "clock",
    "counting",
    "lanes",
    "linked",
    "operations",
    "records",
    "texts",
    "threads",
    "vectors",
)
# What compiles on use where there is no library.
WITHOUT_LIBRARY = ("interpreted.exported", "interpreted.vectors")
COMPILER = {"compiler", *(f"machine_code.{one}" for one in IN_MACHINE_CODE)}
# What the core may import, and what some of its files need besides; of NumPy all others have the scalar types alone.
IN_CORE = {"math", "typing", "__future__", "collections.abc"}
BESIDES = {
    "core.machine.sealing": {"zlib"},
    "core.points.lanes": {"numpy"},
    "core.records.abi": {"importlib", "inspect", "pkgutil"},
    "core.records.memory": {"ctypes", "numpy", "time"},
    "core.records.record": {"ctypes", "numpy", "sys"},
}
NUMPY_IN_CORE = {"float64", "int32", "int64", "uint32", "uint64"}
LONGEST = 300
LONGEST_FUNCTION = 34
MOST_PARAMETERS = 6
MOST_FILES = 12
# With the reason for each; none without.
LONGER = {
    "src/gradproof/differences.py": "six public functions, half of it their docstrings",
}
CROWDED: dict[str, str] = {}
# The public functions whose arguments users write by name, or whose signature is that of another library.
MANY_PARAMETERS = {
    "checking.check",
    "compat.jax.check_grads",
    "compat.pytensor.verify_grad",
    "compat.scipy.check_grad",
    "compat.torch.gradcheck",
    "compat.torch.gradgradcheck",
    "jax.check",
    "lesson.studying.study",
    "lesson.training.check_along",
}


Statement: TypeAlias = ast.Import | ast.ImportFrom


AT_IMPORT, ON_CALL, FOR_TYPES = "at import", "on use", "for types"


class Arrow(NamedTuple):
    """One import of the package's own: from a module to a module, at import time, on use, or for type checkers."""

    source: str
    target: str
    when: str

    def __str__(self) -> str:
        when = "" if self.when == AT_IMPORT else f" ({self.when})"
        return f"{self.source or 'gradproof'} -> {self.target or 'gradproof'}{when}"


class Foreign(NamedTuple):
    """One import of something else: the module that imports, what it names, and when."""

    source: str
    module: str
    names: tuple[str, ...]
    when: str

    def __str__(self) -> str:
        return f"{self.source or 'gradproof'} imports {', '.join(self.names) or 'all'} of {self.module}"


def modules(package: Path) -> dict[str, Path]:
    """Return the modules of a package by their dotted names inside of it; the package itself is ""."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def statements(node: ast.AST, when: str = AT_IMPORT) -> Iterator[tuple[Statement, str]]:
    """Yield the imports below a node, and when they are made: at import, on use, or only by type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, when
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from statements(ast.Module(child.body, []), FOR_TYPES)
            yield from statements(ast.Module(child.orelse, []), when)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from statements(child, when if when == FOR_TYPES else ON_CALL)
        else:
            yield from statements(child, when)


@functools.cache
def imports_in(code: str) -> tuple[tuple[Statement, str], ...]:
    """Return the imports of a file; of the same code once, for all tests."""
    return tuple(statements(ast.parse(code)))


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
        for statement, when in imports_in(path.read_text()):
            for module, names in named(statement, place):
                first, _, inside = module.partition(".")
                if first != package.name:
                    foreign.append(Foreign(source, module, tuple(names), when))
                    continue
                # `from .core import codes` names a module, `from .library import native` a function in one.
                deeper = [f"{inside}.{name}".strip(".") for name in names]
                submodules = [name for name in deeper if name in known]
                targets = submodules if names and len(submodules) == len(names) else [*submodules, inside]
                arrows += [Arrow(source, target, when) for target in targets if target != source]
    return arrows, foreign


def place(module: str, rooms: dict[str, tuple[str, ...]]) -> tuple[int, int]:
    """Return the room and the floor of a module, counted from the bottom; -1 where it has none.

    An `__init__.py` that no floor names is the lowest of its room, as are all files of a room without floors.
    """
    room, _, inside = module.partition(".")
    number = list(rooms).index(room or ".") if (room or ".") in rooms else -1
    floors = rooms.get(room or ".", ())
    floor = next((at for at, names in enumerate(floors) if (inside or ".") in names.split()), -1)
    return number, floor


def without_place(package: Path, rooms: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the modules that the table does not name, and the names in it that are no modules."""
    known = modules(package)
    found = []
    for module, path in known.items():
        room, floor = place(module, rooms)
        needs_floor = bool(rooms.get(module.partition(".")[0])) and path.name != "__init__.py"
        if room < 0 or (needs_floor and floor < 0):
            found.append(f"{module} has no layer")
    for room, floors in rooms.items():
        names = [f"{room}.{name}".removesuffix("..") for floor in floors for name in floor.split()]
        found += [f"{name} is no module" for name in names if name not in known]
    return found


def upward(arrows: list[Arrow], rooms: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the arrows that do not point down: to a room above, or within a room to a floor that is not below."""
    found = []
    for arrow in arrows:
        source, target = place(arrow.source, rooms), place(arrow.target, rooms)
        ordered = bool(rooms.get(arrow.source.partition(".")[0]))
        if min(source[0], target[0]) < 0:
            continue
        if target[0] > source[0]:
            found.append(f"{arrow}: up to another room")
        elif target[0] == source[0] and ordered and target[1] >= source[1]:
            found.append(f"{arrow}: not down in its room")
    return found


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
        if one.module.partition(".")[0] in ON_USE and one.when == AT_IMPORT and one.source not in COMPILER
    ]


def not_for_the_core(foreign: list[Foreign]) -> list[str]:
    """Return what the core may not import: all but the standard library, and NumPy's scalar types."""
    faults = []
    for one in foreign:
        if in_core(one.source) and one.when != FOR_TYPES and one.module not in IN_CORE | BESIDES.get(one.source, set()):
            if not (one.module == "numpy" and one.names and set(one.names) <= NUMPY_IN_CORE):
                faults.append(str(one))
    return faults


def room_of_core(module: str) -> str:
    """Return the room of the core in which a module lies; nothing for others."""
    return module.split(".")[1] if in_core(module) and "." in module else ""


def among_strangers(arrows: list[Arrow]) -> list[str]:
    """Return the arrows between rooms of the core that do not know each other."""
    return [
        f"{arrow}: these rooms do not know each other"
        for arrow in arrows
        if (room_of_core(arrow.target), room_of_core(arrow.source)) in STRANGERS
    ]


def compiler_elsewhere(arrows: list[Arrow]) -> list[str]:
    """Return the arrows to the compiler but for its own, and those that are taken on use: where there is no library."""
    return [
        str(one)
        for one in arrows
        if one.target in COMPILER and one.source not in COMPILER
        if (one.target, one.when) != ("compiler", ON_CALL) or one.source not in WITHOUT_LIBRARY
    ]


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


def too_full(folder: Path, excused: dict[str, str]) -> list[str]:
    """Return the folders that hold too many files, and reasons for folders that do not."""
    package = folder / "src" / "gradproof"
    folders = {path.parent for path in package.rglob("*.py")}
    counts = {one.relative_to(folder).as_posix(): len(list(one.glob("*.py"))) for one in sorted(folders)}
    full = {name for name, count in counts.items() if count > MOST_FILES}
    found = [f"{name} holds {counts[name]} files" for name in sorted(full - set(excused))]
    return found + [f"{name} is no longer too full" for name in sorted(set(excused) - full)]


def functions(package: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield all functions, those inside of classes and functions included, by module and name."""
    for module, path in modules(package).items():
        if module != "_declarations":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield f"{module}.{node.name}".lstrip("."), node


def is_exported(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function of the core is one of the library's: C has no other way to hand things over."""
    return any(isinstance(mark, ast.Name) and mark.id == "exported" for mark in function.decorator_list)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many parameters a function has, beside the object or class that it belongs to."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    bound = bool(plain) and plain[0].arg in ("self", "cls")
    return len(plain) - bound + len(given.kwonlyargs) + (given.vararg is not None) + (given.kwarg is not None)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of a function has, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def too_much(package: Path) -> list[str]:
    """Return the functions that are too long, or take too many parameters."""
    found = []
    for name, function in functions(package):
        if parameters(function) > MOST_PARAMETERS and name not in MANY_PARAMETERS and not is_exported(function):
            found.append(f"{name} has {parameters(function)} parameters")
        if length(function) > LONGEST_FUNCTION:
            found.append(f"{name} has {length(function)} lines")
    return found


def faults(package: Path, rooms: dict[str, tuple[str, ...]]) -> list[str]:
    """Return everything that is wrong with the imports of a package."""
    arrows, foreign = graph(package)
    return [
        *without_place(package, rooms),
        *upward(arrows, rooms),
        *cycles(arrows),
        *heavy_at_import(foreign),
        *not_for_the_core(foreign),
        *among_strangers(arrows),
        *compiler_elsewhere(arrows),
    ]


def test_imports_point_one_way():
    found = faults(PACKAGE, ROOMS)
    assert not found, "\n".join(found)


def test_the_graph_is_seen():
    """The arrows that must be there are: a checker that sees none finds no fault."""
    arrows, foreign = graph(PACKAGE)
    for arrow in (
        Arrow("differences", "evaluators.callback", AT_IMPORT),
        Arrow("differences", "core.records.codes", AT_IMPORT),
        Arrow("core.door.check", "core.machine.rounds", AT_IMPORT),
        Arrow("evaluators.serial", "problem.point", AT_IMPORT),
        Arrow("interpreted.exported", "compiler", ON_CALL),
        Arrow("commands.main", "demos", ON_CALL),
        Arrow("report.report", "report.text.table", ON_CALL),
        Arrow("", "checking", FOR_TYPES),
    ):
        assert arrow in arrows
    assert sum(in_core(arrow.source) and in_core(arrow.target) for arrow in arrows) > 50
    assert Foreign("compiler", "numba", (), AT_IMPORT) in foreign
    assert Foreign("lesson.plotting", "matplotlib", ("pyplot",), ON_CALL) in foreign
    assert len(modules(PACKAGE)) > 50


def test_no_module_takes_the_place_of_a_public_function():
    """Importing a module directly below the package makes it an attribute of that name."""
    names = {name for name in gradproof.__all__ if inspect.isroutine(getattr(gradproof, name))}
    assert "check" in names
    assert not names & {module.partition(".")[0] for module in modules(PACKAGE)}


def test_folders_are_not_crowded():
    found = too_full(PROJECT, CROWDED)
    assert not found, "\n".join(found)


def test_functions_are_short_and_take_few_parameters():
    found = too_much(PACKAGE)
    assert not found, "\n".join(found)
    assert {name for name, one in functions(PACKAGE) if parameters(one) > MOST_PARAMETERS} >= MANY_PARAMETERS


def test_files_are_short():
    found = too_long(PROJECT)
    assert not found, "\n".join(found)


SMALL: dict[str, tuple[str, ...]] = {
    "core": (),
    "machine_code": (),
    "compiler": (),
    "interpreted": ("exported",),
    "library": (),
    "engine": (),
    "room": ("low", "middle other", "high.top"),
    "zoo": ("inside", "."),
    ".": (),
    "demos": (),
    "command": (),
}


def package_of(folder: Path, **files: str) -> Path:
    """A small package: three underscores in a name stand for a slash."""
    package = folder / "src" / "gradproof"
    right = {
        "__init__": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .engine import Engine\n",
        "core/__init__": "",
        "core/a": "import math\nfrom numpy import int64\nfrom .b import f\n",
        "core/b": "from collections.abc import Callable\n",
        "core/records/__init__": "",
        "core/records/memory": "import numpy as np\n",
        "interpreted/__init__": "",
        "interpreted/exported": "def compiled():\n    from ..compiler import entry\n",
        "library": "from .core import a\nfrom .interpreted import exported\n",
        "machine_code/__init__": "",
        "machine_code/records": "from numba import types\n",
        "compiler": "import numba\nfrom .core.records.memory import x\nfrom .machine_code.records import R\n",
        "engine": "from .library import native\nfrom . import core\n",
        "room/__init__": "",
        "room/low": "",
        "room/middle": "from .low import f\n",
        "room/other": "def f():\n    from . import low\n",
        "room/high/__init__": "",
        "room/high/top": "from ..middle import f\nfrom .. import other\n",
        "zoo/__init__": "from .inside import f\n",
        "zoo/inside": "",
        "command": "def main():\n    from . import engine\n    import scipy\n",
    }
    for name, text in (right | {name.replace("___", "/"): text for name, text in files.items()}).items():
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return package


def test_a_right_package(tmp_path):
    assert faults(package_of(tmp_path), SMALL) == []
    assert too_long(tmp_path) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"core___b": "from ..library import native\n"}, "core.b -> library: up to another room"),
        ({"core___b": "def f():\n    from .. import library\n"}, "core.b -> library (on use): up"),
        ({"core___b": "from gradproof.engine import Engine\n"}, "core.b -> engine: up"),
        ({"library": "import gradproof.command\n"}, "library -> command: up"),
        ({"library": "import gradproof\n"}, "library -> gradproof: up"),
        ({"engine": "try:\n    from . import command\nexcept ImportError:\n    pass\n"}, "engine -> command: up"),
        ({"core___b": "from .a import g\n"}, "core.a -> core.b -> core.a"),
        ({"core___b": "def f():\n    from . import a\n"}, "core.a -> core.b -> core.a"),
        ({"library": "from .compiler import entry\n"}, "library -> compiler"),
        ({"engine": "def f():\n    from .compiler import entry\n"}, "engine -> compiler (on use)"),
        ({"command": "from . import demos\n", "demos": "from .command import main\n"}, "command -> demos -> command"),
        ({"core___b": "if TYPE_CHECKING:\n    pass\nelse:\n    from ..engine import E\n"}, "core.b -> engine: up"),
        ({"engine": "import scipy.optimize\n"}, "engine imports all of scipy.optimize"),
        ({"command": "class A:\n    from scipy import special\n"}, "command imports special of scipy"),
        ({"core___b": "import numpy as np\n"}, "core.b imports all of numpy"),
        ({"core___b": "from numpy import sum\n"}, "core.b imports sum of numpy"),
        ({"core___b": "def f():\n    import numba\n"}, "core.b imports all of numba"),
        ({"core___b": "import os\n"}, "core.b imports all of os"),
        ({"newcomer": ""}, "newcomer has no layer"),
        ({"room___newcomer": ""}, "room.newcomer has no layer"),
        ({"engine": "if TYPE_CHECKING:\n    from .command import main\n"}, "engine -> command (for types): up"),
        ({"room___low": "from .middle import g\n"}, "room.low -> room.middle: not down in its room"),
        ({"room___low": "from .middle import g\n"}, "room.low -> room.middle -> room.low"),
        ({"room___low": "def f():\n    from . import middle\n"}, "room.low -> room.middle -> room.low"),
        ({"room___low": "if TYPE_CHECKING:\n    from .middle import g\n"}, "room.low -> room.middle -> room.low"),
        ({"room___other": "from .middle import f\n"}, "room.other -> room.middle: not down in its room"),
        ({"room___middle": "from .high.top import f\n"}, "room.middle -> room.high.top: not down in its room"),
        ({"room___low": "from ..zoo import f\n"}, "room.low -> zoo: up to another room"),
        ({"zoo___inside": "from . import g\n"}, "zoo.inside -> zoo: not down in its room"),
        ({"core___records___other": "import ctypes\n"}, "core.records.other imports all of ctypes"),
        ({"core___records___memory": "import inspect\n"}, "core.records.memory imports all of inspect"),
        (
            {"core___pieces___p": "from ..lines import l\n", "core___lines___l": ""},
            "core.pieces.p -> core.lines.l: these",
        ),
        ({"engine": "from .machine_code.records import R\n"}, "engine -> machine_code.records"),
    ],
)
def test_a_wrong_package(tmp_path, files, fault):
    found = faults(package_of(tmp_path, **files), SMALL)
    assert any(one.startswith(fault) for one in found), found


def test_a_file_that_is_too_long(tmp_path):
    package_of(tmp_path, engine="\n" * (LONGEST + 1))
    assert too_long(tmp_path) == [f"src/gradproof/engine.py has {LONGEST + 1} lines"]
    package_of(tmp_path, engine="\n" * LONGEST, differences="\n")
    assert too_long(tmp_path) == ["src/gradproof/differences.py is no longer too long"]


def test_a_table_that_names_what_is_not_there(tmp_path):
    rooms = SMALL | {"room": (*SMALL["room"], "gone")}
    assert faults(package_of(tmp_path), rooms) == ["room.gone is no module"]


def test_a_folder_that_is_too_full(tmp_path):
    package = package_of(tmp_path, **{f"room___a{number}": "" for number in range(MOST_FILES - 4)})
    assert too_full(tmp_path, {}) == []
    assert too_full(tmp_path, {"src/gradproof/zoo": ""}) == ["src/gradproof/zoo is no longer too full"]
    (package / "room" / "one_more.py").write_text("")
    assert too_full(tmp_path, {}) == [f"src/gradproof/room holds {MOST_FILES + 1} files"]
    assert too_full(tmp_path, {"src/gradproof/room": ""}) == []


def test_functions_that_are_too_much(tmp_path):
    lines = "    x = 1\n"
    right = f'def f(self, a, b, *c, d, e, **g):\n    """One.\n\n    Two.\n    """\n{lines * LONGEST_FUNCTION}'
    in_core = f"@exported\n@kernel\ndef f(a, b, c, d, e, f, g):\n{lines}"
    package = package_of(tmp_path, engine=right, core___b=in_core)
    assert too_much(package) == []
    package = package_of(tmp_path, engine=right, core___b=in_core.replace("@exported\n", ""))
    assert too_much(package) == ["core.b.f has 7 parameters"]
    package = package_of(tmp_path, engine=right, core___b=in_core + lines * LONGEST_FUNCTION)
    assert too_much(package) == ["core.b.f has 35 lines"]
    (package / "core" / "b.py").unlink()
    head = "class A:\n    def f(self, a, b, c, *, d, e, f, g):\n        def g():\n"
    wrong = head + (8 * " " + lines) * (LONGEST_FUNCTION + 1)
    package = package_of(tmp_path, engine=wrong)
    assert too_much(package) == ["engine.f has 7 parameters", "engine.f has 36 lines", "engine.g has 35 lines"]
