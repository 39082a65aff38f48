"""What to do about a cause in this report: its own sentence, or one that knows f: its noise, its size, its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.records import codes
from ..core.text import sentences
from ..core.text.sentences import TOGETHER
from .cause import Cause
from .records import Record
from .shape import shape_of
from .text.figures import short

if TYPE_CHECKING:
    from .finding import Finding


def advice(cause: Cause, report: Record, finding: Finding | None = None) -> str:
    """Return what a cause means in this report, or for one of its findings, and what to do about it, as a sentence."""
    if finding is not None and (own := own_advice(finding)):
        return f"{own[0].upper() if not own.startswith('f ') else 'f'}{own[1:]}."
    if cause is Cause.NOISE_LIMITED:
        return f"{about_noise(report)}.".replace("the rounding", "The rounding", 1)
    return cause.explanation


def own_advice(finding: Finding) -> str:
    """Return what a finding shows beyond its cause, and what to do, without a full stop; "" if that is nothing."""
    if is_wrong_together(finding):
        return TOGETHER
    return shape_of(finding).sentence


def is_wrong_together(finding: Finding) -> bool:
    """Whether a claim is wrong only together with another one."""
    return finding.cause is Cause.WRONG and finding.partner >= 0


def about_noise(report: Record) -> str:
    """Return what makes the noise that hides the slope, and the cure, without a capital letter and a full stop."""
    source = report._evidence.noise_source
    if source == codes.NOISE_FROM_CONSTANT:
        return f"f is {short(abs(report.value) / report._evidence.change)}{sentences.NOISE_OF_CONSTANT}"
    if source == codes.NOISE_FROM_ELSEWHERE:
        return f"f's noise ({short(report.noise_floor)}){sentences.NOISE_BEYOND}"
    return sentences.NOISE_OF_ARITHMETIC if source == codes.NOISE_FROM_ARITHMETIC else sentences.NOISE_OF_ROUNDING
