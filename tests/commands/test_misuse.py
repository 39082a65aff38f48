"""One line and status 2 for functions that give the wrong thing; the user's own errors come whole."""

import os

import pytest
from command_line import SOURCE, assert_one_line, interrupted

from gradproof.commands import main as command


@pytest.mark.parametrize("name", ["text_loss", "none_loss", "array_loss", "complex_loss"])
def test_objectives_that_give_no_number(check, name):
    assert_one_line(check(f"model.py:{name}", "model.py:grad"), "objective")


def test_functions_of_something_else(check):
    assert_one_line(check("model.py:two", "model.py:grad"), "the objective is called with x alone", "two()")
    assert_one_line(check("model.py:loss", "model.py:two"), "the gradient is called with x alone", "two()")


@pytest.mark.parametrize("name", ["flat", "complex_grad", "object_grad", "none_loss"])
def test_gradients_that_give_no_array_like_x(check, name):
    assert_one_line(check("model.py:loss", f"model.py:{name}"), "gradient")


def test_a_gradient_of_another_structure(check):
    assert_one_line(check("model.py:named_loss", "gradient.npy", "named.npz"), "gradient")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--mode", "fast"], ["mode", "fast"]),
        (["--budget", "0"], ["budget", "0"]),
        (["--budget", "-5"], ["budget", "-5"]),
        (["--budget", "1.5"], ["budget", "1.5"]),
        (["--budget", "many"], ["budget", "many"]),
        (["--budget", "inf"], ["budget", "inf"]),
        (["--rows", "0"], ["rows", "0"]),
        (["--rows", "all"], ["rows", "all"]),
        (["--seed", "-1"], ["seed", "-1"]),
        (["--seed", "x"], ["seed", "x"]),
        (["--rtol", "0"], ["rtol"]),
        (["--rtol", "1"], ["rtol"]),
        (["--rtol", "nan"], ["rtol"]),
        (["--rtol", "x"], ["rtol"]),
        (["--atol", "-1"], ["atol"]),
        (["--atol", "nan"], ["atol"]),
        (["--atol", "inf"], ["atol"]),
        (["--atol", "x"], ["atol"]),
        (["--time-limit", "0"], ["time_limit"]),
        (["--time-limit", "-1"], ["time_limit"]),
        (["--json", "nowhere/report.json"], ["--json", "nowhere"]),
        (["--json", "."], ["--json", "."]),
        (["--lower", "nosuch.npy"], ["nosuch.npy"]),
        (["--save", ""], ["save must be the name of a file, not ''"]),
        (["--resume", ""], ["resume must be the name of a file, not ''"]),
        (["--bogus"], ["--bogus"]),
    ],
)
def test_options_out_of_range(check, options, words):
    status, _, errors = check("model.py:loss", "model.py:grad", "x.npy", *options)
    assert status == 2
    assert errors.count("\n") == 1, errors
    for word in words:
        assert word in errors


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["check", "model.py:loss"], ["bogus"], ["demo", "nosuch"], ["native"]]
)
def test_usage(run, arguments):
    assert_one_line(run(*arguments))


def test_help(run, capsys):
    for arguments in (
        ["--help"],
        ["check", "--help"],
        ["demo", "--help"],
        ["info", "--help"],
        ["--version"],
        ["native", "-h"],
    ):
        with pytest.raises(SystemExit) as ended:
            run(*arguments)
        assert ended.value.code == 0
    assert "exit status" in capsys.readouterr().out


def test_an_exception_of_the_objective_keeps_its_traceback(check):
    status, _, errors = check("model.py:broken", "model.py:grad")
    assert status == 2
    assert errors.startswith("Traceback")
    assert 'KeyError: "the user\'s own"' in errors
    assert "model.py" in errors
    assert str(SOURCE / "gradproof") not in errors


def test_an_exception_of_the_gradient_keeps_its_traceback(check):
    status, _, errors = check("model.py:loss", "model.py:broken")
    assert status == 2
    assert "KeyError" in errors
    assert str(SOURCE / "gradproof") not in errors


def test_an_exception_while_the_module_is_imported(check, folder):
    (folder / "raises.py").write_text("def f(x): return 0\nraise ValueError('at import')\n")
    for target in ("raises.py:f", "raises:f"):
        status, _, errors = check(target, "model.py:grad")
        assert status == 2
        assert errors.startswith("Traceback")
        assert "ValueError: at import" in errors
        assert str(SOURCE / "gradproof") not in errors


