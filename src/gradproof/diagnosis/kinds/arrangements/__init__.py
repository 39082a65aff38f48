"""Slopes that are right but stand in the wrong places."""
