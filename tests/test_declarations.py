"""The header and the cffi declarations are generated; what is committed is what the core says today."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import gradproof
from gradproof.core.records import codes
from gradproof.core.records.abi import all_signatures, exported_functions

PACKAGE = Path(gradproof.__file__).parent
NATIVE_API = Path(__file__).parent.parent / "native_api"
AGAIN = "run `python native_api/build.py --declarations`"

sys.path.insert(0, str(NATIVE_API))
declarations = pytest.importorskip("declarations")


def test_header_is_up_to_date():
    assert (PACKAGE / "include" / "gradproof.h").read_text() == declarations.header_text(), AGAIN


def test_cffi_declarations_are_up_to_date(tmp_path):
    declarations.write_cffi(tmp_path / "_declarations.py")
    assert (PACKAGE / "_declarations.py").read_text() == (tmp_path / "_declarations.py").read_text(), AGAIN


def test_header_declares_every_symbol_once():
    header = declarations.header_text()
    for signature in all_signatures():
        assert len(re.findall(rf"\b{signature.symbol}\(", re.sub(r"/\*.*?\*/", "", header, flags=re.S))) == 1


@pytest.mark.parametrize("function", exported_functions().values(), ids=lambda function: function.__name__)
def test_every_parameter_has_a_contract(function):
    paragraphs = declarations._c_words(function)
    described = {name for text in paragraphs if "\t" in text for name in text.partition("\t")[0].split(", ")}
    parameters = set(function.__code__.co_varnames[: function.__code__.co_argcount])
    assert parameters <= described
    assert ("Returns" in described) or function.__annotations__["return"] == "None"


def test_the_opening_says_how_misuse_is_answered():
    """Every code below 0 that a call of the check can return, but for a lack of memory."""
    opening = declarations.header_text().partition("#define")[0]
    for code in (codes.BAD_ARGUMENT, codes.NO_ENGINE, codes.NO_ROUND, codes.TOO_MANY_VALUES, codes.NOTHING_TOLD):
        assert f"GRADPROOF_{codes.CODES[code][0].upper()}" in opening
    for function in ("ask", "tell", "stop", "result", "begin", "end", "engine_start"):
        assert f"gradproof_{function}" in opening


def test_header_is_narrow():
    assert max(map(len, declarations.header_text().splitlines())) <= 120
