"""Checks along lines, driven from start to end by any witness; everything that they write is logged as bits."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from witnesses import bits, new_report, records

from gradproof.core.points.directions import window_count
from gradproof.core.records import lines as linestate
from gradproof.core.records.border import Finding, Options, Probe
from gradproof.core.records.codes import MODE_LINES
from gradproof.core.records.engine import ROUND

DRIVEN = {
    "uses_lines",
    "block_factors",
    "windows",
    "move_segments",
    "sum_segments",
}
LONG = 3000
SHORT = 1030
MANY = 1000  # rounds: a check that does not end


class Problem(NamedTuple):
    """An objective on vectors of a length, the claimed gradient at x, named blocks and what is chosen."""

    objective: Callable[[Any], float]
    x: Any
    claimed: Any
    borders: Any = None
    budget: int = 0
    rtol: float = 0.0
    atol: float = 0.0
    rounds: int = MANY


def point(n: int) -> Any:
    """Coordinates of both signs and of sizes that differ from block to block."""
    random = np.random.default_rng(7)
    x = random.normal(size=n)
    x[n // 3 :] *= 1e-3
    return x


def waves(x: Any) -> float:
    return math.fsum(np.sin(np.asarray(x, np.float64) + 0.25).tolist())


def slopes_of_waves(x: Any) -> Any:
    return np.cos(x + 0.25)


def blocks_of(n: int) -> Any:
    return np.array([0, n // 3, n // 3 + 1, n], np.int64)


def right() -> Problem:
    x = point(LONG)
    return Problem(waves, x, slopes_of_waves(x), blocks_of(LONG))


def one_wrong() -> Problem:
    x = point(LONG)
    claimed = slopes_of_waves(x)
    claimed[777] += 0.1
    return Problem(waves, x, claimed, blocks_of(LONG))


def some_wrong() -> Problem:
    x = point(SHORT)
    claimed = slopes_of_waves(x)
    claimed[[3, 4, 600, 1029]] *= (1.5, -1.0, 0.0, 1.01)
    return Problem(waves, x, claimed)


def dense() -> Problem:
    x = point(LONG)
    claimed = slopes_of_waves(x)
    claimed[LONG // 3 + 1 :] *= 1.01
    return Problem(waves, x, claimed, blocks_of(LONG))


def dense_unnamed() -> Problem:
    return dense()._replace(borders=None)


def kinked() -> Problem:
    x = np.where(np.arange(SHORT) % 2 == 0, 0.0, point(SHORT))
    claimed = slopes_of_waves(x) + 0.5 * np.sign(x)
    return Problem(lambda y: waves(y) + 0.5 * math.fsum(np.abs(y).tolist()), x, claimed)


def single() -> Problem:
    x = point(SHORT).astype(np.float32)
    return Problem(waves, x, slopes_of_waves(x).astype(np.float32))


def inside_single() -> Problem:
    x = point(SHORT)
    return Problem(lambda y: float(np.sum(np.sin(y.astype(np.float32)))), x, np.cos(x))


def cheapest() -> Problem:
    return right()._replace(budget=28)


def parts() -> Problem:
    x = point(9 * 1024)
    return Problem(waves, x, slopes_of_waves(x), blocks_of(x.size), budget=1000)


def unfit() -> Problem:
    x = point(SHORT)
    claimed = slopes_of_waves(x)
    claimed[[5, 1029]] = np.nan, np.inf
    return Problem(waves, x, claimed)


def edge() -> Problem:
    x = np.full(SHORT, 1e-3)
    return Problem(lambda y: math.nan if y.min() < 1e-3 else waves(y), x, slopes_of_waves(x))


def not_finite() -> Problem:
    x = point(SHORT)
    return Problem(lambda y: math.inf, x, x)


def random() -> Problem:
    calls = iter(range(10**9))
    x = point(SHORT)
    claimed = slopes_of_waves(x)
    claimed[7] = 90.0
    return Problem(lambda y: waves(y) + 1e-4 * (next(calls) % 3), x, claimed, budget=90)


def blurred() -> Problem:
    """Values that differ from call to call by so much that no claim can be seen."""
    calls = iter(range(10**9))
    x = point(SHORT)
    return Problem(lambda y: waves(y) + 1e3 * math.sin(1e3 * next(calls)), x, slopes_of_waves(x))


def chosen() -> Problem:
    return one_wrong()._replace(rtol=1e-2)


def allowed() -> Problem:
    """Errors everywhere within what is allowed, and one beyond it."""
    x = point(SHORT)
    claimed = slopes_of_waves(x) + 1e-4 * np.sin(np.arange(SHORT))
    return Problem(waves, x, claimed, blocks_of(SHORT), atol=1e-3)


def not_allowed() -> Problem:
    problem = allowed()
    problem.claimed[77] += 1.0
    return problem


def stopped() -> Problem:
    return one_wrong()._replace(rounds=9)


PROBLEMS: dict[str, Callable[[], Problem]] = {
    problem.__name__: problem
    for problem in (
        right,
        one_wrong,
        some_wrong,
        dense,
        dense_unnamed,
        kinked,
        single,
        inside_single,
        cheapest,
        parts,
        unfit,
        edge,
        not_finite,
        random,
        blurred,
        chosen,
        allowed,
        not_allowed,
        stopped,
    )
}


def drive(witness: Any, library: Any, problem: Problem) -> list[bytes]:
    """Return the bits of a whole check along lines: probes, codes, memory, report, findings, candidates, blocks.

    The points of the probes are made by `library`, so that plain Python is quick; that they are the same is
    `segments` to show.
    """
    return list(_log(witness, library, problem))


def _log(witness: Any, library: Any, problem: Problem) -> Iterator[bytes]:
    x, claimed, n = problem.x, problem.claimed, problem.x.size
    twin = "_f32" if x.dtype == np.float32 else ""
    sizes = np.zeros(window_count(n))
    yield bits(witness(f"gradproof_windows{twin}", x, n, sizes))
    yield bits(sizes)
    blocks = 0 if problem.borders is None else len(problem.borders) - 1
    options = _options(witness, problem)
    memory = np.zeros(witness("gradproof_engine_size", n, options), np.int64)
    given = (x, claimed, sizes, n, options)
    yield bits(witness(f"gradproof_engine_start{twin}", memory, *given))
    probes = records(Probe, ROUND)
    rounds = 0
    tell = f"gradproof_tell{twin}"
    while (count := witness("gradproof_ask", memory, probes, ROUND)) > 0:
        rounds += 1
        assert rounds < MANY
        yield bits(memory)
        yield bits(probes[:count])
        values, changes = _evaluated(library, twin, problem, sizes, probes, count)
        yield bits(witness(tell, memory, x, claimed, values, changes, count + 1))
        if rounds >= problem.rounds:
            yield bits(witness(tell, memory, x, claimed, values, changes, max(count - 1, 1)))
            yield bits(witness("gradproof_stop", memory))
            continue
        yield bits(witness(tell, memory, x, claimed, values, changes, count))
    yield bits(count)
    yield bits(memory)
    yield from _results(witness, memory, blocks)
    yield bits(witness(tell, memory, x, claimed, np.zeros(3), np.zeros(3), 3))


def _evaluated(library: Any, twin: str, problem: Problem, sizes: Any, probes: Any, count: int) -> tuple[Any, Any]:
    n = problem.x.size
    values, changes, out = np.zeros(count), np.zeros(count), np.zeros(n, problem.x.dtype)
    for row in range(count):
        probe = probes[row : row + 1].copy()
        change = np.zeros(1)
        given = (problem.x, problem.claimed, sizes, n, probe)
        assert library(f"gradproof_points{twin}", *given, 1, out, change) == 0
        values[row], changes[row] = problem.objective(out), change[0]
    return values, changes


def _results(witness: Any, memory: Any, blocks: int) -> Iterator[bytes]:
    report: Any = new_report()
    yield bits(witness("gradproof_result", memory, report, None, 0))
    yield bits(report)
    findings = records(Finding, max(1, report.findings))
    for capacity in (1, report.findings):
        yield bits(witness("gradproof_result", memory, report, findings, capacity))
        yield bits(findings)
    room = linestate.CANDIDATES
    indices, causes, kinks = (np.zeros(room, np.int64) for _ in range(3))
    resolutions = np.zeros(room)
    yield bits(witness("gradproof_coordinates", memory, indices, causes, kinks, resolutions, room))
    yield bits(witness("gradproof_coordinates", memory, None, causes, None, None, 1))
    yield from (bits(indices), bits(causes), bits(kinks), bits(resolutions))
    norms, bars = np.zeros(blocks), np.zeros(blocks)
    yield bits(witness("gradproof_blocks", memory, norms, bars, blocks))
    yield from (bits(norms), bits(bars))
    yield bits(witness("gradproof_blocks", memory, None, None, blocks))
    yield bits(witness("gradproof_block_factors", memory, norms, blocks))
    yield bits(norms)


def _options(witness: Any, problem: Problem) -> Any:
    options: Any = Options()
    assert witness("gradproof_options_fill", options, ctypes.sizeof(options)) == 0
    options.budget, options.rtol, options.atol, options.mode = problem.budget, problem.rtol, problem.atol, MODE_LINES
    if problem.borders is not None:
        options.blocks, options.borders = len(problem.borders) - 1, problem.borders
    return options


def misuse(witness: Any, dtype: type) -> list[bytes]:
    """Return the codes of what is refused, and which checks go along lines."""
    twin = "" if dtype == np.float64 else "_f32"
    x, sizes = np.ones(3, dtype), np.ones(1)
    options: Any = Options()
    witness("gradproof_options_fill", options, ctypes.sizeof(options))
    options.mode = MODE_LINES
    of_no_size, no_blocks, no_borders = Options(), Options(), Options()
    one: Any
    for one, blocks in ((no_blocks, -1), (no_borders, 2)):
        one.size, one.blocks = ctypes.sizeof(one), blocks
    memory = np.zeros(witness("gradproof_engine_size", 3, options), np.int64)
    probes, report = records(Probe, ROUND), new_report()
    start, tell = f"gradproof_engine_start{twin}", f"gradproof_tell{twin}"
    right = [memory, x, x, sizes, 3, options]
    calls: list[tuple[Any, ...]] = [("gradproof_ask", memory, probes, ROUND), (tell, memory, x, x, sizes, sizes, 1)]
    calls += [("gradproof_stop", memory), ("gradproof_result", memory, report, None, 0)]
    calls += [("gradproof_coordinates", memory, None, None, None, None, 0), ("gradproof_blocks", memory, None, None, 0)]
    calls.append((start, *right))
    for place, value in (
        (0, None),
        (1, None),
        (2, None),
        (3, None),
        (4, 0),
        (5, no_blocks),
        (5, no_borders),
        (5, of_no_size),
    ):
        calls.append((start, *(value if number == place else one for number, one in enumerate(right))))
    calls.append((start, memory, np.array([1, np.nan, 1], dtype), *right[2:]))
    calls += [("gradproof_engine_size", 3, no_blocks), ("gradproof_engine_size", 3, options), (start, *right)]
    calls += [("gradproof_ask", None, probes, ROUND), ("gradproof_ask", memory, probes, ROUND - 1)]
    calls += [("gradproof_ask", memory, None, ROUND), (tell, memory, x, x, None, sizes, 1)]
    calls += [(tell, memory, x, x, sizes, None, 1), (tell, memory, x, x, sizes, sizes, 1)]
    calls += [("gradproof_result", memory, report, None, 0), ("gradproof_stop", None), ("gradproof_stop", memory)]
    calls += [("gradproof_result", memory, None, None, 0), ("gradproof_result", memory, report, None, 0)]
    calls += [("gradproof_coordinates", None, None, None, None, None, 0), ("gradproof_blocks", None, None, None, 0)]
    calls += [("gradproof_block_factors", None, None, 0), ("gradproof_block_factors", memory, None, 0)]
    calls += [(f"gradproof_windows{twin}", None, 3, sizes), (f"gradproof_windows{twin}", x, 0, sizes)]
    for n in (1, 5000, 5001, 10**12):
        for mode in (0, 1, 2):
            calls += [("gradproof_uses_lines", n, mode, budget) for budget in (0, 27, 28, 10_001, 10**13)]
    return [bits(witness(*call)) for call in calls] + [bits(report)]


def segments(witness: Any, dtype: type) -> list[bytes]:
    """Return the bits of points moved by segments, of changes and of their sums; and of what is refused."""
    n, twin = SHORT, "" if dtype == np.float64 else "_f32"
    x, claimed, out = point(n).astype(dtype), np.cos(point(n)).astype(dtype), np.zeros(n, dtype)
    sizes, changes = np.zeros(2), np.zeros(2)
    answer = [bits(witness(f"gradproof_windows{twin}", x, n, sizes)), bits(sizes)]
    for start, stop, seed, step, aligned in ((0, n, 5, 0.25, 0), (0, n, -9, 2.0**-30, 1), (700, 1027, 3, -0.5, 1)):
        probe = records(Probe, 1)
        probe["start"], probe["stop"], probe["seed"], probe["aligned"] = start, stop, seed, aligned
        probe["floor"], probe["step"] = 0.1, step
        given = (x, claimed, sizes, probe)
        answer += [bits(witness(f"gradproof_move_segments{twin}", *given, 0, 2, out, changes)), bits(out)]
        answer += [bits(changes), bits(witness("gradproof_sum_segments", changes, 2))]
    for first, count, room in ((-1, 1, out), (0, -1, out), (0, 1, None)):
        answer.append(bits(witness(f"gradproof_move_segments{twin}", *given, first, count, room, changes)))
    return answer
