"""Marks of a coordinate on its way to a cause: below 0, where causes are not."""

from __future__ import annotations

UNDECIDED = -1  # its pair has not been seen, or settles nothing
DISAGREES_FLAT = -2  # both slopes of its pair agree, and not with the claim
LEFT_FOR_LADDER = -3  # the short proof settles nothing
