"""Forces and stresses of ASE's calculators."""

import numpy as np
import pytest

import gradproof
from gradproof.compat import assert_forces, check_forces, check_stress

ase = pytest.importorskip("ase")
build = pytest.importorskip("ase.build")
cluster = pytest.importorskip("ase.cluster")
emt = pytest.importorskip("ase.calculators.emt")
lj = pytest.importorskip("ase.calculators.lj")
morse = pytest.importorskip("ase.calculators.morse")
calculator = pytest.importorskip("ase.calculators.calculator")


def rattled(atoms, calc, seed=0):
    atoms.rattle(0.08, seed=seed)
    atoms.calc = calc
    return atoms


SYSTEMS = {
    "EMT": lambda: rattled(cluster.Icosahedron("Cu", 2), emt.EMT()),
    "Lennard-Jones": lambda: rattled(cluster.Octahedron("Ar", 2, latticeconstant=1.6), lj.LennardJones()),
    "Morse": lambda: rattled(cluster.Octahedron("Ar", 2, latticeconstant=1.5), morse.MorsePotential()),
}


class Changed(calculator.Calculator):
    """A calculator with an error in its forces, and in its stress."""

    implemented_properties = ("energy", "free_energy", "forces", "stress")

    def __init__(self, right, change):
        super().__init__()
        self.right = right
        self.change = change

    def calculate(self, atoms=None, properties=("energy",), system_changes=calculator.all_changes):
        super().calculate(atoms, properties, system_changes)
        energy = self.right.get_potential_energy(atoms)
        self.results = {"energy": energy, "free_energy": energy}
        self.results["forces"] = self.change(self.right.get_forces(atoms).copy())
        if "stress" in properties:
            self.results["stress"] = self.change(self.right.get_stress(atoms).copy())


def nearly(forces):
    forces.reshape(-1)[4] *= 1 + 1e-3
    return forces


@pytest.mark.parametrize("name", SYSTEMS)
def test_forces(name):
    atoms = SYSTEMS[name]()
    before = atoms.get_positions().copy()
    report = assert_forces(atoms)
    assert (report.verdict, report.n) == ("right", 3 * len(atoms))
    assert np.array_equal(atoms.get_positions(), before)
    atoms.calc = Changed(atoms.calc, nearly)
    report = check_forces(atoms)
    assert (report.verdict, report.wrong.tolist()) == ("wrong", [4])
    assert report.findings[0].name == f"{atoms.get_chemical_symbols()[1]}1.y"
    with pytest.raises(gradproof.GradientError, match=r"1\.y"):
        assert_forces(atoms)


@pytest.mark.parametrize("change", [lambda f: -f, lambda f: 2 * f, lambda f: f[:, [1, 0, 2]]])
def test_forces_that_are_wrong_everywhere(change):
    atoms = SYSTEMS["EMT"]()
    atoms.calc = Changed(atoms.calc, change)
    assert len(check_forces(atoms).wrong) >= 2 * len(atoms)


def test_gradients_instead_of_forces_are_said_to_be_it():
    atoms = SYSTEMS["EMT"]()
    atoms.calc = Changed(atoms.calc, np.negative)
    assert "it is the gradient itself" in check_forces(atoms).explanations[0].text


def test_names_choose():
    atoms = SYSTEMS["EMT"]()
    assert check_forces(atoms, only="Cu3.*").n == 3
    assert check_forces(atoms, held="*.z").n == 2 * len(atoms)
    atoms.calc = Changed(atoms.calc, nearly)
    assert check_forces(atoms, only=["Cu1.y", "Cu2.y"]).wrong.tolist() == [4]


def test_constraints_are_left_aside():
    atoms = SYSTEMS["EMT"]()
    atoms.set_constraint(pytest.importorskip("ase.constraints").FixAtoms([1]))
    assert check_forces(atoms).verdict == "right"
    atoms.calc = Changed(atoms.calc, nearly)
    assert check_forces(atoms).wrong.tolist() == [4]


def test_stress():
    atoms = rattled(build.bulk("Cu", cubic=True), emt.EMT())
    cell = atoms.cell.array.copy()
    assert check_stress(atoms).verdict == "right"
    assert np.array_equal(atoms.cell.array, cell)

    def half(stress):
        return stress * np.array([1, 1, 1, 1, 2, 1]) if stress.shape == (6,) else stress

    atoms.calc = Changed(atoms.calc, half)
    report = check_stress(atoms)
    assert (report.verdict, report.wrong.tolist(), report.findings[0].name) == ("wrong", [4], "xz")


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(ValueError, match=r"set atoms\.calc"):
        check_forces(ase.Atoms("H"))
    with pytest.raises(ValueError, match="a cell with a volume"):
        check_stress(SYSTEMS["EMT"]())
