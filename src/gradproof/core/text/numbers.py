"""Numbers as Python writes them: correctly rounded, whatever the locale."""

from __future__ import annotations

import math

from ..records.abi import Letters
from ..records.memory import letter, literal, unpacked, write_scientific
from ..records.text import MOST_DIGITS, Text
from .letters import put, put_byte

ZERO = 48
COUNT_MARK = 35
NUMBER_MARK = 126
NINE = 57
MINUS = 45
PLUS = 43
POINT = 46
EXPONENT = 101
COMMA = 44
# Python writes numbers with smaller exponents than this one with an exponent.
LOWEST_PLAIN_EXPONENT = -4
SHORT_DIGITS = 2
SETTING_DIGITS = 6
# Two digits show these without an exponent.
SHORTEST_PLAIN = 0.1
LONGEST_PLAIN = 1000.0
LARGEST_INTEGER = (1 << 63) - 1


def put_digit(text: Text, digit: int) -> None:
    """Write a digit."""
    put_byte(text, ZERO + digit)


def put_integer(text: Text, value: int) -> None:
    """Write an integer that is not negative."""
    put_digits_of(text, value, False)


def put_count(text: Text, value: int) -> None:
    """Write a number of things, with a comma between thousands."""
    put_digits_of(text, value, True)


def put_digits_of(text: Text, value: int, grouped: bool) -> None:
    """Write an integer that is not negative, in groups of three digits or not."""
    places = 0
    while value > 0 or places == 0:
        tens = value // 10
        text.digits[places] = value - 10 * tens
        value = tens
        places += 1
    commas = places
    while places > 0:
        if grouped and places < commas and places % 3 == 0:
            put_byte(text, COMMA)
        places -= 1
        put_digit(text, text.digits[places])


def put_seed(text: Text, seed: int) -> None:
    """Write 64 bits as an integer without a sign."""
    if seed >= 0:
        put_integer(text, seed)
        return
    # Half of it is not negative.
    tens = ((seed >> 1) & LARGEST_INTEGER) // 5
    put_integer(text, tens)
    # The last digit, which 4 bits hold.
    put_digit(text, (seed - 10 * tens) & 15)


def take_digits(text: Text, value: float, count: int) -> None:
    """Find the first so many digits of a finite number, and its exponent."""
    write_scientific(text.figures, count - 1, value)
    place = 0
    known = 0
    text.negative = 1 if letter(text.figures, 0) == MINUS else 0
    while known < count:
        byte = letter(text.figures, place)
        # Between the first digit and the others stands what the locale has for a point.
        if ZERO <= byte <= NINE:
            text.digits[known] = byte - ZERO
            known += 1
        place += 1
    text.exponent = exponent_behind(text, place + 1)


def exponent_behind(text: Text, place: int) -> int:
    """Return the exponent whose sign stands at a place."""
    exponent = 0
    sign = -1 if letter(text.figures, place) == MINUS else 1
    byte = letter(text.figures, place + 1)
    while ZERO <= byte <= NINE:
        exponent = 10 * exponent + byte - ZERO
        place += 1
        byte = letter(text.figures, place + 1)
    return sign * exponent


def put_strange(text: Text, value: float) -> bool:
    """Write a number that is not finite; return whether it was one."""
    if math.isfinite(value):
        return False
    if math.isnan(value):
        put(text, literal("nan"))
    else:
        put(text, literal("inf") if value > 0.0 else literal("-inf"))
    return True


def put_short(text: Text, value: float) -> None:
    """Write a number with two significant digits."""
    if value == 0.0:
        put_digit(text, 0)
    elif SHORTEST_PLAIN <= math.fabs(value) < LONGEST_PLAIN:
        put_general(text, value, SHORT_DIGITS, False, False)
    elif not put_strange(text, value):
        take_digits(text, value, SHORT_DIGITS)
        put_with_exponent(text, SHORT_DIGITS, True)


def put_number(text: Text, value: float, digits: int) -> None:
    """Write a number with so many significant digits, zeros at its end included."""
    if value == 0.0:
        put_digit(text, 0)
    else:
        put_general(text, value, digits, True, True)


