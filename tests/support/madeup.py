"""Reports that nobody made: every part of a text, with names and numbers of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
from texts import Made

from gradproof.core.records import codes

# What a number in a report may be, besides those of any size.
STRANGE = (0.0, -0.0, np.nan, np.inf, -np.inf, 0.1, 999.5, 1000.0, 99.5, 9.95, 1e-300, 1e300, 5e-324, 123456789.0)
LETTERS = "abWxyz_ 0-.é…字"
CAUSES = list(codes.CAUSES)


def number(rng: np.random.Generator, strange: float = 0.15) -> float:
    """A number of any size, a short one, or a strange one."""
    kind = rng.random()
    if kind < strange:
        return float(rng.choice(STRANGE))
    if kind < strange + 0.2:
        return float(rng.choice((1.0, -1.0)) * rng.integers(1, 2000) / rng.choice((1, 10, 1000)))
    return float(rng.standard_normal() * 10.0 ** rng.integers(-12, 12))


def size(rng: np.random.Generator) -> float:
    """A number that is not negative."""
    value = abs(number(rng))
    return value if value >= 0 else np.inf


def name(rng: np.random.Generator) -> str:
    """The name of a block: a short one, or one that must be cut."""
    length = rng.integers(1, 8) if rng.random() < 0.7 else rng.integers(20, 150)
    return "".join(rng.choice(list(LETTERS), length))


def point(rng: np.random.Generator, least: int = 1) -> Any:
    """A point: one array, or blocks with names."""
    if rng.random() < 0.3:
        return np.ones(int(rng.integers(least, 40)))
    blocks = {name(rng): np.ones(int(rng.integers(1, 30))) for _ in range(rng.integers(1, 9))}
    return blocks | {"last": np.ones(least)}


def slopes(rng: np.random.Generator) -> dict[str, float]:
    """What a finding measured; often a claim that is nearly right."""
    slope = number(rng)
    claimed = slope * (1 + rng.standard_normal() * 10.0 ** rng.integers(-9, 1)) if rng.random() < 0.6 else number(rng)
    bar = abs(slope) * 10.0 ** rng.integers(-14, 1) if rng.random() < 0.7 else size(rng)
    left, right = (slope, slope * 1.5) if rng.random() < 0.5 else (number(rng), number(rng))
    return {"claimed": claimed, "slope": slope, "error_bar": bar, "left": left, "right": right}


def finding(rng: np.random.Generator, index: int, cause: int, n: int) -> dict[str, Any]:
    """A finding about a coordinate."""
    kinked = cause in (codes.KINK_AT_POINT, codes.KINK_CROSSED) or rng.random() < 0.2
    partner = int(rng.integers(0, n)) if rng.random() < 0.15 and cause in (2, 5, 6) else -1
    distance = 0.0 if rng.random() < 0.3 else number(rng)
    told = {"start": index, "stop": index + 1, "cause": cause, "kink": int(kinked), "resolution": size(rng)}
    return told | {"distance": distance if kinked else np.nan, "partner": partner} | slopes(rng)


def whole(rng: np.random.Generator) -> dict[str, Any]:
    """What every report has."""
    fields = {
        "value": number(rng, 0.02) if rng.random() < 0.9 else 0.0,
        "noise_floor": size(rng),
        "spread": size(rng),
        "nondeterministic": int(rng.random() < 0.1),
        "arithmetic": int(rng.choice((64, 32, 16))),
        "noise_source": int(rng.integers(1, 5)),
        "change": abs(number(rng, 0.0)),
        "evaluations": int(10.0 ** rng.uniform(0, 12)) if rng.random() < 0.9 else 0,
        "outside": int(rng.choice((0, 0, 0, 1, 12345))),
        "atol": float(rng.choice((0.0, 0.0, 1e-5, 123456.789, 0.001))),
        "rtol": float(rng.choice((1e-5, 1e-3, 0.5, 1.2345678e-7))),
        "vouched": float(rng.choice((1.0, 1.0, 0.0, 0.5, 0.98999, 0.999, 0.99999999))),
        "seed": int(rng.choice((0, 1, 2**62, -1, -(2**63)))),
    }
    # Without a value nobody knows that there are two.
    return fields | ({"evaluations": 3} if fields["nondeterministic"] else {})


def full(rng: np.random.Generator) -> Made:
    """A report about every coordinate."""
    x = point(rng)
    n = len(x) if isinstance(x, np.ndarray) else sum(map(len, x.values()))
    share = rng.choice((0.0, 0.1, 0.8))
    causes = np.where(rng.random(n) < share, rng.choice(CAUSES, n), codes.AGREES)
    told = [finding(rng, k, int(cause), n) for k, cause in enumerate(causes) if cause > 1 and rng.random() < 0.95]
    fields = whole(rng) | {
        "noise_measured": int(rng.random() < 0.5),
        "claimed": [number(rng) for _ in range(n)],
        "resolutions": [size(rng) for _ in range(n)] if rng.random() < 0.7 else np.full(n, 1e-7),
        "unseen": int(rng.choice((0, 0, min(n, 3), n))),
        "stopped_by": str(rng.choice(("", "budget", "time_limit", "interrupted"))),
    }
    rng.shuffle(told)
    return Made(x, causes, told, **fields)


def along_lines(rng: np.random.Generator) -> Made:
    """A report along lines."""
    x = point(rng, 2)
    borders = np.cumsum([0, *(map(len, x.values()) if isinstance(x, dict) else [len(x)])])
    n = int(borders[-1])
    looked_at = np.sort(rng.choice(n, int(rng.integers(0, min(n, 12) + 1)), replace=False))
    causes = rng.choice((1, 2, 2, 3, 5, 6), len(looked_at))
    told = [finding(rng, int(k), int(cause), n) for k, cause in zip(looked_at, causes, strict=True) if cause > 1]
    for _ in range(rng.choice((0, 0, 1, 7))):
        block = rng.integers(0, len(borders) - 1)
        start, stop = (borders[block], borders[block + 1]) if rng.random() < 0.5 else (0, n)
        if stop > start + 1:
            line = {"start": int(start), "stop": int(stop), "cause": int(rng.choice((2, 6, 0)))}
            told.append(slopes(rng) | line | ({"claimed": 0.0} if rng.random() < 0.2 else {}))
    fields = whole(rng) | {
        "verdict": int(rng.integers(1, 4)),
        "cause": int(rng.integers(0, 9)),
        "lines": int(rng.integers(0, 5)),
        "aligned_lines": int(rng.integers(0, 3)),
        "parts": int(rng.choice((0, 0, 5))),
        "bar": size(rng),
        "aligned_bar": size(rng),
        "norm": float(rng.choice((0.0, 1.0, 123.4, 1e-20))),
        "sum": float(rng.choice((0.0, 2.0, 1e5))),
        "resolution": size(rng),
        "hidden": float(rng.choice((0.0, 1e-3))),
        "seen": float(rng.choice((0.0, 0.0, 1e-6))),
        "seen_factor": float(rng.choice((0.0, 1.0, 1.00000123))),
        "open": int(np.count_nonzero(np.isin(causes, (5, 6)))),
        "unseen": int(rng.integers(0, 2)),
        "stopped_by": str(rng.choice(("", "", "budget", "time_limit", "interrupted"))),
    }
    blocks = len(borders) - 1 if isinstance(x, dict) and len(x) > 1 else 0
    factors = [size(rng) if rng.random() < 0.4 else 0.5 for _ in range(blocks)]
    return Made(x, causes, told, looked_at, factors=factors, **fields)
