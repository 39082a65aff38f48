"""Names of coordinates, lines and blocks: those that Python gives a dict of vectors, or none."""

import itertools

import numpy as np
import pytest
from core_texts import ended, text_of
from properties import refuted

from gradproof.core.text import subject
from gradproof.problem.structure import layout_of

X = {"W": np.ones(3), "one": np.ones(1), "layers.0.bias": np.ones(2), "größe": np.ones(4)}
LAYOUT = layout_of(X)
NAMES = [name.encode() for name in X]
BORDERS = [0, 3, 4, 6, 10]
RANGES = [(start, stop) for start, stop in itertools.product(range(10), range(1, 11)) if start < stop]


def named(put, *arguments, names=NAMES, borders=BORDERS, n=10):
    text, room = text_of(n=n, names=names, borders=borders)
    put(text, *arguments)
    return ended(text, room)


def has_pythons_names(put):
    for start, stop in RANGES:
        assert named(put, start, stop) == LAYOUT.name_of_line(start, stop)


def test_names():
    has_pythons_names(subject.put_name)
    refuted(has_pythons_names, lambda text, start, stop: subject.put_name(text, start, start + 1))


def test_a_single_array():
    layout = layout_of(np.ones(10))
    for start, stop in RANGES:
        assert named(subject.put_name, start, stop, names=None) == layout.name_of_line(start, stop)


def test_without_names():
    """Borders alone, a name that is NULL, and a coordinate that no block holds."""
    assert named(subject.put_name, 0, 3, names=[None] * 4) == "x[0] … x[2]"
    assert named(subject.put_coordinate, 4, names=[b"W", None, None, b"g"]) == "x[4]"
    assert named(subject.put_coordinate, 8, names=[b"W", None, None, b"g"]) == "g[2]"
    assert named(subject.put_coordinate, 11) == "x[11]"


def test_blocks():
    assert [named(subject.put_block, number) for number in range(4)] == list(X)
    assert named(subject.put_block, 2, names=None) == "block 2"
    assert named(subject.put_block, 4) == "block 4"
    assert named(subject.put_block, 1, names=[b"W", None, None, b"g"]) == "block 1"


@pytest.mark.parametrize("name", [b"two\nlines", b"\x1b[31mred", b"tab\there", b"\x7f"])
def test_what_is_no_letter(name):
    written = named(subject.put_block, 0, names=[name], borders=[0, 10])
    assert written.isprintable()
    assert len(written) == len(name)


def test_parts_are_apart():
    text, room = text_of()
    for _ in range(2):
        subject.begin_part(text)
        subject.put_coordinate(text, 7)
    assert ended(text, room) == "x[7]\n\nx[7]"
