"""Random numbers in an evaluation in float64: those that the user's own precision would draw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..calls import beneath

# What fills a tensor with random numbers, and what makes tensors of random numbers.  The generators of PyTorch give
# other numbers in another precision, so that a mask of dropout would be another.
FILLING = ("bernoulli_", "cauchy_", "exponential_", "geometric_", "log_normal_", "normal_", "random_", "uniform_")
MAKING = (
    "bernoulli",
    "multinomial",
    "normal",
    "poisson",
    "rand",
    "rand_like",
    "randn",
    "randn_like",
    "_standard_gamma",
)


@contextmanager
def draws(torch: Any, kind: Any) -> Iterator[None]:
    """Draw random numbers of a type, and convert them to float64."""

    def drawn(value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.dtype is torch.float64:
            return value.to(kind)
        return kind if value is torch.float64 else value

    def called(_: Any, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = function._schema.name.removeprefix("aten::")
        is_double = bool(arguments) and isinstance(arguments[0], torch.Tensor) and arguments[0].dtype is torch.float64
        if name in FILLING and is_double:
            fresh = torch.empty_like(arguments[0], dtype=kind)
            function(fresh, *map(drawn, arguments[1:]), **keywords)
            return arguments[0].copy_(fresh)
        if name == "native_dropout" and is_double:
            kept, mask = function(torch.ones_like(arguments[0], dtype=kind), *arguments[1:], **keywords)
            return arguments[0] * kept, mask
        if name in MAKING and not function._overloadname.endswith("out"):
            value = function(*map(drawn, arguments), **{key: drawn(one) for key, one in keywords.items()})
            return value.to(torch.float64) if value.dtype is kind else value
        return function(*arguments, **keywords)

    with beneath(torch, called):
        yield
