"""Where LLVM refuses the library or ends the process, a plainer one is tried, and the reason is told in one line."""

import sys

import pytest

attempts = pytest.importorskip("attempts")
hatch_build = pytest.importorskip("hatch_build")
llvm = pytest.importorskip("llvmlite.binding")

ABORTS = "import os, sys; print('lib.cpp:7: Assertion failed', file=sys.stderr, flush=True); os.abort()"
REFUSES = "import sys; sys.exit('RuntimeError: malformed')"
WORKS = "import sys; open(sys.argv[1] + '/gradproof.o', 'w').write(sys.argv[2])"
MODULE = "define i32 @f() { ret i32 7 }"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return what comes of a program for each way: what the object holds, and what was said."""
    linked = attempts.Linked(llvm.parse_assembly(MODULE), ["f"], {"kernel": {"core.f": {"f", "g"}}})

    def call(**programs):
        said = []
        monkeypatch.setattr(
            attempts, "command", lambda folder, way: [sys.executable, "-c", programs[way], str(folder), way]
        )
        return attempts.object_file(linked, tmp_path, said.append).read_text(), said

    return call


def test_the_usual_library_needs_no_word(made):
    assert made(usual=WORKS, plain=ABORTS) == ("usual", [])


@pytest.mark.parametrize(("fails", "reason"), [(ABORTS, "Assertion failed (SIGABRT)"), (REFUSES, "malformed")])
def test_a_plainer_library(made, fails, reason):
    if sys.platform == "win32" and fails is ABORTS:
        pytest.skip("no signals there")
    content, said = made(usual=fails, plain=WORKS)
    assert content == "plain"
    (line,) = said
    assert line.startswith("gradproof: LLVM ")
    assert line.endswith(f"{reason}; trying a plainer library")


def test_no_library(made):
    with pytest.raises(attempts.BuildError, match=r"^LLVM [\d.]+ of llvmlite \S+ fails: RuntimeError: malformed$"):
        made(usual=ABORTS, plain=REFUSES)


def test_what_is_handed_over(made, tmp_path):
    made(usual=WORKS)
    linked = attempts.read(llvm, tmp_path)
    assert [one.name for one in linked.whole.functions] == linked.symbols == ["f"]
    assert linked.marked == {"kernel": {"core.f": ["f", "g"]}}


@pytest.mark.parametrize(
    ("platform", "library", "tag"),
    [
        ("linux-x86_64", b"GLIBC_2.2.5\0GLIBC_2.14", "manylinux_2_17_x86_64"),
        ("linux-x86_64", b"GLIBC_2.9\0GLIBC_2.34\0GLIBC_2.17", "manylinux_2_34_x86_64"),
        ("linux-aarch64", b"GLIBC_2.17", "manylinux_2_17_aarch64"),
        ("linux-x86_64", b"of musl", "linux_x86_64"),
        ("macosx-11.0-arm64", b"", "macosx_11_0_arm64"),
        ("win-amd64", b"GLIBC_2.34", "win_amd64"),
    ],
)
def test_the_platform_that_a_wheel_names(monkeypatch, platform, library, tag):
    monkeypatch.setattr(hatch_build.sysconfig, "get_platform", lambda: platform)
    assert hatch_build.platform_tag(library) == tag


def test_an_exception_ends_the_process_in_the_plain_way():
    """What raises is nowhere in the library; a branch to it that is left must not keep the plain one from linking."""
    text = f"declare void @{attempts.RAISED}()\ndefine void @f() {{ call void @{attempts.RAISED}() unreachable }}"
    module = llvm.parse_assembly(attempts.ending_at_exceptions(text))
    module.verify()
    assert [one.name for one in module.functions if one.is_declaration] == ["llvm.trap"]
    assert attempts.ending_at_exceptions(MODULE) == MODULE


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (1, "much\n\n the last words \n\n", "the last words"),
        (1, "native_api/build.py: no linker\n", "no linker"),
        (3, "", "it says nothing"),
        (1, "a" * 1000, "a" * attempts.LONGEST_REASON),
        pytest.param(-9, "", "it says nothing (SIGKILL)", marks=pytest.mark.skipif("sys.platform == 'win32'")),
    ],
)
def test_one_line_says_why(status, said, reason):
    assert hatch_build.why(status, said) == reason
