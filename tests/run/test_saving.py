"""The file of a check: whole at every moment, and refused with one sentence where it is not what it must be."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import gradproof
from gradproof.core.records.engine import OWN_MARK
from gradproof.run import resuming, saving

SOURCE = Path(gradproof.__file__).parent.parent
X = np.linspace(1, 2, 300)


def loss(x):
    return float(x @ x)


def grad(x):
    return 2 * x


def interrupted(call=200):
    """An objective that is left by Ctrl-C at a call."""
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        return loss(x)

    return objective


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "state.bin"
    gradproof.check(interrupted(), grad, X, save=path)
    return path


def refused(file, *words, objective=loss, gradient=grad, x=X, **settings):
    """One sentence names the file and what is wrong; nothing is evaluated."""
    calls = 0

    def counting(point):
        nonlocal calls
        calls += 1
        return objective(point)

    with pytest.raises(ValueError) as problem:  # noqa: PT011 - the words are compared below
        gradproof.check(counting, gradient, x, resume=file, **settings)
    text = str(problem.value)
    assert text.startswith((str(file), f"the saved check {file}"))
    assert "\n" not in text
    for word in words:
        assert word in text
    assert calls == 0


def test_one_flipped_bit_anywhere(file):
    data = file.read_bytes()
    places = {*range(saving.HEAD.size + 64), *range(saving.HEAD.size, len(data), len(data) // 150), len(data) - 1}
    for place in sorted(places):
        for bit in (1, 128):
            with pytest.raises(ValueError, match=r"is damaged|is not a saved check"):
                flip(file, data, place, bit)
    file.write_bytes(data)
    assert gradproof.check(loss, grad, X, resume=file)


def flip(file, data, place, bit):
    changed = bytearray(data)
    changed[place] ^= bit
    file.write_bytes(changed)
    saving.load(file)


@pytest.mark.parametrize("size", [8, 9, 55, 56, 57, 1000, -1])
def test_truncated(file, size):
    file.write_bytes(file.read_bytes()[:size])
    refused(file, "is damaged: it has", "begin a new check")


def test_longer(file):
    file.write_bytes(file.read_bytes() + b"\0")
    refused(file, "is damaged: it has")


@pytest.mark.parametrize("content", [b"", b"1", b"a text\n", b"\x93NUMPY\x01\x00v\x00" + bytes(200)])
def test_something_else(file, content):
    file.write_bytes(content)
    refused(file, "is not a saved check: pass the file in which the check was saved")


def test_a_folder_and_nothing(tmp_path):
    refused(tmp_path, "is not a file")
    refused(tmp_path / "missing", "cannot be read: No such file or directory")
    with pytest.raises(TypeError, match="resume must be the name of a file, not 3"):
        gradproof.check(loss, grad, X, resume=3)
    for name in ("", "a\0b"):
        with pytest.raises(ValueError, match="resume must be the name of a file, not '"):
            gradproof.check(loss, grad, X, resume=name)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder in use stays")
def test_a_current_folder_that_is_gone(tmp_path, monkeypatch):
    (gone := tmp_path / "gone").mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ValueError, match=r"^the check cannot be saved in state\.bin: No such file or directory$"):
        gradproof.check(loss, grad, X, save="state.bin")
    refused("state.bin", "cannot be read: No such file or directory")
    assert gradproof.check(loss, grad, X, save=tmp_path / "state.bin")
    assert gradproof.check(loss, grad, X, resume=tmp_path / "state.bin")


def test_another_check(file):
    other = X.copy()
    other[7] = np.nextafter(other[7], 2)
    refused(file, "at a different x", x=other)
    refused(file, "at a different x, or in another arithmetic", x=X.astype(np.float32))
    refused(file, "a check of 300 coordinates, but this one is of 299", x=X[:299])
    refused(file, "the seed 0, not 7", seed=7)
    refused(file, "rtol 0, not 0.0001", rtol=1e-4)
    refused(file, "a check with atol 0, not 0.001: resume it with the original atol", atol=1e-3)
    refused(file, "different bounds", bounds=(0, 3))
    refused(file, "a different gradient: begin a new check", gradient=lambda x: 2 * x * (1 + 1e-15))
    refused(file, "a different gradient", gradient=np.zeros(300))
    # Its twin: the same numbers from elsewhere, and the default by its name.
    assert gradproof.check(loss, 2 * X, list(X), resume=file, mode="full", seed=0)


def test_another_version(file):
    saved = saving.load(file)
    file.write_bytes(b"".join(saving.packed(saved._replace(version="0.0.0"))))
    refused(file, "a check by gradproof 0.0.0, but this is", "resume it with that version")
    file.write_bytes(b"".join(saving.packed(saved._replace(mode="lines"))))
    refused(file, 'the mode "lines", not "full"', mode="full")
    refused(file, "is damaged: its memory has the wrong size; begin a new check")


def test_a_file_that_was_made_up(file):
    """With a right checksum, but another format, or parts that are not those of a check."""
    data = file.read_bytes()

    def sealed(head, body):
        length = saving.HEAD.size + len(body)
        bare = saving.HEAD.pack(saving.MAGIC, length, bytes(32), head)
        return saving.HEAD.pack(saving.MAGIC, length, saving._checksum(bare, [body]), head) + body

    file.with_name("whole.bin").write_bytes(data)
    body = data[saving.HEAD.size :]
    known = saving.FORMAT
    assert sealed(known, body) == data
    file.write_bytes(sealed(known + 1, body))
    refused(file, f"has the format {known + 1}, but only {known} can be read")
    part = struct.pack("<Q", 3) + b"abc"
    for wrong in (b"", b"abc", part, part * len(saving.Saved._fields), body[:-8], body + part):
        file.write_bytes(sealed(known, wrong))
        refused(file, "is damaged")
    saved = saving.load(file.with_name("whole.bin"))
    assert saved.steps.size == 6
    shorter = ({name: getattr(saved, name)[:-1]} for name in ("memory", "values", "steps"))
    for changed in (*shorter, {"mode": "line"}, {"mode": "auto"}):
        file.write_bytes(b"".join(saving.packed(saved._replace(**changed))))
        refused(file, "is damaged")
    file.write_bytes(b"".join(saving.packed(saved._replace(mode="lines"))))
    refused(file, "is damaged: its memory has the wrong size")


@pytest.mark.parametrize("mark", [0, OWN_MARK])
def test_memory_that_is_none_of_a_check(file, mark):
    """The mark of a check that nobody else can reach stands for checksums, which are then not asked for."""
    saved = saving.load(file)
    saved.memory[0] = mark
    file.write_bytes(b"".join(saving.packed(saved)))
    refused(file, "is damaged: no_engine: ")


def test_what_was_packed_is_unpacked(file):
    saved = saving.load(file)
    again = saving.unpacked(memoryview(b"".join(saving.packed(saved))), file)
    for name, before in saved._asdict().items():
        after = getattr(again, name)
        if isinstance(before, np.ndarray):
            # To the byte: NaN is a number like any other in a file.
            assert (before.dtype, before.tobytes()) == (after.dtype, after.tobytes())
        else:
            assert before == after
    assert (saved.n, saved.told, saved.evaluations, saved.seed) == (300, 7, 199, 0)


def test_destinations(tmp_path, monkeypatch):
    def no(path, *words, error=ValueError):
        with pytest.raises(error) as problem:
            gradproof.check(loss, grad, X, save=path)
        for word in words:
            assert word in str(problem.value)

    text = tmp_path / "model.py"
    text.write_text("x = 1\n")
    no(text, "exists and is not a saved check")
    assert text.read_text() == "x = 1\n"
    no(tmp_path, "which is not a file")
    no(tmp_path / "missing" / "state.bin", "there is no folder")
    no(3, "save must be the name of a file, not 3", error=TypeError)
    no("", "save must be the name of a file, not ''")
    no("a\0b", "save must be the name of a file, not 'a\\x00b'")
    if os.name == "posix":
        no("/dev/null", "which is not a file")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").touch()
    for path in ("state.bin", "state.bin", "empty", os.fsencode("bytes.bin")):
        assert gradproof.check(loss, grad, X, save=path)
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to("state.bin")
        gradproof.check(loss, grad, X, save="link")
        assert (tmp_path / "link").is_symlink()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(os.name != "posix", reason="pipes with names, and links")
@pytest.mark.parametrize("what", ["another file", "a pipe", "a link", "a folder", "a saved check"])
def test_what_comes_to_its_place_meanwhile(tmp_path, what):
    file, calls = tmp_path / "state.bin", 0

    def objective(x):
        nonlocal calls
        calls += 1
        if calls == 5:
            {
                "another file": lambda: file.write_bytes(b"of somebody else"),
                "a pipe": lambda: os.mkfifo(file),
                "a link": lambda: file.symlink_to(os.devnull),
                "a folder": file.mkdir,
                "a saved check": lambda: gradproof.check(loss, grad, X, save=file),
            }[what]()
        return loss(x)

    report = gradproof.check(objective, grad, X, save=file)
    assert report.verdict == "right"
    if what == "a saved check":
        assert not report.warnings
        assert saving.load(file).evaluations == report.evaluations
        return
    assert report.warnings == (f"The check could not be saved in {file}: something else has come there.",)
    assert file.is_symlink() == (what == "a link")
    assert not file.is_file() or file.read_bytes() == b"of somebody else"


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_links_in_a_circle(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(ValueError, match="a, which is not a file"):
        gradproof.check(loss, grad, X, save=tmp_path / "a")
    assert (tmp_path / "b").is_symlink()
    assert not list(tmp_path.glob(".*"))


def test_what_is_there_keeps_its_mode_and_its_names(tmp_path):
    file, other = tmp_path / "state.bin", tmp_path / "other.bin"
    gradproof.check(loss, grad, X, save=file)
    file.chmod(0o640)
    before = file.stat()
    gradproof.check(interrupted(), grad, X, save=file)
    assert (file.stat().st_mode & 0o777, file.stat().st_ino != before.st_ino) == (0o640, True)
    assert saving.load(file).evaluations == 199
    other.hardlink_to(file)
    file.chmod(0o600)
    gradproof.check(loss, grad, X, save=other)
    assert (file.stat().st_ino, file.stat().st_mode & 0o777, file.stat().st_nlink) == (other.stat().st_ino, 0o600, 2)
    assert saving.load(file).evaluations == 601
    # Shorter than before, and whole.
    gradproof.check(interrupted(), grad, X, save=file)
    assert saving.load(other).evaluations == 199


def test_names_that_are_too_long(tmp_path):
    for name in ("a" * 255, "ä" * 127):
        assert gradproof.check(loss, grad, X, save=tmp_path / name)
        assert gradproof.check(loss, grad, X, resume=tmp_path / name)
    for name in ("a" * 256, "ä" * 128):
        with pytest.raises(ValueError, match=r"cannot be saved in .*File name too long"):
            gradproof.check(loss, grad, X, save=tmp_path / name)
        refused(tmp_path / name, "cannot be read: File name too long")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("start", [b"", b"1", saving.MAGIC, None])
def test_a_file_that_is_mostly_a_hole(file, start):
    """Of 40 GB nothing is read but what a check would have at its places."""
    data = file.read_bytes() if start is None else start
    size = 40 << 30
    if start is None:  # also where the length is right
        data = data[:8] + struct.pack("<Q", size) + data[16:]
    with file.open("wb") as stream:
        stream.write(data)
        stream.truncate(size)
    began = time.monotonic()
    refused(file, "is damaged" if start in (None, saving.MAGIC) else "is not a saved check")
    assert time.monotonic() - began < 1


def test_a_disk_that_is_full_does_not_end_the_check(file, monkeypatch):
    before = file.read_bytes()
    monkeypatch.setattr(resuming, "EVERY", 0.0)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    report = gradproof.check(loss, grad, X, save=file)
    assert report.verdict == "right"
    assert any("could not be saved" in warning and "No space left" in warning for warning in report.warnings)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_second_interrupt_while_saving(file, monkeypatch):
    before = file.read_bytes()

    def again(_descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", again)
    with pytest.raises(KeyboardInterrupt):
        gradproof.check(interrupted(150), grad, X, save=file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_not_more_often_than_that(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(saving, "write", lambda path, saved: written.append(saved.evaluations))
    gradproof.check(loss, grad, X, save=tmp_path / "state.bin")
    assert written == [601]


SAVING = """
import sys, time, numpy as np, gradproof
from gradproof.run import resuming
resuming.EVERY, resuming.PART_OF_THE_TIME = 0.0, 1e9

def loss(x):
    time.sleep(0.001)
    return float(x @ x)

gradproof.check(loss, lambda x: 2 * x, np.linspace(1, 2, 3000), save=sys.argv[1])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_while_saving(tmp_path):
    file = tmp_path / "state.bin"
    evaluations = []
    for pause in (0.0, 0.01, 0.02, 0.03, 0.05):
        file.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(file)], env={**os.environ, "PYTHONPATH": str(SOURCE)}
        )
        waited = time.monotonic() + 120
        while not file.exists() and process.poll() is None and time.monotonic() < waited:
            time.sleep(0.001)
        time.sleep(pause)
        process.kill()
        process.wait()
        evaluations.append(saving.load(file).evaluations)
    assert 1 <= min(evaluations) < max(evaluations)
    report = gradproof.check(loss, grad, np.linspace(1, 2, 3000), resume=file)
    assert report.to_json() == gradproof.check(loss, grad, np.linspace(1, 2, 3000)).to_json()
