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
    header = re.sub(r"/\*.*?\*/|^#define .*?$", "", declarations.header_text(), flags=re.S | re.M)
    for signature in all_signatures():
        assert len(re.findall(rf"\b{signature.symbol}\(", header)) == 1


@pytest.mark.parametrize("function", exported_functions().values(), ids=lambda function: function.__name__)
def test_every_parameter_has_a_contract(function):
    paragraphs = declarations._c_words(function)
    described = {name for text in paragraphs if "\t" in text for name in text.partition("\t")[0].split(", ")}
    parameters = set(function.__code__.co_varnames[: function.__code__.co_argcount])
    assert parameters <= described
    assert ("Returns" in described) or function.__annotations__["return"] == "None"


def test_the_opening_says_how_misuse_is_answered():
    """What every call refuses; each mistake has its own code in the list of them, and the header says so."""
    opening, _, rest = declarations.header_text().partition("#ifndef")
    for code in (codes.NO_ENGINE, codes.OTHER_VERSION, codes.DAMAGED):
        assert re.search(rf"\b(GRADPROOF)?_{codes.CODES[code][0].upper()}\b", opening)
    assert "Every mistake has its own code" in opening
    assert "sizeof" in opening
    for word, _ in codes.CODES.values():
        assert re.search(rf"\bGRADPROOF_{word.upper()}\b", rest)
    for function in ("ask", "tell", "stop", "result", "begin", "end", "engine_start"):
        assert f"gradproof_{function}" in opening


def test_no_code_is_spoken_of_that_there_is_not():
    """In the header, comments included; what begins with such a word and an underscore stands for several."""
    header = declarations.header_text()
    named = {f"GRADPROOF_{word.upper()}" for word, _ in codes.CODES.values()}
    spoken = set(re.findall(r"\bGRADPROOF_(?:NULL|BAD|X|NO|OTHER|NOTHING|TOO)_\w+", header))
    assert spoken <= named
    assert len(spoken) > 30


def test_defaults_know_the_size_of_the_struct():
    assert re.search(r"#define gradproof_options_default\(options\) .*sizeof \*\(options\)", declarations.header_text())


def test_header_is_narrow():
    assert max(map(len, declarations.header_text().splitlines())) <= 120
