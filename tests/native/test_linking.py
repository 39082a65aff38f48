"""From an object file to libraries: every linker makes the same of it, and the static library is one for linkers."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from elf_files import NEEDED, SONAME, dynamic, exported, unwound

from gradproof.commands.installed import installation
from gradproof.core.records.abi import all_signatures
from gradproof.version import ABI

linking = pytest.importorskip("linking")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries as on Linux")
built = pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built")


def calls_back(signature):
    """Whether a function may call one of the caller's own: it is an argument."""
    return any(meaning.c.startswith("gradproof_objective") for _, meaning in signature.parameters)


@built
def test_what_calls_an_objective_can_be_unwound_and_nothing_else():
    """Tables for all functions would be dead weight."""
    places, tables = exported(installation.LIBRARY), unwound(installation.LIBRARY)
    with_tables = {name for name, address in places.items() if address in tables}
    assert with_tables == {signature.symbol for signature in all_signatures() if calls_back(signature)}
    # And the functions between an exported one and the objective.
    assert len(with_tables) < len(tables) < 3 * len(with_tables)


@built
@pytest.mark.parametrize("name", ["cc", "gcc", "clang", "ld", "ld.lld"])
def test_linkers(name, tmp_path):
    if not shutil.which(name):
        pytest.skip(f"no {name}")
    source = tmp_path / "gradproof.o"
    source.write_bytes(member_of(installation.PACKAGE / "lib" / "libgradproof.a"))
    made = tmp_path / "made.so"
    linking.link([name], source, made)
    assert dynamic(made)[SONAME] == [f"libgradproof.so.{ABI}"]
    assert set(dynamic(made).get(NEEDED, [])) <= {"libc.so.6", "libm.so.6"}
    assert set(exported(made)) == set(exported(installation.LIBRARY))
    assert len(unwound(made)) == len(unwound(installation.LIBRARY))


@built
@pytest.mark.skipif(not shutil.which("nm"), reason="no nm")
def test_symbols_have_a_version():
    text = subprocess.run(["nm", "-D", str(installation.LIBRARY)], capture_output=True, text=True, check=True).stdout
    names = [line.split()[-1] for line in text.splitlines() if " T " in line]
    if not any("@" in name for name in names):
        pytest.skip("this nm does not show versions")
    assert {name.partition("@@")[2] for name in names} == {f"GRADPROOF_{ABI}"}


def member_of(path):
    """Return the object file in a static library."""
    data = path.read_bytes()
    assert data.startswith(linking.ARCHIVE_MAGIC)
    place, members = len(linking.ARCHIVE_MAGIC), {}
    while place < len(data):
        header = data[place : place + linking.ARCHIVE_HEADER]
        assert header.endswith(b"`\n")
        size = int(header[48:58])
        members[header[:16].decode().strip()] = data[place + len(header) : place + len(header) + size]
        place += len(header) + size + size % 2
    assert set(members) == {"/", "gradproof.o/"}
    return members["gradproof.o/"]


@pytest.mark.parametrize("content", [b"\x7fELF object", b"\x7fELF objects"])
@pytest.mark.parametrize("symbols", [["a", "bcd"], ["one", "two", "three"]])
def test_an_archive(content, symbols, tmp_path):
    """With an even and an odd length of both, because members begin at even places."""
    (tmp_path / "source.o").write_bytes(content)
    linking.archive(symbols, tmp_path / "source.o", tmp_path / "lib.a")
    assert member_of(tmp_path / "lib.a") == content
    data = (tmp_path / "lib.a").read_bytes()
    index = data[8 + 60 :]
    assert int.from_bytes(index[:4], "big") == len(symbols)
    places = [int.from_bytes(index[4 + 4 * number : 8 + 4 * number], "big") for number in range(len(symbols))]
    assert {data[place : place + 12] for place in places} == {b"gradproof.o/"}
    assert index[4 + 4 * len(symbols) :].startswith(b"\0".join(symbol.encode() for symbol in sorted(symbols)) + b"\0")


@built
def test_an_object_that_needs_something_else_is_refused():
    machine_code = member_of(installation.PACKAGE / "lib" / "libgradproof.a")
    linking.refuse_foreign_symbols(machine_code)
    with pytest.raises(linking.BuildError, match="outside of libc and libm: fnord"):
        linking.refuse_foreign_symbols(machine_code.replace(b"\0frexp\0", b"\0fnord\0"))
