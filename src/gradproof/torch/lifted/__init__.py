"""A loss that is written for lower precision, evaluated in float64."""
