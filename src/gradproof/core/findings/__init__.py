"""What a check has found, as its memory holds it and as it is written: the worst first."""
