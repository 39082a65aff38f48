"""Why a finding is what it is: the causes of the core as an enum."""

from __future__ import annotations

import enum

from ..core.records import codes


class Cause(str, enum.Enum):
    """The cause of a finding; its value is the word, `explanation` the sentence that says what to do."""

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
        """One sentence: what it means and what to do."""
        return _EXPLANATIONS[self.value]

    @property
    def is_acceptable(self) -> bool:
        """Whether the claimed value may stand."""
        return self in (Cause.AGREES, Cause.KINK_AT_POINT, Cause.KINK_CROSSED)

    @classmethod
    def from_code(cls, code: int) -> Cause:
        """Return the cause that the core calls by this number."""
        return cls(codes.CAUSES[code][0])


_EXPLANATIONS = dict(codes.CAUSES.values())
