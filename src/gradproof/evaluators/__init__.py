"""Evaluators, one for each kind of objective."""
