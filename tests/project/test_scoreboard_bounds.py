"""The bounds of the scoreboard: what is within them passes, each kind of fault fails, and so does an empty file."""

import json

import pytest
import scoreboard_bounds


def rows(count=100, **faulty):
    """Return rows of right and wrong gradients, all of them judged as they should be, but for the first one."""
    made = [
        {"case": f"case{number}", "label": label, "v": verdict, "mut_x": False}
        for number in range(count)
        for label, verdict in (("right", "pass"), ("wrong", "fail"))
    ]
    made[0] |= faulty
    return made


@pytest.fixture
def judge(tmp_path, capsys):
    def call(made, *options):
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))
        status = scoreboard_bounds.main([str(tmp_path / "rows.jsonl"), *options])
        return status, capsys.readouterr().out

    return call


def test_all_as_it_should_be(judge):
    status, output = judge(rows())
    assert status == 0
    assert output == (
        "scoreboard: false alarms 0 of 100, misses 0 of 100, inconclusive 0 of 200, crashes 0 of 200, "
        "x changed 0 of 200\n"
    )


@pytest.mark.parametrize(
    ("fault", "kind", "count", "bound"),
    [
        ({"v": "fail"}, "false alarms", 0, "--alarms"),
        ({"label": "wrong", "v": "pass"}, "misses", 0, "--misses"),
        ({"v": "inconclusive"}, "inconclusive", 2, "--inconclusive"),
    ],
)
def test_so_much_is_allowed_and_no_more(judge, fault, kind, count, bound):
    enough = [row | fault if number % 2 == 0 and number < 2 * count else row for number, row in enumerate(rows(101))]
    assert judge(enough)[0] == 0
    more = [row | fault if number % 2 == 0 and number <= 2 * count else row for number, row in enumerate(rows(101))]
    status, output = judge(more)
    assert status == 1
    assert f"{kind}: case0\n" in output
    assert f"out of bounds: {kind}\n" in output
    assert judge(more, bound, "10")[0] == 0
    assert judge(rows(101, **fault), bound, "0")[0] == 1


@pytest.mark.parametrize("fault", [{"v": "crash"}, {"mut_x": True}])
def test_what_is_never_allowed(judge, fault):
    status, output = judge(rows(1000, **fault))
    assert status == 1
    assert ": case0\n" in output


def test_what_nobody_can_decide_does_not_count(judge):
    undecidable = [
        {"case": "odd", "label": "undecidable", "v": verdict} for verdict in ("pass", "fail", "inconclusive")
    ]
    assert judge(rows() + undecidable)[0] == 0


def test_a_case_that_could_not_be_made(judge):
    status, output = judge([*rows(), {"case": "unmade", "chk": "BUILD", "err": "ImportError"}])
    assert status == 1
    assert "crashes: unmade" in output


@pytest.mark.parametrize("label", ["right", "wrong"])
def test_a_file_that_proves_nothing(judge, label):
    assert judge([])[0] == 1
    assert judge([row for row in rows() if row["label"] == label])[0] == 1
