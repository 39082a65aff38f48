"""The README and the pages of the manual are run: every snippet, every command, and the output that they show."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import fill_readme
import pytest

import gradproof
from gradproof import Cause
from gradproof.commands import pages
from gradproof.commands.installed import installation

ROOT = Path(__file__).parents[2]
SOURCE = Path(gradproof.__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in fill_readme.DOCUMENTS[1:]}
EVERYTHING = "\n".join([README, *PAGES.values()])
BLOCK = re.compile(r"^(?:<!-- output: (?P<name>\w+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
BLOCKS = [match.groupdict() for match in BLOCK.finditer(EVERYTHING)]
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
OPTIONAL = re.compile(r"^import .*\b(torch|jax|scipy)\b", re.M)
LESSONS = fill_readme.COMMANDS
INSTALLS = ("python3 -m venv", ".venv/bin/", ".ci/run")


def blocks(language):
    return [block["text"] for block in BLOCKS if block["language"] == language]


def shown(name):
    return next(block["text"] for block in BLOCKS if block["name"] == name)


def commands():
    """Return each shell command of the README with the exit status that it states."""
    for block in blocks("sh"):
        for line in block.splitlines():
            command, _, comment = line.partition("  #")
            stated = re.search(r"exit status (\d)", comment)
            yield command.strip(), int(stated.group(1)) if stated else 0


def alike(expected, real):
    """Whether two texts have the same words, and numbers that differ by no more than rounding does.

    What is shown of noise and error bars depends on the processor; it may differ, but not by orders.
    """
    if [line.split() for line in NUMBER.sub("#", expected).splitlines()] != [
        line.split() for line in NUMBER.sub("#", real).splitlines()
    ]:
        return False
    pairs = zip(map(float, NUMBER.findall(expected)), map(float, NUMBER.findall(real)), strict=True)
    return all(abs(a - b) <= 1e-3 * abs(a) or (abs(a) < 1e-5 and abs(b) < 1e-5 and a * b > 0) for a, b in pairs)


def near(expected, real, tolerance=0.1):
    """Whether two texts have the same words, and numbers within a tenth; small ones, of noise, within a factor of 8."""
    if NUMBER.sub("#", expected).split() != NUMBER.sub("#", real).split():
        return False
    pairs = zip(map(float, NUMBER.findall(expected)), map(float, NUMBER.findall(real)), strict=True)
    return all(
        abs(a - b) <= tolerance * abs(a) or (max(abs(a), abs(b)) < 1e-3 and a * b > 0 and 1 / 8 <= a / b <= 8)
        for a, b in pairs
    )


@pytest.fixture
def shell(tmp_path):
    """Return what runs a line in a shell, in a folder with the files of the README, with `gradproof` on the path."""
    for text in [*blocks("python"), *blocks("c")]:
        named = re.match(r"(?:# |/\* )(\w+\.(?:py|c))\b", text)
        if named:
            (tmp_path / named.group(1)).write_text(text, encoding="utf-8")
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "gradproof"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradproof "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join([str(SOURCE), str(tmp_path)]),
    }

    def run(line):
        return subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_alike_sees_what_differs():
    assert alike("a 1.5 ± 2e-11", "a  1.5 ± 7e-11")
    assert not alike("a 1.5 ± 2e-11", "a 1.6 ± 2e-11")
    assert not alike("a 1.5 ± 2e-11", "b 1.5 ± 2e-11")
    assert not alike("a 1.5 ± 2e-11", "a 1.5 ± 2e-3")
    assert not alike("a 1", "a 1 2")


def test_near_sees_what_differs():
    assert near("order 1.00 on 1.9e-6 … 7.8e-3", "order 1.02  on 3.8e-6 … 7.8e-3")
    assert not near("order 1.00 on 1.9e-6 … 7.8e-3", "order 2.00 on 1.9e-6 … 7.8e-3")
    assert not near("order 1.00 on 1.9e-6 … 7.8e-3", "order 1.00 on 1.9e-3 … 7.8e-3")
    assert not near("Answer: False", "Answer: True")
    assert not near("41%", "60%")


# Each with names of its own, in one process: most of the time would go into imports.
IN_TURN = """
import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
    print(path)
