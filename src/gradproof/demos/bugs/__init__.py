"""One bug a file, in a backward pass that is right but for that."""
