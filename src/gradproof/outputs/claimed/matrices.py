"""Jacobians as people have them, read as a matrix: one row for each output, one column for each coordinate."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.nodes import Branch, Leaf, Node
from ...problem.numbers import Flat, as_numbers
from ...problem.point import Problem
from ...problem.structure import Layout

WHAT = "the Jacobian"


def is_operator(value: Any) -> bool:
    """Whether a value is a linear operator, as SciPy has them: products instead of entries."""
    return hasattr(value, "matvec") and not hasattr(value, "tocsc")


def as_matrix(value: Any, problem: Problem, layout: Layout) -> Any:
    """Return a Jacobian as a real matrix, dense or sparse.

    Parameters
    ----------
    value
        A matrix of shape (outputs, coordinates), dense or a sparse one of SciPy; an array whose shape is that of the
        output followed by that of x; or the structure of the output with the structure of x in it, and such arrays.
    problem, layout
        The point, and the structure of the output.
    """
    every = problem.whole.layout
    if hasattr(value, "tocsc"):
        matrix = _fitting(value.tocsc().astype(np.float64), layout, every)
    elif isinstance(layout.root, Leaf) and isinstance(every.root, Leaf):
        matrix = _one_block(value, layout.root, every.root, problem.is_conjugate)
    elif _is_plain_matrix(value):
        matrix = _fitting(as_numbers(value, WHAT).astype(np.float64), layout, every)
    else:
        matrix = np.zeros((layout.n, every.n))
        _Blocks(matrix, every.root, problem.is_conjugate).fill(layout.root, value)
    return matrix if problem.layout.indices is None else matrix[:, problem.layout.indices]


def as_pattern(pattern: Any, problem: Problem, layout: Layout) -> Any:
    """Return a pattern as a sparse matrix of truth values, or a dense one."""
    mask = pattern.tocsc().astype(bool) if hasattr(pattern, "tocsc") else np.asarray(pattern) != 0
    _fitting(mask, layout, problem.whole.layout, "the pattern")
    return mask if problem.layout.indices is None else mask[:, problem.layout.indices]


def outside(matrix: Any, pattern: Any) -> tuple[Flat, Flat]:
    """Return the rows and columns of the entries outside of a pattern that are not 0."""
    if hasattr(matrix, "tocoo"):
        entries = matrix.tocoo()
        rows, columns, known = entries.row, entries.col, entries.data != 0
        inside = np.asarray(pattern.tocsr()[rows, columns] if hasattr(pattern, "tocsr") else pattern[rows, columns])
        bad = known & ~inside.reshape(-1).astype(bool)
        return rows[bad], columns[bad]
    mask = pattern.toarray() if hasattr(pattern, "toarray") else pattern
    rows, columns = np.nonzero((matrix != 0) & ~mask)
    return rows, columns


def _is_plain_matrix(value: Any) -> bool:
    return getattr(value, "ndim", 0) == 2 and getattr(value, "dtype", None) != np.dtype(object)


def _fitting(matrix: Any, layout: Layout, every: Layout, what: str = WHAT) -> Any:
    if matrix.shape != (layout.n, every.n):
        raise ValueError(
            f"{what} has the shape {tuple(matrix.shape)}, but there are {layout.n} outputs and {every.n} coordinates: "
            f"({layout.n}, {every.n}) is expected"
        )
    return matrix


def _one_block(value: Any, output: Leaf, coordinate: Leaf, is_conjugate: bool) -> Flat:
    """Return the derivatives of one array by another as a real matrix."""
    allowed = output.is_complex or coordinate.is_complex
    array = as_numbers(value, WHAT, allow_complex=allowed)
    rows, columns = int(np.prod(output.shape)), int(np.prod(coordinate.shape))
    shapes = [(*output.shape, *coordinate.shape), (rows, columns)]
    shapes += [coordinate.shape, (columns,)] if rows == 1 else []
    shapes += [output.shape] if columns == 1 else []
    if array.shape not in shapes:
        where = f" of {output.path or 'the output'} by {coordinate.path or 'x'}" * bool(output.path or coordinate.path)
        raise ValueError(
            f"{WHAT}{where} has the shape {array.shape}, but the output has the shape {output.shape} and x has "
            f"{coordinate.shape}: {shapes[0]} or {(rows, columns)} is expected"
        )
    return _as_real(array.reshape(rows, columns), output.is_complex, coordinate.is_complex, is_conjugate)


def _as_real(block: Flat, is_complex: bool, by_complex: bool, is_conjugate: bool) -> Flat:
    """Return complex derivatives by real and imaginary parts.

    Of a complex function of a complex number they are what a step is multiplied with (it is holomorphic there); of a
    real one they are gradients, whose sign of the imaginary part is a convention.
    """
    real, imaginary = block.real.astype(np.float64), block.imag.astype(np.float64)
    if is_complex and by_complex:
        out = np.empty((2 * len(block), 2 * block.shape[1]))
        out[0::2, 0::2] = out[1::2, 1::2] = real
        out[1::2, 0::2], out[0::2, 1::2] = imaginary, -imaginary
        return out
    if is_complex:
        return np.stack([real, imaginary], axis=1).reshape(-1, block.shape[1])
    if by_complex:
        return np.stack([real, -imaginary if is_conjugate else imaginary], axis=2).reshape(len(block), -1)
    return real


class _Blocks:
    """Fills a matrix from a structure of the output that holds, for each of its arrays, a structure of x."""

    def __init__(self, matrix: Flat, x: Node, is_conjugate: bool) -> None:
        self.matrix = matrix
        self.x = x
        self.is_conjugate = is_conjugate

    def fill(self, output: Node, value: Any) -> None:
        """Fill in what belongs to a part of the output."""
        if isinstance(output, Branch):
            for child, part in zip(output.children, output.parts(value, WHAT, "output"), strict=True):
                self.fill(child, part)
        elif isinstance(output, Leaf):
            self._fill(output, self.x, value)

    def _fill(self, output: Leaf, x: Node, value: Any) -> None:
        if isinstance(x, Branch):
            for child, part in zip(x.children, x.parts(value, WHAT), strict=True):
                self._fill(output, child, part)
        elif isinstance(x, Leaf) and value is not None:
            block = _one_block(value, output, x, self.is_conjugate)
            self.matrix[output.start : output.stop, x.start : x.stop] = block
