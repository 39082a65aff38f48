"""The door for C: one call that checks, and checks on memory of the library's own."""
