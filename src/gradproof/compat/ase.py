"""Checks of the forces and stresses of ASE's calculators against their energies.

ASE is imported by whoever makes the atoms; nothing of it is imported here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..checking import check
from ..problem.numbers import Flat
from ..report.raising import right_or_raise
from ..report.report import Report

AXES = "xyz"
# The strains in Voigt's order, and the elements of the tensor that they stand for.
STRAINS = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "yz": (1, 2), "xz": (0, 2), "xy": (0, 1)}


def check_forces(atoms: Any, **settings: Any) -> Report:
    """Check the forces of a calculator: they must be minus the gradient of its energy.

    Parameters
    ----------
    atoms : ase.Atoms
        The atoms, with a calculator.  They are not moved; the calculator is called with copies.
    **settings
        As for `gradproof.check`: mode, seed, budget, time_limit, rtol, atol, only, held, progress, save, resume.

    Returns
    -------
    Report
        Coordinates are named by element, number and axis, such as ``Cu3.y``; `only` and `held` take these names, with
        wildcards: ``held="*.z"``.  The claims are minus the forces; slopes are energies per length.

    Raises
    ------
    ValueError, TypeError
        If the atoms have no calculator, or as for `gradproof.check`.

    Notes
    -----
    The energy is the one that is consistent with the forces: the free energy, where the calculator has it.  Constraints
    are left aside.

    Examples
    --------
    >>> from ase import Atoms
    >>> from ase.calculators.lj import LennardJones
    >>> from gradproof.compat import check_forces
    >>> atoms = Atoms("Ar3", [[0, 0, 0], [1.1, 0, 0], [0.4, 1.2, 0.1]], calculator=LennardJones())
    >>> report = check_forces(atoms)
    >>> report.verdict, report.name(4)
    ('right', 'Ar1.y')
    """
    moved = _with_calculator(atoms)
    names = [f"{symbol}{number}.{axis}" for number, symbol in enumerate(moved.get_chemical_symbols()) for axis in AXES]

    def energy(x: Flat) -> float:
        moved.set_positions(x.reshape(-1, 3), apply_constraint=False)
        return _energy(moved)

    def forces(x: Flat) -> Flat:
        moved.set_positions(x.reshape(-1, 3), apply_constraint=False)
        return np.array(moved.get_forces(apply_constraint=False), np.float64).reshape(-1)

    return check(energy, forces, moved.get_positions().reshape(-1), names=names, sign=-1, **settings)


def assert_forces(atoms: Any, *, inconclusive: str = "raise", **settings: Any) -> Report:
    """Raise an exception unless the forces of a calculator are right; for use in tests.

    Parameters
    ----------
    atoms, **settings
        As for `check_forces`.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide, as for `gradproof.assert_gradient`.

    Returns
    -------
    Report
        The report of forces that passed.

    Raises
    ------
    GradientError, InconclusiveError, TypeError, ValueError
        As for `gradproof.assert_gradient`.

    Examples
    --------
    >>> from ase import Atoms
    >>> from ase.calculators.morse import MorsePotential
    >>> from gradproof.compat import assert_forces
    >>> assert_forces(Atoms("H2", [[0, 0, 0], [0.3, 0.9, 0.1]], calculator=MorsePotential())).verdict
    'right'
    """
    return right_or_raise(lambda: check_forces(atoms, **settings), inconclusive)


def check_stress(atoms: Any, **settings: Any) -> Report:
    """Check the stress of a calculator: the gradient of its energy by the strain, over the volume of the cell.

    Parameters
    ----------
    atoms : ase.Atoms
        The atoms, with a calculator that knows stresses, in a cell.
    **settings
        As for `check_forces`.

    Returns
    -------
    Report
        The coordinates are the six strains ``xx``, ``yy``, ``zz``, ``yz``, ``xz`` and ``xy``, where the last three are
        the sum of both off-diagonal elements, as Voigt has them.  The claims are stresses times the volume.

    Raises
    ------
    ValueError, TypeError
        As for `check_forces`.

    Examples
    --------
    >>> from ase.build import bulk
    >>> from ase.calculators.emt import EMT
    >>> from gradproof.compat import check_stress
    >>> atoms = bulk("Cu", cubic=True)
    >>> atoms.rattle(0.05, seed=0)
    >>> atoms.calc = EMT()
    >>> check_stress(atoms).verdict
    'right'
    """
    strained = _with_calculator(atoms)
    cell, positions = strained.cell.array.copy(), strained.get_positions()
    if not strained.cell.rank == 3:
        raise ValueError("a stress needs a cell with a volume")

    def place(x: Flat) -> None:
        strain = np.eye(3)
        for value, (row, column) in zip(x, STRAINS.values(), strict=True):
            strain[row, column] += value / 2
            strain[column, row] += value / 2
        strained.set_cell(cell @ strain)
        strained.set_positions(positions @ strain, apply_constraint=False)

    def energy(x: Flat) -> float:
        place(x)
        return _energy(strained)

    def claimed(x: Flat) -> Flat:
        place(x)
        stress = np.asarray(strained.get_stress(voigt=True, apply_constraint=False), np.float64)
        return stress * float(strained.get_volume())

    return check(energy, claimed, np.zeros(6), names=list(STRAINS), **settings)


def _with_calculator(atoms: Any) -> Any:
    """Return a copy of the atoms with the same calculator."""
    if getattr(atoms, "calc", None) is None:
        raise ValueError("atoms must be an ase.Atoms with a calculator: set atoms.calc")
    moved = atoms.copy()
    moved.calc = atoms.calc
    return moved


def _energy(atoms: Any) -> float:
    """Return the energy whose gradient the forces are."""
    try:
        return float(atoms.get_potential_energy(force_consistent=True, apply_constraint=False))
    except NotImplementedError:  # the calculator has one energy only
        return float(atoms.get_potential_energy(apply_constraint=False))
