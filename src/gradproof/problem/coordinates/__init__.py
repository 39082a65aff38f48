"""Which coordinates of x are meant: by name, index or mask."""
