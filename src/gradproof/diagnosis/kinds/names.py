"""What a factor may be: a sign, a count, a unit, or something about f that was forgotten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..coincidence import rounded_to
from .others.numbers import of_number, of_value

# What a factor may be, by its size; 1/c and -c are tried, too.
UNITS = {
    "kcal in kJ": 4.184,
    "Hartree in eV": 27.211386246,
    "Hartree/Bohr in eV/Å": 51.422067476,
    "Bohr in Å": 0.529177211,
    "eV in kcal/mol": 23.060547831,
    "eV in kJ/mol": 96.485332123,
    "Hartree in kcal/mol": 627.509474063,
    "eV/Å³ in GPa": 160.21766208,
    "e²/Å in eV": 14.399645,
    "e²/Å in kcal/mol": 332.0637133,
    "hours in seconds": 3600.0,
    "days in seconds": 86400.0,
    "years in days": 365.0,
    "Julian years in days": 365.25,
    "rpm in rad/s": math.pi / 30.0,
    "inches in metres": 0.0254,
    "kelvin in eV": 8.617333262e-5,
    "ln 10": math.log(10.0),
    "ln 2": math.log(2.0),
    "2π": 2.0 * math.pi,
    "π": math.pi,
    "√2": math.sqrt(2.0),
    "√π": math.sqrt(math.pi),
}
# What angles are multiplied with.
ANGLES = {
    math.pi / 180.0: "π/180: are degrees taken for radians?",
    180.0 / math.pi: "180/π: are radians taken for degrees?",
}
# Those that are no units.
CONSTANTS = ("ln 10", "ln 2", "2π", "π", "√2", "√π")
# Between which scales numbers of a size are factors.
SCALES = {
    100.0: "per cent for parts, or centimetres for metres",
    1e4: "basis points for parts",
    255.0: "values of 8 bits for those up to 1",
    65535.0: "values of 16 bits for those up to 1",
    1e3: "is a prefix of a unit lost, such as milli or kilo",
    1e6: "is a prefix of a unit lost, such as micro or mega",
    1e9: "is a prefix of a unit lost, such as nano or giga",
    1e12: "is a prefix of a unit lost, such as pico or tera",
    1e15: "is a prefix of a unit lost, such as femto or peta",
}


class Simple(NamedTuple):
    """What one of the simplest factors is, and how often it is that one of them."""

    name: str
    share: float


SIMPLE = {
    -1.0: Simple("the sign is wrong", 0.5),
    2.0: Simple("is a factor 1/2 missing, as in the derivative of x²/2, or a term counted twice?", 0.15),
    0.5: Simple("is a factor 2 missing, as in the derivative of x², or a term counted once instead of twice?", 0.15),
    -2.0: Simple("sign and factor 2", 0.1),
    -0.5: Simple("sign and factor 1/2", 0.1),
}


class Known(NamedTuple):
    """What a factor may be of this problem.

    Attributes
    ----------
    sizes
        Lengths that a sum or a mean may have been over, with what they are: rows, axes of arrays.
    value
        f(x).
    numbers
        The values of arrays of a single number, by their names.
    """

    sizes: Mapping[int, str]
    value: float = math.nan
    numbers: Mapping[str, float] = {}


# Smaller lengths are factors of too many kinds; up to this they may be factors by accident, too.
FEWEST_COUNT, COMMON = 8, 16
# Any number is as close to a whole one as this about once in a thousand times.
WHOLE = 5e-4
# Terms are counted so often, or factors that large are forgotten, by mistake.
SMALL = 10
# Larger counts, and fractions of them, cannot be recognised from a factor.
LARGEST_COUNT = 1e9
# Powers of two from here on are loss scales, and those from the second on first of all.
FEWEST_HALVINGS, LARGE_SCALE = 4, 10
# What a length of the data is called.
ROWS = "the rows"
# Numbers from here on are written with commas.
LARGE = 1e6
# The N of N/(N - 1) is known worse than the factor, by N²: then it is whole by chance once in a hundred times.
WHOLE_OF_VARIANCE = 5e-3
# The shortest sample whose variance is told by its factor: 3/2 and 4/3 are too many other things.
FEWEST_OF_VARIANCE = 5
# Names and their inverses are about a hundred numbers over some six powers of ten, or 14 of e; lengths of arrays are
# few.  A factor that is known no better than this has one of them by chance once in ten times.
SPAN, BY_CHANCE = 14.0, 0.1
MANY_NAMES = 100


def name_of(factor: float, error: float, known: Known) -> str:
    """Return the name of a factor, "" if it has none.

    Parameters
    ----------
    factor, error
        The factor, and within what it is known.
    known
        What it may be.
    """
    found = next((one.name for simple, one in SIMPLE.items() if abs(factor - simple) <= error), "")
    if found or not factor:
        return found
    wrong_sign = "" if factor > 0 else "with the wrong sign, "
    names = _names if _tells(factor, error, MANY_NAMES) else _of_lengths
    if name := next(names(abs(factor), error, known.sizes), ""):
        return f"{wrong_sign}{name}"
    if names is _of_lengths:
        return ""
    if name := next(_of_number(abs(factor), error, known), ""):
        return f"{wrong_sign}{name}"
    if name := next(of_value(factor, error, known.value), ""):
        return name
    name = next(of_value(-factor, error, known.value), "")
    return f"with the wrong sign, {name}" if name else ""


def _tells(factor: float, error: float, names: int) -> bool:
    """Whether a factor is known so well that it has one of so many names by more than chance."""
    return 2.0 * error * names <= BY_CHANCE * SPAN * abs(factor)


def _of_lengths(size: float, error: float, sizes: Mapping[int, str]) -> Iterator[str]:
    """Yield what a factor is that is one of the lengths, or its inverse, and known well enough to tell these apart."""
    lengths = {count: what for count, what in sizes.items() if count >= FEWEST_COUNT}
    if not _tells(size, error, 2 * len(lengths)):
        return
    for count, what in lengths.items():
        if min(abs(size - count), abs(size - 1.0 / count)) <= error:
            yield from _of_length(size, error, count, what)


def _names(size: float, error: float, sizes: Mapping[int, str]) -> Iterator[str]:
    for count, what in sizes.items():
        if count >= FEWEST_COUNT:
            yield from _of_length(size, error, count, what)
    for name, known in UNITS.items():
        asked = "" if name in CONSTANTS else ": is a unit not converted?"
        if abs(size - known) <= error:
            yield f"{name}{asked}"
        if abs(size - 1 / known) <= error:
            yield f"1/{name}" if name in CONSTANTS else f"1/({name}){asked}"
    for known, name in ANGLES.items():
        if abs(size - known) <= error:
            yield name
    yield from _of_loss_scale(size, error)
    yield from _of_scales(size, error)
    if not 1.0 / LARGEST_COUNT < size < LARGEST_COUNT:
        return
    yield from _of_halves(size, error, sizes)
    yield from _counts(size, error, sizes)
    yield from _shares(size, error, sizes)


def _of_length(size: float, error: float, count: int, what: str) -> Iterator[str]:
    """Yield what a factor is that is a length, its inverse, or the root of one of the two."""
    # A number that is common may be another length, such as that of the data.
    common = _is_common(count)
    over = f"{count}, as of {what}" if common and what != ROWS else what
    if abs(size - count) <= error:
        yield f"a sum for a mean over {over}{f', or a factor 1/{count} missing' if common else ''}?"
    if abs(size - 1 / count) <= error:
        yield f"1/{count}, a mean for a sum over {over}{f', or a factor {count} missing' if common else ''}?"
    if math.isqrt(count) ** 2 == count:
        return  # a whole number, which is many other things
    for root, name in ((math.sqrt(count), f"√{count}"), (1 / math.sqrt(count), f"1/√{count}")):
        if abs(size - root) <= error:
            yield f"{name}: the root of {count}, the length of {what}?"


def _is_common(count: int) -> bool:
    """Whether a length is a number that may be anything else as well: small, round, or a power of two."""
    return count <= COMMON or count == rounded_to(count, 1) or not count & (count - 1)


def _shares(size: float, error: float, sizes: Mapping[int, str]) -> Iterator[str]:
    """Yield what a factor is that is a share of a length."""
    for count, what in sizes.items():
        part = size * count if size < 1.0 else count / size
        off = error * count / max(1.0, size**2)
        is_simple = count <= SMALL * math.gcd(round(part), count)  # as 3/5 is, which many other things are
        if 1 < round(part) < count and not is_simple and abs(part - round(part)) <= off <= WHOLE:
            share = f"{round(part)}/{count}" if size < 1.0 else f"{count}/{round(part)}"
            yield f"{share}: a mean over all of {what}, where one over {round(part)} is meant, or the other way round?"


def _of_loss_scale(size: float, error: float) -> Iterator[str]:
    """Yield what a power of two is: a loss scale where it is large, and more likely a count where it is not."""
    exponent = round(math.log2(size))
    if abs(math.log2(size) - exponent) > error / size or abs(exponent) < FEWEST_HALVINGS:
        return
    scale = f"a loss scale of 2^{exponent}"
    # Beside a small one counts are told, too, however well it is known.
    exact = (2.0**exponent, 0.0) if exponent < LARGE_SCALE else (size, error)
    count = next(_counts(*exact, {}), "") if 1.0 / LARGEST_COUNT < size < LARGEST_COUNT else ""
    if not count or exponent >= LARGE_SCALE:
        yield f"{scale}{', or ' if count else ''}{count.removesuffix('?')}?"
    else:
        yield f"{count.removesuffix('?').replace(', or a factor', ', a factor')}, or {scale}?"


def _of_scales(size: float, error: float) -> Iterator[str]:
    """Yield the names of factors between scales: prefixes of units, per cent, and values of so many bits."""
    for known, name in SCALES.items():
        plain = f"{known:,.0f}" if known >= LARGE else f"{known:g}"
        for number, shown in ((known, plain), (1.0 / known, f"1/{plain}")):
            if abs(size - number) > error:
                continue
            if known >= LARGEST_COUNT:
                yield f"{shown}: {name}?"
            else:
                count = f"a sum over {plain} for a mean, or a factor 1/{plain} missing"
                share = f"a mean over {plain} for a sum, or a factor {plain} missing"
                yield f"{shown}: {name}, {count if number == known else share}?"


def _of_halves(size: float, error: float, sizes: Mapping[int, str]) -> Iterator[str]:
    """Yield what a factor is that is half of a length, or 2 by one, as in the derivative of a mean of squares."""
    for count, what in sizes.items():
        half = count / 2
        if half < FEWEST_COUNT or half in sizes:
            continue
        of_squares = f"2/{count} in the derivative of a mean of squares over {what}"
        # Whole numbers are many other things, and sums over as many rows first of all.
        whole = count // 2
        if abs(size - half) <= min(error, WHOLE):
            sums = f"a sum over {whole} for a mean, or a factor 1/{whole} missing, such as the {of_squares}?"
            yield f"is the {of_squares} missing?" if count % 2 else sums
        if abs(1.0 / size - half) <= min(error / size**2, WHOLE):
            means = f"1/{whole}, a mean over {whole} for a sum, a factor {whole} missing, or the {of_squares}?"
            yield f"2/{count}: is it the {of_squares}?" if count % 2 else means


def _counts(size: float, error: float, sizes: Mapping[int, str]) -> Iterator[str]:
    """Yield what a whole number, its inverse, or N/(N - 1) may be."""
    whole, share = round(size), round(1.0 / size)
    if whole > 2 and abs(size - whole) <= min(error, WHOLE):
        counted = f", a term counted {whole} times" if whole <= SMALL else ""
        yield f"a sum over {whole} for a mean{counted}, or a factor 1/{whole} missing?"
    if share > 2 and abs(1.0 / size - share) <= min(error / size**2, WHOLE):
        yield f"1/{share}, a mean over {share} for a sum, or a factor {share} missing?"
    if abs(size - 1.0) <= error:
        return
    count = 1.0 / abs(1.0 - size) + (1.0 if size > 1.0 else 0.0)
    whole, near = round(count), error / (1.0 - size) ** 2
    doubts = [whole not in sizes, whole < FEWEST_COUNT, abs(size - rounded_to(size, 2)) <= error]
    if sum(doubts) > 1:
        return  # 1.1 and 0.8 are many other things, and so are 5/6 and 6/7
    if whole >= FEWEST_OF_VARIANCE and near <= WHOLE_OF_VARIANCE and abs(count - whole) <= near:
        share_of = f"{whole}/{whole - 1}" if size > 1.0 else f"{whole - 1}/{whole}"
        variance = f"a variance divided by N = {whole}, or by N - 1"
        if whole in sizes and not _is_common(whole):
            yield f"{share_of}: is {variance}?"
            return
        dropped = f", or dropout of 1 in {whole} scaled once more" if size > 1.0 else ""
        inverse = rounded_to(1.0 / size, 2)
        divided = f"something divided by {inverse:g}, or " if abs(1.0 / size - inverse) <= error / size**2 else ""
        yield f"{share_of}, for example {divided}{variance}{dropped}"


def _of_number(size: float, error: float, known: Known) -> Iterator[str]:
    """Yield what a factor is that a single number of x makes, if it is known well enough to tell."""
    if not _tells(size, error, MANY_NAMES * (1 + len(known.numbers))):
        return
    found = list(of_number(size, error, known.numbers))
    if len(found) > 1:
        forms = " or ".join(one.partition(":")[0] for one in found)
        yield f"{forms}: is that a factor too often, or its inverse missing?"
    yield from found
