"""The result of a check as a record, and what it keeps in order to explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn, TypeAlias

from ..problem.numbers import Flat
from ..problem.structure import Layout
from .ladder import Rung, Values

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import ClassVar

    from typing_extensions import Self

    # What reports of right gradients do not have.
    from ..problem.coordinates.lookup import Index
    from ..problem.exceptions import Raised
    from .cause import Cause
    from .explanation import Explanation
    from .finding import Finding
    from .power import Power

Verdict: TypeAlias = Literal["right", "wrong", "inconclusive"]


class Evidence(NamedTuple):
    """What a report keeps in order to explain a coordinate."""

    layout: Layout
    claimed: Flat
    values: Values
    blocks: tuple[Flat, ...]
    # What makes the noise of f, one of NOISE_... in core/records/codes.py, and by how much f changes.
    noise_source: int = 0
    change: float = 0.0
    # Of the engine: the middle one of the resolutions, and that relative to how many claims; not after fewer rows.
    usual: tuple[float, float, int] | None = None


def resolutions_of(report: Record) -> Flat:
    """Return the resolutions of the coordinates that were checked, without those of x that were held."""
    indices = report._evidence.layout.indices
    return report.resolutions if indices is None or not report.resolutions.size else report.resolutions[indices]


class FieldsOnUse:
    """Makes a dataclass of `Record` when somebody asks for its fields: that takes as long as ten small checks."""

    def __get__(self, record: object, kind: type) -> dict[str, Field[Any]]:
        from dataclasses import dataclass

        # Puts the fields in the place of this.
        return dataclass(eq=False, init=False, repr=False)(Record).__dataclass_fields__


class Record:
    """The fields of a report, which `Report` documents, and what can be looked up for one coordinate."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = FieldsOnUse()

    verdict: Verdict
    n: int
    tested: int
    agreeing: int
    undecided: int
    untested: int
    wrong: Flat
    kinks: Flat
    findings: tuple[Finding, ...]
    evaluations: int
    gradient_evaluations: int
    rounds: int
    value: float
    noise_floor: float
    noise_measured: bool
    arithmetic: str
    nondeterministic: bool
    spread: float
    resolution: float
    resolutions: Flat
    power: Power | None
    sampled: Flat
    cause: Cause | None
    rtol: float
    mode: Literal["full", "lines"]
    seed: int
    stopped_by: Literal["", "budget", "time_limit", "interrupted"]
    warnings: tuple[str, ...]
    _evidence: Evidence
    # The number of data points, if the check was given it.
    rows: int | None = None
    # What the objective raised away from x: one record for each type of exception.
    exceptions: tuple[Raised, ...] = ()
    # The number of points that were left out because they lie outside the bounds; `evaluations` does not count them.
    outside: int = 0
    # The absolute error that was allowed, and what the verdict vouches for.
    atol: float = 0.0
    vouched: float = 0.0
    unseen: int = 0
    # The number of coordinates of x that were held where they are; n does not count them.
    held: int = 0
    # The number of outputs that took part, of a function with many; 0 for an objective.  And what was checked.
    outputs: int = 0
    subject: str = "gradient"
    # What it was compared with.
    against: str = "objective"
    # What explains the errors, array by array.
    explanations: tuple[Explanation, ...] = ()
    # Where the errors are that no simple explanation fits, such as "all of W1".
    unexplained: tuple[str, ...] = ()
    # How claims were meant: -1 if the gradient returns minus the gradient, and the convention of complex ones.
    sign: int = 1
    convention: str = "pytorch"

    def __init__(self, **fields: Any) -> None:
        # One field after the other would take a tenth of a small check.
        object.__setattr__(self, "__dict__", fields)

    @classmethod
    def _of_fields(cls, fields: dict[str, Any]) -> Self:
        """Return the record of fields in a dict that nobody else holds: as keyword arguments they would be copied."""
        record = object.__new__(cls)
        object.__setattr__(record, "__dict__", fields)
        return record

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make a field when it is read for the first time, of what its check found; others have all of theirs."""
            fields = self.__dict__
            found = fields.get("_found")
            if found is None or not found.has(name):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            value = fields[name] = found.field(name)
            return value

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled or copied: all fields, and no memory of C."""
        from dataclasses import fields

        return {one.name: getattr(self, one.name) for one in fields(self)}

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __replace__(self, /, **changes: Any) -> Any:
        """Return a copy with other values of some fields, as `copy.replace` of Python 3.13 does."""
        from dataclasses import replace

        return replace(self, **changes)

    def name(self, index: Index) -> str:
        """Return the name of a coordinate, such as ``"W1[3, 7]"``.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> p = {"W": np.ones((2, 3)), "b": np.zeros(2)}
        >>> def f(p):
        ...     return np.sum((p["W"].sum(axis=1) + p["b"]) ** 2)
        >>> report = check(f, {"W": np.full((2, 3), 6.0), "b": np.full(2, 6.0)}, p)
        >>> report.name(5), report.name(-1)
        ('W[1, 2]', 'b[1]')
        """
        return self._evidence.layout.name(self._place(self._flat(index)))

    def _flat(self, index: Index | Finding) -> int:
        """Return the flat index in x of a coordinate, given in any way."""
        # Imported on use: most reports are never asked for one coordinate.
        from ..problem.coordinates.lookup import flat_index
        from .finding import Finding

        return flat_index(self._evidence.layout, index.name if isinstance(index, Finding) else index)

    def _place(self, index: int) -> int:
        """Return which of the coordinates that were checked has a flat index of x."""
        return self._evidence.layout.place(index)

    def claimed(self, index: Index) -> float:
        """Return the value that the gradient claims for a coordinate.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> check(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 3.0])).claimed(1)
        6.0
        """
        return float(self._evidence.claimed[self._place(self._flat(index))])

    def ladder(self, index: Index) -> tuple[Rung, ...]:
        """Return the slopes of a coordinate at every step that was tried, finest first.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Returns
        -------
        tuple of Rung
            Step, left, right and centered slope, their gap, and the error bar of rounding noise.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 3.0]))
        >>> rung = report.ladder(1)[-1]
        >>> round(rung.slope, 6)
        6.0
        """
        return self._evidence.values.ladder(self._flat(index), self.noise_floor)
