"""`gradproof study`: what it prints and writes, and what it refuses."""

import json
import sys

import numpy as np
import pytest
from command_line import assert_one_line

import gradproof


def test_a_coordinate(run):
    status, output, errors = run("study", "model.py:loss", "--at", "x.npy", "--index", 1, "--gradient", "model.py:grad")
    assert (status, errors) == (0, "")
    assert "along        x[1]" in output
    assert "order 1.00 on" in output
    assert "order 2.00 on" in output
    assert "12.0000000000, claimed" in output


def test_a_wrong_gradient_shows_as_flat(run):
    status, output, _ = run("study", "model.py:loss", "--at", "x.npy", "--index", 1, "--gradient", "model.py:half")
    assert status == 0
    assert "order 2.00" not in output
    assert "the mark of a bug" in output


def test_names_blocks_and_directions(run, folder):
    assert "along        W[1, 0]" in run("study", "model.py:named_loss", "--at", "named.npz", "--index", "W[1, 0]")[1]
    assert "a random direction in b" in run("study", "model.py:named_loss", "--at", "named.npz", "--index", "b")[1]
    assert "a random direction in x" in run("study", "model.py:loss", "--at", "x.npy")[1]
    np.save(folder / "direction.npy", np.array([0.0, 2.0, 0.0]))
    text = run("study", "model.py:loss", "--at", "x.npy", "--direction", "direction.npy")[1]
    assert "24.0000000000" in text
    seeds = [run("study", "model.py:loss", "--at", "x.npy", "--direction", "random", "--seed", k)[1] for k in (1, 1, 2)]
    assert seeds[0] == seeds[1] != seeds[2]


def test_a_c_function(run, library):
    status, output, _ = run(
        "study", f"{library}:loss", "--at", "single.npy", "--index", 0, "--gradient", f"{library}:grad"
    )
    assert status == 0
    assert "order 2.00 on" in output


def test_json(run, folder):
    model = np.load(folder / "x.npy")
    expected = gradproof.study(lambda x: float(np.sum(x**3)), model, index=1).to_dict()
    _, output, _ = run("study", "model.py:loss", "--at", "x.npy", "--index", 1, "--json", "out.json")
    assert "order" in output
    assert json.loads((folder / "out.json").read_text()) == expected
    assert json.loads(run("study", "model.py:loss", "--at", "x.npy", "--index", 1, "--json", "-")[1]) == expected


@pytest.mark.parametrize(("name", "start"), [("out.svg", b"<?xml"), ("out.png", b"\x89PNG")])
def test_plots(run, folder, name, start):
    pytest.importorskip("matplotlib")
    (folder / "deep").mkdir()
    (folder / "moves.py").write_text("import os\nfrom model import loss\nos.chdir('deep')\n")
    status, output, errors = run("study", "moves.py:loss", "--at", "x.npy", "--index", 1, "--plot", name)
    assert (status, errors) == (0, "")
    assert "order" in output
    assert (folder / name).read_bytes().startswith(start)


def test_what_cannot_be_written_is_refused_before_anything_is_evaluated(run, folder):
    (folder / "model.py").write_text("raise RuntimeError('it was read')")
    for option in (("--json", "none/out.json"), ("--plot", "none/out.svg")):
        assert_one_line(run("study", "model.py:loss", "--at", "x.npy", *option), "there is no folder none")
    pytest.importorskip("matplotlib")
    assert_one_line(run("study", "model.py:loss", "--at", "x.npy", "--plot", "out.txt"), "out.txt", ".svg")


@pytest.mark.parametrize(
    ("file", "option", "given"),
    [
        ("x.npy", "--at", ("--json", "x.npy")),
        ("model.py", "TARGET", ("--json", "./model.py")),
        ("gradient.npy", "--direction", ("--direction", "gradient.npy", "--json", "gradient.npy")),
    ],
)
def test_nothing_is_written_over_what_is_read(run, folder, file, option, given):
    before = (folder / file).read_bytes()
    refused = run("study", "model.py:broken", "--at", "x.npy", *given)
    assert_one_line(refused, f"{given[-1]} would be written over what {option} names")
    assert (folder / file).read_bytes() == before
    both = run("study", "model.py:broken", "--at", "x.npy", "--json", "out.svg", "--plot", "out.svg")
    assert_one_line(both, "--json and --plot cannot both be written to out.svg")


def test_without_matplotlib(run, monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert_one_line(
        run("study", "model.py:loss", "--at", "x.npy", "--plot", "out.svg"), "pip install 'gradproof[plot]'"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("model.py:loss",), "--at"),
        (("model.py:loss", "--at", "x.npy", "--index", "3"), "coordinates go from 0 to 2"),
        (("model.py:loss", "--at", "x.npy", "--index", "-1"), "coordinates go from 0 to 2"),
        (("model.py:loss", "--at", "x.npy", "--index", "y[0]"), "x has no y[0]"),
        (("model.py:loss", "--at", "x.npy", "--direction", "up"), "a point is a file of numbers"),
        (("model.py:loss", "--at", "x.npy", "--seed", "0.5"), "not an integer"),
        (("model.py:none_loss", "--at", "x.npy"), "None: is a `return` missing?"),
        (("model.py:leaves", "--at", "x.npy"), "ended the program"),
        (("model.py:two", "--at", "x.npy"), "called with x alone"),
    ],
)
def test_mistakes_are_one_line(run, arguments, words):
    assert_one_line(run("study", *arguments), words)


def test_what_the_users_code_raised_is_shown(run):
    status, output, errors = run("study", "model.py:broken", "--at", "x.npy")
    assert (status, output) == (2, "")
    assert "KeyError" in errors
    assert "model.py" in errors
