"""Coordinates one by one: a pair, a short proof, the full ladder, kinks that coordinates share."""
