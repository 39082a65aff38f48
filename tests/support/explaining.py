"""What a check says of a wrong gradient."""

from typing import Any

from gradproof import Report, check


def told(f: Any, x: Any, claimed: Any) -> tuple[str, Report]:
    """Return all explanations of claims that are wrong, and the report."""
    report = check(f, claimed, x)
    assert report.verdict == "wrong"
    return " ".join(map(str, report.explanations)), report
