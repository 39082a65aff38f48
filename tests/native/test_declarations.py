"""Headers, the Fortran module and cffi's declarations are generated; what is committed is what the core says today."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from cffi import FFI

import gradproof
from gradproof.core.records import codes
from gradproof.core.records.abi import all_signatures, exported_functions

PACKAGE = Path(gradproof.__file__).parent
NATIVE_API = Path(__file__).parents[2] / "native_api"
AGAIN = "run `python native_api/build.py --declarations`"

sys.path.insert(0, str(NATIVE_API))
declarations = pytest.importorskip("declarations")
from border import c, chapters, comments, symbols  # noqa: E402

HEADER = declarations.texts()["gradproof.h"]
PROTOTYPES = re.sub(r"#define .*", "", re.sub(r"/\*.*?\*/", "", HEADER, flags=re.S))


@pytest.mark.parametrize("name", declarations.texts())
def test_what_is_generated_is_up_to_date(name):
    assert (PACKAGE / "include" / name).read_text() == declarations.texts()[name], AGAIN


def test_nothing_else_is_included():
    assert {path.name for path in (PACKAGE / "include").iterdir()} == set(declarations.texts())


def test_cffi_declarations_are_up_to_date(tmp_path):
    declarations.write_cffi(tmp_path / "_declarations.py")
    assert (PACKAGE / "_declarations.py").read_text() == (tmp_path / "_declarations.py").read_text(), AGAIN


def test_header_declares_every_symbol_once():
    for signature in all_signatures():
        assert len(re.findall(rf"\b{signature.symbol}\(", PROTOTYPES)) == 1


@pytest.mark.parametrize("function", exported_functions().values(), ids=lambda function: function.__name__)
def test_every_parameter_has_a_contract(function):
    parameters = set(function.__code__.co_varnames[: function.__code__.co_argcount])
    described = comments.meanings(function)
    assert parameters <= set(described)
    assert ("Returns" in described) or function.__annotations__["return"] == "None"


def test_every_constant_is_one_of_an_enum():
    """Parsers of FFI libraries lose what is #defined; the version alone is for the preprocessor."""
    defined = re.findall(r"#define (GRADPROOF_\w+)", HEADER)
    assert set(defined) == {"GRADPROOF_H", *(one.name for one in symbols.versions())}
    for word, _ in codes.CODES.values():
        assert f"GRADPROOF_{word.upper()} = " in HEADER
    assert "GRADPROOF_ROUND = 4096" in HEADER


def test_a_function_without_a_chapter_is_seen(monkeypatch):
    first = chapters.CHAPTERS[0]
    monkeypatch.setattr(chapters, "CHAPTERS", (first._replace(functions=()), *chapters.CHAPTERS[1:]))
    with pytest.raises(ValueError, match=r"in no chapter of .*: .*\bcheck\b"):
        chapters.chapters()


def test_no_chapter_names_what_is_not_there():
    known = {function.name.removeprefix("gradproof_") for function in symbols.functions()}
    named = [name for chapter in chapters.CHAPTERS for name in chapter.functions]
    assert len(named) == len(set(named))
    assert set(named) <= known


def test_the_header_for_parsers():
    """Without comments and directives; and cffi finds every function, every struct and every constant in it."""
    text = c.ffi_text()
    assert not re.search(r"#|/\*|//|extern", text)
    parser = FFI()
    parser.cdef(text)
    for struct in symbols.structs():
        assert parser.sizeof(struct.name) == struct.size
        for field in struct.fields:
            assert parser.offsetof(struct.name, field.name) == field.offset
    for enumeration in symbols.enumerations():
        values = parser.typeof(f"enum {enumeration.name}").relements
        assert values == {one.name: one.value for one in enumeration.constants}


def test_no_code_is_spoken_of_that_there_is_not():
    """In the header, comments included; what begins with such a word and an underscore stands for several."""
    named = {f"GRADPROOF_{word.upper()}" for word, _ in codes.CODES.values()}
    spoken = set(re.findall(r"\bGRADPROOF_(?:NULL|BAD|X|NO|OTHER|NOTHING|TOO)_\w+", HEADER))
    assert spoken <= named
    assert len(spoken) > 30


def test_defaults_know_the_size_of_the_struct():
    assert re.search(r"#define gradproof_options_default\(options\) .*sizeof \*\(options\)", HEADER)


def test_header_is_narrow():
    assert max(map(len, HEADER.splitlines())) <= 120
    assert max(map(len, declarations.texts()["gradproof.f90"].splitlines())) <= 132
