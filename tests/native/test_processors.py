"""Points of long lines and relative errors for any processor and for those with AVX2: one library, the same bits."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradproof.library import ffi
from gradproof.problem.probes import probes_at_x

MAKE = Path(__file__).with_name("two_versions.py")
CPU = Path("/proc/cpuinfo")
HAS_AVX2 = CPU.exists() and " avx2" in CPU.read_text(encoding="ascii", errors="replace")
N = 2 * 65_536 + 5_000

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="small libraries are built as on Linux"),
    pytest.mark.xdist_group("small libraries"),
]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("versions")
    done = subprocess.run([sys.executable, str(MAKE), str(folder)], capture_output=True, text=True, check=False)
    if "NoLinkerError" in done.stderr:
        pytest.skip("there is no linker here")
    assert done.returncode == 0, done.stderr
    return {name: ffi.dlopen(str(folder / f"{name}.so")) for name in ("portable", "choice", "spoiled", "plain")}


def moved(library, dtype, *, aligned):
    """The bytes of a point and of the changes of its segments."""
    random = np.random.default_rng(8)
    x, claimed = random.normal(size=(2, N)).astype(dtype)
    x[::9], claimed[::4] = 0.0, 0.0
    claimed[77] = np.nan
    sizes, point, changes = np.abs(random.normal(size=N // 1024 + 1)), x.copy(), np.zeros(3)
    probe = probes_at_x()
    probe["start"], probe["stop"], probe["seed"], probe["aligned"] = 300, N - 1, 11, aligned
    probe["step"], probe["floor"] = 1e-4, 0.1
    ending, element = ("", "double *") if dtype is np.float64 else ("_f32", "float *")
    vectors = [ffi.cast(element, ffi.from_buffer(vector)) for vector in (x, claimed, point)]
    numbers = [ffi.cast("double *", ffi.from_buffer(vector)) for vector in (sizes, changes)]
    words = ffi.cast("gradproof_probe *", ffi.from_buffer(probe))
    move = getattr(library, f"gradproof_move_segments{ending}")
    assert move(vectors[0], vectors[1], numbers[0], words, 0, 3, vectors[2], numbers[1]) == 0
    return point.tobytes(), changes.tobytes()


def compared(library, dtype):
    """The bytes of relative errors, of the largest one and of its index."""
    a, b = np.random.default_rng(9).normal(size=(2, 5_000)).astype(dtype)
    b[100:] = a[100:] * dtype(1.5)
    odd = [0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(dtype).max, -np.finfo(dtype).max, np.finfo(dtype).tiny]
    a[200:264], b[200:264] = np.repeat(odd, 8), np.tile(odd, 8)
    found = []
    for start in (0, 300):
        x, y = a[start:].copy(), b[start:].copy()
        out, largest, index = np.zeros(x.size), np.zeros(1), np.zeros(1, np.int64)
        ending, element = ("", "double *") if dtype is np.float64 else ("_f32", "float *")
        vectors = [ffi.cast(element, ffi.from_buffer(vector)) for vector in (x, y)]
        numbers = [ffi.cast("double *", ffi.from_buffer(vector)) for vector in (out, largest)]
        place = ffi.cast("int64_t *", ffi.from_buffer(index))
        assert getattr(library, f"gradproof_relative_error{ending}")(*vectors, x.size, *numbers, place) == 0
        found += [out.tobytes(), largest.tobytes(), index.tobytes()]
    return found


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("name", ["choice", "plain"])
def test_same_bits(libraries, name, dtype, aligned):
    portable = moved(libraries["portable"], dtype, aligned=aligned)
    assert moved(libraries[name], dtype, aligned=aligned) == portable
    assert compared(libraries[name], dtype) == compared(libraries["portable"], dtype)


@pytest.mark.skipif(not HAS_AVX2, reason="this processor has no AVX2")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_wide_version_is_what_runs(libraries, dtype):
    """The twin: were the wide version wrong, its bits would differ."""
    portable = moved(libraries["portable"], dtype, aligned=False)
    assert moved(libraries["spoiled"], dtype, aligned=False) != portable
    assert compared(libraries["spoiled"], dtype) != compared(libraries["portable"], dtype)
