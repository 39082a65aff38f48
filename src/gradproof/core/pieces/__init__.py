"""What is useful alone: relative errors, differences, kinks, the noise floor, the ladder of a coordinate."""
