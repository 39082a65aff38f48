"""The numerical core: plain annotated functions over typed pointers.

Every function here runs in three ways with the same bits: compiled into the native library, compiled by Numba at
first use, and as the plain Python that it is.  The core imports nothing of the package, allocates only through
`memory`, raises nothing and knows no policy words.
"""
