"""What the tests read of ELF files, by a few lines of their own: readelf may not be there."""

from __future__ import annotations

import struct

LOADED, DYNAMIC, UNWINDING = 1, 2, 0x6474E550
NEEDED, STRINGS, SYMBOLS, SONAME, RPATH, RUNPATH = 1, 5, 6, 14, 15, 29
SYMBOL_SIZE = 24


def segments(data):
    """Return the program headers: type, flags, offset, address, …"""
    start, count = struct.unpack_from("<Q", data, 0x20)[0], struct.unpack_from("<H", data, 0x38)[0]
    return [struct.unpack_from("<IIQQQQQQ", data, start + 56 * number) for number in range(count)]


def place_of(data, address):
    """Return where in the file an address is."""
    return next(
        address - one[3] + one[2] for one in segments(data) if one[0] == LOADED and 0 <= address - one[3] < one[5]
    )


def entries(data):
    """Return the entries of the dynamic section: pairs of tag and value."""
    place, size = next((one[2], one[5]) for one in segments(data) if one[0] == DYNAMIC)
    return [struct.unpack_from("<QQ", data, place + at) for at in range(0, size, 16)]


def text_at(data, place):
    return data[place : data.index(b"\0", place)].decode()


def dynamic(path):
    """Return the texts of the dynamic section by tag."""
    data = path.read_bytes()
    strings = place_of(data, dict(entries(data))[STRINGS])
    texts = {}
    for tag, value in entries(data):
        if tag in (NEEDED, SONAME, RPATH, RUNPATH):
            texts.setdefault(tag, []).append(text_at(data, strings + value))
    return texts


def exported(path):
    """Return the addresses of exported functions by name."""
    data = path.read_bytes()
    known = dict(entries(data))
    # The table of names follows the table of symbols.
    symbols, strings = place_of(data, known[SYMBOLS]), place_of(data, known[STRINGS])
    found = {}
    for place in range(symbols, strings, SYMBOL_SIZE):
        name, _, _, section, address, _ = struct.unpack_from("<IBBHQQ", data, place)
        if section not in (0, 0xFFF1):
            found[text_at(data, strings + name)] = address
    return found


def unwound(path):
    """Return the addresses of functions that have tables for unwinding, from the index of these tables."""
    data = path.read_bytes()
    place, address = next((one[2], one[3]) for one in segments(data) if one[0] == UNWINDING)
    # Version 1; a 32-bit count; pairs of 32-bit distances from the index itself.
    assert data[place : place + 4] == b"\x01\x1b\x03\x3b"
    count = struct.unpack_from("<I", data, place + 8)[0]
    return {address + struct.unpack_from("<ii", data, place + 12 + 8 * number)[0] for number in range(count)}
