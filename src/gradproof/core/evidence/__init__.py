"""What values say of one line: noise, slopes with their error bars, kinks, jumps, a decision."""
