"""A note on functions that are constant between steps, through which a backward pass may let a gradient on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..arguments.mapping import mapped
from ..frameworks.names import listed
from ..report.report import Report
from .calls import through

# Functions of PyTorch whose slopes are all 0, by name.
STEPS = frozenset(
    f"{name}{ending}" for name in ("round", "floor", "ceil", "trunc", "fix", "sign") for ending in ("", "_")
) | {
    *("sgn", "heaviside", "argmax", "argmin", "bucketize"),
    *("fake_quantize_per_tensor_affine", "fake_quantize_per_channel_affine"),
}
# One that has steps if this is true.
SAMPLES, IS_HARD = "gumbel_softmax", "hard"
NOTE = (
    "f calls {names} with what depends on the parameters, where f is constant between steps. Where the backward pass "
    "lets a gradient through, as a straight-through estimator does on purpose, that is not the gradient of f: to check "
    "all else, check the loss without the steps."
)


def about_steps(torch: Any, loss: Callable[[], Any], report: Report) -> Iterator[str]:
    """Yield a note where a gradient was not found to be right, and f has steps."""
    if report.verdict == "right" or report.stopped_by or report.nondeterministic:
        return
    names: dict[str, None] = {}

    def called(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = getattr(function, "__name__", "")
        if name in STEPS or (name == SAMPLES and keywords.get(IS_HARD)):
            mapped((arguments, keywords), lambda one: _is_variable(torch, one) and names.setdefault(name.rstrip("_")))
        return function(*arguments, **keywords)

    with torch.enable_grad(), through(torch, called):
        loss()
    if names:
        yield NOTE.format(names=listed(list(names)))


def _is_variable(torch: Any, value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad
