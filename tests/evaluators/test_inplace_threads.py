"""Two threads that move the same arrays: the second check is refused, and nothing of the parameters is lost."""

import threading

import numpy as np
import pytest

import gradproof
from gradproof.evaluators.arrays import inplace
from gradproof.evaluators.arrays.holding import HOLDS, Hold

X = np.linspace(0.5, 1, 12)
SENTENCE = "a check in another thread is moving w in place"


class Model:
    """A loss of parameters; `meanwhile` is done in another thread while the fifth call has moved them."""

    def __init__(self, x=X, meanwhile=lambda: None):
        self.w = x.copy()
        self.meanwhile = meanwhile
        self.calls = 0
        self.other = []

    def loss(self):
        self.calls += 1
        if self.calls == 5:
            thread = threading.Thread(target=lambda: self.other.append(self.meanwhile()))
            thread.start()
            thread.join()
        return float(np.sum(self.w**3))

    def check(self, wrong=(), w=None, **settings):
        """Return the verdict and the wrong coordinates, or why there are none."""

        def gradient():
            claimed = 3 * w**2
            claimed[list(wrong)] *= 1.01
            return {"w": claimed}

        w = self.w if w is None else w
        try:
            report = gradproof.check(gradproof.in_place({"w": w}, self.loss), gradient, **settings)
        except ValueError as error:
            return str(error)
        return report.verdict, report.wrong.tolist()


@pytest.mark.parametrize("mode", ["full", "lines"])
@pytest.mark.parametrize("wrong", [[], [7]])
def test_the_same_arrays(mode, wrong):
    model = Model()
    model.meanwhile = lambda: model.check(mode=mode)
    verdict, found = model.check(wrong, mode=mode)
    assert verdict == ("wrong" if wrong else "right")
    assert found == (wrong if mode == "full" else found)
    assert SENTENCE in model.other[0]
    assert model.w.tobytes() == X.tobytes()
    assert not HOLDS


def test_a_part_of_them():
    model = Model()
    model.meanwhile = lambda: model.check(w=model.w[3:5])
    assert model.check() == ("right", [])
    assert SENTENCE in model.other[0]
    model.calls, model.meanwhile = 0, lambda: model.check(only=["w[9]"])
    assert model.check(only=["w[:6]"]) == ("right", [])
    assert SENTENCE in model.other[1]


def test_twin_other_arrays_and_the_same_thread():
    other = Model()
    model = Model(meanwhile=lambda: other.check([2]))
    assert model.check([7]) == ("wrong", [7])
    assert model.other == [("wrong", [2])]
    # Within the objective, at the point that it was moved to.
    inner = Model()
    inner.loss, inner.inside = lambda: inner.inside.append(model.check([3])) or float(np.sum(model.w**3)), []
    assert gradproof.check(gradproof.in_place({"w": model.w}, inner.loss), {"w": 3 * X**2})
    assert set(map(str, inner.inside)) == {"('wrong', [3])"}
    assert model.w.tobytes() == X.tobytes()


def test_a_check_that_failed_holds_nothing():
    model = Model()
    model.meanwhile = model.check
    with pytest.raises(ValueError, match="outside") as kept:
        gradproof.check(gradproof.in_place({"w": model.w}, model.loss), {"w": 3 * X**2}, bounds=(5, 6))
    model.calls = 4
    assert model.loss() == float(np.sum(X**3))
    assert model.other == [("right", [])]
    assert kept.value.__traceback__ is not None


def test_parameters_that_another_thread_writes_to_while_they_are_read(monkeypatch):
    class Late(Hold):
        def __init__(self, arrays):
            super().__init__(arrays)
            arrays[0] = 9.0

    monkeypatch.setattr(inplace, "Hold", Late)
    assert "the parameters changed while they were read" in Model().check()
    assert not HOLDS
