"""Arrangements in which slopes may stand, the simplest first, and what is asked of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np

from ....problem.numbers import Flat
from ...evidence import along_axis

Order: TypeAlias = Literal["C", "F"]

# Arrays of more axes have too many orders of them.
MOST_AXES = 4
ACCUMULATED = "accumulated"
ORDERS: dict[Order, str] = {"C": "C", "F": "Fortran"}
WAYS: tuple[tuple[Order, Order], ...] = (("F", "C"), ("C", "F"))
# What is asked of an arrangement whose name begins so.
ASKED = {
    "transposed": "is a transpose missing, or one too many?",
    "with axes": "is a transpose missing, or one too many?",
    "with its axes": "is a permutation of axes missing, or another meant?",
    "in Fortran order": "is it flattened in one order, and shaped in the other?",
    "in C order": "is it flattened in one order, and shaped in the other?",
    "reversed but": "",
    "reversed": "is it not flipped back, or flipped once too often?",
    "shifted": "is it rolled, or is an index off?",
    "accumulated from the other end": "is a cumulative sum taken in the wrong direction?",
    "accumulated": "is a cumulative sum taken once too often?",
    "not accumulated": "is a cumulative sum missing?",
    "turned": "is a transpose missing beside a flip, or is it turned back?",
    "with entries": "is an index mistaken?",
    "with [": "is an index mistaken?",
}


def asked(name: str) -> str:
    """Return the name of an arrangement with what is asked of it."""
    question = next((each for start, each in ASKED.items() if name.startswith(start)), "")
    return f"{name}: {question}" if question and not name.endswith("?") else name


def candidates(slope: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield what the slopes look like in other arrangements, the simplest first."""
    axes = range(slope.ndim)
    for one, other in itertools.combinations(axes, 2):
        if slope.shape[one] == slope.shape[other]:
            yield transposed(slope.ndim, one, other), slope.swapaxes(one, other)
    for order in orders(slope.shape):
        yield f"with its axes in the order {order}", slope.transpose(order)
    if slope.ndim > 1:
        yield "in Fortran order instead of C order", _read(slope, "F", "C")
        yield "in C order instead of Fortran order", _read(slope, "C", "F")
    for axis in axes:
        if slope.shape[axis] > 1:
            yield f"reversed{along_axis(slope.shape, axis)}", np.flip(slope, axis)
            for shift in (1, -1):
                yield f"shifted by {shift}{along_axis(slope.shape, axis)}", np.roll(slope, shift, axis)
                yield from _pushed(slope, shift, axis)
            yield from _accumulations(slope, axis)
    if slope.ndim > 1:
        halves = "with its halves exchanged along all axes, as by the shift of a Fourier transform"
        yield halves, np.fft.fftshift(slope)
        yield halves, np.fft.ifftshift(slope)
    for one, other in itertools.combinations(axes, 2):
        yield f"reversed along axes {one} and {other}", np.flip(slope, (one, other))
        if slope.shape[one] == slope.shape[other]:
            for axis in (one, other):
                turned = np.flip(slope.swapaxes(one, other), axis)
                yield f"turned by a quarter in axes {one} and {other}", turned
    if slope.ndim > 2:
        for written, read in WAYS:
            each = np.stack([_read(one, written, read) for one in slope])
            yield f"in {ORDERS[written]} order instead of {ORDERS[read]} order at each index of axis 0", each


def orders(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield orders of the axes that keep the shape and move more than two of them, as layouts of kernels do."""
    if not 2 < len(shape) <= MOST_AXES:
        return
    for order in itertools.permutations(range(len(shape))):
        moved = sum(one != axis for axis, one in enumerate(order))
        if moved > 2 and tuple(shape[one] for one in order) == shape:
            yield order


def _pushed(slope: Flat, shift: int, axis: int) -> Iterator[tuple[str, Flat]]:
    """Yield slopes that are shifted along an axis, with what may stand where nothing came: 0, or the same once more."""
    shifted = np.moveaxis(np.roll(slope, shift, axis), axis, 0).copy()
    end, beside = (0, 1) if shift > 0 else (-1, -2)
    for what, values in (("0", 0.0), ("the same again", shifted[beside].copy())):
        shifted[end] = values
        name = f"shifted by {shift}{along_axis(slope.shape, axis)}, with {what} at the end: is it one step off?"
        yield name, np.moveaxis(shifted.copy(), 0, axis)


def _read(slope: Flat, written: Order, read: Order) -> Flat:
    """Return the slopes as they look if they are written in one order and read in another."""
    flat = slope.ravel(order=written)
    other: Flat = flat.reshape(slope.shape, order=read)
    return other


def _accumulations(slope: Flat, axis: int) -> Iterator[tuple[str, Flat]]:
    """Yield what slopes that are sums from here to the end look like otherwise, and those that are not."""
    along, rows = along_axis(slope.shape, axis), np.moveaxis(slope, axis, 0)
    none = np.zeros_like(rows[:1])
    to_the_end, from_the_start = rows - np.concatenate([rows[1:], none]), rows - np.concatenate([none, rows[:-1]])
    for name, other in (
        (f"{ACCUMULATED} from the other end", np.cumsum(to_the_end, axis=0)),
        (f"not {ACCUMULATED} from the end", to_the_end),
        (f"not {ACCUMULATED} from the start", from_the_start),
        (f"{ACCUMULATED} from the start", np.cumsum(rows, axis=0)),
        (f"{ACCUMULATED} from the end", np.cumsum(rows[::-1], axis=0)[::-1]),
    ):
        yield f"{name}{along}", np.moveaxis(other, 0, axis)


def transposed(ndim: int, one: int, other: int) -> str:
    """Return what a transposition of two axes is called."""
    return "transposed" if ndim == 2 else f"with axes {one} and {other} transposed"


def moves(at: tuple[Flat, ...], shape: tuple[int, ...]) -> Iterator[tuple[str, Flat]]:
    """Yield where in the claims, one after the other, arrangements put the slopes of some coordinates."""
    axes = range(len(shape))

    def flat(index: dict[int, Flat]) -> Flat:
        return np.ravel_multi_index(tuple(index.get(axis, at[axis]) for axis in axes), shape)

    for one, other in itertools.combinations(axes, 2):
        if shape[one] == shape[other]:
            yield transposed(len(shape), one, other), flat({one: at[other], other: at[one]})
    for order in orders(shape):
        yield f"with its axes in the order {order}", flat({axis: at[one] for axis, one in enumerate(order)})
    if len(shape) > 1:
        yield "in Fortran order instead of C order", np.ravel_multi_index(at, shape, order="F")
        written = np.unravel_index(flat({}), shape, order="F")
        yield "in C order instead of Fortran order", np.ravel_multi_index(written, shape)
    for axis in axes:
        yield f"reversed{along_axis(shape, axis)}", flat({axis: shape[axis] - 1 - at[axis]})
        for shift in (1, -1):
            yield f"shifted by {shift}{along_axis(shape, axis)}", flat({axis: (at[axis] + shift) % shape[axis]})
    for one, other in itertools.combinations(axes, 2):
        moved = {axis: shape[axis] - 1 - at[axis] for axis in (one, other)}
        yield f"reversed along axes {one} and {other}", flat(moved)
