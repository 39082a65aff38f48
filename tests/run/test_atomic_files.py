"""Files that are written without a name: old or new as a whole, and nothing of them stays behind."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import gradproof
from gradproof.run import atomic_files

SOURCE = Path(gradproof.__file__).parent.parent
WAYS = [True, False] if atomic_files.NAMELESS else [False]


@pytest.fixture(params=WAYS, ids=lambda nameless: "nameless" if nameless else "named")
def file(request, monkeypatch, tmp_path):
    """A file that is there, on systems of both kinds."""
    monkeypatch.setattr(atomic_files, "NAMELESS", request.param)
    path = tmp_path / "file"
    path.write_bytes(b"old")
    return path


def names(path):
    return sorted(entry.name for entry in path.parent.iterdir())


def test_new_as_a_whole(file):
    file.chmod(0o604)
    if os.name == "posix" and os.geteuid() == 0:
        os.chown(file, 1234, 1235)
    owner = file.stat().st_uid, file.stat().st_gid
    atomic_files.write_atomically(file, [b"a", b"bc"])
    assert file.read_bytes() == b"abc"
    assert file.stat().st_mode & 0o777 == 0o604
    assert (file.stat().st_uid, file.stat().st_gid) == owner
    assert names(file) == ["file"]
    atomic_files.write_atomically(file.with_name("n" * 255), [b"x"])
    assert file.with_name("n" * 255).read_bytes() == b"x"
    assert len(names(file)) == 2


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_old_as_a_whole(file, error):
    def pieces():
        yield b"new"
        raise error

    with pytest.raises(type(error)):
        atomic_files.write_atomically(file, pieces())
    assert file.read_bytes() == b"old"
    assert names(file) == ["file"]


KILLED = """
import os, signal, sys
from pathlib import Path
from gradproof.run import atomic_files
atomic_files.NAMELESS = atomic_files.NAMELESS and sys.argv[2] == "True"

def pieces():
    yield b"new" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)

atomic_files.write_atomically(Path(sys.argv[1]), pieces())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_what_a_killed_process_leaves(file):
    words = [sys.executable, "-c", KILLED, str(file), str(atomic_files.NAMELESS)]
    assert subprocess.run(words, env={**os.environ, "PYTHONPATH": str(SOURCE)}, check=False).returncode < 0
    assert file.read_bytes() == b"old"
    left = names(file)
    assert len(left) == 1 if atomic_files.NAMELESS else len(left) == 2
    # The twin: one that somebody may still be writing, and a file of another kind, stay.
    other = file.with_name(".other.part")
    other.touch()
    atomic_files.sweep(file.parent)
    assert names(file) == sorted([*left, other.name])
    for path in file.parent.iterdir():
        os.utime(path, (0, time.time() - 2 * atomic_files.LEFT))
    atomic_files.sweep(file.parent)
    assert names(file) == sorted(["file", other.name])


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="room cannot be set aside here")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EOPNOTSUPP])
def test_a_file_with_two_names_on_a_full_disk(tmp_path, monkeypatch, number):
    file, other = tmp_path / "state", tmp_path / "other"
    file.write_bytes(b"what was there")
    other.hardlink_to(file)

    def no_room(descriptor, start, length):
        os.pwrite(descriptor, bytes(3), start)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", no_room)
    atomic_files.write_atomically(file, [b"shorter"])  # which needs none
    assert other.read_bytes() == b"shorter"
    if number == errno.ENOSPC:
        with pytest.raises(OSError, match="No space left"):
            atomic_files.write_atomically(file, [b"longer ", b"than before"])
        assert other.read_bytes() == b"shorter"
    else:
        atomic_files.write_atomically(file, [b"longer ", b"than before"])
        assert other.read_bytes() == b"longer than before"
