"""Options: their defaults, what is refused, and the mode that follows from them."""

from __future__ import annotations

import math

from ..records import codes
from ..records.abi import Code, ConstIntegers, Integer, exported
from ..records.border import LARGEST_COUNT, OPTIONS_BYTES, ConstOptions, Options, size_is_bad
from ..records.codes import BAD_SIZE, CHEAPEST_LINES, DONE, LARGEST_FULL, MODE_AUTO, MODE_FULL, MODE_LINES, NULL_OPTIONS
from ..records.memory import clear_bytes, copy_bytes, is_null, record_at
from ..records.record import WORD, Word

# The smallest struct that has its first field.
LEAST_BYTES = 8
MOST_THREADS = 1024


@exported
def options_fill(options: Options, size: Integer) -> Code:
    """Fill in the defaults: no limits, seed 0, float64 points, the default tolerance, the mode that suits n.

    In C, `gradproof_options_default(&options)` calls it with the size of the struct.

    Parameters
    ----------
    options : Options
        Filled, its size included.
    size : Integer
        sizeof(gradproof_options).

    Returns
    -------
    Code
        0; GRADPROOF_NULL_OPTIONS; GRADPROOF_BAD_SIZE.
    """
    if is_null(options):
        return NULL_OPTIONS
    if size_is_bad(size, LEAST_BYTES):
        return BAD_SIZE
    # Every default is 0.
    clear_bytes(options, size)
    options.size = size
    return DONE


def take_options(own: Options, given: ConstOptions, n: int) -> int:
    """Copy options that may be those of an older header, or NULL, over defaults; return a code where one is refused.

    Of a newer header, what this library does not know must be 0.
    """
    if is_null(given):
        return DONE
    size = given.size
    if size_is_bad(size, LEAST_BYTES):
        return BAD_SIZE
    for distance in range(OPTIONS_BYTES, size, WORD):
        if record_at(given, distance, Word).value != 0:
            return BAD_SIZE
    copy_bytes(own, given, size if size < OPTIONS_BYTES else OPTIONS_BYTES)
    return code_of_options(own, n)


def code_of_options(options: Options, n: int) -> int:
    """Return the code of the first option that is out of its range; 0 where none is."""
    if options.budget < 0:
        return codes.BAD_BUDGET
    if not 0 <= options.float32 <= 1:
        return codes.BAD_FLOAT32
    if not 0.0 <= options.rtol < 1.0:
        return codes.BAD_RTOL
    if not 0.0 <= options.atol < math.inf:
        return codes.BAD_ATOL
    if not MODE_AUTO <= options.mode <= MODE_LINES:
        return codes.BAD_MODE
    if not 0.0 <= options.time_limit < math.inf:
        return codes.BAD_TIME_LIMIT
    if not 0 <= options.threads <= MOST_THREADS:
        return codes.BAD_THREADS
    if not 0 <= options.blocks <= LARGEST_COUNT or (options.blocks > 0 and is_null(options.borders)):
        return codes.BAD_BLOCKS
    if options.blocks > 0 and borders_are_bad(options.borders, options.blocks, n):
        return codes.BAD_BORDERS
    return DONE


def borders_are_bad(borders: ConstIntegers, blocks: int, n: int) -> bool:
    """Return whether the borders of named blocks do not lead from 0 to n without a step back."""
    if borders[0] != 0 or borders[blocks] != n:
        return True
    for number in range(blocks):
        if borders[number] > borders[number + 1]:
            return True
    return False


@exported
def uses_lines(n: Integer, mode: Integer, budget: Integer) -> Integer:
    """Return whether a check of n coordinates goes along lines; it depends on these numbers alone, never on timing.

    Parameters
    ----------
    n : Integer
        Number of coordinates.
    mode : Integer
        GRADPROOF_MODE_FULL: never; GRADPROOF_MODE_LINES: always; GRADPROOF_MODE_AUTO: where there are more than 5,000
        coordinates, or where the budget is too small for two evaluations a coordinate, but not for the 28 evaluations
        of the cheapest check along lines.
    budget : Integer
        Evaluations of the objective; 0: no limit.

    Returns
    -------
    Integer
        1 or 0.
    """
    if mode != MODE_AUTO:
        return 1 if mode == MODE_LINES else 0
    tight = budget > 0 and budget < 2 * n + 1 and budget >= CHEAPEST_LINES
    return 1 if n > LARGEST_FULL or tight else 0


def chosen_mode(n: int, options: Options) -> int:
    """Return the mode of a check: as the options say, or as n and the budget do."""
    return MODE_LINES if uses_lines(n, options.mode, options.budget) != 0 else MODE_FULL
