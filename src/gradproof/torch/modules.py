"""The gradient that `backward()` computes for the parameters of a module, which are moved in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from ..checking import check as check_gradient
from ..evaluators.objectives import in_place
from ..frameworks.float32 import Float32Check, goes_along_lines, in_float64
from ..frameworks.kinks import with_linearised_kinks, with_notes
from ..frameworks.names import listed
from ..frameworks.steps import about_steps
from ..frameworks.unseen import with_unseen
from ..problem.rounding import EVALUATED, not_evaluated
from ..report.report import Report
from ..run.settings import refuse_unknown_precision
from .backward import Gradient, Loss, view
from .device.check import GradientOnDevice, check_on_device, is_on_device
from .lifted.precise import CannotBeLiftedError, Precise
from .linearised import LinearisedLoss
from .moved import is_moved_by
from .padding import about_padding
from .state.state import RANDOM, State
from .steps import steps_in
from .tensors import imported

FLOATS = ("torch.float32", "torch.float64")
# NumPy takes no small steps in these: the loss is evaluated in float64.
LOWER = ("torch.float16", "torch.bfloat16")
COARSER = (
    'The parameters are in float64, but something on the way to f computes in float32: precision="float64" shows '
    "smaller errors."
)


def check_loss(
    module_or_parameters: Any, loss: Callable[[], Any], *, precision: str | None = None, **settings: Any
) -> Report:
    """Check the gradient of a loss; the arguments are those of `gradproof.torch.check`."""
    torch = imported()
    refuse_unknown_precision(precision)
    parameters = _parameters(torch, module_or_parameters)
    state = State(torch, module_or_parameters, loss)
    own = state.before(loss)
    with state.kept():
        state.settle(Loss(torch, own))
        report = _checked(torch, parameters, own, precision, settings)
        notes = list(about_padding(torch, (module_or_parameters, loss), parameters, report))
        notes += about_steps(report, lambda: steps_in(torch, own))
    notes += state.about_written(report)
    return with_unseen(with_notes(report, [RANDOM, *notes] if report.nondeterministic else notes))


def _checked(
    torch: Any, parameters: dict[str, Any], loss: Callable[[], Any], precision: str | None, settings: dict[str, Any]
) -> Report:
    """Check the gradient of a loss that puts back what it changes."""
    if is_on_device(parameters):
        return _check_on_device(torch, parameters, loss, {**settings, "precision": precision})
    precise = Precise(torch, parameters, loss)
    notes = _in_float64(torch, precise, parameters, precision, settings)
    if isinstance(notes, Report):
        return notes
    gradient = Gradient(torch, parameters, loss)
    value = Loss(torch, loss)

    def check(first: Float32Check | None) -> Report:
        objective, claim = (value, gradient) if first is None else (first.limited(value), first.noted(gradient))
        report = _check_in_place(torch, parameters, objective, claim, settings, precise.may_meet)
        return with_notes(report, [*notes, *_about_absent(gradient.without)])

    if notes or precise.kind != "float32":
        report = check(None)
    else:
        sizes = {name: one.numel() for name, one in parameters.items()}
        report = in_float64(
            Float32Check(value, sizes, settings, is_moved_by(parameters)),
            check,
            lambda: _in_float64(torch, precise, parameters, "float64", settings),
        )
    if report.arithmetic == "float32" and all(str(one.dtype) == FLOATS[1] for one in parameters.values()):
        return with_notes(report, [COARSER])
    return report


def _in_float64(
    torch: Any, precise: Precise, parameters: dict[str, Any], precision: str | None, settings: dict[str, Any]
) -> Report | list[str]:
    """Check the gradient with the loss in float64 where there is a reason; else return notes on why that cannot be."""
    with closing(precise):
        value = precise.watch()
        if not (reason := _reason_to_lift(precise, parameters, precision)):
            return []
        if not (refusal := _refusal(precise, value)):
            tensors, gradient = precise.stand_ins, precise.gradient
            report = _check_in_place(torch, tensors, precise.value, gradient, settings, precise.may_meet)
            return with_notes(report, [reason, *precise.notes(), *_about_absent(precise.own.without)])
    if any(str(one.dtype) not in FLOATS for one in parameters.values()) or _is_mixed(parameters):
        raise TypeError(f"{reason}; but that it cannot be: {refusal}; convert it with .float() or .double()")
    return [not_evaluated(refusal)]


def _reason_to_lift(precise: Precise, parameters: dict[str, Any], precision: str | None) -> str:
    """Return why the loss is evaluated in float64; "" if it is not.

    In less than single precision the smallest steps change parameters by a part of a hundred, and f is a staircase.
    """
    if precise.kind == "float64":
        return ""
    if precision is not None:
        return EVALUATED
    if precise.kind != "float32":
        by = "under autocast" if precise.is_lower else "as its parameters are"
        return f"f computes in {precise.kind}, {by}, where steps are too coarse to judge: it was evaluated in float64."
    if _is_mixed(parameters):
        return "The parameters are of several precisions: f was evaluated in float64."
    return ""


def _is_mixed(parameters: dict[str, Any]) -> bool:
    return len({one.dtype for one in parameters.values()}) > 1


def _check_in_place(
    torch: Any,
    tensors: dict[str, Any],
    value: Callable[[], float],
    gradient: Callable[[], Any],
    settings: dict[str, Any],
    may_meet: bool,
) -> Report:
    """Check a gradient; where it disagrees at kinks that meet, with the slopes that PyTorch takes there.

    Along lines many meet at once, and lines see little beside them: there these slopes are taken from the first.
    """
    views = {name: view(name, tensor) for name, tensor in tensors.items()}
    linear = (
        LinearisedLoss(torch, value)
        if may_meet and goes_along_lines(sum(one.numel() for one in tensors.values()), settings)
        else None
    )
    return with_linearised_kinks(
        value,
        settings,
        lambda objective: check_gradient(in_place(views, objective), gradient, **settings),
        lambda: linear or LinearisedLoss(torch, value),
        at_once=linear,
        is_own=linear is None or not linear.is_by_hand,
    )


def _check_on_device(
    torch: Any, parameters: dict[str, Any], loss: Callable[[], Any], settings: dict[str, Any]
) -> Report:
    gradient = GradientOnDevice(torch, parameters, loss)
    report = check_on_device(torch, parameters, Loss(torch, loss), gradient(), settings)
    return with_notes(report, list(_about_absent(gradient.without)))


def _refusal(precise: Precise, value: float) -> str:
    """Return why a loss cannot be evaluated in float64; "" if it can."""
    try:
        precise.refuse_what_cannot_be_lifted(value)
    except CannotBeLiftedError as refusal:
        return str(refusal)
    return ""


def _parameters(torch: Any, given: Any) -> dict[str, Any]:
    """Return the tensors that require a gradient, by name."""
    named = dict(_named(torch, given))
    for name, tensor in named.items():
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"{name} is of type {type(tensor).__name__}, not a tensor: pass a module, or its parameters"
            )
    parameters = {name: tensor for name, tensor in named.items() if tensor.requires_grad}
    if not parameters:
        raise ValueError("no parameter has requires_grad=True: there is no gradient to check")
    for name, tensor in parameters.items():
        if not tensor.is_leaf:
            raise ValueError(f"{name} is not a leaf: pass the tensors from which it is computed instead")
        if tensor.device.type == "meta":
            raise ValueError(f"{name} is on the meta device, and has no value: load the module before the check")
        if tensor.device.type != "cpu" and not is_on_device(parameters):
            raise ValueError(f"{name} is on {tensor.device}: move the module to the CPU with .cpu() for the check")
        if tensor.dtype.is_complex:
            raise TypeError(
                f"{name} is {tensor.dtype}: make it of its real and imaginary parts, which are checked then "
                "(torch.view_as_complex), or check the function of it with check(function, inputs)"
            )
        if str(tensor.dtype) not in (*FLOATS, *LOWER):
            raise TypeError(f"{name} is {tensor.dtype}: convert the module with .float() or .double() for the check")
    return parameters


def _named(torch: Any, given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(given, torch.nn.Module):
        yield from given.named_parameters()
    elif isinstance(given, Mapping):
        yield from given.items()
    elif isinstance(given, torch.Tensor):
        yield "x", given
    elif hasattr(given, "__iter__"):
        for number, one in enumerate(given):
            yield one if isinstance(one, tuple) and len(one) == 2 else (f"parameters.{number}", one)
    else:
        raise TypeError(f"pass a torch.nn.Module or its parameters, not an object of type {type(given).__name__}")


def _about_absent(without: list[str]) -> Iterator[str]:
    """Yield a note about parameters without a gradient."""
    if without:
        yield (f"backward() computed no gradient for {listed(without)} (unused or detached?), which was taken as 0.")
