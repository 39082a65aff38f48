"""Points on lines, and values of the objective there."""
