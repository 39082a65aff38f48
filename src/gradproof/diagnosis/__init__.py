"""Why a gradient is wrong: the simplest explanation that fits the measured slopes, array by array."""
