"""The chapters of the header, by what a reader wants: each with an example, a program in its own file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gradproof.core.records.abi import exported_functions

from .symbols import CONSTANT_FUNCTIONS


class Chapter(NamedTuple):
    """A chapter of the header: what it is about, an example, and its functions in the order of the reader."""

    title: str
    introduction: tuple[str, ...]
    file: str
    purpose: str
    functions: tuple[str, ...]

    @property
    def example(self) -> str:
        """Return the program that shows how the functions are called."""
        return Path(__file__).with_name(self.file).read_text(encoding="ascii")


# By function: a macro that stands behind it.
MACROS = {
    "options_fill": "#define gradproof_options_default(options) "
    "gradproof_options_fill((options), (int64_t)sizeof *(options))",
}

CHAPTERS = (
    Chapter(
        "Check a gradient",
        (
            "One call says whether a claimed gradient is that of an objective, and which coordinates are wrong.",
            "Up to 5,000 coordinates are tested one by one. More of them are tested along lines that move all of them "
            "at once: about a hundred evaluations, whatever n is. options.mode can say otherwise.",
        ),
        "check.c",
        "the third component of a claimed gradient is wrong.",
        ("options_fill", "check", "uses_lines", "first_not_finite"),
    ),
    Chapter(
        "The same check in rounds",
        (
            "For a caller that evaluates the objective itself: in threads, with MPI, on a GPU, in another process. "
            "gradproof_ask and gradproof_tell take turns until nothing is asked for any more. Asking does not move "
            "the check on: asking twice gives the same round. A part of a round may be told, its first values; the "
            "next round then asks for the rest or, along lines, for all of it again. As soon as one value has been "
            "told, gradproof_result gives what has been found so far. The calls are the same in every mode.",
            "A check holds no pointers: between two calls its memory, gradproof_engine_size words of 8 bytes, may be "
            "moved, copied, or saved. x, claimed and sizes must stay the same all along.",
            "Where the objective must not be evaluated outside of bounds, tell NaN for such points, and say with "
            "gradproof_skip how many of a round there are: they are no evaluations, and the budget does not count "
            "them.",
        ),
        "rounds.c",
        "every round could be shared among threads; here one of them evaluates it.",
        (
            *("windows", "begin", "ask", "evaluate", "run", "points", "skip", "tell", "stop", "result", "end"),
            *("coordinates", "blocks", "block_factors", "engine_size", "engine_start", "resume", "allow"),
            *("move_segments", "sum_segments"),
        ),
    ),
    Chapter(
        "Pieces",
        (
            "What a check is made of, for a caller without a claimed gradient, or with questions of another kind.",
        ),
        "pieces.c",
        "a numerical gradient, the noise of the objective, and its kink.",
        (
            *("forward_difference", "centered_difference", "relative_error", "noise_floor", "find_kinks"),
            "ladder",
        ),
    ),
    Chapter(
        "Text and codes",
        (
            "Words and sentences are in English, never NULL, and owned by the library.",
        ),
        "text.c",
        "a report as text, with names, and words.",
        (
            *("print", "verdict_word", "cause_word", "explain_cause", "explain", "version_string", "version"),
        ),
    ),
)  # fmt: skip


def chapters() -> list[Chapter]:
    """Return the chapters, each with those of its functions that there are; ValueError where one is in none."""
    known = [function.name.removeprefix("gradproof_") for function, _ in CONSTANT_FUNCTIONS]
    known += exported_functions()
    homeless = [name for name in known if not any(name in chapter.functions for chapter in CHAPTERS)]
    if homeless:
        raise ValueError(f"in no chapter of native_api/border/chapters.py: {', '.join(homeless)}")
    return [
        chapter._replace(functions=tuple(name for name in chapter.functions if name in known)) for chapter in CHAPTERS
    ]
