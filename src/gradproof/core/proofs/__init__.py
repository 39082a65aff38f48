"""How the claim of one line is proved or refuted: by a few pairs, by a full ladder, by a closer look at it."""
