"""How noisy f is: nine values on a line and the table of their differences, and what a random f still shows."""
