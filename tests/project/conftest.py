"""Makes the modules of perf/ importable where a test asks for it."""

import pytest
from perf_scripts import PERF


@pytest.fixture
def perf(monkeypatch):
    """Make the modules of perf/ importable."""
    monkeypatch.syspath_prepend(PERF)
