"""What calls of the user's functions change beside their results."""
