"""What the core is to a machine: its records and its operations on pointers, as Numba has them."""
