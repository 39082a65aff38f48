"""What the adapters for PyTorch and JAX share."""
