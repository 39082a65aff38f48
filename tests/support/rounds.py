"""A check in rounds of ask and tell, by any witness: what it found, in words and numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from witnesses import new_report, records

from gradproof.core.records import codes
from gradproof.core.records.border import Finding, Options, Probe
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import ROUND


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
    options: Any = Options()
    assert witness("gradproof_options_fill", options, ctypes.sizeof(options)) == DONE
    options.mode = codes.MODE_FULL
    for name, value in chosen.items():
        setattr(options, name, value)
    return options


def checked(witness: Any, objective: Callable[[Any], float], x: Any, claimed: Any, **chosen: int) -> Checked:
    """Ask, evaluate, tell, until nothing is asked any more."""
    n, claimed = x.size, np.asarray(claimed, np.float64)
    options = options_of(witness, **chosen)
    words = np.zeros(witness("gradproof_engine_size", n, options), np.int64)
    assert witness("gradproof_engine_start", words, x, claimed, None, n, options) == DONE
    probes = records(Probe, ROUND)
    point = x.astype(np.float32 if "float32" in chosen else np.float64)
    twin = "_f32" if "float32" in chosen else ""
    while (count := witness("gradproof_ask", words, probes, ROUND)) > 0:
        points = np.zeros(count * n, point.dtype)
        assert witness(f"gradproof_points{twin}", point, None, None, n, probes, count, points, None) == DONE
        values = np.array([objective(row) for row in points.reshape(count, n)])
        assert witness("gradproof_tell", words, x, claimed, values, None, count) == DONE
    assert count == 0
    return results(witness, words, n)


def results(witness: Any, words: Any, n: int) -> Checked:
    report: Any = new_report()
    findings = records(Finding, n)
    assert witness("gradproof_result", words, report, findings, n) == DONE
    causes = np.zeros(n, np.int64)
    assert witness("gradproof_coordinates", words, None, causes, None, None, n) == n
    return Checked(
        codes.VERDICTS[report.verdict],
        [codes.CAUSES[int(cause)][0] for cause in causes],
        report.evaluations,
        report.arithmetic,
        bool(report.dense),
        bool(report.nondeterministic),
        float(report.spread),
        findings[: report.findings],
    )
