"""The header as compilers and parsers of other languages read it: its examples, and what is generated beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from c_programs import COMPILER, compiled, output_of

import gradproof
from gradproof.commands.installed import installation

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

INCLUDE = installation.PACKAGE / "include"
README = Path(__file__).parents[2] / "README.md"
STRICT = ("-pedantic", "-Wconversion")
LANGUAGES = {"C99": (COMPILER, ".c", "-std=c99"), "C++11": (shutil.which("c++"), ".cpp", "-std=c++11")}
# What the example of each chapter prints, with its status.
EXAMPLES = {
    "Check a gradient": (1, "1 of 3 wrong: x[2] is 27, not 26\n"),
    "The same check in rounds": (1, "1 of 2 wrong: x[1]\n"),
    "Pieces": (
        0,
        "slopes 1.000000 1.000000, noise below 1e-15: yes\nkink along x[1] -0.0100 away: from -1 to 1\n",
    ),
    # Between its ends stands the report, whose text has tests of its own.
    "Text and codes": (
        1,
        "wrong: the gradient is wrong in 1 of 4 coordinates\n"
        f"… weight[2] …gradproof {gradproof.__version__} says wrong\n",
    ),
}
FORTRAN = """\
module losses
   use gradproof
contains
   integer(c_int32_t) function loss(x, n, value, user) bind(c)
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: x(*)
      real(c_double), intent(inout) :: value
      type(c_ptr), value :: user
      value = sum(x(1:n)**2)
      loss = 0
   end function
   integer(c_int32_t) function loss_f32(x, n, value, user) bind(c)
      integer(c_int64_t), value :: n
      real(c_float), intent(in) :: x(*)
      real(c_double), intent(inout) :: value
      type(c_ptr), value :: user
      value = sum(real(x(1:n), c_double)**2)
      loss_f32 = 0
   end function
end module
program check
   use losses
   type(gradproof_report) :: report
   type(gradproof_finding) :: findings(2)
   procedure(gradproof_objective), pointer :: f => loss
   integer :: code
   code = gradproof_check(c_funloc(f), c_null_ptr, [1d0, 2d0], [2d0, 2d0], 2_c_int64_t, &
      report=report, findings=findings, capacity=2_c_int64_t)
   print '(i0, l2, i2)', code, report%verdict == GRADPROOF_WRONG, findings(1)%start
   code = gradproof_check_f32(c_funloc(loss_f32), c_null_ptr, [1e0, 2e0], [2e0, 4e0], 2_c_int64_t, &
      report=report, capacity=0_c_int64_t)
   print '(i0, l2)', code, report%verdict == GRADPROOF_RIGHT
   print '(a)', gradproof_text(gradproof_explain(GRADPROOF_DONE))
end program
"""
LUAJIT = """
local ffi = require("ffi")
ffi.cdef(io.open(arg[1]):read("*a"))
local C = ffi.load(arg[2])
print(C.gradproof_version() == ffi.C.GRADPROOF_VERSION, ffi.string(C.gradproof_explain(0)))
"""
PHP = """<?php
$C = FFI::cdef(file_get_contents($argv[1]), $argv[2]);
echo FFI::string($C->gradproof_explain(0)), "\\n";
"""


def examples():
    """Return the example of each chapter by its title, as it stands in the header."""
    chapters = re.findall(
        r"^ \* \d\. ([^\n]+)\n \* =+\n(.*?)^ \*/$", (INCLUDE / "gradproof.h").read_text(), re.M | re.S
    )
    return {title: program(text.partition("Example:")[2]) for title, text in chapters}


def program(text):
    """Return the indented lines of a comment."""
    lines = [line.removeprefix(" *     ") for line in text.splitlines() if line.startswith(" *     ") or line == " *"]
    return "\n".join("" if line == " *" else line for line in lines) + "\n"


def built(text, folder, language):
    compiler, ending, standard = LANGUAGES[language]
    if not compiler:
        pytest.skip(f"no compiler for {language}")
    source = (folder / "program").with_suffix(ending)
    source.write_text(text)
    return compiled(source, folder / "program", standard, *STRICT, compiler=compiler)


def test_every_chapter_has_its_example():
    assert list(examples()) == list(EXAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example(title, language, tmp_path):
    status, output = EXAMPLES[title]
    pattern = ".*".join(re.escape(part) for part in output.split("…"))
    assert re.fullmatch(pattern, output_of(built(examples()[title], tmp_path, language), status), re.S)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_of_the_readme(language, tmp_path):
    text = re.search(r"^```c\n(/\* cubes\.c \*/.*?)^```$", README.read_text(), re.M | re.S).group(1)
    assert output_of(built(text, tmp_path, language), status=1) == "1 of 3 wrong: x[2] is 27, not 26\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_for_parsers_is_c(language, tmp_path):
    """It declares what the other one declares: a compiler finds no contradiction between the prototypes."""
    both = re.sub(r"enum gradproof_\w+ \{.*?\};|typedef struct gradproof_\w+ \{.*?\} \w+;", "",
                  (INCLUDE / "gradproof_ffi.h").read_text(), flags=re.S)  # fmt: skip
    both = re.sub(r"^typedef .*\n", "", both, flags=re.M)
    linkage = 'extern "C" {\n%s}' if language == "C++11" else "%s"
    text = f"#include <gradproof.h>\n{linkage % both}\nint main(void) {{ return 0; }}\n"
    assert both.count("gradproof_check(") == 1
    assert output_of(built(text, tmp_path, language)) == ""


@pytest.mark.skipif(not shutil.which("gfortran"), reason="no Fortran compiler")
def test_fortran(tmp_path):
    (tmp_path / "check.f90").write_text(FORTRAN)
    sources = [str(INCLUDE / "gradproof.f90"), str(tmp_path / "check.f90")]
    link = [f"-L{installation.PACKAGE / 'lib'}", f"-Wl,-rpath,{installation.PACKAGE / 'lib'}", "-lgradproof"]
    options = ["-std=f2018", "-Wall", "-Werror", "-Wno-unused-dummy-argument", "-J", str(tmp_path)]
    subprocess.run(["gfortran", *options, *sources, "-o", str(tmp_path / "check"), *link], check=True)
    assert output_of(tmp_path / "check") == "0 T 1\n0 T\nDone.\n"


@pytest.mark.parametrize(("tool", "text"), [("luajit", LUAJIT), ("php", PHP)])
def test_ffi_parsers(tool, text, tmp_path):
    if not shutil.which(tool):
        pytest.skip(f"no {tool}")
    (tmp_path / "program").write_text(text)
    command = [tool, str(tmp_path / "program"), str(INCLUDE / "gradproof_ffi.h"), str(installation.LIBRARY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "FFI" in done.stdout + done.stderr:
        pytest.skip(f"{tool} was built without FFI")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Done.\n")
