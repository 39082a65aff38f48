"""The version, once, for the package, the header and the library."""

__version__ = "0.1.0"
# The number of what programs in other languages rest on: functions, structs, codes.  It moves only where a program that
# was built before would no longer run; the library's name and the names of its symbols move along with it.
ABI = 1


def packed_version() -> int:
    """Return the version as `gradproof_version` does: 10000 major + 100 minor + patch."""
    major, minor, patch = (int(part) for part in __version__.split("."))
    return 10000 * major + 100 * minor + patch
