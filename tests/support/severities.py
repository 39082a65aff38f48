"""Findings with anything in them, and what Python sorts them by: the worst first, in words of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from properties import anything

from gradproof.core.records import codes

ACCEPTABLE = (codes.AGREES, codes.KINK_AT_POINT, codes.KINK_CROSSED)

# Few different values, so that many findings are equal in some respect; and any values at all.
few = st.sampled_from([0.0, 1.0, -1.0, 1.0004, 2.0, 1e-3, math.inf, -math.inf, math.nan])
values = st.one_of(few, anything)
contents = st.fixed_dictionaries(
    {
        "cause": st.sampled_from([code for code in codes.CAUSES if code != codes.UNTESTED] + 4 * [codes.WRONG]),
        "kink": st.integers(0, 2),
        "claimed": values,
        "slope": values,
        "resolution": values,
        "distance": values,
    }
)


def filled(finding: Any, content: dict[str, Any]) -> None:
    """Set some fields of a finding."""
    for name, value in content.items():
        setattr(finding, name, value)


def key(one: dict[str, Any]) -> tuple[float, ...]:
    """What Python sorts by."""
    with np.errstate(all="ignore"):
        return _key(one)


def _key(one: dict[str, Any]) -> tuple[float, ...]:
    long = one["stop"] > one["start"] + 1
    end = (one["start"], one["stop"])
    if one["cause"] in ACCEPTABLE:
        distance = abs(one["distance"]) if np.isfinite(one["distance"]) else np.inf
        return (4, 0, distance, *end) if one["kink"] else (5, 0, 0, *end)
    if one["cause"] != codes.WRONG:
        return (2 if long else 3, 0, -one["resolution"] if np.isfinite(one["resolution"]) else -np.inf, *end)
    claimed, slope = float(one["claimed"]), float(one["slope"])
    error = abs(slope) if long and not np.isfinite(claimed) else abs(claimed - slope)
    error = error if np.isfinite(error) else np.inf
    if not (np.isfinite(claimed) and np.isfinite(error)):
        return (0 if long else 1, -np.inf, -error, *end)
    relative = error / max(abs(claimed), abs(slope)) if error else 0.0
    return (0 if long else 1, -int(1000 * relative + 0.5), -error, *end)
