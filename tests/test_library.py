"""One source, three witnesses: library, JIT and plain Python give the same bits from every exported function."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import _cffi_backend
import drivenlines
import numpy as np
import pytest
from driven import DRIVEN, PROBLEMS, ROUND, check_in_one_call, drive, evaluate_round
from witnesses import SIGNATURES, bits, new_report, records

import gradproof
from gradproof import library
from gradproof.core.records import codes
from gradproof.core.records.abi import exported_functions
from gradproof.core.records.border import Finding, Rung
from gradproof.core.records.codes import OUTSIDE
from gradproof.interpreted.exported import JustInTime

Arguments = tuple[Any, ...]
pytestmark = pytest.mark.xdist_group("compiled just in time")
SOURCE = Path(gradproof.__file__).parent.parent
CONSTANT = ("gradproof_explain", "gradproof_explain_cause", "gradproof_cause_word", "gradproof_verdict_word")


def bowl(x: Any, n: int, value: Any, user: Any) -> int:
    total = 0.0
    for index in range(n):
        total += (float(x[index]) - 0.25) ** 2 * (index + 1)
    value[0] = total
    return 0


def folded(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = sum(abs(float(x[index]) - 0.5) for index in range(n))
    return 0


def refusing(x: Any, n: int, value: Any, user: Any) -> int:
    value[0] = math.nan
    return 7


def nowhere(x: Any, n: int, value: Any, user: Any) -> int:
    """Without a value wherever the second coordinate has moved."""
    value[0] = float(x[0])
    return OUTSIDE if x[1] != -1.25 else 0


def point(dtype: type) -> Any:
    return np.array([0.5, -1.25, 3.0, 1e-3, 0.0, 300.0], dtype)


def differences(dtype: type) -> Iterator[Arguments]:
    x = point(dtype)
    steps = np.array([2.0**-20, 2.0**-10, 1e-3, 2.0**-30, 1e-5, 1.0])
    for objective in (bowl, folded, refusing, nowhere):
        for step in (steps, None):
            yield objective, None, x, x.size, step, np.zeros(x.size, dtype), np.zeros(x.size, dtype)
    yield bowl, None, x, 0, None, np.zeros(1, dtype), np.zeros(1, dtype)
    yield None, None, x, x.size, steps, np.zeros(x.size, dtype), np.zeros(x.size, dtype)


def relative_errors(dtype: type) -> Iterator[Arguments]:
    a = np.array([1.0, 0.0, -2.0, np.inf, np.nan, 1e-30, 3.0], dtype)
    b = np.array([1.5, 0.0, 2.0, np.inf, 1.0, -1e-35, 3.0], dtype)
    for n in (0, 3, 7):
        yield a, b, n, np.zeros(7), np.zeros(1), np.zeros(1, np.int64)
        yield a, b, n, None, np.zeros(1), None
    yield a, None, 7, np.zeros(7), None, None


def noise_floors(dtype: type) -> Iterator[Arguments]:
    for objective in (bowl, folded, refusing, nowhere):
        for seed in (0, 2**64 - 1):
            work = np.zeros(6, dtype)
            yield objective, None, point(dtype), 6, seed, work, np.zeros(1), np.zeros(1, np.int64)


def kink_searches(dtype: type) -> Iterator[Arguments]:
    for objective in (bowl, folded, refusing, nowhere):
        for radius in (0.0, 0.75):
            found = [np.zeros(6) for _ in range(3)]
            index, count = np.zeros(6, np.int64), np.zeros(1, np.int64)
            yield objective, None, point(dtype), 6, radius, np.zeros(6, dtype), index, *found, 6, count


def ladders(dtype: type) -> Iterator[Arguments]:
    for objective in (bowl, folded, refusing):
        for index, claimed in ((0, math.nan), (1, -2.5), (4, 0.0), (5, math.inf)):
            rungs, count = records(Rung, 96), np.zeros(1, np.int64)
            yield objective, None, point(dtype), 6, index, claimed, np.zeros(6, dtype), rungs, 96, count


def printings(_dtype: type) -> Iterator[Arguments]:
    """A report of one wrong coordinate, into memory that has room for it, for a part of it, or for nothing."""
    report, findings = new_report(), records(Finding, 1)
    report.verdict, report.n, report.tested, report.wrong, report.findings = codes.VERDICT_WRONG, 3, 3, 1, 1
    report.evaluations, report.rounds, report.arithmetic, report.agreeing = 7, 3, 64, 2
    report.value, report.resolution, report.noise_floor, report.rtol = 1.5, 2.5e-7, 1e-15, 1e-5
    findings["start"], findings["stop"], findings["cause"], findings["partner"] = 1, 2, codes.WRONG, -1
    findings["claimed"], findings["slope"], findings["error_bar"], findings["distance"] = 2.0, 2.25, 1e-6, math.nan
    for size in (4000, 48, 0):
        yield report, findings, 1, None, np.zeros(size, np.uint8) if size else None, size


# What each exported function is called with; the engines are driven as a whole, in driven.py and drivenlines.py.
CASES: dict[str, Callable[[type], Iterator[Arguments]]] = {
    "forward_difference": differences,
    "centered_difference": differences,
    "relative_error": relative_errors,
    "noise_floor": noise_floors,
    "find_kinks": kink_searches,
    "ladder": ladders,
    "print": printings,
}


def test_every_exported_function_is_compared():
    assert set(exported_functions()) <= set(CASES) | DRIVEN | drivenlines.DRIVEN


@pytest.mark.parametrize("symbol", [s for s, signature in SIGNATURES.items() if signature.function.__name__ in CASES])
def test_same_bits(symbol, three_witnesses):
    signature = SIGNATURES[symbol]
    make = CASES[signature.function.__name__]
    dtype = np.float32 if signature.float32 else np.float64
    answers = []
    for witness in three_witnesses:
        # Every witness gets arguments of its own: what the call writes into them is part of the answer.
        calls = [(witness(symbol, *arguments), *arguments) for arguments in make(dtype)]
        answers.append([[bits(value) for value in call if not callable(value)] for call in calls])
    for witness, answer in zip(three_witnesses, answers, strict=True):
        assert answer == answers[0], f"{witness.name} differs from {three_witnesses[0].name}"


@pytest.mark.parametrize(
    ("problem", "part"), [*((problem, ROUND) for problem in PROBLEMS), ("wrong", 50), ("edge", 61), ("kinked", 55)]
)
def test_engine_same_bits(problem, part, three_witnesses):
    logs = [drive(witness, PROBLEMS[problem](), part) for witness in three_witnesses]
    for witness, log in zip(three_witnesses, logs, strict=True):
        for number, (mine, first) in enumerate(zip(log, logs[0], strict=False)):
            assert mine == first, f"{witness.name} differs from {three_witnesses[0].name} at entry {number}"
        assert len(log) == len(logs[0])


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_check_in_one_call_same_bits(problem, dtype, three_witnesses):
    answers = [check_in_one_call(witness, dtype, *PROBLEMS[problem]()) for witness in three_witnesses]
    for witness, answer in zip(three_witnesses, answers, strict=True):
        assert answer == answers[0], f"{witness.name} differs from {three_witnesses[0].name}"


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_and_values_same_bits(dtype, three_witnesses):
    answers = [evaluate_round(witness, dtype) for witness in three_witnesses]
    for witness, answer in zip(three_witnesses, answers, strict=True):
        assert answer == answers[0], f"{witness.name} differs from {three_witnesses[0].name}"


@pytest.mark.parametrize("problem", drivenlines.PROBLEMS)
def test_lines_same_bits(problem, three_witnesses):
    makers = drivenlines.PROBLEMS
    logs = [drivenlines.drive(witness, three_witnesses[-1], makers[problem]()) for witness in three_witnesses]
    for witness, log in zip(three_witnesses, logs, strict=True):
        for number, (mine, first) in enumerate(zip(log, logs[0], strict=False)):
            assert mine == first, f"{witness.name} differs from {three_witnesses[0].name} at entry {number}"
        assert len(log) == len(logs[0])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_segments_and_misuse_of_lines_same_bits(dtype, three_witnesses):
    for make in (drivenlines.segments, drivenlines.misuse):
        answers = [make(witness, dtype) for witness in three_witnesses]
        for witness, answer in zip(three_witnesses, answers, strict=True):
            assert answer == answers[0], f"{witness.name} differs from {three_witnesses[0].name}"


def test_constant_functions_agree(three_witnesses):
    for code in range(-110, 12):
        for function in CONSTANT:
            texts = {
                library.ffi.string(getattr(functions, function)(code)) for functions in (JustInTime(), library.native())
            }
            assert len(texts) == 1
            assert all(texts)
    assert JustInTime().gradproof_version() == library.native().gradproof_version()
    versions = {library.ffi.string(one.gradproof_version_string()) for one in (JustInTime(), library.native())}
    assert versions == {gradproof.__version__.encode()}


def test_what_numba_compiles_of_points_is_kept_on_disk(tmp_path):
    """Else every process would compile it again, for seconds; Numba only warns of it."""
    program = "from gradproof.library import native; native().gradproof_points"
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_OPT"}
    environment |= {"NUMBA_CACHE_DIR": str(tmp_path), "GRADPROOF_LIBRARY": "jit", "PYTHONPATH": str(SOURCE)}
    subprocess.run([sys.executable, "-W", "error", "-c", program], env=environment, check=True, timeout=120)
    assert list(tmp_path.rglob("*gradproof_points*.nbi"))


def test_unknown_symbol():
    with pytest.raises(AttributeError, match="exports no gradproof_nothing"):
        JustInTime().gradproof_nothing  # noqa: B018


def test_pointer_keeps_type_and_memory():
    for dtype in (np.float64, np.float32, np.int64, np.int32):
        array = np.arange(3, dtype=dtype)
        pointer = library.pointer(array)
        assert list(pointer) == [0, 1, 2]
        pointer[1] = 7
        assert array[1] == 7
    assert library.pointer(None) == library.ffi.NULL


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """What loads a library of these bytes."""

    def load(content):
        (tmp_path / "libother.so").write_bytes(content)
        monkeypatch.setenv("GRADPROOF_LIBRARY", str(tmp_path / "libother.so"))
        library.native.cache_clear()
        return library.native()

    yield load
    library.native.cache_clear()


def test_what_is_no_library_is_refused(chosen):
    with pytest.raises(OSError, match="cannot be loaded as the library of gradproof"):
        chosen(b"not a library")


@pytest.mark.skipif(not library.FILE.endswith(".so"), reason="ELF")
def test_a_library_that_is_cut_is_refused(chosen):
    """The system's loader crashes on most of these."""
    whole = Path(library.FILE).read_bytes()
    for size in (20, 64, 4096, len(whole) // 2, len(whole) - 1):
        with pytest.raises(OSError, match=rf"cannot be loaded as the library of gradproof: it is cut after {size:,} "):
            chosen(whole[:size])
    assert chosen(whole).gradproof_version() == library.packed_version()


@pytest.mark.skipif(not library.FILE.endswith(".so"), reason="ELF")
def test_another_library_is_refused(chosen):
    with pytest.raises(OSError, match=r"cannot be loaded as the library of gradproof: .*gradproof_version"):
        chosen(Path(_cffi_backend.__file__).read_bytes())
