"""Demonstrations: a network whose backward pass is right, the same with a bug in it, and what differences can do.

One file a bug, which has a `gradient` and its `MEANING`; one file a lesson, which has a `run`.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

DEFAULT = "regulariser"
NAMES = ("regulariser", "transposed", "mean", "mask")
LESSONS = ("forward-or-centered", "kinks", "fewer-points", "training", "million")

INTRODUCTION = """\
A network with two layers, ReLU, softmax loss and an L2 regulariser; its backward pass is written
by hand. Data: 13 measurements of 178 wines from three cultivators. Its source:
{file}
"""
AFTERWORD = """\
Other bugs: {others}.
What the lesson says: {lessons}.
Your own: gradproof check model.py:loss --gradient model.py:grad --at x.npy
"""


def summaries() -> dict[str, str]:
    """Return the name of each demo and what is wrong in it."""
    return {name: str(_module(name).__doc__) for name in (*NAMES, *LESSONS)}


def run(name: str, show: Callable[[Any], str] = str) -> bool:
    """Run a demo, print what it shows, and say whether it showed that."""
    if name in LESSONS:
        return bool(_module(name).run(show))
    return run_bug(name, show)


def run_bug(name: str, show: Callable[[Any], str] = str) -> bool:
    """Check the right backward pass and one with a bug, print both reports; say whether both verdicts are true."""
    from gradproof import check

    from . import network

    bug = _module(name)
    print(INTRODUCTION.format(file=network.__file__))
    print("1. The backward pass as it should be\n")
    right = check(network.objective, network.gradient, network.start())
    print(show(right), end="\n\n")
    print(f"2. With a bug\n\n{bug.__doc__}\n")
    print(changed_lines(network.gradient, bug.gradient))
    wrong = check(network.objective, bug.gradient, network.start())
    print(show(wrong), end="\n\n")
    print(f"What this means\n\n{bug.MEANING}")
    others = (f"gradproof demo {other}" for other in NAMES if other != name)
    lessons = (f"gradproof demo {lesson}" for lesson in LESSONS)
    print(AFTERWORD.format(others=", ".join(others), lessons=",\n  ".join(lessons)))
    return right.verdict == "right" and wrong.verdict == "wrong"


def changed_lines(right: Callable[..., Any], wrong: Callable[..., Any]) -> str:
    """Return what differs between two functions, as `diff` shows it."""
    before, after = (inspect.getsource(function).split('"""')[-1].splitlines() for function in (right, wrong))
    lines = (line for line in difflib.ndiff(before, after) if line.startswith(("- ", "+ ")))
    return "".join(f"   {line[0]} {line[2:].strip()}\n" for line in lines)


def _module(name: str) -> ModuleType:
    return importlib.import_module(f".{name.replace('-', '_')}", __name__)
