"""The marks by which functions of the core say how they are to be optimised: each must meet a compiled function."""

import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

from gradproof.core.pieces import relative_error
from gradproof.core.points import long_lines, windows
from gradproof.core.records import abi, floats

marks = pytest.importorskip("marks")

PART = Path(__file__).with_name("unmet_marks.py")
FORMS = {"kernel": {"core.lines.move": {"move_f64", "move_f32", "gradproof_move"}}, "never_inlined": {"core.a": {"a"}}}


def reached(functions):
    """Return the functions of the core that others call, directly or not, as the compiler finds them."""
    found, left = set(), list(functions)
    while left:
        function = left.pop()
        if isinstance(function, FunctionType) and function.__module__.startswith(abi.CORE) and function not in found:
            found.add(function)
            left += [function.__globals__.get(name) for name in function.__code__.co_names]
    return found


def not_called(marked, exported):
    """Return the names of marked functions that nothing exported calls."""
    called = reached(exported)
    return [one.__name__ for functions in marked.values() for one in functions if one not in called]


def test_every_mark_is_on_a_function_that_is_called():
    marked = abi.marked_functions()
    assert set(marked) == {"kernel", "always_inlined", "never_inlined", "wide"}
    assert not_called(marked, abi.exported_functions().values()) == []


def test_a_mark_on_what_is_not_called_is_seen():
    """The twin: without the functions of long lines, their marks are on nothing."""
    exported = [function for function in abi.exported_functions().values() if function.__name__ == "relative_error"]
    found = not_called(abi.marked_functions(), exported)
    assert "move_segment" in found
    assert "error_of" not in found


def test_the_build_refuses_marks_that_meet_nothing():
    """Of the functions that are compiled here none is named; of the others each, with its mark."""
    done = subprocess.run([sys.executable, str(PART)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    complaints = done.stdout.strip().split("; ")
    reason = "but it is not in the library: nothing that the library exports calls it"
    assert f"__main__.nobody_calls_this is marked kernel, {reason}" in complaints
    assert f"{relative_error.__name__}.error_of is marked kernel, {reason}" in complaints
    spans = (long_lines.move_segments, long_lines.move_segment, windows.move_some, windows.moved_lanes)
    for function in (*spans, floats.widened):
        assert not any(f".{function.__name__} is marked" in one for one in complaints)


def test_a_form_that_is_in_the_module_is_enough():
    assert marks.unmet(FORMS, {"move_f32", "a"}) == []


@pytest.mark.parametrize(("defined", "missing"), [({"a", "b"}, "core.lines.move is marked kernel"), (
    {"move_f64"}, "core.a is marked never_inlined")])  # fmt: skip
def test_a_form_that_is_in_no_module(defined, missing):
    (complaint,) = marks.unmet(FORMS, defined)
    assert complaint.startswith(f"{missing}, but it is not in the library")


def test_attributes():
    forms = FORMS | {"always_inlined": {"core.b": {"b"}}}
    for_size = {"minsize", "optsize"}
    assert marks.attributes(forms, "gradproof_move") == []
    assert set(marks.attributes(forms, "a")) == {"noinline"} | for_size
    assert set(marks.attributes(forms, "b")) == {"alwaysinline"} | for_size
    assert set(marks.attributes(forms, "another")) == for_size


def test_attributes_are_the_functions_own():
    llvm = pytest.importorskip("llvmlite.binding")
    module = """declare i8* @malloc(i64)
    define internal i32 @"a b"(i8* align 8 %p) noinline {
      %q = call i8* @malloc(i64 8)
      ret i32 0
    }
    @c = private constant [4 x i8] c"def\\00"
    define void @d() {
      ret void
    }"""
    attributes = {"malloc": ["nonlazybind"], "a b": ["minsize", "optsize"]}
    module = "\n".join(line.strip() for line in module.splitlines())
    parsed = llvm.parse_assembly(marks.with_attributes(module, lambda name: attributes.get(name, [])))
    parsed.verify()
    found = {
        one.name: {word for words in one.attributes for word in words.decode().split()} for one in parsed.functions
    }
    assert found == {"malloc": {"nonlazybind"}, "a b": {"noinline", "minsize", "optsize"}, "d": set()}


def test_a_mark_leaves_the_function_as_it_is(monkeypatch):
    monkeypatch.setattr(abi, "_marked", {})

    def function():
        return 1

    for mark in (abi.kernel, abi.always_inlined, abi.never_inlined, abi.wide):
        assert mark(function) is function
        assert abi._marked[mark.__name__] == [function]
