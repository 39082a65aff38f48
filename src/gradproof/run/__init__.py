"""A check under way: its rounds, its progress, and the file that keeps it."""
