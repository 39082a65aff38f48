"""What a report remarks beside its verdict: one file for each thing that it recognises."""
