"""The causes of findings, as an enum."""

from __future__ import annotations

import enum

from ..core.records import codes


class Cause(str, enum.Enum):
    """The cause of a finding: an enum whose values are words.

    Attributes
    ----------
    AGREES
        The claimed value agrees with the numerical slope.
    WRONG
        It does not: look for the bug in the gradient.
    KINK_AT_POINT
        f has a kink at x, and the claimed value lies between the slopes on its two sides: acceptable.
    KINK_CROSSED
        f has a kink near x; closer to x the claimed value agrees: acceptable.
    NOISE_LIMITED, STEP_LIMITED, DOMAIN, NONDETERMINISTIC
        Undecided: because of rounding noise, because no step gives a reliable slope, because f is not finite near x, or
        because f(x) changes from call to call.
    UNTESTED
        The check ended first.

    Examples
    --------
    >>> from gradproof import Cause
    >>> Cause("wrong") is Cause.WRONG
    True
    >>> Cause.KINK_AT_POINT.is_acceptable, Cause.WRONG.is_acceptable, Cause.WRONG.is_open
    (True, False, False)
    >>> print(Cause.AGREES.explanation)
    The claimed value agrees with the numerical slope within its error bar.
    """

    UNTESTED = "untested"
    AGREES = "agrees"
    WRONG = "wrong"
    KINK_AT_POINT = "kink_at_point"
    KINK_CROSSED = "kink_crossed"
    NOISE_LIMITED = "noise_limited"
    STEP_LIMITED = "step_limited"
    DOMAIN = "domain"
    NONDETERMINISTIC = "nondeterministic"

    def __str__(self) -> str:
        return self.value

    @property
    def explanation(self) -> str:
        """What the cause means and what to do about it, in one sentence."""
        return _EXPLANATIONS[self.value]

    @property
    def is_acceptable(self) -> bool:
        """Whether the claimed value is acceptable: AGREES, KINK_AT_POINT or KINK_CROSSED."""
        return self.value in _ACCEPTABLE

    @property
    def is_open(self) -> bool:
        """Whether it leaves the claimed value undecided: neither acceptable nor WRONG."""
        return not self.is_acceptable and self is not Cause.WRONG

    @classmethod
    def from_code(cls, code: int) -> Cause:
        """Return the cause that has this number in the C API.

        Parameters
        ----------
        code : int
            `GRADPROOF_WRONG` and so on, as in gradproof.h.

        Raises
        ------
        KeyError
            If no cause has this number.

        Examples
        --------
        >>> from gradproof import Cause
        >>> print(Cause.from_code(2))
        wrong
        """
        return cls(codes.CAUSES[code][0])


_EXPLANATIONS = dict(codes.CAUSES.values())
_ACCEPTABLE = {word for code, (word, _) in codes.CAUSES.items() if codes.is_acceptable(code)}
