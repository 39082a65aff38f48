"""The engine, driven through a whole check by any witness; everything that it writes is logged as bits."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from witnesses import bits, new_report, records

from gradproof.core.records.border import Finding, Options, Probe
from gradproof.core.records.codes import MODE_FULL, OUTSIDE
from gradproof.core.records.engine import ROUND

DRIVEN = {
    "options_fill",
    "engine_size",
    "engine_start",
    "begin",
    "ask",
    "skip",
    "tell",
    "stop",
    "result",
    "coordinates",
    "blocks",
    "resume",
    "allow",
    "first_not_finite",
    "end",
    "points",
    "evaluate",
    "run",
    "check",
}

Problem = tuple[Callable[[Any], float], Any, Any, int]


def smooth(x: Any) -> float:
    return math.fsum(math.exp(0.1 * value) * (place + 1) for place, value in enumerate(map(float, x)))


def hinges(x: Any) -> float:
    return math.fsum(max(0.0, float(value)) + abs(float(value) - 1.00001) for value in x)


def in_float32(x: Any) -> float:
    total = np.float32(0)
    for value in x:
        total += np.float32(value) * np.float32(value)
    return float(total)


def logarithms(x: Any) -> float:
    return math.fsum(math.log(value) if value > 0 else math.nan for value in map(float, x))


def jumpy() -> Callable[[Any], float]:
    calls = iter(range(10**9))
    return lambda x: math.fsum(map(float, x)) + 1e-6 * (next(calls) % 3)


def slopes_of_smooth(x: Any) -> Any:
    return np.array([0.1 * math.exp(0.1 * value) * (place + 1) for place, value in enumerate(x)])


def right() -> Problem:
    x = np.linspace(-3, 4, 12)
    return smooth, x, slopes_of_smooth(x), 0


def wrong() -> Problem:
    x = np.linspace(-3, 4, 12)
    claimed = slopes_of_smooth(x)
    claimed[[2, 7, 8]] *= (1.01, -1.0, 1.0003)
    claimed[5] = np.nan
    return smooth, x, claimed, 0


def kinked() -> Problem:
    x = np.array([0.0, 1.0, -2.0, 1.00001, 0.5, 1e-9])
    return hinges, x, np.array([-0.5, 0.0, -1.0, 1.5, 0.0, 0.0]), 0


def single() -> Problem:
    x = np.linspace(0.5, 3, 7)
    return in_float32, x, 2 * x * np.array([1, 1, 1.5, 1, 1, 1, 1]), 0


def edge() -> Problem:
    x = np.array([1e-300, 1.0, 1e300, 2.0**-1074])
    return logarithms, x, 1 / np.maximum(x, 1e-300), 0


def random() -> Problem:
    x = np.linspace(0.5, 3, 5)
    return jumpy(), x, np.array([1.0, 1.0, 2.0, 1.0, 1.0]), 0


def hurried() -> Problem:
    objective, x, claimed, _ = wrong()
    return objective, x, claimed, 20


PROBLEMS: dict[str, Callable[[], Problem]] = {
    problem.__name__: problem for problem in (right, wrong, kinked, single, edge, random, hurried)
}


MANY = 1000  # rounds: a check that does not end


def drive(witness: Any, problem: Problem, part: int = ROUND) -> list[bytes]:
    """Return the bits of a whole check in rounds: probes, codes, the engine's memory, report and findings.

    With `part`, no more values than that are told at once; a line may want 48 before it moves on.
    """
    return list(_log(witness, *problem, part))


def _log(
    witness: Any, objective: Callable[[Any], float], x: Any, claimed: Any, budget: int, part: int
) -> Iterator[bytes]:
    n = x.size
    options = _options(witness, budget)
    yield bits(options)
    engine = np.zeros(witness("gradproof_engine_size", n, options), np.int64)
    yield bits(witness("gradproof_engine_start", engine, x, claimed, None, n, options))
    yield bits(engine)
    probes = records(Probe, ROUND)
    rounds = 0
    while (count := witness("gradproof_ask", engine, probes, ROUND)) > 0:
        rounds += 1
        assert rounds < MANY
        yield bits(probes[:count])
        points = np.zeros(count * n)
        yield bits(witness("gradproof_points", x, None, None, n, probes, count, points, None))
        yield bits(points)
        values = np.array([objective(row) for row in points.reshape(count, n)])
        yield bits(witness("gradproof_tell", engine, x, claimed, values, None, count + 1))
        yield bits(witness("gradproof_tell", engine, x, claimed, values, None, min(count, part)))
        yield bits(engine)
    yield bits(count)
    yield from _findings(witness, engine, n)
    yield bits(witness("gradproof_tell", engine, x, claimed, np.zeros(3), None, 3))
    yield from _misuse(witness, x, claimed)


def _findings(witness: Any, engine: Any, n: int) -> Iterator[bytes]:
    report = new_report()
    findings = records(Finding, n)
    yield bits(witness("gradproof_result", engine, report, findings, n))
    yield bits(report)
    yield bits(findings)
    indices, causes, kinks = (np.zeros(n, np.int64) for _ in range(3))
    resolutions = np.zeros(n)
    yield bits(witness("gradproof_coordinates", engine, indices, causes, kinks, resolutions, n))
    yield from (bits(indices), bits(causes), bits(kinks), bits(resolutions))
    yield bits(witness("gradproof_coordinates", engine, None, None, None, resolutions, n))
    yield bits(witness("gradproof_blocks", engine, None, None, 0))
    yield bits(witness("gradproof_block_factors", engine, None, 0))


def _misuse(witness: Any, x: Any, claimed: Any) -> Iterator[bytes]:
    code = np.full(1, 5, np.int32)
    for n in (0, -1):
        yield bits(witness("gradproof_engine_size", n, None))
        assert witness("gradproof_begin", x, claimed, None, n, None, code) is None
        yield bits(code)
    engine = witness("gradproof_begin", x, claimed, None, x.size, None, code)
    yield bits(engine)
    yield bits(code)
    probes = records(Probe, ROUND)
    yield bits(witness("gradproof_ask", engine, probes, 1))
    yield bits(witness("gradproof_result", engine, new_report(), None, 0))
    yield bits(witness("gradproof_stop", engine))
    yield bits(witness("gradproof_ask", engine, probes, ROUND))
    yield from _findings(witness, engine, x.size)
    yield from _saved(witness, engine.copy(), x)
    witness("gradproof_end", engine)
    witness("gradproof_end", None)


def _saved(witness: Any, saved: Any, x: Any) -> Iterator[bytes]:
    """A check that is taken up again from a copy, or not."""
    code = np.full(1, 5, np.int32)
    yield bits(witness("gradproof_allow", saved, -1))
    yield bits(witness("gradproof_allow", saved, 77))
    yield bits(saved)
    for words in (0, 9, saved.size - 1):
        assert witness("gradproof_resume", saved[:words].copy() if words else saved, words, code) is None
        yield bits(code)
    engine = witness("gradproof_resume", saved, saved.size, code)
    yield bits(code)
    yield bits(engine)
    witness("gradproof_end", engine)
    saved[20] ^= 1
    assert witness("gradproof_resume", saved, saved.size, code) is None
    yield bits(code)
    for place in (-1, 0, x.size - 1):
        unfit = x.copy()
        unfit[place if place >= 0 else 0] = math.nan if place >= 0 else 1.0
        yield bits(witness("gradproof_first_not_finite", unfit, x.size))
        with np.errstate(over="ignore"):
            single = unfit.astype(np.float32)
        yield bits(witness("gradproof_first_not_finite_f32", single, x.size))


def check_in_one_call(
    witness: Any, dtype: type, objective: Callable[[Any], float], x: Any, claimed: Any, budget: int
) -> list[bytes]:
    """Return the bits of a whole check in one call, and of what is refused."""
    with np.errstate(all="ignore"):
        x, claimed = x.astype(dtype), claimed.astype(dtype)
    symbol = "gradproof_check" if dtype == np.float64 else "gradproof_check_f32"

    def in_c(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = objective(point[:n])
        return 0

    report = new_report()
    findings = records(Finding, x.size)
    options = _options(witness, budget)
    rest = (report, findings, x.size)
    codes = [witness(symbol, in_c, None, x, claimed, x.size, options, *rest)]
    answer = [bits(report), bits(findings)]
    codes.append(witness(symbol, lambda *_: 42, None, x, claimed, x.size, None, *rest))
    codes.append(witness(symbol, in_c, None, x, claimed, 0, None, *rest))
    codes.append(witness(symbol, in_c, None, x, claimed, x.size, None, report, None, 0))
    return [*answer, bits(report), *map(bits, codes)]


def evaluate_round(witness: Any, dtype: type) -> list[bytes]:
    """Return the bits of points and values on coordinates, on random lines and at x, and of what is refused."""
    n, suffix = 9, "" if dtype == np.float64 else "_f32"
    x = np.linspace(-2, 1e3, n).astype(dtype)
    claimed, sizes, changes = np.cos(x), np.full(1, 300.0), np.zeros(6)
    rows = [
        (0, 0, 0, 0.0, 0.0, 0.0),
        (3, 4, 0, 0.0, 0.0, 0.1),
        (2, 8, 1, 0.0, 0.0, -0.01),
        (1, 5, 0, 0.0, -0.7, 0.01),
        (0, n, 5 - 2**63, 0.1, 0.0, 1e-9),
        (1, n, 7, 0.1, 0.0, -1e-3, 1),
    ]
    probes = records(Probe, len(rows))
    for probe, row in zip(probes, rows, strict=True):
        probe["start"], probe["stop"], probe["seed"] = row[:3]
        probe["floor"], probe["ratio"], probe["step"] = row[3:6]
    probes[-1]["aligned"] = 1
    points = np.zeros(len(rows) * n, dtype)
    given = (claimed, sizes, n, probes)
    answer = [bits(witness(f"gradproof_points{suffix}", x, *given, len(rows), points, changes)), bits(points)]
    answer += [bits(changes), bits(witness(f"gradproof_points{suffix}", x, *given, len(rows), points, None))]

    def objective(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = smooth(np.log1p(np.abs(point[:n].astype(np.float64))))
        return OUTSIDE if float(point[3]) != float(x[3]) else 0

    for count in (len(rows), 0, -1):
        values, work = np.zeros(len(rows)), np.zeros(n, dtype)
        rest = (*given, count, values, changes, work)
        answer += [bits(witness(f"gradproof_evaluate{suffix}", objective, None, x, *rest)), bits(values), bits(changes)]
    rest = (*given, len(rows), values, changes, work)
    refusal = witness(f"gradproof_evaluate{suffix}", lambda *_: 9, None, x, *rest)
    return [*answer, bits(refusal), bits(values), *_at_once(witness, x)]


def _at_once(witness: Any, x: Any) -> Iterator[bytes]:
    """A whole check in two calls, of f(x) and of the rest."""

    def objective(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = smooth(np.log1p(np.abs(point[:n].astype(np.float64))))
        return 0

    options, twin = _options(witness, 0), "" if x.dtype == np.float64 else "_f32"
    engine = np.zeros(witness("gradproof_engine_size", x.size, options), np.int64)
    yield bits(witness(f"gradproof_engine_start{twin}", engine, x, np.ones_like(x), None, x.size, options))
    probes, values, told = records(Probe, 2 * ROUND), np.zeros(ROUND), np.zeros(2, np.int64)
    for most in (1, ROUND):
        given = (x, probes, values, most, np.zeros_like(x), told)
        yield bits(witness(f"gradproof_run{twin}", engine, objective, None, *given))
        yield from (bits(probes[: told[0]]), bits(values[: told[0]]), bits(told), bits(engine))


def _options(witness: Any, budget: int) -> Any:
    options: Any = Options()
    assert witness("gradproof_options_fill", options, ctypes.sizeof(options)) == 0
    options.budget, options.mode = budget, MODE_FULL
    return options
