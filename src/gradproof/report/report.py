"""The report of a check, and the errors that carry it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

from .plain import plain
from .records import Record


# Its fields, and what makes it of them, are those of the record.
@dataclass(frozen=True, eq=False, init=False, repr=False)
class Report(Record):
    """What a check found; `str()` is the table that a person reads, `bool()` is whether the verdict is "right".

    `wrong` and `kinks` are sorted flat indices; `resolution` is the smallest error that would have been seen in every
    tested coordinate, `resolutions` the same for each (NaN where nothing was decided).  Along lines (`mode`
    "lines") it is the error of one coordinate, times its scale, that would have been seen for certain; `power` says the
    whole of it, `cause` why the verdict is open (None where it is not), `sampled` are the coordinates that were looked
    at alone, and there are no `resolutions`.
    `findings` are those of the first 8,192 coordinates that had one; `wrong` and `kinks` know all.
    """

    def explain(self, index: int) -> str:
        """Return the evidence of one coordinate as text: its slopes, what their pattern means, what to do.

        Parameters
        ----------
        index
            The flat index of the coordinate, from 0 to n - 1.

        Raises
        ------
        IndexError
            Where there is no such coordinate.
        """
        # On use: most reports are never printed.
        from .text.explaining import explain

        index = operator.index(index)
        if not 0 <= index < self.n:
            raise IndexError(f"there is no coordinate {index}: they go from 0 to {self.n - 1}")
        return explain(self, index)

    def __bool__(self) -> bool:
        """Whether the gradient is right: a check that could not decide is not a pass."""
        return self.verdict == "right"

    def __str__(self) -> str:
        from .text.table import render

        return render(self)

    def __repr__(self) -> str:
        return (
            f"<gradproof.Report {self.verdict}: n={self.n}, tested={self.tested}, wrong={len(self.wrong)}, "
            f"kinks={len(self.kinks)}, evaluations={self.evaluations}>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON: NaN as None, infinities as "inf" and "-inf"."""
        words: dict[str, Any] = plain(self)
        if self.power is not None:
            words["power"] |= plain(self.power.derived())
        return words

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the report as JSON."""
        import json

        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)


class GradientError(AssertionError):
    """The gradient is wrong; `report` says where and why."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{report}")
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.report,))


class InconclusiveError(GradientError):
    """The check could not decide; `report` says what would decide it."""
