"""`gradproof help` prints the pages of the manual, plain where a program reads them."""

from __future__ import annotations

import pytest
from command_line import assert_one_line

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
