"""One kind of explanation in each file."""
