"""Independent answers: naive loops, exact fractions, high precision, closed forms.  Nothing here knows the core."""
