"""The problem: the structure of x, the point, the claimed gradient, and the bounds."""
