"""What disagrees, looked at output by output."""
