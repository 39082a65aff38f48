"""Bugs planted in a gradient on purpose, to see which of them a check would catch."""