def test_a_module_that_imports_what_is_not_there(check, folder):
    (folder / "needs.py").write_text("import nosuchmodule\n")
    for target in ("needs.py:f", "needs:f"):
        status, _, errors = check(target, "model.py:grad")
        assert status == 2
        assert "line 1" in errors
        assert "nosuchmodule" in errors


def test_an_exit_of_the_users_code_is_no_verdict(check, folder):
    assert_one_line(check("model.py:leaves", "model.py:grad"), "no verdict")
    (folder / "ends.py").write_text("import sys\nsys.exit()\n")
    assert_one_line(check("ends.py:f", "model.py:grad"), "no verdict")


def test_an_interrupt_before_the_first_values_is_one_line(check):
    assert_one_line(check("model.py:interrupted", "model.py:grad"), "interrupted", status=130)


SLOW = """
import pathlib, time
import numpy as np
x = np.ones(3000)
def f(y):
    if y[WHERE] != 1 or WHERE < 0:
        pathlib.Path("started").touch()
        time.sleep(60)
    return float((y ** 2).sum())
def right(y): return 2 * y
def wrong(y): return 2 * y * np.where(np.arange(3000) == 5, 1.1, 1)
def slow(y):
    pathlib.Path("started").touch()
    time.sleep(60)
"""


def interrupted_from(folder, gradient, where):
    """Send Ctrl-C to a check once the objective is slow: from where on, or from the beginning."""
    (folder / "slow.py").write_text(SLOW.replace("WHERE", str(where)))
    return interrupted(folder, "check", "slow.py:f", "--gradient", f"slow.py:{gradient}", "--at", "slow.py:x")


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("gradient", "status", "word"), [("right", 3, "inconclusive: "), ("wrong", 1, "wrong: ")])
def test_control_c_prints_what_was_found(folder, gradient, status, word):
    given, output, errors = interrupted_from(folder, gradient, 2000)
    assert (given, errors) == (status, "")
    assert output.startswith(word)
    assert "then Ctrl-C ended the check" in output


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("gradient", "where"), [("right", -1), ("slow", 2000)])
def test_control_c_before_anything_was_found(folder, gradient, where):
    assert interrupted_from(folder, gradient, where) == (130, "", "gradproof: interrupted\n")


CHECK = ("check", "model.py:loss", "--at", "x.npy")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "there is no command chek; did you mean check? (see gradproof --help)"),
        (["zzz"], "there is no command zzz; there is demo, check, replay, study, native, info, help (see"),
        (["demo", "transposd"], "there is no demo 'transposd'; did you mean transposed?"),
        (["demo", "zzz"], "there is no demo 'zzz'; choose one of regulariser, "),
        ([*CHECK, "--gradeint", "model.py:grad"], "there is no option --gradeint; did you mean --gradient? (see grad"),
        ([*CHECK, "--gradeint=model.py:grad"], "there is no option --gradeint; did you mean --gradient?"),
        (
            [*CHECK, "--gradient", "model.py:grad", "--budgets", "3"],
            "did you mean --budget? (see gradproof check --help)",
        ),
        ([*CHECK, "--gradient", "model.py:grad", "--xyzzy"], "unrecognized arguments: --xyzzy (see gradproof check"),
        ([*CHECK, "--gradient", "model.py:grad", "more"], "unrecognized arguments: more (see gradproof check --help)"),
        (["study", "model.py:loss", "--att", "x.npy"], "there is no option --att; did you mean --at?"),
        (["info", "--cflag"], "there is no option --cflag; did you mean --cflags?"),
        (["--versoin"], "there is no option --versoin; did you mean --version?"),
    ],
)
def test_what_is_misspelt(run, arguments, words):
    assert_one_line(run(*arguments), words)


def test_what_is_spelt_right(check, run):
    assert check("model.py:loss", "model.py:grad", "x.npy", "--budget=100", "--mode=full")[0] == 0
    assert run("demo", "list")[0] == 0


def test_every_command_is_known():
    (commands,) = (one for one in command.parser()._actions if one.dest == "command")
    assert tuple(commands.choices) == command.COMMANDS
