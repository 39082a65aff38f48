"""Objectives in machine code: C functions, and functions compiled by Numba."""
