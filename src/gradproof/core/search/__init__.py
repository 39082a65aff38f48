"""From a long line that disagrees down to the coordinates."""
