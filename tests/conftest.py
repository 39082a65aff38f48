from __future__ import annotations

import os

# What Numba compiles here runs a few times: most of the time would go into making it fast.  The bits are the same.
os.environ.setdefault("NUMBA_OPT", "0")

from typing import Any

import pytest
from witnesses import witnesses


@pytest.fixture(scope="session")
def three_witnesses() -> list[Any]:
    """Every way in which the core runs here: plain Python, JIT, and the native library where it was built."""
    return witnesses()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="100,000 random checks instead of 500")


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--long"):
        pytest.skip("only with --long")
