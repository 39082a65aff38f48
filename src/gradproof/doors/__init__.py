"""What the doors for frameworks have in common."""
