"""Threads in C: the same bits for any number, nothing that a race detector sees, and none where a system has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from c_programs import COMPILER, compiled, output_of

from gradproof.commands.installed import installation

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

# Four options of each kind of check; RACE writes to what all calls share.
PROGRAM = r"""
#include <gradproof.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6000 };
typedef struct data { int64_t calls; double refused; } data;

#define CHECK(suffix, type)                                                                                     \
    static int32_t f##suffix(const type *x, int64_t n, double *value, void *user) {                             \
        data *shared = user;                                                                                    \
        if (RACE) shared->calls++;                                                                              \
        if ((double)x[n / 2] > shared->refused) return 42;                                                      \
        *value = 1;                                                                                             \
        for (int64_t i = 0; i < n; i++) *value += (double)x[i] * x[i] * (1.0 + 0.25 * x[i]);                    \
        return 0;                                                                                               \
    }                                                                                                           \
    static void check##suffix(int64_t n, int64_t mode, int64_t wrong, double refused) {                         \
        static const int64_t threads[] = {0, 1, 2, 3, 4, 8};                                                    \
        type *x = malloc(sizeof *x * N), *g = malloc(sizeof *g * N);                                            \
        gradproof_finding *all = calloc(2 * N, sizeof *all);                                                    \
        gradproof_report reports[2];                                                                            \
        for (int64_t i = 0; i < n; i++) {                                                                       \
            x[i] = (type)(sin((double)i) + 1.5);                                                                \
            g[i] = (type)(2 * x[i] + 0.75 * x[i] * x[i]);                                                       \
        }                                                                                                       \
        if (wrong >= 0) g[wrong] *= (type)1.01;                                                                 \
        data shared = {0, refused > 0 ? (double)x[n / 2] : 1e9};                                                \
        int same = 1, code = 0;                                                                                 \
        for (int k = 0; k < 6; k++) {                                                                           \
            gradproof_report *report = &reports[k > 0];                                                         \
            gradproof_finding *findings = all + (k > 0 ? N : 0);                                                \
            memset(report, 0, sizeof *report);                                                                  \
            memset(findings, 0, sizeof *findings * N);                                                          \
            report->size = sizeof *report;                                                                      \
            findings->size = sizeof *findings;                                                                  \
            gradproof_options options = {0};                                                                    \
            options.size = sizeof options;                                                                      \
            options.mode = mode;                                                                                \
            options.threads = threads[k];                                                                       \
            code = gradproof_check##suffix(f##suffix, &shared, x, g, n, &options, report, findings, N);         \
            same &= !memcmp(&reports[0], report, sizeof *report);                                               \
            same &= !memcmp(all, findings, sizeof *findings * N);                                               \
        }                                                                                                       \
        printf("%d mode %d code %d verdict %d wrong %d at %d same %d\n", (int)sizeof(type), (int)mode, code,    \
               (int)reports[0].verdict, (int)reports[0].wrong, (int)all->start, same);                          \
        free(x), free(g), free(all);                                                                            \
    }
CHECK(, double)
CHECK(_f32, float)

int main(void) {
    check(400, GRADPROOF_MODE_FULL, -1, 0);
    check(400, GRADPROOF_MODE_FULL, 123, 0);
    check(400, GRADPROOF_MODE_FULL, 123, 1);
    check(6000, GRADPROOF_MODE_LINES, -1, 0);
    check(6000, GRADPROOF_MODE_LINES, 4321, 0);
    check_f32(400, GRADPROOF_MODE_FULL, 123, 0);
    check_f32(6000, GRADPROOF_MODE_LINES, 4321, 0);
    return 0;
}
"""

OUTPUT = """\
8 mode 1 code 0 verdict 1 wrong 0 at 0 same 1
8 mode 1 code 0 verdict 2 wrong 1 at 123 same 1
8 mode 1 code 42 verdict 3 wrong 0 at 0 same 1
8 mode 2 code 0 verdict 1 wrong 0 at 0 same 1
8 mode 2 code 0 verdict 2 wrong 1 at 4321 same 1
4 mode 1 code 0 verdict 2 wrong 1 at 123 same 1
4 mode 2 code 0 verdict 2 wrong 1 at 4321 same 1
"""


def program(folder: Path, *options: str, race: bool = False) -> Path:
    source = folder / "threads.c"
    source.write_text(PROGRAM)
    return compiled(source, folder / "threads", f"-DRACE={int(race)}", "-lm", *options)


def test_any_number_of_threads_gives_the_same_bits(tmp_path):
    assert output_of(program(tmp_path)) == OUTPUT


def races(folder: Path, *, race: bool) -> bool:
    """Whether ThreadSanitizer reports a race; the test is skipped where it cannot run."""
    folder.mkdir()
    try:
        made = program(folder, "-g", "-fsanitize=thread", race=race)
    except subprocess.CalledProcessError:
        pytest.skip("no ThreadSanitizer")
    done = subprocess.run([str(made)], capture_output=True, text=True, check=False, timeout=300)
    if "unexpected memory mapping" in done.stderr:
        pytest.skip("ThreadSanitizer does not run on this system")
    assert done.stdout == OUTPUT
    return "data race" in done.stderr


def test_a_race_detector_sees_only_the_race_of_an_objective(tmp_path):
    assert not races(tmp_path / "reentrant", race=False)
    assert races(tmp_path / "racing", race=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an ELF file is changed")
def test_without_threads_in_the_system_one_thread_does_it_all(tmp_path):
    """As with an older glibc in a program without libpthread: what starts threads is called where it is there."""
    made = program(tmp_path, race=True)
    code = installation.LIBRARY.read_bytes()
    assert code.count(b"\0pthread_create\0") == 1
    without = tmp_path / "without" / installation.LIBRARY.name
    without.parent.mkdir()
    without.write_bytes(code.replace(b"\0pthread_create\0", b"\0qthread_create\0"))
    shutil.copymode(installation.LIBRARY, without)
    done = subprocess.run(
        [str(made)], env={**os.environ, "LD_PRELOAD": str(without)}, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (OUTPUT, "", 0)
