"""Phases of a check along lines: each has a number of its own, and memory that is all zero asks for f(x) first."""

from lineladders import memory
from properties import refuted

from gradproof.core.lines import phases


def are_counted(numbers):
    assert sorted(numbers) == list(range(len(numbers)))


def test_phases():
    numbers = [number for name, number in vars(phases).items() if name.isupper()]
    are_counted(numbers)
    refuted(are_counted, [*numbers[1:], phases.DONE])
    assert memory().phase == phases.AT_X
