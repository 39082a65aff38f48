from __future__ import annotations

from typing import Any

import pytest
from witnesses import witnesses


@pytest.fixture(scope="session")
def three_witnesses() -> list[Any]:
    """Every way in which the core runs here: plain Python, JIT, and the native library where it was built."""
    return witnesses()
