"""Reports in the formats of machines that build and test."""
