"""Long lines: their ladders, their error bars, what they decide."""
