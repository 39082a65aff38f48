"""What people have as a point, as bounds, or as a gradient, where it is not an array of numbers."""
