"""A report as text: the same words and numbers in C as in Python."""
