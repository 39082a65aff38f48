"""Whether reports are as their schema says, for many of them: jsonschema takes as long for one as a check does."""

import functools
import json
from pathlib import Path

import pytest

import gradproof

SCHEMA = Path(gradproof.__file__).parent / "report" / "formats" / "report.schema.json"


@functools.cache
def schema():
    return json.loads(SCHEMA.read_text())


def strings_in(part):
    if isinstance(part, (dict, list)):
        return set().union(*map(strings_in, part.values() if isinstance(part, dict) else part))
    return {part} if isinstance(part, str) else set()


@functools.cache
def words_of_schema():
    """What the schema may compare strings with, and more; of all others it sees that they are strings."""
    return strings_in(schema())


def shape_of(part):
    """Return all that the schema can ask of a part of a report: two of the same shape are valid, or neither is."""
    if isinstance(part, dict):
        return tuple((key, shape_of(value)) for key, value in part.items())
    if isinstance(part, list):
        return frozenset(map(shape_of, part))
    if isinstance(part, str):
        return part if part in words_of_schema() else str
    return part if isinstance(part, bool) else (type(part), part is not None and part < 0)


def shapes_in(document):
    yield frozenset(document)
    for key, value in document.items():
        yield from ((key, shape_of(part)) for part in (value if isinstance(value, list) else [value]))


VALID = set()


def is_valid(document):
    """Fail where a report is not as the schema says; one whose parts were all seen in others needs no second look."""
    shapes = set(shapes_in(document))
    if not shapes <= VALID:
        pytest.importorskip("jsonschema").Draft202012Validator(schema()).validate(document)
        VALID.update(shapes)
