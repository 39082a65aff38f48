"""Objectives that read the user's own arrays: the check modifies these in place and restores them."""
