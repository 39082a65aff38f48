"""What a check along lines begins with: borders of named blocks that lead from 0 to n."""

import numpy as np
import pytest
from rounds import options_of

from gradproof.core.records.codes import BAD_ARGUMENT, DONE, MODE_LINES


@pytest.mark.parametrize(
    ("borders", "code"),
    [
        ([0, 1, 3], DONE),
        ([0, 0, 3], DONE),
        ([0, 3, 3], DONE),
        ([1, 2, 3], BAD_ARGUMENT),
        ([0, 2, 4], BAD_ARGUMENT),
        ([0, 2, 2], BAD_ARGUMENT),
        ([0, 5, 3], BAD_ARGUMENT),
        ([0, -1, 3], BAD_ARGUMENT),
    ],
)
def test_borders(witness, borders, code):
    options = options_of(witness, mode=MODE_LINES)
    memory = np.zeros(witness("gradproof_engine_size", 3, options), np.int64)
    x, sizes = np.ones(3), np.ones(1)
    given = (memory, x, x, sizes, 3, np.array(borders, np.int64), 2, options)
    assert witness("gradproof_engine_start", *given) == code
