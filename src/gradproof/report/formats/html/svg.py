"""The ladder of a finding as a picture: |slope - claimed| over the step, on logarithmic axes, and the noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from ...ladder import Rung

WIDTH, HEIGHT = 300, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 18, 26, 34
# At most this many decades have a number each; of more, every second one, and so on.
MOST_TICKS = 7


class Axis(NamedTuple):
    """Decades from `low` to `high`, drawn from the pixel `begin` to the pixel `end`."""

    low: int
    high: int
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a positive number."""
        return self.at_power(math.log10(value))

    def at_power(self, power: float) -> float:
        """Return the pixel of a power of ten, which may be beyond the numbers that there are."""
        share = (power - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def ticks(self) -> range:
        """Return the decades that have a number."""
        return range(self.low, self.high + 1, -(-(self.high - self.low + 1) // MOST_TICKS))


def ladder(rungs: Sequence[Rung], claimed: float, name: str) -> str:
    """Return a ladder as an SVG element; "" if there is nothing to draw."""
    errors = [(one.step, abs(one.slope - claimed)) for one in rungs if math.isfinite(one.slope - claimed)]
    seen = [(step, error) for step, error in errors if error > 0]
    noise = [(one.step, one.error_bar) for one in rungs if 0 < one.error_bar < math.inf]
    if not errors:
        return ""
    heights = [value for _, value in (*seen, *noise)] or [1.0]
    across = _axis([step for step, _ in (*errors, *noise)], LEFT, WIDTH - RIGHT)
    upward = _axis(heights, HEIGHT - BOTTOM, TOP)
    zero = [(step, max(10.0**upward.low, math.ulp(0.0))) for step, error in errors if error == 0]
    parts = [
        *_grid(across, upward),
        _line("noise", noise, across, upward),
        *_dots("noise", noise if len(noise) == 1 else (), across, upward),
        _line("error", seen, across, upward),
        *_dots("dot", seen, across, upward),
        *_dots("zero", zero, across, upward),
        f'<text x="{(LEFT + WIDTH - RIGHT) // 2}" y="{HEIGHT - 2}" class="label">step h</text>',
        f'<text x="{LEFT}" y="{TOP - 12}" class="what">|slope - claimed| in red, noise in grey</text>',
    ]
    title = escape(f"|slope - claimed| of {name} over the step")
    head = f'<svg class="ladder" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
    return f"{head}<title>{title}</title>{''.join(parts)}</svg>"


def _axis(values: Sequence[float], begin: float, end: float) -> Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(low, max(high, low + 1), begin, end)


def _grid(across: Axis, upward: Axis) -> Iterator[str]:
    for decade in across.ticks():
        x = _pixel(across.at_power(decade))
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{x}" y="{HEIGHT - BOTTOM + 13}" class="tick">1e{decade}</text>'
    for decade in upward.ticks():
        y = _pixel(upward.at_power(decade))
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 4}" y="{y + 3:g}" class="tick side">1e{decade}</text>'


def _line(kind: str, points: Sequence[tuple[float, float]], across: Axis, upward: Axis) -> str:
    if len(points) < 2:
        return ""
    path = " ".join(f"{_pixel(across.at(x)):g},{_pixel(upward.at(y)):g}" for x, y in points)
    return f'<polyline class="{kind}" points="{path}"/>'


def _dots(kind: str, points: Sequence[tuple[float, float]], across: Axis, upward: Axis) -> Iterator[str]:
    for x, y in points:
        yield f'<circle class="{kind}" cx="{_pixel(across.at(x)):g}" cy="{_pixel(upward.at(y)):g}" r="3"/>'


def _pixel(value: float) -> float:
    return round(value, 1)
