"""The library installed for programs in other languages: by pkg-config, by CMake, statically, and in an empty root."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from c_programs import COMPILER
from elf_files import NEEDED, RPATH, RUNPATH, SONAME, dynamic

from gradproof.commands import main as command
from gradproof.commands.installed import installation, native
from gradproof.version import ABI, __version__

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="files are named as on Linux"),
]

EXAMPLE = Path(__file__).parents[2] / "native_api" / "border" / "check.c"
INSTALLED = {
    "include/gradproof.f90",
    "include/gradproof.h",
    "include/gradproof_ffi.h",
    "lib/cmake/gradproof/gradproof-config-version.cmake",
    "lib/cmake/gradproof/gradproof-config.cmake",
    "lib/libgradproof.a",
    "lib/libgradproof.so",
    f"lib/libgradproof.so.{ABI}",
    "lib/pkgconfig/gradproof.pc",
}
CMAKE = """\
cmake_minimum_required(VERSION 3.10)
project(user C)
find_package(gradproof {version} CONFIG REQUIRED)
add_executable(shared check.c)
target_link_libraries(shared gradproof::gradproof)
add_executable(static check.c)
target_link_libraries(static gradproof::static)
"""
# It needs libm of its own, too, as objectives do.
ALONE = r"""
#include <gradproof.h>
#include <math.h>
#include <stdio.h>

static int32_t f(const double *x, int64_t n, double *value, void *user) {
    (void)n, (void)user;
    *value = exp(x[0]) * sin(x[1]);
    return 0;
}

