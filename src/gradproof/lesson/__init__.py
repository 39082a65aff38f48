"""What a lesson on gradient checking teaches: orders of differences, kinks, and checks along the training."""
