"""Checks on fewer rows of the data, to settle what all rows leave undecided."""
