"""Builds and runs the same fit in every language that is there, and compares what it prints with Python's.

    python native_api/examples/run.py                       against the library of the installed gradproof
    python native_api/examples/run.py --prefix DIR          against the one that `gradproof native` has put there
    python native_api/examples/run.py --require C,Go        fails also where one of these is missing

Every program runs twice, with the bug and with the argument `fixed`: verdict, parameter, both slopes to the last bit,
the sentence of the cause and the exit status must be those of fit.py.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
PATIENCE = 300  # seconds for one command
ARGUMENTS = ("", " fixed")
SAME, MISSING = "yes", "not here"


class Language(NamedTuple):
    """Shell commands in a folder that holds the sources; PREFIX is where the library is."""

    name: str
    sources: tuple[str, ...]
    version: str  # fails where something is missing
    build: str
    run: str


LINK = "-I$PREFIX/include -L$PREFIX/lib -lgradproof"
STRICT = "-O2 -Wall -Wextra -pedantic -Wconversion -Werror"
JAVA = "--enable-native-access=ALL-UNNAMED -Djava.library.path=$PREFIX/lib"
LANGUAGES = (
    Language("C", ("fit.c",), "cc --version", f"cc -std=c99 {STRICT} fit.c {LINK} -o fit", "./fit"),
    Language("C++", ("fit.cpp",), "c++ --version", f"c++ -std=c++17 {STRICT} fit.cpp {LINK} -o fit", "./fit"),
    Language(
        "Fortran",
        ("fit.f90",),
        "gfortran --version",
        f"gfortran -O2 -Wall -Wno-unused-dummy-argument $PREFIX/include/gradproof.f90 fit.f90 {LINK} -o fit",
        "./fit",
    ),
    Language("Rust", ("fit.rs",), "rustc --version", "rustc -O -D warnings fit.rs -L native=$PREFIX/lib", "./fit"),
    Language("Go", ("fit.go",), "pkg-config --version && go version", "go build -o fit fit.go", "./fit"),
    Language("Node", ("fit.js",), """node -p 'require("koffi") && process.version'""", "", "node fit.js"),
    Language("LuaJIT", ("fit.lua",), "luajit -v", "", "luajit fit.lua"),
    Language("Ruby", ("fit.rb",), "ruby -r fiddle -e 'puts RUBY_VERSION'", "", "ruby fit.rb"),
    Language("Perl", ("fit.pl",), "perl -MFFI::Platypus -e 'printf \"%vd\", $^V'", "", "perl fit.pl"),
    Language("PHP", ("fit.php",), """php -r 'FFI::cdef(""); echo PHP_VERSION;'""", "", "php fit.php"),
    Language(
        "R",
        ("fit.R", "glue_r.c"),
        "Rscript --version",
        'PKG_CFLAGS="-I$PREFIX/include" PKG_LIBS="-L$PREFIX/lib -lgradproof" R CMD SHLIB glue_r.c',
        "Rscript --vanilla fit.R",
    ),
    Language(
        "Octave",
        ("fit.m", "glue_octave.c"),
        "octave-cli --version && mkoctfile --version",
        f"mkoctfile --mex -o gradproof_check.mex glue_octave.c {LINK}",
        "octave-cli --no-init-file fit.m",
    ),
    Language(
        "Java",
        ("Fit.java",),
        "java --version && test $(javac --version | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/') -ge 22",
        "javac Fit.java",
        f"java {JAVA} Fit",
    ),
    Language(
        "Java 17",
        ("Fit17.java",),
        "java --version && javac --version | grep '^javac 17[.]'",
        "javac --add-modules jdk.incubator.foreign Fit17.java",
        f"java --add-modules jdk.incubator.foreign {JAVA} Fit17",
    ),
)


class Row(NamedTuple):
    """What came of a language: a row of the table, and all that was printed where it differs."""

    language: str
    version: str
    verdicts: str
    same: str
    lines: str
    printed: str = ""


class Answer(NamedTuple):
    """What a program says."""

    status: int
    verdict: str
    parameter: str
    slopes: tuple[float, ...]  # the claimed one and the numerical one
    sentence: str


def answer_of(done: subprocess.CompletedProcess[str]) -> Answer:
    """Read what a program has printed; programs differ in how they write a number, not in the number."""
    verdict, parameter, sentence = ([*done.stdout.splitlines(), "", "", ""])[:3]
    found = re.fullmatch(r"(\w+): claimed +(\S+), slope +(\S+)", parameter.strip())
    slopes = (float(found[2]), float(found[3])) if found else ()
    return Answer(done.returncode, verdict, found[1] if found else parameter, slopes, sentence)


def shell(command: str, folder: Path, prefix: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    beside = {"LD_LIBRARY_PATH": prefix / "lib", "PKG_CONFIG_PATH": prefix / "lib" / "pkgconfig"}
    environment = {**os.environ, "PREFIX": str(prefix), "GRADPROOF_PREFIX": str(prefix)}
    for name, place in beside.items():
        environment[name] = os.pathsep.join(filter(None, (str(place), os.environ.get(name))))
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def row_of(language: Language, prefix: Path, expected: list[Answer]) -> Row:
    """Build and run the program of a language, with the bug and without it."""
    lines = str(sum(len((HERE / source).read_text(encoding="utf-8").splitlines()) for source in language.sources))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for source in language.sources:
            shutil.copy(HERE / source, folder)
        done = shell(language.version, folder, prefix)
        if done.returncode != 0:
            return Row(language.name, "", "", MISSING, lines)
        version = (re.findall(r"\d+(?:\.\w+)+", done.stdout) or [""])[-1]
        done = shell(language.build, folder, prefix)
        if done.returncode != 0:
            return Row(language.name, version, "", "not built", lines, done.stdout + done.stderr)
        runs = [shell(language.run + argument, folder, prefix) for argument in ARGUMENTS]
    answers = [answer_of(run) for run in runs]
    verdicts = ", ".join(answer.verdict for answer in answers)
    if answers == expected:
        return Row(language.name, version, verdicts, SAME, lines)
    return Row(language.name, version, verdicts, "no", lines, "".join(run.stdout + run.stderr for run in runs))


def python_answers() -> list[Answer]:
    """Return what fit.py says, with the bug and without it."""
    commands = [[sys.executable, str(HERE / "fit.py"), *argument.split()] for argument in ARGUMENTS]
    runs = [subprocess.run(one, capture_output=True, text=True, check=False, timeout=PATIENCE) for one in commands]
    answers = [answer_of(run) for run in runs]
    if [answer.verdict for answer in answers] != ["wrong", "right"]:
        sys.exit("fit.py: " + "".join(run.stdout + run.stderr for run in runs))
    return answers


def table(rows: Iterable[Row]) -> str:
    """Return the rows in columns."""
    cells = [("language", "version", "verdicts", "same as Python", "lines"), *(row[:5] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)


def main() -> int:
    """Run what is there; return the exit status."""
    names = [language.name for language in LANGUAGES]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--prefix", type=Path, help="where the library is; default: that of the installed gradproof")
    parser.add_argument("--require", default="", metavar="A,B", help=f"what must be there, of {', '.join(names)}")
    options = parser.parse_args()
    required = set(filter(None, options.require.split(",")))
    if unknown := required - set(names):
        parser.error(f"unknown languages: {', '.join(sorted(unknown))}; known are {', '.join(names)}")
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
        prefix = options.prefix
        if prefix is None:
            prefix = Path(scratch)
            command = [sys.executable, "-m", "gradproof", "native", "--prefix", scratch]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        expected = python_answers()
        rows = list(pool.map(lambda language: row_of(language, prefix.resolve(), expected), LANGUAGES))
    print(table(rows))
    here = [row for row in rows if row.same != MISSING]
    agreeing = [row for row in here if row.same == SAME]
    for row in here:
        if row not in agreeing:
            print(f"\n{row.language}: {row.same}\n{row.printed}", end="")
    if missing := sorted(required - {row.language for row in here}):
        print(f"\nrequired, but not here: {', '.join(missing)}")
    print(f"\n{len(here)} of {len(rows)} languages are here, {len(agreeing)} agree with Python to the last bit")
    return 1 if missing or len(agreeing) < len(here) else 0


if __name__ == "__main__":
    sys.exit(main())
