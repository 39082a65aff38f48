"""Stages of a slot: no two are the same, and memory that nobody has written to holds no line."""

from block import block
from properties import refuted

from gradproof.core.evidence import stages


def are_told_apart(numbers):
    assert len(set(numbers)) == len(numbers) > 10


def test_stages():
    numbers = [number for name, number in vars(stages).items() if name.isupper()]
    are_told_apart(numbers)
    refuted(are_told_apart, [*numbers, stages.ZOOM])
    assert block().slots[0].stage == stages.FREE
