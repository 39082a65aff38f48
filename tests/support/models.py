"""Objectives with their right gradients, and faults to plant in these."""

import numpy as np

RANDOM = np.random.default_rng(20)
MATRIX = RANDOM.normal(size=(30, 8))
LABELS = np.where(RANDOM.normal(size=30) > 0, 1.0, -1.0)
POINT = RANDOM.normal(size=8)


def squares(x):
    return np.sum((MATRIX @ x - LABELS) ** 2)


def squares_gradient(x):
    return 2 * MATRIX.T @ (MATRIX @ x - LABELS)


def logistic(x):
    return np.sum(np.logaddexp(0, -LABELS * (MATRIX @ x)))


def logistic_gradient(x):
    return -MATRIX.T @ (LABELS / (1 + np.exp(LABELS * (MATRIX @ x))))


def hinge(x):
    return np.sum(np.maximum(0, 1 - LABELS * (MATRIX @ x)))


def hinge_gradient(x):
    return -MATRIX.T @ (LABELS * (1 - LABELS * (MATRIX @ x) > 0))


def absolute(x):
    return np.sum(np.abs(x)) + np.sum(x**3)


def absolute_gradient(x):
    return np.sign(x) + 3 * x**2


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    out = np.zeros_like(x)
    out[1:] += 200 * (x[1:] - x[:-1] ** 2)
    out[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    return out


TWINS = {
    "squares": (squares, squares_gradient),
    "logistic": (logistic, logistic_gradient),
    "hinge": (hinge, hinge_gradient),
    "absolute": (absolute, absolute_gradient),
    "rosenbrock": (rosenbrock, rosenbrock_gradient),
}


def scaled(values):
    values[5] *= 1.001


def negated(values):
    values[5] = -values[5]


def forgotten(values):
    values[5] = 0


def missing(values):
    values[5] = np.nan


def with_fault(gradient, fault):
    def faulty(x):
        values = gradient(x)
        fault(values)
        return values

    return faulty
