"""Patterns of Jacobians: where they may differ from 0."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ...problem.numbers import Flat
from ...problem.point import Problem
from ...problem.structure import Layout
from ..covectors import TANGENTS, signed
from .claims import ByMatrix, ByTangents
from .matrices import complex_shape, fitting, sparse_kron


def as_pattern(pattern: Any, problem: Problem, layout: Layout) -> Any:
    """Return a pattern as a sparse matrix of truth values, or a dense one."""
    mask = pattern.tocsc().astype(bool) if hasattr(pattern, "tocsc") else np.asarray(pattern) != 0
    every = problem.whole.layout
    if mask.shape == complex_shape(layout, every):
        # Real and imaginary parts have the pattern of their numbers.
        parts = np.ones((layout.n // mask.shape[0], every.n // mask.shape[1]), bool)
        mask = sparse_kron(mask, parts) if hasattr(mask, "tocsc") else np.kron(mask, parts)
    fitting(mask, layout, every, "the pattern")
    return mask if problem.layout.indices is None else mask[:, problem.layout.indices]


def outside(matrix: Any, pattern: Any) -> tuple[Flat, Flat]:
    """Return the rows and columns of the entries outside of a pattern that are not 0."""
    if hasattr(matrix, "tocoo"):
        entries = matrix.tocoo()
        rows, columns, known = entries.row, entries.col, entries.data != 0
        if not len(rows):
            return rows, columns  # of no entries SciPy makes a sparse array, not one of NumPy
        inside = np.asarray(pattern.tocsr()[rows, columns] if hasattr(pattern, "tocsr") else pattern[rows, columns])
        bad = known & ~inside.reshape(-1).astype(bool)
        return rows[bad], columns[bad]
    mask = pattern.toarray() if hasattr(pattern, "toarray") else pattern
    rows, columns = np.nonzero((matrix != 0) & ~mask)
    return rows, columns


def refuse_outside(matrix: Any, pattern: Any, problem: Problem, layout: Layout) -> None:
    """Raise a ValueError that names an entry outside of a pattern that is not 0, if there is one."""
    rows, columns = outside(matrix, pattern)
    if len(rows):
        first = f"{layout.name(int(rows[0]))} / {problem.layout.name(int(columns[0]))}"
        raise ValueError(f"the Jacobian is not 0 in {len(rows):,} entries outside of the pattern, such as {first}")


class ByPattern(ByMatrix):
    """The entries of an operator within a pattern: columns that share no row are found by one product.

    This is how Curtis, Powell and Reid estimate sparse Jacobians (IMA Journal of Applied Mathematics 13, 1974).  One
    more product shows whether the operator is 0 outside of the pattern.
    """

    def __init__(self, operator: ByTangents, pattern: Any, problem: Problem, layout: Layout) -> None:
        from scipy.sparse import csc_array

        mask = csc_array(as_pattern(pattern, problem, layout))
        numbers = groups(mask)
        columns = np.repeat(np.arange(problem.n), np.diff(mask.indptr))
        values = np.zeros(len(mask.indices))
        for number in range(int(numbers.max(initial=-1)) + 1):
            product = operator.product((numbers == number).astype(np.float64))
            of_group = numbers[columns] == number
            values[of_group] = product[mask.indices[of_group]]
        matrix = csc_array((values, mask.indices, mask.indptr), shape=mask.shape)
        _refuse_more(operator, matrix, layout)
        super().__init__(matrix, operator.calls)


def _refuse_more(operator: ByTangents, matrix: Any, layout: Layout) -> None:
    """Raise a ValueError that names an output if an operator is more than a matrix, as a random tangent shows."""
    tangent = signed(0, TANGENTS, matrix.shape[1])
    product = operator.product(tangent)
    size = abs(matrix) @ np.abs(tangent) + np.abs(product)
    rows = np.flatnonzero(np.abs(product - matrix @ tangent) > np.finfo(np.float64).eps ** 0.5 * size)
    if len(rows):
        raise ValueError(
            f"the operator is not 0 outside of the pattern in {len(rows):,} rows, such as that of "
            f"{layout.name(int(rows[0]))}; or its products are not linear"
        )


def groups(pattern: Any) -> Flat:
    """Return for each column of a sparse pattern the number of its group: no two columns of a group share a row."""
    rows = pattern.tocsr()
    numbers = np.full(pattern.shape[1], -1)
    for column in range(len(numbers)):
        own = pattern.indices[pattern.indptr[column] : pattern.indptr[column + 1]]
        near = [rows.indices[rows.indptr[row] : rows.indptr[row + 1]] for row in own.tolist()]
        taken = set(numbers[np.concatenate(near)].tolist()) if near else set()
        numbers[column] = next(number for number in itertools.count() if number not in taken)
    return numbers
