"""What is useful alone: relative errors, differences, kinks, the noise floor."""
