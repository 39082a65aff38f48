"""Detects claims for complex coordinates that are conjugates: JAX and autograd have another convention than PyTorch."""

from __future__ import annotations

import numpy as np

from ...core.records import codes
from ...problem.numbers import Flat
from ...problem.structure import Layout

# Two numbers that differ by less than this, relatively, are one and the same but for the sign.
SAME = 1e-3
# By whether the claims were taken for conjugates: whose convention it is, and its name.
CONVENTIONS = {False: ("JAX and autograd", "jax"), True: ("PyTorch", "pytorch")}
REMARKS = {
    is_conjugate: "All imaginary parts that are wrong have the opposite sign, which is the convention of "
    f'{whose}: if it is meant, say convention="{name}".'
    for is_conjugate, (whose, name) in CONVENTIONS.items()
}


def remark(findings: Flat, layout: Layout, is_conjugate: bool) -> str:
    """Return a remark if what is wrong is the sign of all imaginary parts, else "".

    Parameters
    ----------
    findings
        The findings of the engine.
    layout
        The structure of x.
    is_conjugate
        Whether the claims were taken for conjugates already.
    """
    wrong = findings[(findings["stop"] - findings["start"] == 1) & (findings["cause"] == codes.WRONG)]
    if not len(wrong):
        return ""
    imaginary = layout.imaginary()[wrong["start"]]
    with np.errstate(invalid="ignore"):
        opposite = np.abs(wrong["claimed"] + wrong["slope"]) <= SAME * np.abs(wrong["slope"])
    if not (imaginary & opposite).all():
        return ""
    return REMARKS[is_conjugate]
