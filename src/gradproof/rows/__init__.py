"""The rows of the data: what all of them leave undecided, settled on fewer."""