"""


def test_python_snippets_run(shell, tmp_path):
    snippets = [text for text in blocks("python") if not text.startswith("# model.py")]
    # Without those that need an extra that is not installed here.
    snippets = [text for text in snippets if all(map(importlib.util.find_spec, OPTIONAL.findall(text)))]
    assert snippets
    (tmp_path / "in_turn.py").write_text(IN_TURN, encoding="utf-8")
    paths = [f"snippet{number}.py" for number in range(len(snippets))]
    for path, text in zip(paths, snippets, strict=True):
        (tmp_path / path).write_text(text, encoding="utf-8")
    result = shell(" ".join([f'"{sys.executable}"', "in_turn.py", *paths]))
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if line in paths] == paths


def test_a_snippet_that_fails_is_seen(shell, tmp_path):
    (tmp_path / "in_turn.py").write_text(IN_TURN, encoding="utf-8")
    (tmp_path / "first.py").write_text("name = 1\n", encoding="utf-8")
    (tmp_path / "second.py").write_text("print(name)\n", encoding="utf-8")
    result = shell(f'"{sys.executable}" in_turn.py first.py second.py')
    assert result.returncode != 0
    assert "NameError" in result.stderr
    assert "second.py" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="shell commands")
def test_shell_commands_run(shell):
    ran = 0
    for command, status in commands():
        if command.startswith((*INSTALLS, *LESSONS.values())):  # those have a test of their own
            continue
        if command.startswith(("cc ", "./cubes", "gradproof native")) and not can_link():
            continue
        result = shell(command)
        assert result.returncode == status, (command, result.stdout, result.stderr)
        ran += 1
    assert ran >= 4


@pytest.mark.skipif(os.name != "posix", reason="shell commands")
def test_the_c_program_prints_what_is_shown(shell):
    if not can_link():
        pytest.skip("no C compiler, or no native library")
    build = next(command for command, _ in commands() if command.startswith("cc "))
    result = shell(f"{build} && ./cubes")
    assert result.stderr == ""
    assert result.stdout == shown("cubes")


def can_link():
    return shutil.which("cc") is not None and installation.LIBRARY.exists()


def has_matplotlib():
    return importlib.util.find_spec("matplotlib") is not None


@pytest.mark.skipif(os.name != "posix", reason="shell commands")
@pytest.mark.parametrize("name", LESSONS)
def test_what_the_lessons_show_is_what_their_commands_print(shell, name):
    command = next(command for command, _ in commands() if command.startswith(LESSONS[name]))
    result = shell(command if has_matplotlib() else command.partition(" --plot")[0])
    assert result.returncode == 0, result.stderr
    assert max(len(line) for line in result.stdout.splitlines() if not line.endswith(".py")) <= 100
    expected, real = shown(name).splitlines(), result.stdout.splitlines()
    starts = [row for row, line in enumerate(real) if near(expected[0], line)]
    # Where noise rules an order is measured less well.
    found = any(near("\n".join(expected), "\n".join(real[row : row + len(expected)]), 0.25) for row in starts)
    assert found, f"run `python tests/fill_readme.py`; {command} printed\n{result.stdout}"


def test_the_report_shown_is_the_demos(shell):
    result = shell("gradproof demo")
    assert result.returncode == 0, result.stderr
    expected, real = shown("demo").splitlines()[:-1], result.stdout.splitlines()  # the last line is an ellipsis
    starts = [row for row, line in enumerate(real) if alike(expected[0], line)]
    found = any(alike("\n".join(expected), "\n".join(real[row : row + len(expected)])) for row in starts)
    assert found, f"run `python tests/fill_readme.py`; the demo printed\n{result.stdout}"


def test_filling_in_the_output_changes_nothing_else(monkeypatch):
    names = "|".join(fill_readme.OUTPUTS)
    stale = re.sub(rf"(<!-- output: (?:{names}) -->\n```text\n).*?(?=```)", r"\1old\n", EVERYTHING, flags=re.S)
    assert stale.count("old\n") >= len(fill_readme.OUTPUTS)
    # The demo prints its own; what the others print is compared above.
    for name in LESSONS:
        monkeypatch.setitem(fill_readme.OUTPUTS, name, lambda name=name: shown(name))
    assert alike(EVERYTHING, fill_readme.filled(stale))
    assert {name for _, name, _ in fill_readme.BLOCK.findall(EVERYTHING)} >= set(fill_readme.OUTPUTS)


def test_the_installing_commands_are_what_ci_runs():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    installing = [command for command, _ in commands() if command.startswith(INSTALLS[:2])]
    assert len(installing) >= 2
    for command in installing[:2]:
        assert command in script, command


def test_the_causes_are_those_of_the_package():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGES["answers"], re.M))
    assert all(f"`{cause.value}`" in README for cause in Cause)
    assert rows == {cause.value: cause.explanation for cause in Cause}


def test_every_folder_and_file_named_is_there():
    outer: list[Path] = [ROOT]
    for line in next(text for text in blocks("text") if "src/gradproof/" in text).splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        there = outer[depth] / line.split()[0]
        assert there.exists(), there
        outer[depth + 1 :] = [there]
    for name in re.findall(r"`((?:src|tests|perf|native_api)/[\w./]+|LICENSE)`", EVERYTHING):
        assert (ROOT / name).exists(), name


def test_public_names_are_there():
    for name in re.findall(r"gradproof\.(\w+)\(", EVERYTHING):
        assert hasattr(gradproof, name), name
    for name in ("forward_difference", "max_relative_error", "find_kinks", "noise_floor"):
        assert f"`{name}`" in PAGES["python"]
        assert hasattr(gradproof, name)


def test_no_absolute_paths_and_no_hosts():
    assert "http" not in EVERYTHING
    assert not re.search(r"(?<![\w.`])/(?:home|usr|tmp|work|root)\b", EVERYTHING)


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 200


def test_every_page_has_its_topic_and_every_mention_its_page():
    assert set(pages.TOPICS) == set(PAGES)
    mentioned = set(re.findall(r"gradproof help\s+(\w+)", EVERYTHING))
    assert mentioned <= set(pages.TOPICS)
    # What has changed is looked up when the question comes.
    assert set(re.findall(r"gradproof help\s+(\w+)", README)) | {"changes"} == set(pages.TOPICS)
