"""One line and status 2 for targets that are not there, and for files that cannot be read."""

import os
import pickle

import numpy as np
import pytest
from command_line import assert_one_line


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ("nosuch.py:loss", ["there is no file nosuch.py"]),
        ("modle.py:loss", ["did you mean model.py?"]),
        ("nowhere/model.py:loss", ["there is no folder nowhere"]),
        ("model.py:lss", ["model.py has no lss", "did you mean loss?"]),
        ("model.py:zzzzz", ["model.py has no zzzzz; there is x, named, text, start, loss …"]),
        ("model.py:Net.zzz", ["model.py has no Net.zzz"]),
        ("model.py:text", ["objective", "str"]),
        ("nosuchmodule:loss", ["there is no module nosuchmodule"]),
        ("json.nosuch:loss", ["there is no module json.nosuch"]),
        ("json:lods", ["json has no lods", "did you mean loads?"]),
        ("model.py", ["is not a target"]),
        ("model.py:", ["is not a target"]),
        ("loss", ["'loss' does not say where it is: write file.py:loss or package.module:loss"]),
        (":loss", ["is not a target"]),
        ("", ["is not a target"]),
        ("a b:loss", ["is not a target"]),
        ("x.npy", ["objective"]),
        (".:loss", ["is not a target"]),
    ],
)
def test_objectives_that_are_not_there(check, objective, words):
    assert_one_line(check(objective, "model.py:grad"), *words)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("nosuch.npy", ["there is no file nosuch.npy"]),
        ("model.py:y", ["model.py has no y"]),
        ("model.py:text", ["x"]),
        ("./lib.so:x", ["a point is"]),
        ("x.text", ["a point is a file of numbers (.npy .npz .txt .csv .json .bin .f64 .f32)"]),
        ("nosuch.txt", ["there is no file nosuch.txt"]),
    ],
)
def test_points_that_are_not_there(check, at, words):
    assert_one_line(check("model.py:loss", "model.py:grad", at), *words)


def test_a_folder_instead_of_a_file(check, folder):
    (folder / "folder.py").mkdir()
    (folder / "folder.npy").mkdir()
    assert_one_line(check("folder.py:loss", "model.py:grad"), "folder.py is not a file")
    assert_one_line(check("model.py:loss", "model.py:grad", "folder.npy"), "folder.npy is not a file")


def test_a_file_that_is_no_python(check, folder):
    (folder / "bad.py").write_text("x = 1\ndef f(:\n")
    assert_one_line(check("bad.py:f", "model.py:grad"), "bad.py, line 2: ")
    assert_one_line(check("bad:f", "model.py:grad"), "bad.py, line 2: ")
    (folder / "nul.py").write_bytes(b"x = 1\0")
    assert_one_line(check("nul.py:f", "model.py:grad"), "nul.py", "null bytes")
    assert_one_line(check("nul:f", "model.py:grad"), "nul", "null bytes")


def test_a_file_that_is_part_of_a_package(check, folder):
    (folder / "outer" / "inner").mkdir(parents=True)
    for name in ("outer/__init__.py", "outer/inner/__init__.py"):
        (folder / name).touch()
    (folder / "outer/inner/parts.py").write_text("from ..base import loss\n")
    (folder / "outer/base.py").write_text("def loss(x): return float((x**3).sum())\n")
    said = f"parts.py has relative imports: write outer.inner.parts:name, in the folder {folder}"
    assert_one_line(check("outer/inner/parts.py:loss", "model.py:grad"), said)
    assert check("outer.inner.parts:loss", "model.py:grad")[0] == 0
    assert check("outer.inner.parts:loss", "model.py:half")[0] == 1


def test_a_current_folder_that_is_gone(check, folder):
    gone = folder / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert_one_line(check("model:loss", "model:grad", "model:x"), "the current folder is not there any more")
    os.chdir(folder)


def test_a_file_that_is_cut(check, folder):
    whole = (folder / "x.npy").read_bytes()
    for length in (0, 3, 40, len(whole) - 5):
        (folder / "cut.npy").write_bytes(whole[:length])
        assert_one_line(check("model.py:loss", "model.py:grad", "cut.npy"), "cut.npy")
    whole = (folder / "named.npz").read_bytes()
    for length in (4, 100, len(whole) - 30):
        (folder / "cut.npz").write_bytes(whole[:length])
        assert_one_line(check("model.py:loss", "model.py:grad", "cut.npz"), "cut.npz")


def test_pickles_are_refused_and_not_run(check, folder):
    class Mischief:
        def __reduce__(self):
            return os.mkdir, ("mischief",)

    np.save("object.npy", np.array([Mischief()], dtype=object), allow_pickle=True)
    np.savez("object.npz", x=np.array([Mischief()], dtype=object))
    (folder / "plain.npy").write_bytes(pickle.dumps(Mischief()))
    for name in ("object.npy", "object.npz", "plain.npy"):
        assert_one_line(check("model.py:loss", "model.py:grad", name), name, "pickled objects")
        assert_one_line(check("model.py:loss", name), name, "pickled objects")
    assert not (folder / "mischief").exists()


def test_files_that_hold_something_else(check, folder):
    (folder / "text.npy").write_text("1 2 3\n")
    assert_one_line(check("model.py:loss", "model.py:grad", "text.npy"), "is not a file written by numpy.save")
    (folder / "text.npz").write_text("PK and so on")
    assert_one_line(check("model.py:loss", "model.py:grad", "text.npz"), "is not a file written by numpy.save")
    (folder / "twice.json").write_text('{"W": [1], "V": {"b": [1], "b": [2]}}')
    assert_one_line(check("model.py:loss", "model.py:grad", "twice.json"), "twice.json has two values by the name b")
    np.savez("empty.npz")
    assert_one_line(check("model.py:loss", "model.py:grad", "empty.npz"), "holds no arrays")


@pytest.mark.parametrize("array", [[], [1.0, np.nan], [1.0, np.inf], ["a"]])
def test_points_that_cannot_be_checked_at(check, array):
    np.save("odd.npy", np.array(array))
    assert_one_line(check("model.py:loss", "model.py:grad", "odd.npy"), "x")


def test_an_integer_point_works(check):
    np.save("whole.npy", np.array([1, -2, 3]))
    assert check("model.py:loss", "model.py:grad", "whole.npy")[0] == 0
