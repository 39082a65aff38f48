"""The counts of a report, one coordinate after the other, from words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ACCEPTABLE = {"agrees", "kink_at_point", "kink_crossed"}
OPEN = {"noise_limited", "step_limited", "domain", "nondeterministic"}


class Coordinate(NamedTuple):
    """What is known of a coordinate; its cause is a word of the header, or "on its way"."""

    cause: str
    kink: int
    resolution: float


def counted(coordinates: Iterable[Coordinate]) -> dict[str, object]:
    """The counts, the resolution of the worst coordinate that was decided, and the verdict."""
    coordinates = list(coordinates)
    wrong = sum(one.cause == "wrong" for one in coordinates)
    agreeing = sum(one.cause in ACCEPTABLE for one in coordinates)
    undecided = sum(one.cause in OPEN for one in coordinates)
    decided = [one.resolution for one in coordinates if one.cause in ACCEPTABLE | {"wrong"}]
    untested = len(coordinates) - wrong - agreeing - undecided
    verdict = "wrong" if wrong else "inconclusive" if undecided or untested else "right"
    return {
        "n": len(coordinates),
        "tested": len(coordinates) - untested,
        "agreeing": agreeing,
        "wrong": wrong,
        "kinks": sum(one.kink != 0 for one in coordinates if one.cause != "on its way"),
        "open": undecided,
        "untested": untested,
        "resolution": max(decided, default=0.0),
        "verdict": verdict,
    }
