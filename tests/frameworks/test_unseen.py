"""A right verdict along lines names the arrays of which it saw a common factor alone."""

from dataclasses import replace

import numpy as np
import pytest

import gradproof
from gradproof.frameworks.unseen import BARS, with_unseen
from gradproof.problem.rounding import not_evaluated

NOTE = "arrays lines saw the factor that is common to all slopes"
SMALL = 3e-3


def checked(kind, swapped=False):
    """Check an objective one of whose arrays has small slopes, of which a right claim may exchange some."""
    random = np.random.default_rng(0)
    x = {"large": random.normal(size=9000).astype(kind), "small": random.normal(size=40).astype(kind)}
    gradient = {"large": np.cos(x["large"]), "small": kind(SMALL) * np.exp(x["small"] / 2) / 2}
    if swapped:
        # The sum along the claim stays nearly the same.
        gradient["small"] = np.sort(gradient["small"])[np.argsort(np.argsort(gradient["small"])) ^ 1]

    def f(x):
        return np.sum(np.sin(x["large"])) + kind(SMALL * np.sum(np.exp(x["small"] / 2), dtype=np.float64))

    return with_unseen(gradproof.check(f, gradient, x, mode="lines"))


@pytest.mark.parametrize("swapped", [False, True])
def test_what_random_lines_in_float32_do_not_see_is_named(swapped):
    report = checked(np.float32, swapped)
    [note] = [one for one in report.warnings if NOTE in one]
    sizes = {one.name: BARS * one.bar / one.norm for one in report.power.blocks}
    assert (report.verdict, sizes["large"] < 1 < sizes["small"], report.power.unseen) == ("right", True, ())
    assert note.startswith("Of 1 of 2 arrays")
    assert "single entries: small (worst first); of the others, none below" in note
    assert note.endswith('precision="float64" sees smaller ones.')
    tried = replace(report, warnings=(not_evaluated("an operation"),))
    assert with_unseen(tried).warnings[-1] == note.removesuffix(' precision="float64" sees smaller ones.')


@pytest.mark.parametrize("swapped", [False, True])
def test_what_was_seen_is_not_named(swapped):
    report = checked(np.float64, swapped)
    assert report.verdict == ("wrong" if swapped else "right")
    assert {one.name.partition("[")[0] for one in report.findings} == ({"small"} if swapped else set())
    assert not any(NOTE in one for one in report.warnings)
    assert with_unseen(replace(report, power=None)).warnings == report.warnings
