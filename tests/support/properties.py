"""What the property tests share: numbers of all sizes, and the proof that a property can fail.

The examples are the same in every run, and those that fail are shown as they were found: `derandomize=False` in the
profile looks for new ones, and `Phase.shrink` makes them small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

settings.register_profile(
    "gradproof",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=60,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("gradproof")

LARGEST = 1.7976931348623157e308
SMALLEST_NORMAL = 2.0**-1022
SMALLEST = 2.0**-1074
EDGES = [0.0, -0.0, SMALLEST, -SMALLEST, SMALLEST_NORMAL, -SMALLEST_NORMAL, 1.0, -1.0, 1.7e308, -1.7e308, LARGEST]

mantissas = st.floats(1.0, 2.0, exclude_max=True)
signs = st.sampled_from([-1.0, 1.0])


def sized(low: int, high: int) -> st.SearchStrategy[float]:
    """Numbers of either sign whose decimal exponent is anything in a range."""
    return st.builds(lambda m, e, s: s * m * 10.0**e, mantissas, st.integers(low, high), signs)


wide = sized(-300, 300)
subnormal = st.builds(lambda k, s: s * k * SMALLEST, st.integers(1, 2**52 - 1), signs)
edges = st.sampled_from(EDGES)
finite = st.one_of(wide, subnormal, edges, st.floats(allow_nan=False, allow_infinity=False))
anything = st.one_of(finite, st.sampled_from([np.nan, np.inf, -np.inf]))
# Sums and differences of two of them do not overflow.
reachable = st.one_of(wide, subnormal, st.sampled_from([0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf]))
# What float32 holds, as float32 holds it.
single = st.one_of(st.floats(width=32), st.sampled_from([0.0, -0.0, 2.0**-149, 3.4e38, -3.4e38])).map(np.float32)


def arrays(elements: st.SearchStrategy[Any], dtype: Any = np.float64, low: int = 1, high: int = 12) -> Any:
    """Vectors of numbers."""
    return st.lists(elements, min_size=low, max_size=high).map(lambda values: np.array(values, dtype))


def refuted(check: Callable[..., Any], *arguments: Any) -> None:
    """The twin of a test: what is wrong on purpose must fail the same check."""
    with pytest.raises(AssertionError):
        check(*arguments)


def same(a: Any, b: Any) -> bool:
    """Whether two numbers are equal, two NaNs among them; 0.0 and -0.0 are not."""
    a, b = float(a), float(b)
    return (np.isnan(a) and np.isnan(b)) or (a == b and np.signbit(a) == np.signbit(b))
