"""Records, codes and memory: what every other room of the core stands on."""
