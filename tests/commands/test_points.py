"""The files in which a point may stand."""

import json

import numpy as np
import pytest
from command_line import assert_one_line

from gradproof.commands.targets.arrays import load_arrays

X = np.array([1.0, -2.0, 0.5])
ROWS = "1.0, -2.0, 0.5\n"
FILES = {
    "row.csv": ROWS,
    "semicolons.csv": ROWS.replace(",", ";"),
    "column.csv": "1.0\n-2.0\n0.5\n",
    "header.csv": "height, weight, age\n1.0, -2.0, 0.5\n",
    "column_header.txt": "weight\n1.0\n-2.0\n0.5\n",
    "comment.csv": "# one, two\n\n" + ROWS,
    "row.txt": "1 -2 5e-1",
    "column.txt": "1\n-2\n.5\n\n",
    "tabs.txt": "1\t-2\t0.5",
    "excel.csv": "\ufeff1,-2,0.5\r\n",
    "list.json": "[1, -2, 0.5]",
}
RAW = {"x.bin": "<f8", "x.f64": "<f8", "x.f32": "<f4"}


@pytest.fixture
def files(folder):
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    for name, kind in RAW.items():
        (folder / name).write_bytes(X.astype(kind).tobytes())
    return folder


@pytest.mark.parametrize("name", [*FILES, *RAW])
@pytest.mark.usefixtures("files")
def test_vectors(check, name):
    status, output, errors = check("model.py:loss", "model.py:grad", name, "--json", "-")
    assert (status, errors) == (0, "")
    report = json.loads(output)
    assert (report["n"], report["value"]) == (3, -6.875)
    assert check("model.py:loss", "model.py:half", name)[0] == 1


@pytest.mark.usefixtures("files")
def test_raw_numbers_keep_their_precision():
    for name, kind in RAW.items():
        assert load_arrays(name).dtype == np.dtype(kind)
        assert load_arrays(name).dtype.isnative


def test_a_matrix(run, folder):
    (folder / "table.csv").write_text("a,b\n1,2\n3,4\n5,6\n")
    (folder / "matrix.py").write_text(
        "def f(x):\n    assert x.shape == (3, 2)\n    return float((x ** 3).sum())\ndef g(x): return 3 * x ** 2\n"
        "def bad(x): return 3 * x ** 2 * [[1, 1], [1, 2], [1, 1]]\n"
    )
    (folder / "table.json").write_text("[[1, 2], [3, 4], [5, 6]]")
    for name in ("table.csv", "table.json"):
        assert run("check", "matrix.py:f", "--gradient", "matrix.py:g", "--at", name)[0] == 0
        status, output, _ = run("check", "matrix.py:f", "--gradient", "matrix.py:bad", "--at", name)
        assert status == 1
        assert "x[1, 1]" in output


def test_named_arrays(check, folder):
    point = {"W": [[1, 1], [1, 1]], "b": [0.5, -1.5]}
    (folder / "named.json").write_text(json.dumps(point))
    assert check("model.py:named_loss", "model.py:named_grad", "named.json")[0] == 0
    status, output, _ = check("model.py:named_loss", "model.py:named_slip", "named.json")
    assert status == 1
    assert "b[1]" in output
    (folder / "gradient.json").write_text(json.dumps({"W": [[2, 2], [2, 2]], "b": np.exp([0.5, -1.5]).tolist()}))
    assert check("model.py:named_loss", "gradient.json", "named.json")[0] == 0


def test_bounds_and_claims_may_be_text(check, folder):
    (folder / "claim.txt").write_text("3 12 0.75")
    (folder / "low.csv").write_text("0.9,-2.1,0.4")
    assert check("model.py:loss", "claim.txt", "x.npy", "--lower", "low.csv")[0] == 0
    (folder / "claim.txt").write_text("3 12 0.5")
    assert check("model.py:loss", "claim.txt", "x.npy", "--lower", "low.csv")[0] == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("words.txt", b"one two\nthree four\n", ["words.txt", "is no table of numbers", "three"]),
        ("ragged.csv", b"1,2\n3\n", ["ragged.csv is no table of numbers"]),
        ("header.csv", b"height,weight\n", ["header.csv holds no numbers"]),
        ("bad.json", b"[1, 2", ["bad.json is no JSON"]),
        ("latin.csv", b"\xe4,\xf6\n1,2\n", ["latin.csv is no table of numbers"]),
        ("none.json", b"{}", ["none.json holds no arrays"]),
        ("null.json", b"[1, null]", ["x"]),
        ("text.json", b'"1"', ["x"]),
        ("empty.txt", b"", ["empty.txt is empty"]),
        ("odd.bin", b"\0" * 17, ["odd.bin has 17 bytes, which are no whole number of float64"]),
        ("odd.f32", b"\0" * 7, ["odd.f32 has 7 bytes, which are no whole number of float32"]),
        ("raw.npy", b"\0" * 16, ["raw.npy is not a file written by numpy.save"]),
    ],
)
def test_files_that_hold_no_numbers(check, folder, name, content, words):
    (folder / name).write_bytes(content)
    assert_one_line(check("model.py:loss", "model.py:grad", name), *words)


@pytest.mark.parametrize(("names", "said"), [(("a", "a.npy"), "two arrays by the name a"), (("a", "a.np"), "")])
def test_names_that_are_one_to_numpy(check, folder, names, said):
    np.savez(folder / "twice.npz", **{name: np.ones(2) for name in names})
    result = check("model.py:named_loss", "model.py:named_grad", "twice.npz")
    if said:
        assert_one_line(result, "twice.npz", said)
    else:
        assert "two arrays" not in result[2]


@pytest.mark.parametrize("name", ["hole.json", "hole.txt", "hole.bin", "hole.npy"])
def test_a_file_that_is_larger_than_memory(check, folder, name):
    with (folder / name).open("wb") as stream:
        stream.write(b"\x93NUMPY" if name.endswith("npy") else b"[1")
        stream.truncate(1 << 42)
    assert_one_line(check("model.py:loss", "model.py:grad", name), name, "more than can be read")


def test_a_target_that_is_larger_than_memory(check, folder):
    with (folder / "hole.py").open("wb") as stream:
        stream.truncate(1 << 42)
    assert_one_line(check("hole.py:loss", "model.py:grad", "x.npy"), "hole.py has", "which no Python file has")
