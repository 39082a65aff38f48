"""Objectives that read the user's own arrays: the check moves those in place, and puts them back."""
