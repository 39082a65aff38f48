"""What values say of one line: slopes with their error bars, kinks, jumps, a decision."""
