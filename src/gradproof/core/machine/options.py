"""Options: their defaults, what is refused, and the mode that follows from them."""

from __future__ import annotations

import math

from ..records.abi import Code, Integer, exported
from ..records.border import ConstOptions, Options
from ..records.codes import BAD_ARGUMENT, CHEAPEST_LINES, DONE, LARGEST_FULL, MODE_AUTO, MODE_FULL, MODE_LINES
from ..records.memory import clear_record, is_null
from ..records.record import WORD, words_of

OPTIONS_BYTES = words_of(Options) * WORD


@exported
def options_default(options: Options) -> Code:
    """Fill in the defaults: no budget, seed 0, float64 points, the default tolerance, the mode that suits n.

    Parameters
    ----------
    options : Options
        Filled, its size included.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(options):
        return BAD_ARGUMENT
    # Every default is 0.
    clear_record(options)
    options.size = OPTIONS_BYTES
    return DONE


def options_are_bad(options: ConstOptions) -> bool:
    """Return whether an option is out of its range."""
    if options.size != OPTIONS_BYTES or options.budget < 0:
        return True
    if not (0.0 <= options.rtol < 1.0 and 0.0 <= options.atol < math.inf):
        return True
    return not MODE_AUTO <= options.mode <= MODE_LINES


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


def chosen_mode(n: int, options: ConstOptions) -> int:
    """Return the mode of a check: as the options say, or as n and the budget do."""
    lines = uses_lines(n, MODE_AUTO, 0) if is_null(options) else uses_lines(n, options.mode, options.budget)
    return MODE_LINES if lines != 0 else MODE_FULL
