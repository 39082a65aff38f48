"""From round to round: chunks, slots that are waited for, dense errors, and budgets that end a check early."""

from typing import Any

import numpy as np
import pytest
from cases import CASES, Case, X, random, squares
from properties import refuted
from rounds import checked, options_of
from witnesses import new_report, records

from gradproof.core.coordinates import rounds, slots, sweep
from gradproof.core.records.border import Finding
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import CHUNK


def test_dense_errors_are_confirmed_by_a_pair_each(witness):
    x = np.linspace(1, 2, 40)
    found = checked(witness, squares, x, 2.5 * x)
    assert found.dense
    assert found.causes == ["wrong"] * 40
    assert found.evaluations < 3.5 * 40
    by_place = np.argsort(found.findings["start"])
    assert found.findings["slope"][by_place] == pytest.approx(2 * x, rel=1e-4)
    few = checked(witness, squares, x, np.where(np.arange(40) < 2, 2.5, 2) * x)
    assert (few.dense, few.causes.count("wrong")) == (False, 2)


def test_more_than_one_chunk(library):
    """Beyond 65,536 coordinates: the last of them is wrong, and none else."""
    n = 65_537
    x, claimed = np.full(n, 1.5), np.zeros(n)
    claimed[0], claimed[-1] = 3.0, 3.3

    def ends(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = float(point[0]) ** 2 + float(point[n - 1]) ** 2
        return 0

    report: Any = new_report()
    findings = records(Finding, 4)
    given = (ends, None, x, claimed, n, options_of(library), report, findings, 4)
    assert library("gradproof_check", *given) == DONE
    assert (report.wrong, report.agreeing, report.findings) == (1, n - 1, 1)
    assert findings[0]["start"] == n - 1
    claimed[-1] = 3.0
    assert library("gradproof_check", *given) == DONE
    assert (report.wrong, report.agreeing) == (0, n)


def test_more_than_one_chunk_in_plain_python(plain, monkeypatch):
    """What needs a ladder waits until all coordinates have had their pair; then, if need be, for a slot."""
    n = CHUNK + 3
    x, claimed = np.full(n, 1.5), np.zeros(n)
    x[5:7], claimed[5:7], claimed[-1] = 0.0, 0.5, 3.3

    def objective(point):
        return float(point[-1]) ** 2 + abs(float(point[5])) + abs(float(point[6]))

    for module in (slots, sweep, rounds):
        monkeypatch.setattr(module, "SLOT_COUNT", 1)
    found = checked(plain, objective, x, claimed)
    others = {index: cause for index, cause in enumerate(found.causes) if cause != "agrees"}
    assert others == {5: "kink_at_point", 6: "kink_at_point", n - 1: "wrong"}
    monkeypatch.undo()
    claimed[-1] = 3.0
    assert checked(plain, objective, x, claimed).verdict == "right"
    claimed[5] = 1.5
    assert checked(plain, objective, x, claimed).causes[5] == "wrong"


def keeps_to_its_budget(witness: Any, case: Case, claimed: Any, budget: int, limit: int) -> None:
    found = checked(witness, case.objective, case.x, claimed, budget=budget, **case.options)
    assert found.evaluations <= limit
    index = case.wrong[0]
    assert [place for place, cause in enumerate(found.causes) if cause == "wrong"] in ([], [index])
    assert found.verdict != "right" or "untested" not in found.causes


@pytest.mark.parametrize("name", ["smooth", "stairs", "float32_inside", "kinks", "domain"])
def test_budget(library, name):
    """At any budget: never more than it, and nothing called wrong that is not."""
    case = CASES[name]
    claimed = np.array(case.right, np.float64)
    claimed[case.wrong[0]] = case.wrong[1]
    for budget in [*range(1, 60), 75, 100, 150, 200, 1000]:
        keeps_to_its_budget(library, case, claimed, budget, budget)
    refuted(keeps_to_its_budget, library, case, claimed, 1000, 10)


@pytest.mark.parametrize("budget", [1, 2, 9, 11, 20, 31])
def test_budget_in_plain_python(plain, budget):
    case = CASES["float32_inside"]
    claimed = np.array([1.0, -2.4, 0.5, 4.4])
    for objective in (case.objective, random(1e-3)):
        found = checked(plain, objective, X, claimed, budget=budget)
        assert found.evaluations <= budget
    assert checked(plain, case.objective, X, claimed).evaluations > 31
