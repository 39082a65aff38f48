"""The library from C, with nothing but gradproof.h and -lgradproof."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from c_programs import COMPILER, compiled, output_of

from gradproof.commands.installed import installation

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

PROGRAM = r"""
#include <gradproof.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int32_t f(const double *x, int64_t n, double *value, void *user) {
    *value = *(double *)user;
    for (int64_t i = 0; i < n; i++) *value += exp(0.3 * x[i]) + fabs(x[i]);
    return 0;
}
static int32_t f32(const float *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += (double)x[i] * x[i];
    return 0;
}
static int32_t refuse(const double *x, int64_t n, double *value, void *user) {
    (void)x; (void)n; (void)value; (void)user;
    return 17;
}

int main(void) {
    double x[5] = {-2, -1, 0.5, 1, 2}, g[5], shift = 3;
    float y[2] = {1.5f, -2.25f}, h[2] = {3, -4.5f};
    for (int i = 0; i < 5; i++) g[i] = 0.3 * exp(0.3 * x[i]) + (x[i] > 0 ? 1 : -1);

    gradproof_report report;
    gradproof_finding findings[5];
    gradproof_options options;
    report.size = sizeof report;
    findings[0].size = sizeof findings[0];
    int32_t code = gradproof_check(f, &shift, x, g, 5, NULL, &report, findings, 5);
    printf("right %d %d\n", code, (int)report.verdict);
    g[3] *= 1.001;
    gradproof_options_default(&options);
    code = gradproof_check(f, &shift, x, g, 5, &options, &report, findings, 5);
    printf("wrong %d %d %d\n", code, (int)report.verdict, (int)report.wrong);
    for (int64_t i = 0; i < report.findings; i++)
        if (findings[i].cause == GRADPROOF_CAUSE_WRONG) printf("at %d\n", (int)findings[i].start);
    options.atol = 0.01;
    code = gradproof_check(f, &shift, x, g, 5, &options, &report, NULL, 0);
    printf("allowed %d %d %g vouched %g unseen %d\n", code, (int)report.verdict, report.atol, report.vouched,
           (int)report.unseen);
    g[3] *= 1.1;
    code = gradproof_check(f, &shift, x, g, 5, &options, &report, NULL, 0);
    printf("not allowed %d %d %d vouched %g\n", code, (int)report.verdict, (int)report.wrong, report.vouched);
    options.atol = -1;
    printf("below 0 %d\n", gradproof_check(f, &shift, x, g, 5, &options, &report, NULL, 0));
    g[3] /= 1.1;
    code = gradproof_check_f32(f32, NULL, y, h, 2, NULL, &report, NULL, 0);
    printf("float %d %d\n", code, (int)report.verdict);
    printf("refused %d\n", gradproof_check(refuse, NULL, x, g, 5, NULL, &report, NULL, 0));
    printf("misuse %d %d\n", gradproof_check(f, NULL, NULL, g, 5, NULL, &report, NULL, 0), GRADPROOF_NULL_X);
    gradproof_options zeros = {0};
    zeros.size = sizeof zeros;
    gradproof_options_default(&options);
    printf("defaults %d\n", memcmp(&zeros, &options, sizeof zeros));
    report.size = 0;
    report.verdict = GRADPROOF_RIGHT;
    code = gradproof_check(f, &shift, x, g, 5, NULL, &report, NULL, 0);
    printf("no size %d %d\n", code, (int)report.verdict);
    report.size = sizeof report;
    printf("sentence %d\n", strlen(gradproof_explain(GRADPROOF_NULL_X)) > 20);
    printf("version %d\n", gradproof_version() == GRADPROOF_VERSION);

    g[3] /= 1.001;
    static gradproof_probe probes[GRADPROOF_ROUND];
    static double values[GRADPROOF_ROUND];
    double point[5];
    int64_t count;
    gradproof_engine *engine = gradproof_begin(x, g, NULL, 5, NULL, &code);
    while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {
        gradproof_evaluate(f, &shift, x, NULL, NULL, 5, probes, count, values, NULL, point);
        gradproof_tell(engine, x, g, values, NULL, count);
    }
    gradproof_result(engine, &report, NULL, 0);
    gradproof_end(engine);
    gradproof_end(NULL);
    printf("rounds %d %d\n", (int)count, (int)report.verdict);
    return 0;
}
"""

OUTPUT = """\
right 0 1
wrong 0 2 1
at 3
allowed 0 1 0.01 vouched 1 unseen 0
not allowed 0 2 1 vouched 0.8
below 0 -44
float 0 1
refused 17
misuse -61 -61
defaults 0
no size -40 3
sentence 1
version 1
rounds 0 1
"""


LINES_PROGRAM = r"""
#include <gradproof.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 6000, AT = 4321 };

