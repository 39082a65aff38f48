"""The data of the zoo: 1,797 handwritten digits (see `digits.txt`)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@functools.cache
def digits() -> tuple[Array, Array]:
    """Return 1,797 images of handwritten digits, and which digits they are.

    Returns
    -------
    inputs
        Shape (1797, 64), float64: the ink of each pixel, from 0 to 1.  Not to be written to.
    classes
        Shape (1797,), int64: 0 to 9.  Not to be written to.
    """
    table = np.loadtxt(Path(__file__).with_name("digits.csv.gz"), delimiter=",")
    inputs, classes = table[:, :-1] / 16, table[:, -1].astype(np.int64)
    inputs.flags.writeable = classes.flags.writeable = False
    return inputs, classes
