"""The functions of a check in the forms in which people have them, as functions of x alone."""
