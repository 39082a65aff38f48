"""Some coordinates of a vector that nobody holds as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..evaluators.arrays.holding import Hold
from ..evaluators.arrays.memory import Arrays
from ..problem.numbers import Flat, as_numbers, in_short, whole
from .holding import Holding
from .moving import ShardOfLines
from .question import Question

FLOATS = ("f4", "f8")
SAME = "the point and the claimed gradient of a shard must be vectors of one length"


class Shard:
    """The coordinates from `start` on, of a vector x that nobody holds as a whole, and their claimed gradient.

    A shard moves its own coordinates from probe to probe, and answers for them; `gradproof.lines` leads the check.

    Parameters
    ----------
    x : array_like
        Its coordinates, a vector of float32 or float64; it is only read, and may be a `numpy.memmap`.
    claimed : array_like
        The claimed gradient at these coordinates.
    start : int
        The number of the first one in all of x.
    point : ndarray, optional
        A vector that holds the same coordinates and is moved, such as the memory of a model's parameters; it must be
        writable, and does not share memory with `x`.  By default there is a new one.  From the first probe until
        `restore` no check in another thread can move it.

    Attributes
    ----------
    start, stop : int
        Which coordinates it holds; `stop` is one past the last one.

    Raises
    ------
    TypeError, ValueError
        If these are no vectors of one length and of such numbers, or `point` cannot be moved in place of a copy.

    See Also
    --------
    lines : The check that shards take part in.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> x = np.linspace(-1, 1, 8)
    >>> first, second = gradproof.Shard(x[:3], np.cos(x[:3]), 0), gradproof.Shard(x[3:], np.cos(x[3:]), 3)
    >>> check = gradproof.lines(8, [first, second])
    >>> while len(probes := check.ask()):
    ...     values, changes = [], []
    ...     for probe in probes:
    ...         (one, change), (two, other) = first.at(probe), second.at(probe)
    ...         values.append(np.sum(np.sin(one)) + np.sum(np.sin(two)))
    ...         changes.append(change + other)
    ...     check.tell(values, changes)
    >>> check.result().verdict
    'right'
    """

    def __init__(self, x: Any, claimed: Any, start: int, *, point: Flat | None = None) -> None:
        own = np.asarray(x)
        if own.ndim != 1 or not own.size or own.dtype.str[1:] not in FLOATS or not own.dtype.isnative:
            raise TypeError(
                f"x of a shard must be a vector of float32 or float64, not {own.dtype} of shape {own.shape}"
            )
        claims = np.ascontiguousarray(as_numbers(claimed, "the claimed gradient of a shard"), own.dtype)
        if claims.shape != own.shape:
            raise ValueError(f"{SAME}, not {own.shape} and {claims.shape}")
        if point is not None:
            _refuse_point(point, own)
            claims = claims.copy() if np.may_share_memory(claims, point) else claims
        first = whole(start, "start must be an integer")
        if not 0 <= first < 1 << 63:
            raise ValueError(f"start must be the number of the first coordinate in all of x, not {in_short(start)}")
        self._holding = Holding(np.ascontiguousarray(own), claims, first)
        self._point = point
        self._lines: ShardOfLines | None = None
        self._hold: Hold | None = None
        self.start, self.stop = self._holding.start, self._holding.stop

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: all but the point, which is made again."""
        return {**self.__dict__, "_lines": None, "_point": None, "_hold": None}

    def answer(self, question: Question) -> Any:
        """Answer a question of the check.

        Parameters
        ----------
        question : Question
            As the check asks it.

        Returns
        -------
        object
            A few numbers, to be handed back.

        Examples
        --------
        >>> import numpy as np
        >>> import gradproof
        >>> shard = gradproof.Shard(np.ones(4), np.ones(4), 0)
        >>> check = gradproof.lines(4, lambda question: [shard.answer(question)])
        >>> len(check.ask())
        1
        """
        return self._holding.answer(question)

    def at(self, probe: Flat) -> tuple[Flat, float]:
        """Return the coordinates at a probe, and the share of the predicted change of f that lies in them.

        Parameters
        ----------
        probe : numpy.void
            A probe, as `ask` of the check returned it.

        Returns
        -------
        point : ndarray
            The coordinates, valid until the next call.
        change : float
            What the claimed gradient predicts for their step; the shares of all shards are to be added.

        Raises
        ------
        ValueError
            If `point` does not hold x before the first probe, or a check in another thread moves it.

        Examples
        --------
        >>> import numpy as np
        >>> import gradproof
        >>> shard = gradproof.Shard(np.ones(4), np.ones(4), 0)
        >>> check = gradproof.lines(4, [shard])
        >>> shard.at(check.ask()[0])
        (array([1., 1., 1., 1.]), 0.0)
        """
        if self._lines is None:
            if not self._holding.sizes.size:
                raise RuntimeError("this shard has not been asked anything yet: begin a check with gradproof.lines")
            self._lines = ShardOfLines(self._holding, self._point)
        if self._point is not None and self._hold is None:
            self._hold = _held(self._point, self._holding.x)
        point = self._lines.at(probe)
        return point, self._lines.change(probe)

    def restore(self) -> None:
        """Move the point back to x, whatever broke the check off: for a `point` that is the memory of a model.

        Examples
        --------
        >>> import numpy as np
        >>> import gradproof
        >>> weights = np.ones(4)
        >>> shard = gradproof.Shard(weights.copy(), np.ones(4), 0, point=weights)
        >>> shard.restore()
        """
        if self._lines is not None:
            self._lines.close()  # threads of a move that Ctrl-C broke off may still be writing
            self._lines.forget_point()
            self._lines.at_x()
        if self._hold is not None:
            self._hold.close()
            self._hold = None


def _refuse_point(point: Flat, x: Flat) -> None:
    """Raise an error unless a vector can be moved in place of a new one."""
    is_vector = isinstance(point, np.ndarray) and point.shape == x.shape and point.dtype == x.dtype
    if not (is_vector and point.flags.c_contiguous and point.flags.writeable):
        raise TypeError("point must be a writable array of the length and the type of x, in one piece")
    if np.may_share_memory(point, x):
        raise ValueError("point must not share memory with x, which stays where it is: pass a copy as x")


def _held(point: Flat, x: Flat) -> Hold:
    """Keep other threads from moving a vector, which must be at x."""
    hold = Hold(Arrays({"point": point}))
    if not hold.arrays.are_at(x):
        hold.close()
        raise ValueError("point does not hold the coordinates that x has: pass them as they are, or a new copy as x")
    return hold
