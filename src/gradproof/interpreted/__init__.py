"""The core as the plain Python that it is: what serves where there is no library, without waiting for a compiler.

What decides is interpreted.  What loops over vectors is compiled, function by function, once it is worth it.
"""
