"""What errors of an array have to do with other arrays."""
