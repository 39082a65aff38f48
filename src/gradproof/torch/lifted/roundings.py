"""Rounding in an evaluation in float64: what operations return is moved by as much as lower precision would lose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...arguments.mapping import mapped
from ..calls import beneath

# Operations that hold several, whose terms may cancel, as 1 - p does in the derivative of a softmax.
FUSED = ("backward", "softmax", "logsumexp", "loss", "entropy")
# What gives a tensor the values of another one.
COPYING = "aten::copy_"


@contextmanager
def rounded(torch: Any, kind: str, factors: Callable[[tuple[int, ...]], Any]) -> Iterator[None]:
    """Move what operations of PyTorch return in float64, but for numbers that the lower precision holds.

    Parameters
    ----------
    torch
        PyTorch.
    kind
        The lower precision, such as "float32".
    factors
        Returns factors next to 1 of a shape.
    """
    from torch._decomp import decomposition_table

    lower = {torch.float64: getattr(torch, kind), torch.complex128: torch.complex64}

    def moved(value: Any) -> Any:
        if not isinstance(value, torch.Tensor) or value.dtype not in lower or value.layout is not torch.strided:
            return value
        product = value * torch.from_numpy(np.asarray(factors(tuple(value.shape))))
        # Counts, masks and what is compared with a number stay as they are.
        return torch.where(value == value.to(lower[value.dtype]), value, product)

    def called(mode: Any, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        if function in decomposition_table and any(word in function._schema.name for word in FUSED):
            with mode:
                return decomposition_table[function](*arguments, **keywords)
        value = function(*arguments, **keywords)
        schema = function._schema
        aliases = [one.alias_info for one in schema.returns if one.alias_info is not None]
        if not aliases:
            return mapped(value, moved)
        # What is neither a copy nor a view was written to in place.
        if schema.name != COPYING and all(one.is_write for one in aliases):
            mapped(value, lambda one: one.copy_(moved(one)) if isinstance(one, torch.Tensor) else one)
        return value

    with beneath(torch, called):
        yield
