"""Values at probes: missing ones where the objective refuses, its own code where it refuses x itself."""

import math
from typing import Any

import numpy as np
import pytest
from witnesses import records

from gradproof.core.records.border import Probe
from gradproof.core.records.codes import BAD_ARGUMENT, DONE


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = float(np.sum(np.asarray(x[:n], np.float64) ** 2))
    return 0


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_evaluate(witness, twin):
    dtype = np.float32 if twin else np.float64
    x, values, work = np.ones(3, dtype), np.full(3, -1.0), np.zeros(3, dtype)
    probes = records(Probe, 3)
    probes["start"], probes["stop"], probes["step"] = [0, 1, 2], [0, 2, 3], 0.5
    symbol = f"gradproof_evaluate{twin}"
    given = (x, None, None, 3, probes, 3, values, None, work)
    assert witness(symbol, bowl, None, *given) == DONE
    assert values.tolist() == [3.0, 4.25, 4.25]

    def refusing(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = 7.0
        return 5 if point[1] != 1.0 else 0

    assert witness(symbol, refusing, None, *given) == DONE
    assert values.tolist() == pytest.approx([7.0, math.nan, 7.0], nan_ok=True)
    assert witness(symbol, lambda *_: 5, None, *given) == 5
    right = [bowl, None, *given]
    for place, wrong in ((0, None), (2, None), (5, -1), (6, None), (7, -1), (8, None), (10, None), (5, 1)):
        assert witness(symbol, *right[:place], wrong, *right[place + 1 :]) == BAD_ARGUMENT
    assert witness(symbol, None, None, None, None, None, 3, None, 0, None, None, None) == DONE
