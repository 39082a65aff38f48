"""The data of the zoo: 1,797 handwritten digits (see `digits.txt`)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@functools.cache
def digits() -> tuple[Array, Array]:
    """Return 1,797 images of handwritten digits and their classes (Alpaydin and Kaynak, 1998).

    Returns
    -------
    inputs : ndarray of float64, shape (1797, 64)
        The ink of each pixel, from 0 (none) to 1.  Read-only.
    classes : ndarray of int64, shape (1797,)
        The digits, 0 to 9.  Read-only.

    Examples
    --------
    >>> from gradproof import zoo
    >>> inputs, classes = zoo.digits()
    >>> inputs.shape, classes[:5]
    ((1797, 64), array([0, 1, 2, 3, 4]))
    """
    table = np.loadtxt(Path(__file__).with_name("digits.csv.gz"), delimiter=",")
    inputs, classes = table[:, :-1] / 16, table[:, -1].astype(np.int64)
    inputs.flags.writeable = classes.flags.writeable = False
    return inputs, classes
