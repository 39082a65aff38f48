from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from witnesses import Native, PlainPython

from gradproof.library import native


@pytest.fixture(scope="session", params=["plain", "library"])
def witness(request: pytest.FixtureRequest) -> Any:
    """The core as plain Python, and the library that serves this installation."""
    return PlainPython() if request.param == "plain" else Native("library", native())


@pytest.fixture(scope="session")
def plain() -> Any:
    return PlainPython()


@pytest.fixture(scope="session")
def library() -> Any:
    """The library alone, for what plain Python takes too long for."""
    return Native("library", native())


@pytest.fixture(autouse=True)
def _arithmetic_without_a_word() -> Iterator[None]:
    """C divides by zero and overflows without a word; so do the functions of the core when a test calls them."""
    with np.errstate(all="ignore"):
        yield
