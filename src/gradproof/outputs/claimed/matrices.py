"""Jacobians as people have them, read as a matrix: one row for each output, one column for each coordinate."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...problem.given.foreign import is_frame
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
        The columns of a DataFrame are aligned by the labels of x.
    problem, layout
        The point, and the structure of the output.
    """
    every = problem.whole.layout
    if is_frame(value):
        from ...problem.given.frames import jacobian_in_order  # on use: few have frames

        value = jacobian_in_order(value, every, WHAT)
    if hasattr(value, "tocsc"):
        matrix = fitting(_sparse(value, layout, problem), layout, every)
    elif isinstance(layout.root, Leaf) and isinstance(every.root, Leaf):
        matrix = _one_block(value, layout.root, every.root, problem.is_conjugate)
    elif _is_plain_matrix(value):
        matrix = fitting(as_numbers(value, WHAT).astype(np.float64), layout, every)
    else:
        matrix = np.zeros((layout.n, every.n))
        _Blocks(matrix, every.root, problem.is_conjugate).fill(layout.root, value)
    return matrix if problem.layout.indices is None else matrix[:, problem.layout.indices]


def complex_shape(layout: Layout, every: Layout) -> tuple[int, int] | None:
    """Return the shape of a matrix of complex derivatives of one array by another; None where none of them can be."""
    output, coordinate = layout.root, every.root
    if not (isinstance(output, Leaf) and isinstance(coordinate, Leaf) and (output.is_complex or coordinate.is_complex)):
        return None
    return layout.n // (1 + output.is_complex), every.n // (1 + coordinate.is_complex)


def _sparse(value: Any, layout: Layout, problem: Problem) -> Any:
    """Return a sparse Jacobian by columns, complex derivatives by real and imaginary parts."""
    every, matrix = problem.whole.layout, value.tocsc()
    if matrix.shape == complex_shape(layout, every):
        (output,), (coordinate,) = layout.leaves, every.leaves
        return _as_real(matrix, output.is_complex, coordinate.is_complex, problem.is_conjugate, sparse_kron)
    if matrix.dtype.kind == "c":
        as_numbers(matrix.data, WHAT)  # which says that they should be real
    return matrix.astype(np.float64)


def sparse_kron(matrix: Any, parts: Any) -> Any:
    """Return the Kronecker product with a small matrix."""
    from scipy.sparse import csc_array, kron

    return kron(matrix, csc_array(parts), "csc")


def _is_plain_matrix(value: Any) -> bool:
    return getattr(value, "ndim", 0) == 2 and getattr(value, "dtype", None) != np.dtype(object)


def fitting(matrix: Any, layout: Layout, every: Layout, what: str = WHAT) -> Any:
    """Return a matrix; raise a ValueError unless it has a row for each output and a column for each coordinate."""
    if matrix.shape != (layout.n, every.n):
        raise ValueError(
            f"{what} has the shape {tuple(matrix.shape)}, but there are {layout.n} outputs and {every.n} coordinates: "
            f"({layout.n}, {every.n}) is expected"
        )
    return matrix


def _one_block(value: Any, output: Leaf, coordinate: Leaf, is_conjugate: bool) -> Any:
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
            f"{coordinate.shape}: {' or '.join(map(str, dict.fromkeys(shapes[:2])))} is expected"
            + "; transpose it"
            * (array.shape == (columns, rows))
        )
    return _as_real(array.reshape(rows, columns), output.is_complex, coordinate.is_complex, is_conjugate)


def _as_real(block: Any, is_complex: bool, by_complex: bool, is_conjugate: bool, kron: Any = np.kron) -> Any:
    """Return complex derivatives by real and imaginary parts.

    Of a complex function of a complex number they are what a step is multiplied with (it is holomorphic there); of a
    real one they are gradients, whose sign of the imaginary part is a convention.
    """
    if is_complex and by_complex:
        real, imaginary = [[1, 0], [0, 1]], [[0, -1], [1, 0]]
    elif is_complex:
        real, imaginary = [[1], [0]], [[0], [1]]
    elif by_complex:
        real, imaginary = [[1, 0]], [[0, -1 if is_conjugate else 1]]
    else:
        return block.real.astype(np.float64)
    return kron(block.real.astype(np.float64), real) + kron(block.imag.astype(np.float64), imaginary)


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
