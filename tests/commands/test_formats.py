"""Reports in files, in several formats at once, and on the standard output."""

import json
import stat
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from command_line import assert_one_line, start_process

from gradproof import Report

SLIP = ("model.py:named_loss", "model.py:named_slip", "named.npz")
FORMATS = ("json", "html", "markdown", "junit", "sarif")


def test_all_at_once(check, folder):
    wanted = [word for name in FORMATS for word in (f"--{name}", f"out.{name}")]
    status, output, errors = check(*SLIP, *wanted)
    assert status == 1
    assert output.startswith("wrong: the gradient is wrong in 1 of 6 coordinates")
    assert errors == ""
    texts = {name: (folder / f"out.{name}").read_text(encoding="utf-8") for name in FORMATS}
    report = Report.from_json(texts["json"])
    assert f"{report}\n" == output
    for name in ("html", "markdown", "junit"):
        assert texts[name] == f"{getattr(report, f'to_{name}')()}\n"
    assert {one.get("name") for one in ET.fromstring(texts["junit"]).iter("testcase")} == {"W", "b"}
    (result,) = json.loads(texts["sarif"])["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    line = (
        (folder / "model.py")
        .read_text()
        .splitlines()
        .index('def named_slip(p): return {"W": 2 * p["W"], "b": np.exp(p["b"]) * np.array([1.0, 1.01])}')
    )
    assert place == {"artifactLocation": {"uri": "model.py"}, "region": {"startLine": line + 1}}
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", FORMATS)
def test_on_the_standard_output_is_nothing_else(check, name):
    status, output, errors = check(*SLIP, f"--{name}", "-")
    assert status == 1
    assert errors == ""
    begins = {"json": "{", "html": "<!DOCTYPE html>", "markdown": "**wrong", "junit": "<?xml", "sarif": "{"}
    assert output.startswith(begins[name])
    assert not output.startswith("wrong:")
    if name in ("json", "sarif"):
        json.loads(output)
    if name == "junit":
        ET.fromstring(output)


def test_a_right_gradient(check, folder):
    status, output, _ = check("model.py:loss", "model.py:grad", "x.npy", "--junit", "j.xml", "--sarif", "s", "--github")
    assert status == 0
    assert "::" not in output
    assert ET.fromstring((folder / "j.xml").read_text()).get("failures") == "0"
    assert json.loads((folder / "s").read_text())["runs"][0]["results"] == []


# ---- What is refused before anything is evaluated --------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_cannot_be_written(check, folder, name):
    (folder / "sub").mkdir()
    for path, word in (("none/x", "there is no folder none"), ("sub", "is a folder"), ("", "not ''")):
        assert_one_line(check("model.py:broken", "model.py:grad", "x.npy", f"--{name}", path), f"--{name}", word)


def test_one_place_for_two_formats(check, folder):
    both = check("model.py:broken", "model.py:grad", "x.npy", "--html", "-", "--junit", "-")
    assert_one_line(both, "--html and --junit", "the standard output")
    same = check("model.py:broken", "model.py:grad", "x.npy", "--html", "a", "--json", f"{folder}/a")
    assert_one_line(same, "--json and --html", "cannot both")


@pytest.mark.parametrize(
    ("file", "option"),
    [("model.py", "--gradient"), ("x.npy", "--at"), ("gradient.npy", "--lower"), ("saved", "--save")],
)
def test_no_report_is_written_over_what_the_check_reads(check, folder, file, option):
    arguments = ("model.py:loss", "model.py:grad", "x.npy", "--save", "saved")
    others = ("--lower", "gradient.npy") if option == "--lower" else ()
    before = (folder / file).read_bytes() if option != "--save" else b""
    refused = check(*arguments, *others, "--json", folder / file)
    assert_one_line(refused, f"--json {folder / file} would be written over what {option} names")
    if before:
        assert (folder / file).read_bytes() == before
    assert check(*arguments, "--json", f"{file}.json")[0] == 0
    assert (folder / f"{file}.json").exists()


@pytest.mark.parametrize("link", [Path.hardlink_to, Path.symlink_to])
def test_another_name_of_what_is_read(check, folder, link):
    """A file with two names is overwritten, so that it keeps both; where links lead is written to, too."""
    link(folder / "other", folder / "x.npy")
    before = (folder / "x.npy").read_bytes()
    refused = check("model.py:broken", "model.py:grad", "x.npy", "--json", "other")
    assert_one_line(refused, "--json other would be written over what --at names")
    assert (folder / "x.npy").read_bytes() == before
    (folder / "old").write_text("old")
    link(folder / "older", folder / "old")
    both = check("model.py:broken", "model.py:grad", "x.npy", "--json", "old", "--html", "older")
    assert_one_line(both, "cannot both be written to older")
    assert check("model.py:loss", "model.py:grad", "x.npy", "--json", "older")[0] == 0
    assert Report.from_json((folder / "old").read_text()).verdict == "right"


def test_a_target_that_is_named_as_a_module(check, folder):
    refused = check("model:broken", "gradient.npy", "x.npy", "--html", "model.py")
    assert_one_line(refused, "--html model.py would be written over what TARGET names")
    assert check("model.py:loss", "model.py:grad", "x.npy", "--html", "loss.py")[0] == 0


