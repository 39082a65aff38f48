"""What commands write besides their table."""
