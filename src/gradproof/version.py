"""The version, once, for the package, the header and the library."""

__version__ = "0.1.0"
