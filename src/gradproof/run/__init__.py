"""Runs a check: its rounds, its progress display, and the file that it is saved in."""
