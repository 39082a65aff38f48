"""Objectives in machine code: C functions, and what Numba has compiled."""
