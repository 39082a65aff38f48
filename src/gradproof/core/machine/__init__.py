"""The check as a machine: begin, ask, tell, stop, result, for every mode."""
