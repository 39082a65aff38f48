"""The findings of a report, evaluated again: what is the same, and what is not."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_one_line
from everykind import LONG, P, cube, grad, half, loss, report_of

import gradproof
from gradproof import Cause, Report
from gradproof.replaying import replay

MORE = """
def named_other(p): return float(np.sum(p["W"] ** 2) + 2 * np.sum(np.exp(p["b"])))
def named_raises(p):
    raise KeyError("the user's own")
"""


@pytest.fixture
def report(check, folder):
    with (folder / "model.py").open("a") as file:
        file.write(MORE)
    check("model.py:named_loss", "model.py:named_slip", "named.npz", "--json", "report.json")
    return "report.json"


@pytest.fixture
def again(run, report):
    def call(objective, gradient, *others, file=report):
        return run("replay", file, f"model.py:{objective}", "--gradient", f"model.py:{gradient}", *others)

    return call


def row_of(output):
    return [cell.strip() for cell in output.splitlines()[-1].split("  ") if cell]


def test_nothing_has_changed(again):
    status, output, errors = again("named_loss", "named_slip")
    assert (status, errors) == (1, "")
    assert output.startswith("wrong: ")
    assert "of 1 findings of the report that were wrong or open, 1 still are" in output
    name, claimed, slope, then, now = row_of(output)
    assert (name, claimed, then, now) == ("b[1]", "the same", "wrong", "wrong")
    assert slope.startswith("the same (")


def test_the_gradient_is_mended(again):
    status, output, _ = again("named_loss", "named_grad")
    assert status == 0
    assert "1 findings of the report that were wrong or open, 0 still are" in output
    assert "was 0.225361, is 0.223130" in output
    assert "the same (" in output
    assert row_of(output)[-1] == "agrees"


def test_the_objective_has_changed(again):
    status, output, _ = again("named_other", "named_slip")
    assert status == 1
    assert "is 0.446260" in output
    assert "values differ" in output


def test_at_another_point(again, folder):
    np.savez(folder / "other.npz", W=np.ones((2, 2)), b=np.array([0.5, -1.0]))
    status, output, _ = again("named_loss", "named_slip", "--at", "other.npz")
    assert status == 1
    assert "values differ" in output
    np.savez(folder / "larger.npz", W=np.ones((3, 2)), b=np.array([0.5, -1.0]))
    assert_one_line(
        again("named_loss", "named_slip", "--at", "larger.npz"), "belongs to another problem", "6 coordinates", "has 8"
    )


def test_complex_numbers_in_their_convention(run, folder):
    (folder / "waves.py").write_text(
        "import numpy as np\n"
        "z = np.array([1 + 2j, 3 - 1j])\n"
        "def f(z): return float(np.sum((z ** 2).real))\n"
        "def right(z): return 2 * z\n"
        "def wrong(z): return 3 * z\n"
    )
    waves = ("waves.py:f", "--gradient", "waves.py:wrong", "--convention", "jax")
    assert run("check", *waves, "--at", "waves.py:z", "--json", "waves.json")[0] == 1
    status, output, _ = run("replay", "waves.json", *waves)
    assert status == 1
    assert "was" not in output.partition("still are")[2]
    assert run("replay", "waves.json", "waves.py:f", "--gradient", "waves.py:right", "--convention", "jax")[0] == 0
    # The report knows its convention.
    assert run("replay", "waves.json", "waves.py:f", "--gradient", "waves.py:right")[0] == 0
    assert run("replay", "waves.json", "waves.py:f", "--gradient", "waves.py:right", "--convention", "pytorch")[0] == 1


def test_the_sign_of_a_force(run, folder):
    (folder / "atoms.py").write_text(
        "import numpy as np\n"
        "x = np.array([0.5, 1.0, 2.0])\n"
        "def energy(x): return float(np.sum(np.sin(x)))\n"
        "def forces(x): return -np.cos(x)\n"
        "def wrong(x): return -np.cos(x) * [1, 1.1, 1]\n"
    )
    at = ("--at", "atoms.py:x")
    assert run("check", "atoms.py:energy", "--gradient", "atoms.py:forces", *at, "--sign", "-1")[0] == 0
    assert run("check", "atoms.py:energy", "--gradient", "atoms.py:forces", *at)[0] == 1
    wrong = ("atoms.py:energy", "--gradient", "atoms.py:wrong", *at)
    assert run("check", *wrong, "--sign", "-1", "--json", "forces.json")[0] == 1
    assert json.loads((folder / "forces.json").read_text())["sign"] == -1
    status, output, _ = run("replay", "forces.json", *wrong)
    assert status == 1
    assert "was" not in output.partition("still are")[2]
    assert run("replay", "forces.json", "atoms.py:energy", "--gradient", "atoms.py:forces")[0] == 0
    assert run("replay", "forces.json", "atoms.py:energy", "--gradient", "atoms.py:forces", "--sign", "1")[0] == 1
    assert_one_line(run("check", *wrong, "--sign", "2"), "sign must be 1, or -1")


def test_what_is_refused(again, folder, check):
    assert_one_line(again("named_loss", "named_grad", file="none.json"), "none.json", "cannot be read")
    (folder / "cut.json").write_text((folder / "report.json").read_text()[:100])
    assert_one_line(again("named_loss", "named_grad", file="cut.json"), "cut.json", "no report of gradproof")
    assert_one_line(again("named_loss", "named_grad", file="x.npy"), "x.npy", "not text")
    if Path("/dev/zero").exists():
        assert_one_line(again("named_loss", "named_grad", file="/dev/zero"), "/dev/zero", "no report of gradproof")
    check("model.py:named_loss", "model.py:named_grad", "named.npz", "--json", "right.json")
    assert_one_line(again("named_loss", "named_grad", file="right.json"), "no findings")
    words = json.loads((folder / "report.json").read_text())
    words["evidence"]["x"] = {"0": 1.0}
    (folder / "some.json").write_text(json.dumps(words))
    assert_one_line(again("named_loss", "named_grad", file="some.json"), "does not hold x", "--at")
    assert again("named_loss", "named_grad", "--at", "named.npz", file="some.json")[0] == 0


def test_an_error_of_the_user(again):
    status, _, errors = again("named_raises", "named_grad")
    assert status == 2
    assert "the user's own" in errors
    if sys.version_info >= (3, 11):
        assert "The x of the report has W of shape (2, 2), b of shape (2,): does the report belong to another" in errors


# ---- Without the command ---------------------------------------------------------------------------------------------


def test_every_finding_is_told_then_and_now():
    report = Report.from_json(report_of("full").to_json())
    same = replay(report, loss, half, P)
    assert same.report.verdict == "wrong"
    assert [one.then.name for one in same.findings] == [one.name for one in report.findings]
    for one in same.findings:
        assert one.is_same_claim
        assert (one.differing, one.cause) == (0, Cause.WRONG)
        assert one.probes >= 4  # x, a pair, and one side farther away
        assert one.slope == one.then.slope
    right = replay(report, loss, grad, P)
    assert right.report.verdict == "right"
    assert right.report.n == 5
    for one in right.findings:
        assert not one.is_same_claim
        assert (one.differing, one.cause) == (0, Cause.AGREES)
    other = replay(report, lambda p: 2 * loss(p), half, P)
    assert all(one.differing == one.probes for one in other.findings)


def test_lines_are_drawn_again():
    report = Report.from_json(report_of("long").to_json())
    assert any(one.stop > one.start + 1 for one in report.findings)
    wrong = replay(report, cube, 1.5 * LONG**2, LONG)
    assert wrong.report.to_dict() == report.to_dict()
    assert all(one.cause is one.then.cause for one in wrong.findings)
    right = replay(report, cube, 3 * LONG**2, LONG)
    assert right.report.verdict == "right"
    assert all(one.cause is Cause.AGREES for one in right.findings)


def test_one_wrong_coordinate_of_many():
    report = report_of("long, one")
    found = replay(report, cube, 3 * LONG**2, LONG)
    assert found.report.n == 1
    assert found.report.verdict == "right"


def test_rounding_on_another_machine_is_no_difference():
    found = replay(report_of("full"), lambda p: loss(p) * (1 + 2e-16), half, P)
    assert all(one.differing == 0 for one in found.findings)
    found = replay(report_of("full"), lambda p: loss(p) * (1 + 1e-9), half, P)
    assert all(one.differing for one in found.findings)


def test_rows_and_kinks():
    from everykind import gradient_on_rows, on_rows

    x = np.array([3.0 + 1e-9, 1.0])
    found = replay(report_of("rows"), on_rows, gradient_on_rows, x)
    assert all(one.differing == 0 for one in found.findings)
    assert found.report.verdict == report_of("rows").verdict
    x = np.array([0.5, 1.0, 2.0])
    found = replay(report_of("kink"), lambda x: np.sum(np.abs(x - 1.0)), lambda x: np.sign(x - 1.0), x)
    assert found.report.verdict == "right"
    assert {one.cause for one in found.findings} == {Cause.KINK_AT_POINT}
    assert "still are" not in str(found)


@pytest.mark.parametrize("kind", ["outputs", "vjp"])
def test_many_outputs_are_refused(kind):
    with pytest.raises(ValueError, match="many outputs"):
        replay(report_of(kind), loss, grad, P)


def test_a_report_of_another_problem_is_said_to_be_one():
    report = gradproof.check(lambda x: float(np.sum(x**2)), lambda x: x, np.ones(4))
    for n in (2, 6):
        with pytest.raises(ValueError, match="the report belongs to another problem: it is about 4 coordinates, "):
            replay(report, lambda x: float(np.sum(x**2)), lambda x: x, np.ones(n))


def test_what_is_no_report_is_refused():
    for other in (None, report_of("full").to_json(), np.ones(3)):
        with pytest.raises(TypeError, match=r"needs a report, as Report.from_json\(text\) gives, not "):
            replay(other, loss, grad, P)
