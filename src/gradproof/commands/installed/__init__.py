"""What is installed: which library serves, what compilers and linkers are to know, and a prefix for them elsewhere."""
