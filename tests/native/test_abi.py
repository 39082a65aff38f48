"""Programs that were built before go on running: what breaks them is refused, unless the number of the ABI moves."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

import pytest

from gradproof.version import ABI

NATIVE_API = Path(__file__).parents[2] / "native_api"
sys.path.insert(0, str(NATIVE_API))
declarations = pytest.importorskip("declarations")
from border import description  # noqa: E402
from linking import SHARED_NAME, VERSION_SCRIPT, BuildError  # noqa: E402

TODAY = description.described()
REPORT, PROBE = "gradproof_report", "gradproof_probe"
LAST = list(TODAY["structs"][REPORT]["fields"])[-1]


def grown(abi, struct):
    abi["structs"][struct]["fields"]["new"] = [abi["structs"][struct]["size"], "double"]
    abi["structs"][struct]["size"] += 8


def field(abi, name, meaning):
    abi["structs"][REPORT]["fields"][name] = meaning


def swap(abi):
    fields = abi["structs"][REPORT]["fields"]
    fields["n"], fields["tested"] = fields["tested"], fields["n"]


BREAKING = {
    "a function is gone": (lambda abi: abi["functions"].pop("gradproof_check"), "gradproof_check is gone"),
    "another parameter": (
        lambda abi: abi["functions"].update(gradproof_stop="int32_t (gradproof_engine *, int64_t)"),
        "gradproof_stop was int32_t (gradproof_engine *) and is int32_t (gradproof_engine *, int64_t)",
    ),
    "another result": (
        lambda abi: abi["functions"].update(gradproof_version="int64_t (void)"),
        "gradproof_version was uint32_t (void) and is int64_t (void)",
    ),
    "another callback": (
        lambda abi: abi["callbacks"].update(gradproof_objective="double (const double *)"),
        "gradproof_objective was",
    ),
    "a field has moved": (swap, f"{REPORT}.n was int64_t at"),
    "a field has another type": (
        lambda abi: field(abi, "n", [TODAY["structs"][REPORT]["fields"]["n"][0], "double"]),
        f"{REPORT}.n was int64_t",
    ),
    "a field is gone": (lambda abi: abi["structs"][REPORT]["fields"].pop(LAST), f"{REPORT}.{LAST} is gone"),
    "a struct is gone": (lambda abi: abi["structs"].pop(REPORT), f"{REPORT} is gone"),
    "a struct without its size has grown": (
        lambda abi: grown(abi, PROBE),
        f"{PROBE} does not begin with its size, so it cannot grow",
    ),
    "a code is gone": (
        lambda abi: abi["constants"]["gradproof_code"].pop("GRADPROOF_NO_ROUND"),
        "GRADPROOF_NO_ROUND is gone from gradproof_code",
    ),
    "a cause has another number": (
        lambda abi: abi["constants"]["gradproof_cause"].update(GRADPROOF_CAUSE_WRONG=3),
        "GRADPROOF_CAUSE_WRONG was 2 and is 3",
    ),
    "rounds have grown": (
        lambda abi: abi["constants"]["gradproof_limit"].update(GRADPROOF_ROUND=8192),
        "GRADPROOF_ROUND was 4096 and is 8192",
    ),
}
HARMLESS = {
    "nothing": lambda abi: None,
    "a field at the end": lambda abi: grown(abi, REPORT),
    "a function": lambda abi: abi["functions"].update(gradproof_new="void (void)"),
    "a callback": lambda abi: abi["callbacks"].update(gradproof_new="void (void)"),
    "a code": lambda abi: abi["constants"]["gradproof_code"].update(GRADPROOF_NEW=-99),
    "an enum": lambda abi: abi["constants"].update(gradproof_new={"GRADPROOF_NEW": 1}),
    "a struct": lambda abi: abi["structs"].update(gradproof_new={"size": 8, "grows": False, "fields": {}}),
}


def changed(change):
    abi = copy.deepcopy(TODAY)
    change(abi)
    return abi


def test_the_description_is_up_to_date():
    """It may lack what is new, and holds nothing that is no longer true."""
    kept = (NATIVE_API / "abi.json").read_text()
    assert description.refusals(json.loads(kept), TODAY) == []
    assert kept == description.text_of(TODAY), "run `python native_api/build.py --declarations`"


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_programs(name):
    change, words = BREAKING[name]
    found = description.refusals(TODAY, changed(change))
    assert any(one.startswith(words) for one in found), found


@pytest.mark.parametrize("name", BREAKING)
def test_under_another_number_it_is_allowed(name):
    abi = changed(BREAKING[name][0])
    assert description.refusals(TODAY, abi | {"abi": ABI + 1}) == []


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_breaks_nothing(name):
    assert description.refusals(TODAY, changed(HARMLESS[name])) == []


def test_the_number_does_not_go_back():
    assert description.refusals(TODAY, TODAY | {"abi": ABI - 1}) == [f"the number of the ABI went back to {ABI - 1}"]


def test_breaking_declarations_are_not_written(tmp_path):
    """The twin of the next: a function that programs call is not there any more."""
    abi = changed(lambda abi: abi["functions"].update(gradproof_gone="void (void)"))
    (tmp_path / "abi.json").write_text(description.text_of(abi))
    with pytest.raises(BuildError, match=r"raise ABI in .*version\.py from 1\): gradproof_gone is gone"):
        declarations.write(tmp_path, tmp_path / "abi.json")
    assert [path.name for path in tmp_path.iterdir()] == ["abi.json"]


def test_declarations_that_break_nothing_are_written(tmp_path):
    abi = changed(lambda abi: abi["functions"].pop("gradproof_check"))
    (tmp_path / "abi.json").write_text(description.text_of(abi))
    declarations.write(tmp_path, tmp_path / "abi.json")
    assert json.loads((tmp_path / "abi.json").read_text()) == TODAY
    assert {path.name for path in (tmp_path / "include").iterdir()} == set(declarations.texts())


def test_one_number_everywhere():
    assert VERSION_SCRIPT.startswith(f"GRADPROOF_{ABI} ")
    assert TODAY["abi"] == ABI
    assert f"#define GRADPROOF_ABI {ABI}" in declarations.texts()["gradproof.h"]
    if sys.platform.startswith("linux"):
        assert f"libgradproof.so.{ABI}" == SHARED_NAME
