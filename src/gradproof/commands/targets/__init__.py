"""What a command names: functions in files, modules and libraries, and arrays in files."""