def put_counted(text: Text, letters: Letters, count: int) -> None:
    """Write letters, and in place of `#` how many there are."""
    put_filled(text, letters, count, 0.0)


def put_measured(text: Text, letters: Letters, value: float) -> None:
    """Write letters, and in place of `~` a number with two significant digits."""
    put_filled(text, letters, 0, value)


def put_filled(text: Text, letters: Letters, count: int, value: float) -> None:
    """Write letters, and in place of a mark what it stands for: no text has both."""
    place = 0
    plain = unpacked(text, letters)
    byte = letter(plain, place)
    while byte != 0:
        if byte == COUNT_MARK:
            put_count(text, count)
        elif byte == NUMBER_MARK:
            put_short(text, value)
            # Again, because the number may have been a text itself: `nan`.
            plain = unpacked(text, letters)
        else:
            put_byte(text, byte)
        place += 1
        byte = letter(plain, place)


def put_setting(text: Text, value: float) -> None:
    """Write a number that somebody chose, with the digits that it has."""
    put_general(text, value, SETTING_DIGITS, False, True)


def put_value(text: Text, value: float, digits: int) -> None:
    """Write a number as Python does with the format `g`."""
    put_general(text, value, digits, False, False)


def put_general(text: Text, value: float, count: int, keeps_zeros: bool, short_exponent: bool) -> None:
    """Write a number with so many significant digits: with an exponent where it is very large or very small."""
    if put_strange(text, value):
        return
    take_digits(text, value, count)
    last = count
    while not keeps_zeros and last > 1 and text.digits[last - 1] == 0:
        last -= 1
    if not LOWEST_PLAIN_EXPONENT <= text.exponent < count:
        put_with_exponent(text, last, short_exponent)
        return
    if text.negative != 0:
        put_byte(text, MINUS)
    if text.exponent < 0:
        put(text, literal("0."))
        for _ in range(-text.exponent - 1):
            put_digit(text, 0)
        put_rest(text, 0, last)
        return
    for place in range(text.exponent + 1):
        put_digit(text, text.digits[place])
    if text.exponent + 1 < last:
        put_byte(text, POINT)
    put_rest(text, text.exponent + 1, last)


def put_with_exponent(text: Text, last: int, short_exponent: bool) -> None:
    """Write the digits that were taken, up to the last one, and the exponent: `1.5e-7`, or `1.5e-07`."""
    if text.negative != 0:
        put_byte(text, MINUS)
    put_digit(text, text.digits[0])
    if last > 1:
        put_byte(text, POINT)
    put_rest(text, 1, last)
    put_byte(text, EXPONENT)
    size = text.exponent
    if size < 0:
        put_byte(text, MINUS)
        size = -size
    elif not short_exponent:
        put_byte(text, PLUS)
    if size < 10 and not short_exponent:
        put_digit(text, 0)
    put_integer(text, size)


def put_rest(text: Text, first: int, last: int) -> None:
    """Write digits behind the point."""
    for place in range(first, last):
        put_digit(text, text.digits[place])


def look_alike(text: Text, a: float, b: float) -> bool:
    """Return whether two numbers have the same two digits, and the same form."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b
    if (SHORTEST_PLAIN <= math.fabs(a) < LONGEST_PLAIN) != (SHORTEST_PLAIN <= math.fabs(b) < LONGEST_PLAIN):
        return False
    take_digits(text, a, SHORT_DIGITS)
    first = text.digits[0]
    second = text.digits[1]
    exponent = text.exponent
    negative = text.negative
    take_digits(text, b, SHORT_DIGITS)
    same = text.digits[0] == first and text.digits[1] == second
    return same and text.exponent == exponent and text.negative == negative


def decade(text: Text, value: float) -> int:
    """Return the exponent of ten of the first digit of a finite number."""
    # With this many digits nothing is rounded up to a power of ten.
    take_digits(text, value, MOST_DIGITS)
    return text.exponent
