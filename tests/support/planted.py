"""Six bugs as people write them into backward passes, planted in the gradient of one layer."""

import math


def _places(xp, gradient):
    return xp.arange(math.prod(gradient.shape)).reshape(gradient.shape)


def _in_largest_row(xp, gradient):
    """Where the largest row is: others may be 0, as those of words that do not occur."""
    sizes = (gradient**2).reshape(-1, *gradient.shape[-2:]).sum(0).sum(-1)
    return xp.arange(gradient.shape[-2])[:, None] == xp.argmax(sizes)


# Of the functions of an array library (PyTorch, JAX), and the gradient of the layer.
BUGS = {
    "a hundredth too large": lambda xp, gradient: 1.01 * gradient,
    "of the other sign": lambda xp, gradient: -gradient,
    "forgotten": lambda xp, gradient: 0.0 * gradient,
    "with rows in another order": lambda xp, gradient: xp.flip(gradient, (0,)),
    "without a row": lambda xp, gradient: gradient * ~_in_largest_row(xp, gradient),
    "with a wrong number": lambda xp, gradient: (
        gradient + 0.1 * xp.linalg.norm(gradient.reshape(-1)) * (_places(xp, gradient) == 5)
    ),
}


def layers_of(findings):
    """The arrays that findings are about."""
    return {one.name.partition("[")[0] for one in findings}


def factors_of(findings):
    """By how much the gradient is off, where both slopes are there."""
    return [one.claimed / one.slope for one in findings if math.isfinite(one.slope) and one.slope != 0]
