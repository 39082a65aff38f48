"""What stands in float64 for functions that PyTorch has for lower precisions alone."""

from __future__ import annotations

from typing import Any


def grouped_mm(rows: Any, matrices: Any, offs: Any = None, bias: Any = None, out_dtype: Any = None) -> Any:
    """Return the products of groups of rows, which end where `offs` says, with a matrix each, as of experts."""
    if offs is None or rows.ndim != 2 or matrices.ndim != 3 or bias is not None or out_dtype is not None:
        raise NotImplementedError("of the forms of grouped_mm, only rows times matrices")
    product = rows.new_zeros(len(rows), matrices.shape[2])
    start = 0
    for number, stop in enumerate(offs.tolist()):
        product[start:stop] = rows[start:stop] @ matrices[number]
        start = stop
    return product


REPLACED = {"_grouped_mm": grouped_mm, "grouped_mm": grouped_mm}
