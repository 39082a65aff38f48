"""`gradproof help` prints the pages of the manual, plain where a program reads them."""

from __future__ import annotations

import zipfile

import pytest
from command_line import SOURCE, assert_one_line, start_process

from gradproof.commands import pages


def test_the_list_of_pages(run):
    status, output, errors = run("help")
    assert (status, errors) == (0, "")
    assert [line.split()[2] for line in output.splitlines()] == list(pages.TOPICS)
    assert "Functions with many outputs" in output


@pytest.mark.parametrize("topic", pages.TOPICS)
def test_a_page(run, topic):
    status, output, errors = run("help", topic)
    assert (status, errors) == (0, "")
    assert output == pages.page(topic)
    assert output.startswith("# ")
    assert "<!--" not in output


def test_a_page_that_is_not_there(run):
    assert_one_line(run("help", "output"), "there is no page 'output'; did you mean outputs?")
    assert_one_line(run("help", "zzz"), "there are python, outputs")


def test_on_a_terminal():
    text = pages.rendered("# Title\n\nA **bold** word.\n\n```sh\ngradproof demo\n```\n")
    assert text == "\033[1mTitle\033[0m\n\nA \033[1mbold\033[0m word.\n\n    gradproof demo\n"


FROM_AN_ARCHIVE = """
import sys
sys.path.insert(0, sys.argv.pop())
import gradproof.commands.main as it
assert ".zip" in it.__file__
sys.exit(it.main())
"""


def test_from_an_archive(tmp_path):
    """Zipped, the package has no library and no files, but the same answers."""
    (tmp_path / "model.py").write_text(
        "x = [1.0, 2.0]\ndef f(x): return x[0] * x[1]\ndef g(x): return [x[1], 2 * x[0]]\n"
    )
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in (SOURCE / "gradproof").rglob("*"):
            if path.suffix in (".py", ".md"):
                archive.write(path, path.relative_to(SOURCE))
    check = ("check", "model.py:f", "--gradient", "model.py:g", "--at", "model.py:x")
    for words, status, start in ((("help", "command"), 0, "# The command line"), (check, 1, "wrong:")):
        process = start_process(tmp_path, *words, "all.zip", program=("-c", FROM_AN_ARCHIVE))
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, output[: len(start)], errors) == (status, start, "")
