"""Where tensors keep their gradients: `grad`; or `main_grad`, to which fused backward passes add them by themselves."""

from __future__ import annotations

from typing import Any

# The names are those of Megatron.  Where ADDED is true, what is in `grad` is a dummy.
MAIN, ADDED = "main_grad", "grad_added_to_main_grad"


class Kept:
    """The gradients that a tensor keeps, to be given back after a backward pass that began without any.

    Parameters
    ----------
    torch
        PyTorch.
    tensor
        The tensor.
    """

    def __init__(self, torch: Any, tensor: Any) -> None:
        self._torch = torch
        self.tensor = tensor
        self._grad = tensor.grad
        self._main: Any = getattr(tensor, MAIN, None)
        self._was_added = getattr(tensor, ADDED, None)
        # It is all 0 as a rule, and takes no memory then.
        self._copy = None if self._main is None or _is_clear(self._main) else self._main.detach().clone()

    def clear(self) -> None:
        """Take all gradients away, so that a backward pass leaves its own."""
        self.tensor.grad = None
        if self._main is not None:
            self._set_main(0)
        if self._was_added is not None:
            setattr(self.tensor, ADDED, False)

    def give_back(self) -> None:
        """Put everything back."""
        self.tensor.grad = self._grad
        for name, kept in ((MAIN, self._main), (ADDED, self._was_added)):
            if kept is not None:
                setattr(self.tensor, name, kept)
            elif getattr(self.tensor, name, None) is not None:
                delattr(self.tensor, name)
        if self._main is not None:
            self._set_main(0 if self._copy is None else self._copy)

    def _set_main(self, values: Any) -> None:
        with self._torch.no_grad():
            self._main[...] = values


def gradient_tensor(tensor: Any) -> Any:
    """Return the gradient that a backward pass left for a tensor; None if there is none.

    What is in `main_grad` is a copy, because that memory is used again.
    """
    if tensor.grad is not None and not getattr(tensor, ADDED, False):
        return tensor.grad
    main = getattr(tensor, MAIN, None)
    return None if main is None or _is_clear(main) else main.detach().clone().reshape(tensor.shape)


def _is_clear(main: Any) -> bool:
    """Whether all numbers are 0, and not -0."""
    return not bool((main.detach() != 0).any() | main.detach().signbit().any())
