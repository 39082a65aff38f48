"""Checks of products with tangents along lines: one product a line, whatever the number of coordinates."""
