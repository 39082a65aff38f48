"""Which functions of PyTorch a loss calls that are constant between steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arguments.mapping import mapped
from ..frameworks.steps import PLACES, ROUNDING
from .calls import through

# Functions of PyTorch whose slopes are all 0, by name.
STEPS = frozenset(f"{name}{ending}" for name in (*ROUNDING, "trunc", "fix") for ending in ("", "_")) | {
    *(*PLACES, "sgn", "heaviside", "bucketize"),
    *("fake_quantize_per_tensor_affine", "fake_quantize_per_channel_affine"),
}
# One that has steps if this is true.
SAMPLES, IS_HARD = "gumbel_softmax", "hard"


def steps_in(torch: Any, loss: Callable[[], Any]) -> list[str]:
    """Return the names of functions with steps that a loss calls with what depends on the parameters."""
    names: dict[str, None] = {}

    def called(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = getattr(function, "__name__", "")
        if name in STEPS or (name == SAMPLES and keywords.get(IS_HARD)):
            mapped((arguments, keywords), lambda one: _is_variable(torch, one) and names.setdefault(name.rstrip("_")))
        return function(*arguments, **keywords)

    with torch.enable_grad(), through(torch, called):
        loss()
    return list(names)


def _is_variable(torch: Any, value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad
