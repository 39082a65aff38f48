"""Checks along lines of vectors that nobody holds as a whole: every shard moves its own coordinates."""
