"""Reports summed up: array by array, and as rows of a table."""
