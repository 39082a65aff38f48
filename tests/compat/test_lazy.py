"""The package of drop-ins imports what it needs, and nothing else."""

import subprocess
import sys

import pytest

from gradproof import compat

FOREIGN = ("scipy", "pytensor", "openmdao", "ase", "statsmodels", "torch", "jax", "autograd")


def test_every_name_is_there():
    for name in compat.__all__:
        assert getattr(compat, name).__name__.startswith(name)
    assert set(compat.__all__) <= set(dir(compat))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = compat.nothing


def test_other_libraries_are_not_imported():
    lines = ["import sys", "from gradproof import compat", *(f"compat.{name}" for name in compat.__all__)]
    lines += ["compat.statsmodels.approx_fprime", f"print([one for one in {FOREIGN} if one in sys.modules])"]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
