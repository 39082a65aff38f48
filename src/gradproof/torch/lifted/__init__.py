"""What is written for lower precision, evaluated in float64: losses, and functions of tensors."""
