"""Reports for people and machines: a file for each format, imported when it is asked for."""
