"""What is claimed of the derivatives of a function, in all the ways in which it is given."""
