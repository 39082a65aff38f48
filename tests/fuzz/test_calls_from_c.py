"""Random calls over the whole surface of the C library keep what its header promises."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from c_programs import COMPILER

from gradproof.commands.installed import installation

HERE = Path(__file__).parent
CALLS = 20_000
SANITIZERS = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

# Libraries that break one promise each, as far as the fuzzer can tell.
LIES = {
    "right where there is an error": """
        static int32_t lying(gradproof_objective f, void *user, const double *x, const double *g, int64_t n,
                             const gradproof_options *o, gradproof_report *r, gradproof_finding *s, int64_t c) {
            int32_t code = gradproof_check(f, user, x, g, n, o, r, s, c);
            if (code == 0) r->verdict = GRADPROOF_RIGHT;
            return code;
        }
        #define gradproof_check lying
        """,
    "another code than the callback's": """
        static int32_t lying(gradproof_objective f, void *user, const double *x, const double *g, int64_t n,
                             const gradproof_options *o, gradproof_report *r, gradproof_finding *s, int64_t c) {
            int32_t code = gradproof_check(f, user, x, g, n, o, r, s, c);
            return code > 0 ? 0 : code;
        }
        #define gradproof_check lying
        """,
    "the mildest finding first": """
        static int32_t lying(gradproof_objective f, void *user, const double *x, const double *g, int64_t n,
                             const gradproof_options *o, gradproof_report *r, gradproof_finding *s, int64_t c) {
            int32_t code = gradproof_check(f, user, x, g, n, o, r, s, c);
            int whole = code == 0 && r->size == (int64_t)sizeof *r && s && c > 1 && s->size == (int64_t)sizeof *s;
            int64_t last = whole ? (r->findings < c ? r->findings : c) - 1 : 0;
            if (last > 0) {
                gradproof_finding first = s[0];
                s[0] = s[last];
                s[last] = first;
            }
            return code;
        }
        #define gradproof_check lying
        """,
    "a coordinate that is none": """
        static int32_t lying(gradproof_objective f, void *user, const double *x, int64_t n, int64_t index, double g,
                             double *work, gradproof_rung *rungs, int64_t capacity, int64_t *count) {
            int bad = index < 0 || index >= n;
            return gradproof_ladder(f, user, x, n, bad ? 0 : index, g, work, rungs, capacity, count);
        }
        #define gradproof_ladder lying
        """,
    "writes behind the sizes": """
        static int32_t lying(const double *x, int64_t n, double *sizes) {
            int32_t code = gradproof_windows(x, n, sizes);
            if (code == 0) sizes[(n + 1023) / 1024] = 1.0;
            return code;
        }
        #define gradproof_windows lying
        """,
}


def built(folder: Path, lie: str = "") -> list[str]:
    """Compile the fuzzer, with sanitizers where the compiler has them; return the command that runs it."""
    (folder / "lie.h").write_text(f"#include <gradproof.h>\n{lie}\n")
    flags = [f"-I{installation.PACKAGE / 'include'}", "-include", str(folder / "lie.h"), "-std=c99", "-O1", "-w"]
    link = [*shlex.split(installation.link_flags()), "-lpthread"]
    program = folder / "fuzz"
    for sanitizers in (SANITIZERS, ()):
        command = [str(COMPILER), *flags, *sanitizers, str(HERE / "fuzz.c"), "-o", str(program), *link]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [str(program)]
    raise AssertionError(done.stderr)


def ran(command: list[str], seed: int = 7) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, str(seed), str(CALLS)], capture_output=True, text=True, check=False, timeout=300)


def test_random_calls(tmp_path):
    done = ran(built(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_broken_promise_is_found(tmp_path, lie):
    """The twin: a library that lies does not come through; a rare lie may take the calls of several seeds."""
    command = built(tmp_path, lie)
    assert any(ran(command, seed).returncode not in (0, 3) for seed in range(7, 12))
