"""The gradient of a loss whose parameters are on a device, where they stay."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...evaluators.arrays.holding import Hold
from ...evaluators.arrays.memory import Arrays
from ...evaluators.arrays.signals import Signals
from ...report.report import Report
from ...shards.check import ShardedCheck, lines
from ..backward import Gradient
from .shard import TensorShard

# In other types steps are too coarse, and only on the CPU is f evaluated in float64.
TYPES = ("torch.float32", "torch.float64")
SETTINGS = ("mode", "seed", "budget", "time_limit", "rtol", "atol")


def is_on_device(parameters: Mapping[str, Any]) -> bool:
    """Return whether parameters are on a device on which they can be moved: all on one that computes in float64."""
    devices = {str(one.device) for one in parameters.values()}
    return len(devices) == 1 and next(iter(parameters.values())).device.type == "cuda"


class GradientOnDevice(Gradient):
    """The gradient by `backward()` as tensors, which stay on their device; 0 where there is none."""

    def _found(self, name: str, tensor: Any, grad: Any) -> Any:
        return self._torch.zeros_like(tensor) if grad is None else grad


def check_on_device(
    torch: Any, parameters: Mapping[str, Any], loss: Callable[[], float], claimed: Mapping[str, Any], settings: Any
) -> Report:
    """Check the gradient of a loss along lines; parameters are moved where they are, and restored bit for bit.

    Parameters
    ----------
    torch
        PyTorch.
    parameters
        The tensors that are moved, by name.
    loss
        Computes the value of the loss from them.
    claimed
        The claimed gradient of each parameter, on the same device.
    settings
        The settings of the check; some of them are refused.
    """
    _refuse(settings)
    _refuse_types(parameters)
    hold = Hold(Arrays({name: Addresses(one) for name, one in parameters.items() if one.numel()}))
    try:
        return _checked(torch, parameters, loss, claimed, settings)
    finally:
        hold.close()


def _checked(
    torch: Any, parameters: Mapping[str, Any], loss: Callable[[], float], claimed: Mapping[str, Any], settings: Any
) -> Report:
    ends = [0, *itertools.accumulate(one.numel() for one in parameters.values())]
    pairs = zip(parameters.items(), ends, strict=False)
    shards = [TensorShard(torch, one, claimed[name], start) for (name, one), start in pairs if one.numel()]
    shapes = {name: tuple(one.shape) for name, one in parameters.items()}
    own = {name: settings[name] for name in ("seed", "budget", "rtol", "atol") if name in settings}
    check = lines(shapes, lambda question: [shard.answer(question) for shard in shards], **own)
    signals = Signals()
    # Twice, because a first signal may raise on the way into the first `finally`; after that none does.
    try:
        try:
            signals.take()
            _lead(check, shards, loss, signals, settings.get("time_limit"))
        finally:
            _restore(shards, signals)
    finally:
        _restore(shards, signals)
    return check.result()


class Addresses:
    """Where the elements of a tensor lie, for NumPy, which looks for common ones: nobody reads or writes them."""

    def __init__(self, tensor: Any) -> None:
        size = tensor.element_size()
        strides = tuple(size * stride for stride in tensor.stride())
        self.__array_interface__ = {
            "version": 3,
            "typestr": f"<f{size}",
            "shape": tuple(tensor.shape),
            "strides": strides,
            "data": (tensor.data_ptr(), False),
        }


def _lead(check: ShardedCheck, shards: Sequence[TensorShard], loss: Any, signals: Signals, limit: Any) -> None:
    """Lead a check to its end, or until a time limit."""
    deadline = math.inf if limit is None else time.monotonic() + limit
    while len(probes := check.ask()):
        if time.monotonic() > deadline:
            check.stop("time_limit")
            return
        changes, values = [], []
        for probe in probes:
            changes.append(sum(shard.at(probe) for shard in shards))
            values.append(_value(loss, at_x=not check.evaluations))
            signals.reopen()
        check.tell(values, changes)


def _restore(shards: Sequence[TensorShard], signals: Signals) -> None:
    """Move the parameters back, while all signals wait; they take effect afterwards."""
    signals.close()
    for shard in shards:
        shard.restore()
    signals.give_back()


def _value(loss: Callable[[], float], *, at_x: bool) -> float:
    """Return the value of the loss; NaN where it raises an exception, but at x."""
    try:
        return loss()
    except Exception:
        if at_x:
            raise
        return math.nan


def _refuse(settings: Mapping[str, Any]) -> None:
    """Raise a ValueError for what cannot be had where parameters stay on a device."""
    if unknown := sorted(name for name, value in settings.items() if name not in SETTINGS and value is not None):
        raise ValueError(f"{', '.join(unknown)} cannot be used on a device: move the module to the CPU with .cpu()")
    if settings.get("mode", "auto") == "full":
        raise ValueError('mode="full" cannot be used on a device: move the module to the CPU with .cpu()')


def _refuse_types(parameters: Mapping[str, Any]) -> None:
    """Raise a TypeError unless all parameters are of one type that can be moved on a device."""
    types = dict.fromkeys(str(one.dtype) for one in parameters.values())
    if len(types) > 1 or not types.keys() <= set(TYPES):
        raise TypeError(
            f"the parameters are {' and '.join(types)}: on a device, all must be float32, or all float64; move the "
            "module to the CPU with .cpu(), where f is evaluated in float64"
        )
