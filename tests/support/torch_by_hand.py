"""A linear map of PyTorch with a backward pass by hand, which may be wrong."""

import pytest

torch = pytest.importorskip("torch")


class Linear(torch.autograd.Function):
    """x @ weight.T; `fault` is what its weight's gradient is multiplied by."""

    fault = 1.0

    @staticmethod
    def forward(ctx, x, weight):
        ctx.save_for_backward(x, weight)
        return x @ weight.T

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        return gradient @ weight, Linear.fault * (gradient.flatten(0, -2).T @ x.flatten(0, -2))
