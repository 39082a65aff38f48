"""Parameters that require no gradient and to which a function writes, as that of a momentum encoder does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...report.report import Report
from ..calls import through

WRITTEN = (
    "The loss writes to {count:,} parameters that require no gradient, as that of a momentum encoder does: what it "
    "computes for them of the others, f depends on, and the gradient leaves out. They were put back; to check the "
    "rest, update them outside of the loss."
)
SHORTENED = (
    "Embeddings with max_norm shorten the rows that they look up, and PyTorch's gradient leaves that out: at a row of "
    "that norm f has a kink, and its slopes are others; to check all else, set max_norm to None."
)
# By which part of the largest norm a shortened row may be shorter, by rounding.
SHORTER = 1e-4


class Frozen:
    """The parameters of modules that require no gradient.

    A parameter is copied right before the first call of PyTorch that writes to it: most are never written to, and they
    may be most of a model.

    Parameters
    ----------
    torch
        PyTorch.
    modules
        The modules.
    """

    def __init__(self, torch: Any, modules: Iterable[Any]) -> None:
        self._torch = torch
        found = (one for module in modules for one in module._parameters.values() if one is not None)
        frozen = {id(one): one for one in found if not one.requires_grad and _has_memory(one)}
        # Each with a tensor that shares its memory, and keeps that where `data` is set to another tensor.
        self._frozen = [(one, one.detach()) for one in frozen.values()]
        self._by_memory = {same.data_ptr(): same for _, same in self._frozen}
        self._copies: dict[int, Any] = {}
        self._set: set[int] = set()
        # The function may do more where derivatives are computed than where they are not.
        self._watched: set[bool] = set()

    def call(self, function: Callable[[], Any]) -> Any:
        """Call a function; see what it writes to where nothing of the kind has been called yet."""
        kind = self._torch.is_grad_enabled()
        if not self._frozen or kind in self._watched:
            return function()
        self._watched.add(kind)
        with through(self._torch, self._called):
            return function()

    def put_back(self) -> None:
        """Put everything back that was written to."""
        if not self._frozen:
            return
        # The memory of the user's own tensors, also within an evaluation in float64.
        with self._torch._C.DisableTorchFunction(), self._torch.no_grad():
            for one, same in self._frozen:
                if one.data_ptr() != same.data_ptr():
                    one.data = same
                    self._set.add(same.data_ptr())
            for memory, copy in self._copies.items():
                self._by_memory[memory].copy_(copy)

    def about_written(self, report: Report) -> Iterator[str]:
        """Yield a note where a gradient is wrong, and these parameters may be the reason."""
        if report.verdict == "wrong" and (written := self._set | self._copies.keys()):
            yield WRITTEN.format(count=len(written))

    def _called(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = getattr(function, "__name__", "")
        # What is compiled traces this, too, and knows no memory.
        if _writes(name, keywords) and not self._torch.compiler.is_compiling():
            with self._torch._C.DisableTorchFunction():
                for one in (*arguments[:1], keywords.get("out")):
                    for tensor in one if isinstance(one, (list, tuple)) else (one,):
                        self._keep(tensor)
        return function(*arguments, **keywords)

    def _keep(self, tensor: Any) -> None:
        """Copy the parameter to whose memory something is about to be written, if it is one."""
        if not isinstance(tensor, self._torch.Tensor) or not _has_memory(tensor):
            return
        # A view begins where it likes.
        memory = tensor.untyped_storage().data_ptr()
        for place, same in self._by_memory.items():
            if same.untyped_storage().data_ptr() == memory and place not in self._copies:
                self._copies[place] = same.clone()


def _writes(name: str, keywords: dict[str, Any]) -> bool:
    """Whether a function of this name writes to its first argument, or to the one that is called so."""
    is_in_place = name.endswith("_") and not name.endswith("__") and name != "requires_grad_"
    return is_in_place or name == "__setitem__" or name.startswith("__i") or keywords.get("out") is not None


def _has_memory(tensor: Any) -> bool:
    try:
        return bool(tensor.data_ptr())
    except (RuntimeError, NotImplementedError):  # sparse tensors, and those inside of torch.func
        return False


def has_longest(torch: Any, module: Any) -> bool:
    """Whether an embedding has rows of its largest norm, or longer ones, which it shortens when they are looked up."""
    if not isinstance(module.weight, torch.nn.Parameter):
        return False
    norms = torch.linalg.vector_norm(module.weight.detach().double(), module.norm_type, dim=-1)
    return bool((norms > (1 - SHORTER) * module.max_norm).any())
