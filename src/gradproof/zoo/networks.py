"""Small networks with any activation and loss, and their backward pass."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np

from .activations import ACTIVATIONS, Activation
from .losses import LOSSES, Loss

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Parameters: TypeAlias = dict[str, Array]
Kind = TypeVar("Kind", Activation, Loss)


def network(
    activation: str | Activation,
    loss: str | Loss,
    data: tuple[Any, Any],
    regularisation: float = 0.01,
    *,
    hidden: int | Sequence[int] = 10,
    seed: int = 0,
) -> tuple[Callable[..., float], Callable[..., Parameters], Parameters, tuple[str, ...]]:
    """Return the objective of a network, its gradient, a random point, and the names of the blocks.

    The objective is the mean loss over the rows of the data, plus ``regularisation / 2`` times the sum of the squared
    weights; biases are not regularised.

    Parameters
    ----------
    activation : str or Activation
        "sigmoid", "tanh", "relu", "leaky_relu", "maxout" or "elu", or an `Activation` of your own.
    loss : str or Loss
        "svm" (hinge) or "softmax" (cross-entropy), or a `Loss` of your own.
    data : (inputs, classes)
        Numbers of shape (N, D), float64 or float32, and N integers: the classes, counted from 0.
    regularisation : float, optional
        The strength of the regulariser, 0 or more.
    hidden : int or sequence of int, optional
        The number of units of the hidden layer, or of each of several hidden layers.
    seed : int, optional
        Seed of the point.

    Returns
    -------
    objective, gradient : callable
        ``objective(x, rows=None) -> float``, and ``gradient(x, rows=None)`` in the structure of x.  ``rows`` is an
        array with the indices of the rows to use, as in ``check(..., rows=N)``; None means all.
    x : dict of ndarray
        ``{"W1": ..., "b1": ..., "W2": ..., "b2": ...}``: normal random weights (He et al., 2015), in the dtype of the
        inputs.
    names : tuple of str
        ``("W1", "b1", "W2", "b2")``, the names of the blocks in reports.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.

    Examples
    --------
    >>> from gradproof import check, zoo
    >>> inputs, classes = zoo.digits()
    >>> objective, gradient, x, names = zoo.network("sigmoid", "softmax", (inputs[:20], classes[:20]), hidden=5)
    >>> report = check(objective, gradient, x)
    >>> report.verdict, report.n
    ('right', 385)
    """
    made = Network(activation, loss, data, regularisation, hidden=hidden, seed=seed)
    return made.objective, made.gradient, made.start(), made.names


class Network:
    """A network with its objective and gradient; the parameters are those of `network`.

    Examples
    --------
    >>> from gradproof import check, zoo
    >>> inputs, classes = zoo.digits()
    >>> made = zoo.Network("tanh", "svm", (inputs[:20], classes[:20]), hidden=5)
    >>> x = made.start()
    >>> check(made.objective, made.gradient, x).verdict
    'right'
    >>> layers, sums, scores = made.forward(x)
    >>> scores.shape
    (20, 10)
    >>> made.pattern(x).shape  # one margin for each row and class
    (20, 10)
    """

    def __init__(
        self,
        activation: str | Activation,
        loss: str | Loss,
        data: tuple[Any, Any],
        regularisation: float = 0.01,
        *,
        hidden: int | Sequence[int] = 10,
        seed: int = 0,
    ) -> None:
        self.activation = _chosen(activation, ACTIVATIONS, Activation, "activation")
        self.loss = _chosen(loss, LOSSES, Loss, "loss")
        self.inputs, self.classes = _data(data)
        self.strength = _strength(regularisation)
        self.widths = [self.inputs.shape[1], *_widths(hidden), int(self.classes.max()) + 1]
        self.depth = len(self.widths) - 1
        self.names = tuple(f"{kind}{layer}" for layer in range(1, self.depth + 1) for kind in "Wb")
        self.seed = seed

    def start(self) -> Parameters:
        """Return a random point: the parameters before the first step of training (He et al., 2015).

        Returns
        -------
        dict of ndarray
            Weights W1, W2, ... and biases b1, b2, ...
        """
        random = np.random.default_rng(self.seed)
        point: Parameters = {}
        for layer in range(1, self.depth + 1):
            columns = self.widths[layer] * (self.activation.pieces if layer < self.depth else 1)
            shape = (self.widths[layer - 1], columns)
            point[f"W{layer}"] = (random.normal(size=shape) * np.sqrt(2 / shape[0])).astype(self.inputs.dtype)
            point[f"b{layer}"] = (random.normal(size=columns) * 0.1).astype(self.inputs.dtype)
        return point

    def forward(self, x: Mapping[str, Array], rows: Any = None) -> tuple[list[Array], list[Array], Array]:
        """Return the inputs of each layer, the sums of the hidden layers, and the scores.

        Parameters
        ----------
        x : mapping of str to ndarray
            The parameters, as `start` returns them.
        rows : ndarray of int, optional
            The rows of the data to use; by default all.

        Returns
        -------
        inputs, sums : list of ndarray
            One array for each layer, with one line per row of the data.
        scores : ndarray
            Of shape (rows, classes).
        """
        layers, sums = [self.inputs if rows is None else self.inputs[rows]], []
        for layer in range(1, self.depth):
            sums.append(layers[-1] @ x[f"W{layer}"] + x[f"b{layer}"])
            layers.append(self.activation.value(sums[-1]))
        return layers, sums, layers[-1] @ x[f"W{self.depth}"] + x[f"b{self.depth}"]

    def objective(self, x: Mapping[str, Array], rows: Any = None) -> float:
        """Return the mean loss plus the regulariser.

        Parameters
        ----------
        x : mapping of str to ndarray
            The parameters, as `start` returns them.
        rows : ndarray of int, optional
            The rows of the data to use; by default all.
        """
        scores = self.forward(x, rows)[2]
        weights = sum(np.sum(x[name] ** 2) for name in self.names if name.startswith("W"))
        return float(self.loss.value(scores, self._classes(rows)).mean() + self.strength / 2 * weights)

    def gradient(self, x: Mapping[str, Array], rows: Any = None) -> Parameters:
        """Return the gradient of the objective, by the chain rule from the loss back to the first layer.

        Parameters
        ----------
        x : mapping of str to ndarray
            The parameters, as `start` returns them.
        rows : ndarray of int, optional
            The rows of the data to use; by default all.

        Returns
        -------
        dict of ndarray
            In the structure of `x`.
        """
        layers, sums, scores = self.forward(x, rows)
        errors = self.loss.derivative(scores, self._classes(rows)) / len(scores)
        out: Parameters = {}
        for layer in range(self.depth, 0, -1):
            weights = x[f"W{layer}"]
            out[f"W{layer}"] = layers[layer - 1].T @ errors + self.strength * weights
            out[f"b{layer}"] = errors.sum(axis=0)
            if layer > 1:  # passed on to each sum of the layer below; maxout has several sums per unit
                behind = np.repeat(errors @ weights.T, self.activation.pieces, axis=1)
                errors = behind * self.activation.derivative(sums[layer - 2])
        return {name: out[name] for name in self.names}

    def pattern(self, x: Mapping[str, Array], rows: Any = None) -> Array:
        """Return on which side of each of its kinks the network is: the ground truth about kinks.

        There is a kink between two points if their patterns differ; and only then, unless one is crossed twice.

        Parameters
        ----------
        x : mapping of str to ndarray
            The parameters, as `start` returns them.
        rows : ndarray of int, optional
            The rows of the data to use; by default all.

        Returns
        -------
        ndarray of bool
            One line per row of the data, one column per kink.
        """
        _, sums, scores = self.forward(x, rows)
        sides = [self.activation.switch(each) > kink for kink in self.activation.kinks for each in sums]
        sides += [self.loss.switch(scores, self._classes(rows)) > kink for kink in self.loss.kinks]
        return np.hstack(sides) if sides else np.empty((len(scores), 0), bool)

    def _classes(self, rows: Any) -> Array:
        return self.classes if rows is None else self.classes[rows]


def _chosen(given: Any, known: Mapping[str, Kind], kind: type[Kind], what: str) -> Kind:
    if isinstance(given, kind):
        return given
    name = given.lower().replace(" ", "_").replace("-", "_") if isinstance(given, str) else given
    if not isinstance(name, str) or name not in known:
        names = ", ".join(f'"{each}"' for each in known)
        raise ValueError(f"{what} must be one of {names}, or a gradproof.zoo.{kind.__name__}, not {given!r:.40}")
    return known[name]


def _data(data: Any) -> tuple[Array, Array]:
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError(f"data must be a pair (inputs, classes), not an object of type {type(data).__name__}")
    inputs, classes = np.asarray(data[0]), np.asarray(data[1])
    if inputs.ndim != 2 or inputs.dtype.kind not in "fiub" or not inputs.size or not np.isfinite(inputs).all():
        raise ValueError(f"inputs must be finite numbers of shape (N, D), not {inputs.dtype} of shape {inputs.shape}")
    if classes.shape != inputs.shape[:1] or classes.dtype.kind not in "iu" or classes.min() < 0:
        raise ValueError(
            f"classes must be {len(inputs)} integers from 0, one per row of the inputs, "
            f"not {classes.dtype} of shape {classes.shape}"
        )
    return inputs if inputs.dtype == np.float32 else inputs.astype(np.float64), classes


def _strength(regularisation: Any) -> float:
    if isinstance(regularisation, bool) or not isinstance(regularisation, numbers.Real):
        raise TypeError(f"regularisation must be a number, not {regularisation!r:.40}")
    strength = float(regularisation)
    if not 0 <= strength < np.inf:
        raise ValueError(f"regularisation must be 0 or more and finite, not {strength}")
    return strength


def _widths(hidden: Any) -> list[int]:
    try:
        widths = [operator.index(each) for each in (hidden if isinstance(hidden, Sequence) else [hidden])]
    except TypeError:
        raise TypeError(f"hidden must be a number of units or a sequence of them, not {hidden!r:.40}") from None
    if not widths or min(widths) < 1:
        raise ValueError(f"hidden layers must have at least one unit each, not {hidden!r:.40}")
    return widths
