"""What all findings begin with, whatever they are about."""

from __future__ import annotations

import math

from .border import Finding


def begin_finding(finding: Finding, start: int, stop: int, cause: int, kink: int, resolution: float) -> None:
    """Write what every finding has; for the rest, that nothing is known: NaN for slopes, infinity for the error bar."""
    finding.start = start
    finding.stop = stop
    finding.cause = cause
    finding.kink = kink
    finding.resolution = resolution
    finding.claimed = math.nan
    finding.slope = math.nan
    finding.left = math.nan
    finding.right = math.nan
    finding.error_bar = math.inf
    finding.step = math.nan
    finding.distance = math.nan
    finding.partner = -1
