"""`gradproof check` on what is right, wrong, inconclusive, in every form that a target may have."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_one_line

MANY = """
import numpy as np
A = np.array([[1.0, 2.0, 0.5], [0.25, -1.0, 3.0]])
B = A * [[1, 1, 1], [1, 1, 1.5]]
def f(x): return A @ x
def vjp(x, cotangent): return A.T @ cotangent
def bad_vjp(x, cotangent): return B.T @ cotangent
def jvp(x, tangent): return A @ tangent
def bad_jvp(x, tangent): return B @ tangent
def matrix(x): return A
def bad(x): return B
"""


def test_right_is_0(check):
    status, output, errors = check("model.py:loss", "model.py:grad")
    assert (status, errors) == (0, "")
    assert "right" in output


def test_wrong_is_1(check):
    status, output, errors = check("model.py:loss", "model.py:half")
    assert (status, errors) == (1, "")
    assert "wrong" in output
    assert "x[1]" in output


def test_an_absolute_error_that_is_allowed(check, folder):
    """half is off by up to 6."""
    assert check("model.py:loss", "model.py:half", "x.npy", "--atol", "7")[0] == 0
    status, output, _ = check("model.py:loss", "model.py:half", "x.npy", "--atol", "1", "--json", "-")
    assert status == 1
    report = json.loads(output)
    assert (report["atol"], report["wrong"]) == (1.0, [0, 1])
    assert "an error of 7 (units of f per unit of x) is allowed" in check(
        "model.py:loss", "model.py:half", "x.npy", "--atol", "7"
    )[1].replace("\n", " ")


def test_some_coordinates_only(check):
    """slip is wrong in b[1]."""
    point = ("model.py:named_loss", "model.py:named_slip", "named.npz")
    assert check(*point)[0] == 1
    assert check(*point, "--only", "W*", "--only", "b[0]")[0] == 0
    status, output, _ = check(*point, "--held", "W", "--json", "-")
    assert (status, json.loads(output)["wrong"], json.loads(output)["held"]) == (1, [5], 4)
    assert check(*point, "--only", "4")[0] == 0
    assert check(*point, "--only", "-1")[0] == 1


def test_functions_with_many_outputs(run, folder):
    (folder / "many.py").write_text(MANY)
    for option, right, wrong in (("vjp", "vjp", "bad_vjp"), ("jvp", "jvp", "bad_jvp"), ("jacobian", "matrix", "bad")):
        status, output, errors = run("check", "many.py:f", f"--{option}", f"many.py:{right}", "--at", "x.npy")
        assert (status, errors) == (0, "")
        assert "agrees with the function in all 3 coordinates" in output
        status, output, _ = run("check", "many.py:f", f"--{option}", f"many.py:{wrong}", "--at", "x.npy")
        assert status == 1
        assert "output[1] / x[2]" in output


def test_one_claim_at_a_time(run, library):
    both = ("check", "model.py:loss", "--gradient", "model.py:grad", "--vjp", "model.py:grad", "--at", "x.npy")
    assert_one_line(run(*both), "not allowed with argument")
    assert_one_line(run("check", "model.py:loss", "--at", "x.npy"), "one of the arguments")
    status, _, errors = run("check", f"{library}:loss", "--vjp", f"{library}:grad", "--at", "x.npy")
    assert status == 2
    assert "C functions have one output each" in errors


def test_inconclusive_is_3(check):
    status, output, _ = check("model.py:alone", "model.py:grad")
    assert status == 3
    assert "inconclusive" in output


def test_a_budget_that_ends_is_3(check):
    assert check("model.py:loss", "model.py:grad", "x.npy", "--budget", "3")[0] == 3
    assert check("model.py:loss", "model.py:grad", "x.npy", "--budget", "1e5")[0] == 0


def test_a_module_on_the_path_of_the_current_folder(check):
    assert check("model:loss", "model:grad", "model:x")[0] == 0


@pytest.mark.parametrize(("gradient", "status"), [("model.py:grad", 0), ("model.py:half", 1), ("gradient.npy", 0)])
def test_a_file_that_goes_to_another_folder(check, folder, gradient, status):
    """As scripts do to find their data; what the command names stays where it began."""
    (folder / "deep").mkdir()
    (folder / "lower.npy").write_bytes((folder / "x.npy").read_bytes())
    (folder / "moving.py").write_text("import os\nfrom model import loss\nos.chdir('deep')\n")
    found, output, errors = check("moving.py:loss", gradient, "x.npy", "--lower", "lower.npy", "--save", "state.bin")
    assert (found, errors) == (status, "")
    assert Path.cwd() == folder / "deep"
    assert (folder / "state.bin").exists()
    assert ("claimed = 0.5 × slope" in output) == (status == 1)
    deeper = check("model.py:loss", gradient, "x.npy")
    assert_one_line(deeper, "there is no file")  # the twin: there the command begins in that folder


def test_a_module_in_a_package(check, folder):
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "inner.py").write_text("from model import grad, loss\n")
    assert check("package.inner:loss", "package.inner:grad")[0] == 0


def test_a_name_inside_of_a_class(check):
    assert check("model.py:Net.loss", "model.py:grad")[0] == 0


def test_a_file_imports_its_neighbours(check, folder):
    (folder / "deep").mkdir()
    (folder / "deep" / "helper_of_model.py").write_text("def cube(x): return float((x ** 3).sum())\n")
    (folder / "deep" / "main-model.py").write_text("from helper_of_model import cube\n")
    assert check("deep/main-model.py:cube", "model.py:grad")[0] == 0


def test_a_file_with_the_name_of_a_module_that_is_there(check, folder):
    shutil.copy(folder / "model.py", folder / "json.py")
    assert check("json.py:loss", "json.py:grad")[0] == 0
    assert sys.modules["json"] is json


def test_the_point_may_be_a_function_without_arguments(check):
    assert check("model.py:loss", "model.py:grad", "model.py:start")[0] == 0


def test_named_arrays(check):
    assert check("model.py:named_loss", "model.py:named_grad", "named.npz")[0] == 0
    status, output, _ = check("model.py:named_loss", "model.py:named_slip", "named.npz")
    assert status == 1
    assert "b[1]" in output
    assert check("model.py:named_loss", "model.py:named_grad", "model.py:named")[0] == 0


def test_a_gradient_that_is_a_file(check):
    assert check("model.py:loss", "gradient.npy")[0] == 0


def test_float32(check):
    assert check("model.py:loss", "model.py:grad", "single.npy")[0] == 0


def test_a_name_of_a_file_may_hold_a_colon(check, folder):
    shutil.copy(folder / "model.py", folder / "a:b.py")
    assert check("a:b.py:loss", "model.py:grad")[0] == 0


def test_bounds(check, folder):
    (folder / "root.py").write_text("import math\ndef f(x): return math.sqrt(x[0])\ndef g(x): return 0.5 / x ** 0.5\n")
    np.save("one.npy", np.array([1.0]))
    assert check("root.py:f", "root.py:g", "one.npy", "--lower", "0", "--upper", "one.npy")[0] in (0, 3)
    assert_one_line(check("root.py:f", "root.py:g", "one.npy", "--lower", "2"), "bound")


def test_rows_of_data(check, folder):
    (folder / "data.py").write_text(
        "import numpy as np\nA = np.arange(40.0).reshape(10, 4) % 7\nx = np.ones(4)\n"
        "def loss(x, rows): return float(np.mean((A[rows] @ x) ** 2))\n"
        "def grad(x, rows): return 2 * A[rows].T @ (A[rows] @ x) / len(rows)\n"
        "def half(x, rows): return grad(x, rows) / 2\n"
    )
    assert check("data.py:loss", "data.py:grad", "data.py:x", "--rows", "10")[0] == 0
    assert check("data.py:loss", "data.py:half", "data.py:x", "--rows", "10")[0] == 1
    assert_one_line(
        check("model.py:loss", "model.py:grad", "x.npy", "--rows", "10"), "called with x and an index array"
    )


def test_json_to_a_file(check):
    status, output, _ = check("model.py:loss", "model.py:half", "x.npy", "--json", "report.json")
    report = json.loads(Path("report.json").read_text())
    assert status == 1
    assert "wrong" in output
    assert report["verdict"] == "wrong"
    assert report["wrong"] == [0, 1, 2]
    assert report["findings"][0]["cause"] == "wrong"


def test_json_to_the_output(check):
    status, output, _ = check("model.py:loss", "model.py:grad", "x.npy", "--json", "-")
    assert status == 0
    assert json.loads(output)["verdict"] == "right"


def test_the_seed_is_kept(check):
    _, output, _ = check("model.py:loss", "model.py:grad", "x.npy", "--seed", "17", "--json", "-")
    assert json.loads(output)["seed"] == 17


def test_native_functions(check, library):
    assert check(f"{library}:loss", f"{library}:grad")[0] == 0
    assert check(f"{library}:loss", f"{library}:half")[0] == 1
    assert check(f"{library}:loss", "model.py:grad")[0] == 0
    assert check("model.py:loss", f"{library}:grad")[0] == 0
    assert check(f"{library}:loss", "gradient.npy")[0] == 0


def test_native_functions_get_doubles(check, library):
    assert check(f"{library}:loss", f"{library}:grad", "single.npy")[0] == 0


def test_a_native_function_that_fails(check, library):
    assert_one_line(check(f"{library}:refuses", f"{library}:grad"), "objective", "7")
    assert_one_line(check(f"{library}:loss", f"{library}:refuses"), "gradient", "7")


def test_a_library_that_lacks_the_symbol(check, library):
    assert_one_line(check(f"{library}:los", f"{library}:grad"), "libmodel.so has no symbol los")


def test_a_library_that_is_missing(check):
    assert_one_line(check("./libnot.so:loss", "model.py:grad"), "there is no file libnot.so")


def test_a_library_that_is_none(check, folder):
    (folder / "libtext.so").write_text("text")
    assert_one_line(check("./libtext.so:loss", "model.py:grad"), "libtext.so cannot be loaded")


def test_every_row(check, folder):
    (folder / "long.py").write_text(
        "import numpy as np\nx = np.linspace(1, 2, 30)\ndef f(x): return float(np.sum(x ** 3))\n"
        "def g(x): return 3 * x ** 2\ndef bad(x): return 3.3 * x ** 2 * np.where(np.arange(30) < 25, 1, 1 / 1.1)\n"
    )
    _, short, _ = check("long.py:f", "long.py:bad", "long.py:x")
    status, every, errors = check("long.py:f", "long.py:bad", "long.py:x", "--all")
    assert (status, errors) == (1, "")
    rows = [line.split()[0] for line in every.splitlines() if line.startswith("  x[")]
    assert sorted(rows, key=lambda name: int(name[2:-1])) == [f"x[{index}]" for index in range(25)]
    assert "more" not in every
    assert "  … and 15 more" in short
    assert sum(line.startswith("  x[") for line in short.splitlines()) == 10
    assert check("long.py:f", "long.py:g", "long.py:x", "--all") == check("long.py:f", "long.py:g", "long.py:x")
