"""Reports: what a check found, as records and as text."""
