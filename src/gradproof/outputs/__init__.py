"""Functions with many outputs: they are projected on random covectors, and what disagrees is looked at one by one."""
