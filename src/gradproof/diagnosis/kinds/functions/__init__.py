"""Claims that are slopes times a function of x: slopes by another variable, derivatives that were mixed up."""