#define CHECK(suffix, type)                                                                                      \
    static int32_t f##suffix(const type *x, int64_t n, double *value, void *user) {                              \
        *value = *(double *)user;                                                                                \
        for (int64_t i = 0; i < n; i++) *value += (double)x[i] * x[i] * (1.0 + 0.25 * x[i]);                     \
        return 0;                                                                                                \
    }                                                                                                            \
    static void run##suffix(int64_t mode, int64_t budget) {                                                      \
        static type x[N], g[N];                                                                                  \
        double shift = 3;                                                                                        \
        gradproof_report report;                                                                                 \
        gradproof_finding findings[8];                                                                           \
        gradproof_options options;                                                                               \
        report.size = sizeof report;                                                                             \
        findings[0].size = sizeof findings[0];                                                                   \
        gradproof_options_default(&options);                                                                     \
        options.mode = mode;                                                                                     \
        options.budget = budget;                                                                                 \
        for (int64_t i = 0; i < N; i++) x[i] = (type)((i * 37 % 101 - 50) / 64.0);                               \
        for (int64_t i = 0; i < N; i++) g[i] = (type)(2.0 * x[i] + 0.75 * (double)x[i] * x[i]);                  \
        for (int wrong = 0; wrong < 2; wrong++) {                                                                \
            g[AT] += (type)wrong;                                                                                \
            int32_t code = gradproof_check##suffix(f##suffix, &shift, x, g, N, &options, &report, findings, 8);  \
            printf("%d %d lines %d wrong %d", code, (int)report.verdict, (int)report.lines, (int)report.wrong);  \
            for (int64_t i = 0; i < report.findings; i++)                                                        \
                if (findings[i].cause == GRADPROOF_CAUSE_WRONG)                                                  \
                    printf(" at %d to %d", (int)findings[i].start, (int)findings[i].stop);                       \
            printf("%s\n", report.evaluations < 130 ? "" : " in many evaluations");                              \
        }                                                                                                        \
    }
CHECK(, double)
CHECK(_f32, float)

int main(void) {
    run(GRADPROOF_MODE_LINES, 0);
    run(GRADPROOF_MODE_AUTO, 0);
    run_f32(GRADPROOF_MODE_LINES, 0);
    run(GRADPROOF_MODE_LINES, 20);
    return 0;
}
"""

LINES_OUTPUT = """\
0 1 lines 4 wrong 0
0 2 lines 0 wrong 1 at 4321 to 4322
0 1 lines 4 wrong 0
0 2 lines 0 wrong 1 at 4321 to 4322
0 1 lines 4 wrong 0
0 2 lines 0 wrong 1 at 4321 to 4322
0 3 lines 0 wrong 0
0 3 lines 0 wrong 0
"""


CONTRACT_PROGRAM = r"""
#include <gradproof.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 5, AT = 2 };

static const char *word(int64_t code) {
    switch (code) {
    case GRADPROOF_DONE: return "done";
    case GRADPROOF_BAD_N: return "bad n";
    case GRADPROOF_BAD_COUNT: return "bad count";
    case GRADPROOF_BAD_BLOCKS: return "bad blocks";
    case GRADPROOF_X_NOT_FINITE: return "x not finite";
    case GRADPROOF_DAMAGED: return "damaged";
    case GRADPROOF_OTHER_VERSION: return "other version";
    case GRADPROOF_OTHER_TYPE: return "other type";
    case GRADPROOF_NO_ROUND: return "no round";
    case GRADPROOF_TOO_MANY_VALUES: return "too many values";
    case GRADPROOF_NO_ENGINE: return "no engine";
    case GRADPROOF_NOTHING_TOLD: return "nothing told";
    default: return "?";
    }
}

/* The code of a call, and whether it left its memory as it was. */
#define REFUSED(what, call)                                                                                      \
    do {                                                                                                         \
        memcpy(before, memory, bytes);                                                                           \
        int64_t code_ = (call);                                                                                  \
        printf("%s: %s%s\n", what, word(code_), memcmp(before, memory, bytes) ? ", but it wrote" : "");          \
    } while (0)

