"""Remarks of a report besides its verdict: one file for each pattern that is recognised."""
