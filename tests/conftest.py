from __future__ import annotations

import os

# What Numba compiles here runs a few times: most of the time would go into making it fast.  The bits are the same.
os.environ.setdefault("NUMBA_OPT", "0")
# There is a process of tests on every processor: threads for products of matrices would wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from typing import Any

import pytest
from witnesses import witnesses


@pytest.fixture(scope="session")
def three_witnesses() -> list[Any]:
    """Every way in which the core runs here: plain Python, JIT, and the native library where it was built."""
    return witnesses()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """More processes would wait for the one that compiles."""
    return min(os.cpu_count() or 1, 4)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="100,000 random checks instead of 500")


@pytest.fixture(scope="session")
def long(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--long"):
        pytest.skip("only with --long")


@pytest.fixture
def one_seed_and_one_thread() -> Iterator[None]:
    """PyTorch with the seed 0, and on one thread: more of them would wait for those of other tests."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def jax_in_double_precision() -> Iterator[None]:
    """JAX with arrays of float64, which it makes float32 by default."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)
