"""What a check along lines begins with: borders of named blocks that lead from 0 to n."""

import numpy as np
import pytest
from rounds import options_of

from gradproof.core.records.codes import BAD_BLOCKS, BAD_BORDERS, DONE, MODE_LINES


@pytest.mark.parametrize(
    ("borders", "code"),
    [
        ([0, 1, 3], DONE),
        ([0, 0, 3], DONE),
        ([0, 3, 3], DONE),
        ([1, 2, 3], BAD_BORDERS),
        ([0, 2, 4], BAD_BORDERS),
        ([0, 2, 2], BAD_BORDERS),
        ([0, 5, 3], BAD_BORDERS),
        ([0, -1, 3], BAD_BORDERS),
    ],
)
def test_borders(witness, borders, code):
    options = options_of(witness, mode=MODE_LINES, blocks=2, borders=np.array([0, 1, 3], np.int64))
    memory = np.zeros(witness("gradproof_engine_size", 3, options), np.int64)
    options.borders = np.array(borders, np.int64)
    x, sizes = np.ones(3), np.ones(1)
    assert witness("gradproof_engine_start", memory, x, x, sizes, 3, options) == code
    size = witness("gradproof_engine_size", 3, options)
    assert size == (memory.size if code == DONE else code)


def test_blocks_without_borders(witness):
    options = options_of(witness, mode=MODE_LINES, blocks=2)
    assert witness("gradproof_engine_size", 3, options) == BAD_BLOCKS
    options.blocks = 0
    assert witness("gradproof_engine_size", 3, options) > 0
