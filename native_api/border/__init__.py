"""The C border as text: a header for people and compilers, others for parsers, and a description of its ABI."""
