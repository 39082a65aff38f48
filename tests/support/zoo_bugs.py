"""The backward pass of a network of the zoo, written a second time, with a place for each classic bug."""

import numpy as np

from gradproof import zoo

INPUTS, CLASSES = zoo.digits()
DATA = INPUTS[::45].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16), CLASSES[::45]
# As many units as classes: W3 is square, as its transpose is.  Two layers of one width: their masks can be mistaken.
HIDDEN = (10, 10)
BUGS = {
    "none": (),
    "sign": ("b1",),
    "missing transpose": ("W3",),
    "missing 1/N": ("W1", "b1", "W2", "b2", "W3", "b3"),
    "missing regulariser": ("W2",),
    "mask of the wrong layer": ("W1", "b1", "W2", "b2"),
    "derivative forgotten": ("W1", "b1", "W2", "b2"),
    "bias summed over the units": ("b2",),
    "softmax without -1": ("W1", "b1", "W2", "b2", "W3", "b3"),
    "hinge count of the wrong row": ("W1", "b1", "W2", "b2", "W3", "b3"),
    "maxout gradient to both pieces": ("W1", "b1", "W2", "b2"),
}


def fits(bug, activation, loss):
    """Whether a network can have the bug."""
    needed = {
        "softmax without -1": loss == "softmax",
        "hinge count of the wrong row": loss == "svm",
        "maxout gradient to both pieces": activation == "maxout",
    }
    return needed.get(bug, True)


def with_bug(network, bug):
    def gradient(x, rows=None):
        layers, sums, scores = network.forward(x, rows)
        classes = network.classes if rows is None else network.classes[rows]
        errors = loss_errors(network, scores, classes, bug) / (1 if bug == "missing 1/N" else len(scores))
        out = {}
        for layer in (3, 2, 1):
            weights = x[f"W{layer}"]
            slopes = layers[layer - 1].T @ errors
            out[f"W{layer}"] = slopes.T if bug == "missing transpose" and layer == 3 else slopes
            if not (bug == "missing regulariser" and layer == 2):
                out[f"W{layer}"] = out[f"W{layer}"] + network.strength * weights
            out[f"b{layer}"] = -errors.sum(axis=0) if bug == "sign" and layer == 1 else errors.sum(axis=0)
            if bug == "bias summed over the units" and layer == 2:
                out["b2"] = np.full_like(out["b2"], out["b2"].mean())
            if layer > 1:
                pieces = network.activation.pieces
                behind = np.repeat(errors @ weights.T, pieces, axis=1)
                errors = behind * local_slopes(network, sums, layer - 2, bug)
        return {name: out[name] for name in x}

    return gradient


def loss_errors(network, scores, classes, bug):
    rows = np.arange(len(scores))
    errors = network.loss.derivative(scores, classes)
    if bug == "softmax without -1":
        errors[rows, classes] += 1
    if bug == "hinge count of the wrong row":
        errors[rows, classes] = np.roll(errors[rows, classes], 1)
    return errors


def local_slopes(network, sums, layer, bug):
    if bug == "mask of the wrong layer":
        return network.activation.derivative(sums[1 - layer])
    if bug == "derivative forgotten":
        return np.ones_like(sums[layer]) / network.activation.pieces
    if bug == "maxout gradient to both pieces":
        return np.ones_like(sums[layer])
    return network.activation.derivative(sums[layer])
