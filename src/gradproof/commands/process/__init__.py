"""The process that a command runs in: its streams, and an end that nobody can take for a verdict."""
