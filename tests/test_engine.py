"""The engine of the core, held by Python."""

import numpy as np
import pytest
from driven import PROBLEMS

import gradproof
from gradproof import engine
from gradproof.core.records import engine as state

EMPTY = np.empty


def test_the_largest_round_is_that_of_the_core():
    assert engine.ROUND == state.ROUND


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_the_memory_held_before_makes_no_difference(problem, monkeypatch):
    found = []
    for fill in (0, -1, 1, 2**62 + 12345):
        monkeypatch.setattr(engine.np, "empty", lambda *shape, fill=fill: np.full_like(EMPTY(*shape), fill))
        objective, x, claimed, budget = PROBLEMS[problem]()
        found.append(gradproof.check(objective, claimed, x, budget=budget or None).to_dict())
    for report in found:
        assert report == found[0]