#define CONTRACT(suffix, type)                                                                                   \
    static int32_t f##suffix(const type *x, int64_t n, double *value, void *user) {                              \
        (void)user;                                                                                              \
        *value = 0;                                                                                              \
        for (int64_t i = 0; i < n; i++) *value += (double)x[i] * x[i] * (1.0 + 0.25 * x[i]);                     \
        return 0;                                                                                                \
    }                                                                                                            \
    static void run##suffix(int64_t mode, int64_t part) {                                                        \
        static gradproof_probe probes[GRADPROOF_ROUND], again[GRADPROOF_ROUND];                                  \
        static double values[GRADPROOF_ROUND], changes[GRADPROOF_ROUND];                                         \
        type x[N] = {1, -2, 0.5, 3, 1.5}, g[N], point[N];                                                        \
        double sizes[1];                                                                                         \
        gradproof_report report, undecided = {0};                                                                \
        gradproof_finding finding;                                                                               \
        gradproof_options options;                                                                               \
        for (int i = 0; i < N; i++) g[i] = (type)(2.0 * x[i] + 0.75 * (double)x[i] * x[i]);                      \
        g[AT] += (type)0.5;                                                                                      \
        gradproof_windows##suffix(x, N, sizes);                                                                  \
        gradproof_options_default(&options);                                                                     \
        options.mode = mode;                                                                                     \
        size_t bytes = 8 * (size_t)gradproof_engine_size(N, &options);                                        \
        void *memory = calloc(1, bytes), *before = calloc(1, bytes);                                             \
        gradproof_engine *engine = memory;                                                                       \
        memset(&report, 7, sizeof report);                                                                       \
        finding.size = sizeof finding;                                                                           \
        report.size = undecided.size = sizeof report;                                                            \
        undecided.verdict = GRADPROOF_INCONCLUSIVE;                                                              \
        undecided.index = -1;                                                                                    \
        REFUSED("ask of zeros", gradproof_ask(engine, probes, GRADPROOF_ROUND));                                 \
        REFUSED("tell of zeros", gradproof_tell##suffix(engine, x, g, values, changes, 1));                      \
        REFUSED("stop of zeros", gradproof_stop(engine));                                                        \
        REFUSED("result of zeros", gradproof_result(engine, &report, NULL, 0));                                  \
        REFUSED("coordinates of zeros", gradproof_coordinates(engine, NULL, NULL, NULL, NULL, 0));               \
        REFUSED("blocks of zeros", gradproof_blocks(engine, NULL, NULL, 0));                                     \
        printf("start: %s\n", word(gradproof_engine_start##suffix(engine, x, g, sizes, N, &options)));  \
        REFUSED("tell before ask", gradproof_tell##suffix(engine, x, g, values, changes, 1));                    \
        REFUSED("result before tell", gradproof_result(engine, &report, NULL, 0));                               \
        int64_t count = gradproof_ask(engine, probes, GRADPROOF_ROUND);                                          \
        REFUSED("too many", gradproof_tell##suffix(engine, x, g, values, changes, count + 1));                   \
        REFUSED("none", gradproof_tell##suffix(engine, x, g, values, changes, 0));                               \
        REFUSED("result before tell", gradproof_result(engine, &report, NULL, 0));                               \
        printf("report %s\n", memcmp(&report, &undecided, sizeof report) ? "written" : "undecided");             \
        int same = 1, partial = 0, moves = 0;                                                                    \
        while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {                                   \
            memcpy(before, memory, bytes);                                                                       \
            same &= gradproof_ask(engine, again, GRADPROOF_ROUND) == count;                                      \
            same &= !memcmp(probes, again, (size_t)count * sizeof *probes) && !memcmp(before, memory, bytes);    \
            gradproof_evaluate##suffix(f##suffix, NULL, x, g, sizes, N, probes, count, values, changes, point);  \
            /* A part of every other round; then the check goes on in other memory. */                           \
            int64_t told = moves++ % 2 && count > part ? part : count;                                           \
            partial += told < count;                                                                             \
            gradproof_tell##suffix(engine, x, g, values, changes, told);                                         \
            void *other = malloc(bytes);                                                                         \
            memcpy(other, memory, bytes);                                                                        \
            free(memory);                                                                                        \
            memory = other;                                                                                      \
            engine = other;                                                                                      \
        }                                                                                                        \
        printf("same round %d, parts told %d\n", same, partial > 0);                                             \
        REFUSED("tell at the end", gradproof_tell##suffix(engine, x, g, values, changes, 1));                    \
        REFUSED("result", gradproof_result(engine, &report, &finding, 1));                                       \
        printf("wrong %d at %d\n", report.verdict == GRADPROOF_WRONG, (int)finding.start);                       \
        int32_t code = 7;                                                                                        \
        gradproof_engine *resumed = gradproof_resume(memory, (int64_t)(bytes / 8), &code);                       \
        printf("resumed: %s\n", word(code));                                                                     \
        report.verdict = 0;                                                                                      \
        gradproof_result(resumed, &report, NULL, 0);                                                             \
        printf("still wrong %d\n", report.verdict == GRADPROOF_WRONG);                                           \
        gradproof_end(resumed);                                                                                  \
        ((int64_t *)memory)[20] ^= 1;                                                                            \
        resumed = gradproof_resume(memory, (int64_t)(bytes / 8), &code);                                         \
        printf("damaged copy: %s %d\n", word(code), resumed == NULL);                                            \
        REFUSED("ask of what was damaged", gradproof_ask(engine, probes, GRADPROOF_ROUND));                      \
        ((int64_t *)memory)[20] ^= 1;                                                                            \
        resumed = gradproof_resume(memory, 1000, &code);                                                         \
        printf("short copy: %s %d\n", word(code), resumed == NULL);                                              \
        gradproof_end(resumed);                                                                                  \
        x[0] = (type)NAN;                                                                                        \
        printf("x not finite: %s\n",                                                                             \
               word(gradproof_engine_start##suffix(engine, x, g, sizes, N, &options)));                 \
        REFUSED("result after that", gradproof_result(engine, &report, NULL, 0));                                \
        free(memory);                                                                                            \
        free(before);                                                                                            \
    }
CONTRACT(, double)
CONTRACT(_f32, float)

int main(void) {
    int64_t impossible[] = {0, -1, INT64_MIN, (int64_t)1 << 61, INT64_MAX};
    for (int mode = GRADPROOF_MODE_FULL; mode <= GRADPROOF_MODE_LINES; mode++) {
        run(mode, 3);
        run_f32(mode, 3);
    }
    for (int i = 0; i < 5; i++) puts(word(gradproof_engine_size(impossible[i], NULL)));
    gradproof_options options;
    gradproof_options_default(&options);
    options.blocks = INT64_MAX;
    puts(word(gradproof_engine_size(3, &options)));
    printf("verdicts %d\n", GRADPROOF_RIGHT && GRADPROOF_WRONG && GRADPROOF_INCONCLUSIVE);
    return 0;
}
"""

CONTRACT_OF_A_MODE = """\
ask of zeros: no engine
tell of zeros: no engine
stop of zeros: no engine
result of zeros: no engine
coordinates of zeros: no engine
blocks of zeros: no engine
start: done
tell before ask: no round
result before tell: nothing told
too many: too many values
none: bad count
result before tell: nothing told
report undecided
same round 1, parts told 1
tell at the end: no round
result: done
wrong 1 at 2
resumed: done
still wrong 1
damaged copy: damaged 1
ask of what was damaged: damaged
short copy: other version 1
x not finite: x not finite
result after that: no engine
"""
CONTRACT_OUTPUT = 4 * CONTRACT_OF_A_MODE + 5 * "bad n\n" + "bad blocks\n" + "verdicts 1\n"


@pytest.mark.parametrize("standard", ["-std=c99", "-std=c11"])
def test_lines_in_c(tmp_path, standard):
    """Right and wrong along lines, the wrong coordinate by its index, for both types; and a budget too small."""
    (tmp_path / "lines.c").write_text(LINES_PROGRAM)
    assert output_of(compiled(tmp_path / "lines.c", tmp_path / "lines", standard, "-pedantic")) == LINES_OUTPUT


@pytest.mark.parametrize("standard", ["-std=c99", "-std=c17"])
def test_contract_in_c(tmp_path, standard):
    """Every mode and both types: what is refused leaves all memory as it was, and a check may be told in parts."""
    (tmp_path / "contract.c").write_text(CONTRACT_PROGRAM)
    program = compiled(tmp_path / "contract.c", tmp_path / "contract", standard, "-pedantic")
    assert output_of(program) == CONTRACT_OUTPUT


@pytest.mark.parametrize("standard", ["-std=c99", "-std=c11"])
def test_program_in_c(tmp_path, standard):
    (tmp_path / "program.c").write_text(PROGRAM)
    assert output_of(compiled(tmp_path / "program.c", tmp_path / "program", standard, "-pedantic")) == OUTPUT


@pytest.mark.skipif(not shutil.which("nm"), reason="no nm")
def test_symbols():
    lines = subprocess.run(["nm", "-D", str(installation.LIBRARY)], capture_output=True, text=True, check=True).stdout
    words = [line.split()[-2:] for line in lines.splitlines()]
    needed = {name.partition("@")[0] for kind, name in words if kind in "Uwv"}
    # Beside the functions there is the version of their names.
    defined = {name for kind, name in words if kind not in "UwvA"}
    libm = {"frexp", "ldexp", "floor", "sqrt"}
    threads = {"pthread_create", "pthread_join"}
    libc = {"malloc", "calloc", "free", "memcpy", "memset", "memmove", "snprintf", "clock_gettime"}
    assert needed <= libc | threads | libm
    # Where they are not, the library loads all the same.
    assert {name.partition("@")[0] for kind, name in words if kind in "wv"} == threads
    assert all(name.startswith("gradproof_") for name in defined)


def test_library_is_small():
    # Single coordinates take a third of it, long lines with halving and parts another; the text of reports and the
    # sentences a sixth. Windows of long lines are there four times: of float64 and float32, with AVX2 and without.
    assert installation.LIBRARY.stat().st_size <= 110_000
