"""Demonstrations: a network with a correct backward pass, the same with a bug, and lessons on differences.

There is one file per bug, in `bugs/`, with a `gradient` and its `MEANING`, and one per lesson, with a function `run`.
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
LESSONS = ("forward-or-centered", "kinks", "fewer-points", "training", "million", "model")

INTRODUCTION = """\
A network with two layers, ReLU, softmax loss and an L2 regulariser, whose backward pass is written
by hand. Data: 13 measurements of 178 wines from three cultivators. Source code:
{file}
"""
AFTERWORD = """\
Other bugs: gradproof demo {others}
Lessons: gradproof demo {lessons}
Your own gradient: gradproof check model.py:loss --gradient model.py:grad --at x.npy
"""


def summaries() -> dict[str, str]:
    """Return the name of each demo and its summary."""
    return {name: str(_module(name).__doc__) for name in (*NAMES, *LESSONS)}


def run(name: str, show: Callable[[Any], str] = str) -> bool:
    """Run a demo, print what it shows, and return whether it worked out as it should."""
    if name in LESSONS:
        return bool(_module(name).run(show))
    return run_bug(name, show)


def run_bug(name: str, show: Callable[[Any], str] = str) -> bool:
    """Check the correct backward pass and one with a bug; return whether both verdicts are correct."""
    from gradproof import check

    from . import network

    bug = _module(name)
    print(INTRODUCTION.format(file=network.__file__))
    print("1. The correct backward pass\n")
    right = check(network.objective, network.gradient, network.start())
    print(show(right), end="\n\n")
    print(f"2. With a bug\n\n{bug.__doc__}\n")
    print(changed_lines(network.gradient, bug.gradient))
    wrong = check(network.objective, bug.gradient, network.start())
    print(show(wrong), end="\n\n")
    print(f"What this means\n\n{bug.MEANING}")
    others = (other for other in NAMES if other != name)
    print(AFTERWORD.format(others=" | ".join(others), lessons=" | ".join(LESSONS)))
    return right.verdict == "right" and wrong.verdict == "wrong"


def changed_lines(right: Callable[..., Any], wrong: Callable[..., Any]) -> str:
    """Return the lines in which two functions differ, as `diff` shows them."""
    before, after = (inspect.getsource(function).split('"""')[-1].splitlines() for function in (right, wrong))
    lines = (line for line in difflib.ndiff(before, after) if line.startswith(("- ", "+ ")))
    return "".join(f"   {line[0]} {line[2:].strip()}\n" for line in lines)


def _module(name: str) -> ModuleType:
    room = ".bugs" if name in NAMES else ""
    return importlib.import_module(f"{room}.{name.replace('-', '_')}", __name__)