int main(void) {
    double x[] = {0.5, 1}, g[] = {exp(0.5) * sin(1), exp(0.5) * cos(1)};
    gradproof_report report;
    report.size = sizeof report;
    int32_t code = gradproof_check(f, NULL, x, g, 2, NULL, &report, NULL, 0);
    printf("%d %d", code, report.verdict == GRADPROOF_RIGHT);
    g[1] *= 1.001;
    code = gradproof_check(f, NULL, x, g, 2, NULL, &report, NULL, 0);
    printf(" %d %d\n", code, report.verdict == GRADPROOF_WRONG);
    return 0;
}
"""


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """A prefix with a space in its name."""
    folder = tmp_path_factory.mktemp("a prefix") / "usr local"
    assert command.main(["native", "--prefix", str(folder)]) == 0
    return folder


def files_of(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def run(*words, **environment):
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wrong(program, **environment):
    """Whether the example, built into this program, finds its error."""
    done = subprocess.run(
        [program], capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
    )
    return done.returncode == 1 and done.stdout.startswith("1 of 3 wrong")


def test_what_is_installed(prefix):
    assert files_of(prefix) == INSTALLED
    assert (prefix / "lib" / "libgradproof.so").readlink() == Path(f"libgradproof.so.{ABI}")


def test_the_package_is_such_a_prefix(capsys):
    assert command.main(["info", "--prefix"]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert {name for name in files_of(folder) if name.startswith(("include/", "lib/"))} == INSTALLED


def test_a_library_that_needs_nothing_else(prefix):
    for path in (prefix / "lib" / f"libgradproof.so.{ABI}", installation.LIBRARY):
        found = dynamic(path)
        assert set(found[NEEDED]) <= {"libc.so.6", "libm.so.6"}
        assert found[SONAME] == [f"libgradproof.so.{ABI}"]
        assert not {RPATH, RUNPATH} & set(found)


def test_nothing_installed_knows_where_it_was_built(prefix):
    for name in files_of(prefix):
        assert os.fsencode(installation.PACKAGE) not in (prefix / name).read_bytes(), name


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config")
def test_pkg_config(prefix, tmp_path):
    """In a prefix that was moved, too."""
    moved = tmp_path / "moved there"
    shutil.copytree(prefix, moved, symlinks=True)
    for folder in (prefix, moved):
        path = str(folder / "lib" / "pkgconfig")
        assert run("pkg-config", "--modversion", "gradproof", PKG_CONFIG_PATH=path).strip() == __version__
        flags = shlex.split(run("pkg-config", "--cflags", "--libs", "gradproof", PKG_CONFIG_PATH=path))
        run(COMPILER, str(EXAMPLE), *flags, "-o", str(tmp_path / "program"))
        assert dynamic(tmp_path / "program")[NEEDED][0] == f"libgradproof.so.{ABI}"
        assert wrong(tmp_path / "program", LD_LIBRARY_PATH=str(folder / "lib"))


@pytest.mark.skipif(not shutil.which("cmake"), reason="no CMake")
def test_cmake(prefix, tmp_path):
    shutil.copy(EXAMPLE, tmp_path / "check.c")
    (tmp_path / "CMakeLists.txt").write_text(CMAKE.format(version=__version__))
    run("cmake", "-S", str(tmp_path), "-B", str(tmp_path / "build"), f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", str(tmp_path / "build"))
    assert wrong(tmp_path / "build" / "shared")
    assert wrong(tmp_path / "build" / "static")
    assert not any("gradproof" in name for name in dynamic(tmp_path / "build" / "static")[NEEDED])


@pytest.mark.skipif(not shutil.which("cmake"), reason="no CMake")
def test_cmake_refuses_an_older_library(prefix, tmp_path):
    shutil.copy(EXAMPLE, tmp_path / "check.c")
    (tmp_path / "CMakeLists.txt").write_text(CMAKE.format(version="99.0"))
    words = ["cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert re.search(r"compatible with\s+requested version", done.stderr)


def test_a_static_program(prefix, tmp_path):
    """As it is found by -lgradproof where there is no other, and by its name."""
    words = [COMPILER, str(EXAMPLE), f"-I{prefix / 'include'}", "-o", str(tmp_path / "program")]
    run(*words, str(prefix / "lib" / "libgradproof.a"), "-lm")
    assert not any("gradproof" in name for name in dynamic(tmp_path / "program")[NEEDED])
    assert wrong(tmp_path / "program")
    shutil.copy(prefix / "lib" / "libgradproof.a", tmp_path)
    run(*words, f"-L{tmp_path}", "-lgradproof", "-lm")
    assert wrong(tmp_path / "program")


@pytest.mark.skipif(not shutil.which("ar"), reason="no ar")
def test_the_static_library_is_one_for_other_tools(prefix):
    listed = run("ar", "t", str(prefix / "lib" / "libgradproof.a"))
    assert listed == "gradproof.o\n"
    index = run("nm", "--print-armap", str(prefix / "lib" / "libgradproof.a"))
    assert "gradproof_check_f32 in gradproof.o" in index


def test_flags_of_a_folder_with_a_space(prefix, tmp_path, monkeypatch):
    """As a shell reads them: eval, or a Makefile."""
    monkeypatch.setattr(installation, "PACKAGE", prefix)
    flags = f"{installation.compile_flags()} {installation.link_flags()}"
    assert str(prefix) in flags
    run("sh", "-c", f"{COMPILER} {shlex.quote(str(EXAMPLE))} {flags} -o {shlex.quote(str(tmp_path / 'a program'))}")
    assert wrong(tmp_path / "a program")


def test_a_program_in_an_empty_root(prefix, tmp_path):
    """With nothing there but the loader, libc, libm, the library and the program."""
    change_root = shutil.which("chroot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if change_root is None:
        pytest.skip("no chroot")
    (tmp_path / "alone.c").write_text(ALONE)
    root = tmp_path / "root"
    (root / "lib").mkdir(parents=True)
    flags = [f"-I{prefix / 'include'}", f"-L{prefix / 'lib'}", "-Wl,-rpath,/lib"]
    run(COMPILER, str(tmp_path / "alone.c"), *flags, "-lgradproof", "-lm", "-o", str(root / "program"))
    shutil.copy(prefix / "lib" / f"libgradproof.so.{ABI}", root / "lib")
    bring_system_libraries(root)
    words = [change_root, str(root), "/program"]
    if os.geteuid() != 0:
        words = ["unshare", "--user", "--map-root-user", *words]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env={})
    except OSError as problem:
        pytest.skip(f"no other root: {problem}")
    if "ermitted" in done.stderr or "ermission" in done.stderr:
        pytest.skip(f"another root is not allowed here: {done.stderr.strip()}")
    assert (done.returncode, done.stdout) == (0, "0 1 0 1\n"), done.stderr


def bring_system_libraries(root):
    """Copy what the program and the library need, as the loader of this machine names it."""
    listed = run("ldd", str(root / "program"), LD_LIBRARY_PATH=str(root / "lib"))
    for name in re.findall(r"/\S+", listed):
        path = Path(name)
        if path.is_relative_to(root):
            continue
        assert path.name.startswith(("libc.", "libm.", "ld-")), listed
        # The loader looks for the others in /lib, where the program says; it is itself found by its full name.
        target = root / name.lstrip("/") if path.name.startswith("ld-") else root / "lib" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def refused(folder, capsys):
    """The error of an installation: one line, and status 2."""
    capsys.readouterr()
    assert command.main(["native", "--prefix", str(folder)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_installing_again(prefix):
    before = (prefix / "lib" / f"libgradproof.so.{ABI}").stat().st_ino
    (prefix / "lib" / "another.so").write_text("")
    assert command.main(["native", "--prefix", str(prefix)]) == 0
    assert files_of(prefix) == INSTALLED | {"lib/another.so"}
    # Not written into: a running program may have it open.
    assert (prefix / "lib" / f"libgradproof.so.{ABI}").stat().st_ino != before
    (prefix / "lib" / "another.so").unlink()


def test_a_prefix_that_is_a_file(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused(tmp_path / "file", capsys)
    assert files_of(tmp_path) == {"file"}


def test_a_prefix_without_a_name(tmp_path, capsys, monkeypatch):
    """As by a variable of the shell that is not set."""
    monkeypatch.chdir(tmp_path)
    assert "--prefix must be the name of a folder, not ''" in refused("", capsys)
    assert not files_of(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_prefix_that_may_not_be_written(tmp_path, capsys):
    (tmp_path / "closed").mkdir(mode=0o500)
    assert "cannot be written: Permission denied" in refused(tmp_path / "closed", capsys)


def test_what_fails_halfway_leaves_nothing(tmp_path, capsys, monkeypatch):
    """The disk is full after some files; what was there before is as it was."""
    copy, copied = native.copy, []

    def full(source, path):
        copied.append(path)
        if len(copied) > 6:
            raise OSError(28, "No space left on device")
        copy(source, path)

    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "gradproof.h").write_text("older")
    monkeypatch.setattr(native, "copy", full)
    assert "No space left on device" in refused(tmp_path, capsys)
    assert files_of(tmp_path) == {"include/gradproof.h"}
    assert (tmp_path / "include" / "gradproof.h").read_text() == "older"
    assert not (tmp_path / "lib").exists()
    monkeypatch.setattr(native, "copy", copy)
    assert command.main(["native", "--prefix", str(tmp_path)]) == 0
    assert files_of(tmp_path) == INSTALLED


def test_a_name_that_is_taken_by_a_folder(tmp_path, capsys):
    (tmp_path / "lib" / "libgradproof.a" / "inside").mkdir(parents=True)
    assert "libgradproof.a is a folder" in refused(tmp_path, capsys)
    assert files_of(tmp_path) == set()


def test_without_a_library_nothing_is_installed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(installation, "LIBRARY", tmp_path / "none.so")
    assert "no native library was built" in refused(tmp_path / "there", capsys)
    assert not (tmp_path / "there").exists()


def test_the_library_beside_python_is_the_one_that_programs_load():
    assert (installation.PACKAGE / "lib" / installation.SHARED_NAME).read_bytes() == installation.LIBRARY.read_bytes()
