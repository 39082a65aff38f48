"""What two products show by themselves, whatever the function: a Hessian is symmetric, an adjoint fits its operator."""

from __future__ import annotations

import numpy as np

from ...problem.numbers import Flat
from ..covectors import TANGENTS, signed
from ..sums import are_apart
from .claims import Claims
from .operators import ByOperator

# Two numbers that should be equal may differ by this many square roots of the rounding unit, relative to their terms.
ROOTS = 16.0


def asymmetry(claims: Claims, n: int, seed: int, unit: float) -> str:
    """Return by how much a product with a Hessian is not symmetric: u · H v must be v · H u; "" if it is.

    Parameters
    ----------
    claims
        The product.
    n
        The number of coordinates.
    seed
        The seed of the check, for two random vectors.
    unit
        The rounding unit.
    """
    u, v = signed(seed, TANGENTS, n), signed(seed, TANGENTS + 1, n)
    what = "The product is not symmetric: for two random vectors, u · H v and v · H u"
    return _compared(what, u * claims.projected(v), v * claims.projected(u), unit)


def misfit(operator: ByOperator, tangent: Flat, covector: Flat, unit: float) -> str:
    """Return by how much the two products of an operator do not fit each other: w · A v must be v · A* w; or ""."""
    what = "matvec and rmatvec of the operator do not fit each other: for random vectors, w · A v and v · A* w"
    one, other = covector * operator.product(tangent), tangent * operator.projected(covector)
    return _compared(what, one, other, unit) if operator.has_adjoint else ""


def _compared(what: str, terms: Flat, others: Flat, unit: float) -> str:
    """Return by how much two sums differ that should be equal but for rounding."""
    if not are_apart(terms, others, ROOTS * unit**0.5, unit):
        return ""
    one, other = float(np.add.reduce(terms)), float(np.add.reduce(others))
    return f"{what} differ by {one - other:.3g} ({one:.6g} and {other:.6g})."
