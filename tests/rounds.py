"""A check in rounds of ask and tell, by any witness: what it found, in words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradproof.core.records import border as structs
from gradproof.core.records import codes
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import ROUND

FIELDS = {field.name: place for place, field in enumerate(structs.REPORT.fields)}
PLACES = {"budget": structs.OPTIONS_BUDGET, "float32": structs.OPTIONS_FLOAT32, "mode": structs.OPTIONS_MODE}
FINDING = {field.name: place for place, field in enumerate(structs.FINDING.fields)}


class Checked(NamedTuple):
    """What a check found: its verdict, the causes of its coordinates in words, and numbers of its report."""

    verdict: str
    causes: list[str]
    evaluations: int
    arithmetic: int
    dense: bool
    nondeterministic: bool
    spread: float
    findings: Any


def options_of(witness: Any, **chosen: int) -> Any:
    words = np.zeros(structs.OPTIONS_WORDS, np.int64)
    assert witness("gradproof_options_default", words) == DONE
    for name, value in chosen.items():
        words[PLACES[name]] = value
    return words


def checked(witness: Any, objective: Callable[[Any], float], x: Any, claimed: Any, **chosen: int) -> Checked:
    """Ask, evaluate, tell, until nothing is asked any more."""
    n, claimed = x.size, np.asarray(claimed, np.float64)
    words = np.zeros(witness("gradproof_engine_size", n), np.int64)
    assert witness("gradproof_engine_start", words, x, claimed, n, options_of(witness, **chosen)) == DONE
    probes = np.zeros(ROUND * structs.PROBE_WORDS, np.int64)
    point = x.astype(np.float32 if "float32" in chosen else np.float64)
    twin = "_f32" if "float32" in chosen else ""
    while (count := witness("gradproof_ask", words, x, claimed, probes, ROUND)) > 0:
        points = np.zeros(count * n, point.dtype)
        assert witness(f"gradproof_points{twin}", point, None, None, n, probes, count, points, None) == DONE
        values = np.array([objective(row) for row in points.reshape(count, n)])
        assert witness("gradproof_tell", words, x, claimed, values, count) == DONE
    assert count == 0
    return results(witness, words, n)


def results(witness: Any, words: Any, n: int) -> Checked:
    report, findings = np.zeros(structs.REPORT_WORDS, np.int64), np.zeros((n, structs.FINDING_WORDS), np.int64)
    assert witness("gradproof_result", words, report, findings.ravel(), n) == DONE
    causes = np.zeros(n, np.int64)
    assert witness("gradproof_coordinates", words, causes, None, None) == DONE
    return Checked(
        codes.VERDICTS[int(report[FIELDS["verdict"]])],
        [codes.CAUSES[int(cause)][0] for cause in causes],
        int(report[FIELDS["evaluations"]]),
        int(report[FIELDS["arithmetic"]]),
        bool(report[FIELDS["dense"]]),
        bool(report[FIELDS["nondeterministic"]]),
        float(report.view(np.float64)[FIELDS["spread"]]),
        findings[: int(report[FIELDS["findings"]])].view(np.float64),
    )
