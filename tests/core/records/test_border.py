"""Records that C sees: field by field where the header has them, by the word of another parser of C."""

import re

import pytest
from properties import refuted

from gradproof.core.records import border
from gradproof.library import ffi

KINDS = {"int64_t": "Integer", "uint64_t": "Bits", "double": "Real"}
ADDRESSES = {
    "lower": "double *", "upper": "double *", "borders": "int64_t *", "names": "char * *",
    "progress": "int32_t(*)(int64_t, int64_t, void *)", "progress_user": "void *",
}  # fmt: skip


def is_where_c_has_it(kind, offsets):
    name = f"gradproof_{kind.__name__.lower()}"
    fields = dict(ffi.typeof(name).fields)
    assert {field: place.offset for field, place in fields.items()} == offsets
    # Of an array, its elements.
    names = {field: getattr(place.type, "item", place.type) for field, place in fields.items()}
    names = {field: one.cname for field, one in names.items() if fields[field].type.kind != "pointer"}
    addresses = {field: fields[field].type.cname for field in fields if names.get(field) not in KINDS}
    assert addresses == (ADDRESSES if kind is border.Options else {})
    assert [*addresses] == [*kind.addresses]


@pytest.mark.parametrize("kind", border.RECORDS)
def test_layout(kind):
    is_where_c_has_it(kind, kind.offsets)
    last = list(kind.offsets)[-1]
    refuted(is_where_c_has_it, kind, kind.offsets | {last: kind.offsets[last] + 8})


@pytest.mark.parametrize("kind", border.RECORDS[1:])
def test_a_struct_begins_with_its_size(kind):
    """So that it can grow; probes are of the library's own making."""
    assert next(iter(kind.kinds)) == "size"
    assert border.RECORDS[0] is border.Probe
    assert ffi.sizeof(f"gradproof_{kind.__name__.lower()}") == getattr(border, f"{kind.__name__.upper()}_BYTES")


@pytest.mark.parametrize("kind", border.RECORDS)
def test_docstrings(kind):
    assert re.fullmatch(r"[A-Z].*\.", kind.__doc__)
