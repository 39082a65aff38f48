"""Functions of pytrees that processes can be sent."""

import jax
import jax.numpy as jnp


def loss(tree):
    return jnp.sum(jnp.tanh(tree["W"] @ tree["b"])) * tree["count"]


def of_arguments(w, power):
    return jnp.sum(w**power)


@jax.custom_vjp
def squares(x):
    return jnp.sum(x**2)


def forward(x):
    return squares(x), x


def backward(x, cotangent):
    return (4 * x * cotangent,)


squares.defvjp(forward, backward)


def twice_as_steep(x):
    return squares(x)