# ---- Files are whole -------------------------------------------------------------------------------------------------


def test_an_old_file_is_replaced_as_a_whole(check, folder):
    old, link = folder / "report.html", folder / "link.html"
    old.write_text("old" * 10**6)
    old.chmod(0o640)
    link.symlink_to(old)
    check(*SLIP, "--html", "link.html")
    assert old.read_text().startswith("<!DOCTYPE html>")
    assert link.is_symlink()
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_a_device_is_written_to(check):
    assert check(*SLIP, "--json", "/dev/null")[0] == 1
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_an_error_leaves_the_old_file(check, folder):
    (folder / "report.json").write_text("old")
    status, _, errors = check("model.py:broken", "model.py:grad", "x.npy", "--json", "report.json")
    assert status == 2
    assert "KeyError" in errors
    assert (folder / "report.json").read_text() == "old"


# ---- Annotations -----------------------------------------------------------------------------------------------------


def test_annotations_where_they_are_asked_for(check, monkeypatch):
    assert "::error" not in check(*SLIP)[1]
    _, output, _ = check(*SLIP, "--github")
    assert output.splitlines()[-1].startswith("::error file=model.py,line=")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert check(*SLIP)[1] == output
    # On the standard output is nothing but what was asked for.
    _, output, errors = check(*SLIP, "--json", "-")
    json.loads(output)
    assert errors.startswith("::error file=model.py,line=")


def test_of_an_array_and_of_c_there_is_no_line(check, folder, library):
    _, output, _ = check(f"{library}:loss", f"{library}:half", "x.npy", "--github")
    assert output.splitlines()[-1].startswith("::error title=gradproof::")
    _, output, _ = check("model.py:flat", "gradient.npy", "x.npy", "--github")
    assert "file=" not in output


# ---- Planted bugs ----------------------------------------------------------------------------------------------------


def test_planted_bugs(check):
    status, output, errors = check("model.py:named_loss", "model.py:named_grad", "named.npz", "--mutate")
    assert (status, errors) == (0, "")
    assert "planted bugs would have been caught" in output
    assert output.startswith("right: ")
    status, output, errors = check("model.py:named_loss", "model.py:named_grad", "named.npz", "--mutate", "--json", "-")
    json.loads(output)
    assert "planted bugs" in errors


def test_none_are_planted_in_a_wrong_gradient(check):
    status, output, _ = check(*SLIP, "--mutate")
    assert status == 1
    assert output.endswith("no bugs were planted: the gradient is wrong already\n")


def test_planted_bugs_need_a_gradient(run, check):
    both = ("--mutate", "--rows", "3")
    assert_one_line(check("model.py:broken", "model.py:grad", "x.npy", *both), "--mutate", "--rows")
    jacobian = run("check", "model.py:broken", "--jacobian", "model.py:grad", "--at", "x.npy", "--mutate")
    assert_one_line(jacobian, "--jacobian")


def test_files_are_written_also_where_nobody_reads_the_table(folder):
    words = ["check", "model.py:loss", "--gradient", "model.py:half", "--at", "x.npy", "--json", "r.json"]
    process = start_process(folder, *words)
    process.stdout.close()  # as `head -0` does
    process.wait()
    process.stderr.close()
    assert json.loads((folder / "r.json").read_text())["verdict"] == "wrong"


def test_files_stay_where_they_are_meant(run, folder):
    """The objective goes to another folder."""
    (folder / "away").mkdir()
    place = str(folder / "away")
    (folder / "moves.py").write_text(f"import os\nfrom model import *\ndef f(x): os.chdir({place!r}); return loss(x)\n")
    words = ("moves.py:f", "--gradient", "moves.py:grad", "--at", "moves.py:x")
    status, _, errors = run("check", *words, "--json", "r.json", "--junit", "r.xml", "--save", "state.bin")
    assert (status, errors) == (0, "")
    assert {"r.json", "r.xml", "state.bin"} <= {path.name for path in folder.iterdir()}
    assert not list((folder / "away").iterdir())


@pytest.mark.parametrize("option", ["--json", "--html", "--junit"])
def test_names_that_are_too_long(check, folder, option):
    result = check("model.py:broken", "model.py:grad", "x.npy", option, "a" * 256)
    assert_one_line(result, option, "cannot be written: File name too long")
    assert check("model.py:loss", "model.py:grad", "x.npy", option, "a" * 255)[0] == 0
    assert (folder / ("a" * 255)).is_file()


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no such file here")
def test_the_standard_output_by_its_name(folder):
    """The report and the table would go to one place, or one of them be lost."""
    words = ("check", "model.py:loss", "--gradient", "model.py:grad", "--at", "x.npy", "--json")
    output, errors = start_process(folder, *words, "/dev/stdout").communicate(timeout=120)
    assert (output, errors) == ("", "gradproof: --json /dev/stdout is the standard output: give - instead\n")
    output, errors = start_process(folder, *words, "/dev/null").communicate(timeout=120)
    assert (output.startswith("right"), errors) == (True, "")
