"""Functions of the library, interpreted: with the arguments and results of cffi."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.records.abi import Signature
from .arguments import reader
from .replacing import Replacing
from .vectors import OTHERS

REPLACING = Replacing(OTHERS)
RESULTS: dict[str, Callable[[Any], Any]] = {"void": lambda _: None, "float64": float}


def interpreted(signature: Signature) -> Callable[..., Any]:
    """Return the function of a signature as the library has it; none that returns memory of the library's own."""
    function = REPLACING.copy(signature.function)
    readers = [reader(meaning) for _, meaning in signature.parameters]
    result = RESULTS.get(signature.result.element, int)

    def call(*arguments: Any) -> Any:
        taken = [read(argument) for read, argument in zip(readers, arguments, strict=True)]
        # C divides by zero and overflows without a word.
        with np.errstate(all="ignore"):
            return result(function(*taken))

    return call
