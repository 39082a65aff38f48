"""What is compared: one file a subject, each with a function `rows`."""
