"""Long vectors: what memory allows, and what a check along lines makes of it."""
