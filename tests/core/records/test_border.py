"""Records that C sees: field by field where the header has them, by the word of another parser of C."""

import re

import pytest
from properties import refuted

from gradproof.core.records import border
from gradproof.library import ffi

KINDS = {"int64_t": "Integer", "uint64_t": "Bits", "double": "Real"}


def is_where_c_has_it(kind, offsets):
    name = f"gradproof_{kind.__name__.lower()}"
    fields = dict(ffi.typeof(name).fields)
    assert {field: place.offset for field, place in fields.items()} == offsets
    assert {KINDS[place.type.cname] for place in fields.values()} <= set(KINDS.values())


@pytest.mark.parametrize("kind", border.RECORDS)
def test_layout(kind):
    is_where_c_has_it(kind, kind.offsets)
    last = list(kind.offsets)[-1]
    refuted(is_where_c_has_it, kind, kind.offsets | {last: kind.offsets[last] + 8})


@pytest.mark.parametrize("kind", border.RECORDS)
def test_docstrings(kind):
    assert re.fullmatch(r"[A-Z].*\.", kind.__doc__)
