"""The pieces that are useful alone, from C: differences, relative error, noise floor, kinks, ladder."""

from __future__ import annotations

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

enum { N = 4 };

static int32_t smooth(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += exp(x[i]);
    return 0;
}
static int32_t single(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += (double)expf((float)x[i]);
    return 0;
}
static int32_t folded(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += (double)(i + 1) * fabs(x[i] - 1);
    return 0;
}
static int32_t refuse(const double *x, int64_t n, double *value, void *user) {
    (void)x; (void)n; (void)value; (void)user;
    return 17;
}
static int32_t nowhere(const double *x, int64_t n, double *value, void *user) {
    (void)x; (void)n; (void)user;
    *value = NAN;
    return 0;
}

static void differences(const double *x, double *out, double *work) {
    double exact[N], worst;
    int64_t where;
    for (int i = 0; i < N; i++) exact[i] = exp(x[i]);
    int32_t code = gradproof_centered_difference(smooth, NULL, x, N, NULL, out, work);
    gradproof_relative_error(out, exact, N, NULL, &worst, &where);
    printf("centered %d %d\n", code, worst < 1e-8);
    code = gradproof_forward_difference(smooth, NULL, x, N, NULL, out, work);
    gradproof_relative_error(out, exact, N, NULL, &worst, &where);
    printf("forward %d %d\n", code, worst < 1e-5 && worst > 1e-12);
    printf("refused %d\n", gradproof_centered_difference(refuse, NULL, x, N, NULL, out, work));
    printf("not finite %d %d\n", gradproof_centered_difference(nowhere, NULL, x, N, NULL, out, work),
        GRADPROOF_OBJECTIVE_NOT_FINITE);
    code = gradproof_centered_difference(smooth, NULL, x, N, NULL, NULL, work);
    printf("nowhere to write %d\n", code == GRADPROOF_NULL_OUTPUT);
}

static void errors(double *out) {
    double a[N] = {1, 0, -2, 3}, b[N] = {1, 0, 2, 4}, worst;
    int64_t where;
    int32_t code = gradproof_relative_error(a, b, N, out, &worst, &where);
    printf("relative %d %g %g %g %g, worst %g at %d\n", code, out[0], out[1], out[2], out[3], worst, (int)where);
    b[1] = NAN;
    gradproof_relative_error(a, b, N, NULL, &worst, &where);
    printf("with a nan: %g at %d\n", worst, (int)where);
    printf("nothing to compare %d\n", gradproof_relative_error(NULL, b, N, out, NULL, NULL) == GRADPROOF_NULL_X);
}

static void noise(const double *x, double *work) {
    double floor = 0;
    int64_t arithmetic = 0;
    int32_t code = gradproof_noise_floor(smooth, NULL, x, N, 0, work, &floor, &arithmetic);
    printf("noise %d %d %d\n", code, floor > 1e-18 && floor < 1e-13, arithmetic == GRADPROOF_ARITHMETIC_FLOAT64);
    code = gradproof_noise_floor(single, NULL, x, N, 0, work, &floor, &arithmetic);
    printf("in float32 %d %d %d\n", code, floor > 1e-9 && floor < 1e-4, arithmetic == GRADPROOF_ARITHMETIC_FLOAT32);
    printf("refused %d\n", gradproof_noise_floor(refuse, NULL, x, N, 0, work, &floor, NULL));
}

static void kinks(double *work) {
    double y[N] = {1, 0.25, 1.0625, 3}, distance[N], left[N], right[N];
    int64_t index[N], count = 0;
    int32_t code = gradproof_find_kinks(folded, NULL, y, N, 0.5, work, index, distance, left, right, N, &count);
    printf("kinks %d %d\n", code, (int)count);
    for (int64_t k = 0; k < count; k++)
        printf("at x[%d] %+.4f: %.3f, %.3f\n", (int)index[k], distance[k], left[k], right[k]);
    gradproof_find_kinks(folded, NULL, y, N, 0.5, work, index, distance, left, right, 1, &count);
    printf("room for one, found %d\n", (int)count);
    code = gradproof_find_kinks(smooth, NULL, y, N, 0, work, index, distance, left, right, N, &count);
    printf("smooth %d %d\n", code, (int)count);
    count = 9;
    code = gradproof_find_kinks(refuse, NULL, y, N, 0, work, index, distance, left, right, N, &count);
    printf("refused %d %d\n", code, (int)count);
    code = gradproof_find_kinks(smooth, NULL, y, INT64_MAX, 0, work, index, distance, left, right, N, &count);
    printf("more than there can be %d\n", code == GRADPROOF_BAD_N);
}

static void ladder(const double *x, double *work) {
    gradproof_rung rungs[96];
    int64_t count = 0, alike = 0, near = 0;
    double slope = exp(x[1]), claimed = 1.5 * slope;
    rungs[0].size = sizeof rungs[0];
    int32_t code = gradproof_ladder(smooth, NULL, x, N, 1, NAN, work, rungs, 96, &count);
    for (int64_t k = 0; k < count; k++) {
        double off = fabs(rungs[k].slope - claimed) / (0.5 * slope);
        if (rungs[k].error_bar < 1e-3 && rungs[k].step < 0.1 && off > 0.99 && off < 1.01) alike++;
        if (fabs(rungs[k].slope - slope) < 1e-8) near++;
        if (k > 0 && !(rungs[k].step > rungs[k - 1].step)) printf("not in order\n");
    }
    printf("ladder %d %d %d %d\n", code, count > 20, alike > 8, near > 2);
    code = gradproof_ladder(smooth, NULL, x, N, 1, claimed, work, rungs, 1, &count);
    printf("room for one %d %d %d\n", code, count > 3, count < 10);
    printf("refused %d\n", gradproof_ladder(refuse, NULL, x, N, 1, NAN, work, rungs, 96, &count));
    code = gradproof_ladder(smooth, NULL, x, N, N, NAN, work, rungs, 96, &count);
    printf("beyond the last %d\n", code == GRADPROOF_BAD_INDEX);
    rungs[0].size = 0;
    code = gradproof_ladder(smooth, NULL, x, N, 1, NAN, work, rungs, 96, &count);
    printf("no size %d\n", code == GRADPROOF_BAD_SIZE);
}

int main(void) {
    double x[N] = {0.5, -1.25, 0.125, 2}, before[N], out[N], work[N];
    memcpy(before, x, sizeof x);
    differences(x, out, work);
    errors(out);
    noise(x, work);
    kinks(work);
    ladder(x, work);
    printf("x %d\n", memcmp(before, x, sizeof x));
    return 0;
}
"""

OUTPUT = """\
centered 0 1
forward 0 1
refused 17
not finite -3 -3
nowhere to write 1
relative 0 0 0 2 0.25, worst 2 at 2
with a nan: inf at 1
nothing to compare 1
noise 0 1 1
in float32 0 1 1
refused 17
kinks 0 2
at x[0] +0.0000: -1.000, 1.000
at x[2] -0.0625: -3.000, 3.000
room for one, found 2
smooth 0 0
refused 17 0
more than there can be 1
ladder 0 1 1 1
room for one 0 1 1
refused 17
beyond the last 1
no size 1
x 0
"""


@pytest.mark.parametrize("standard", ["-std=c99", "-std=c17"])
def test_pieces_in_c(tmp_path, standard):
    (tmp_path / "program.c").write_text(PROGRAM)
    assert output_of(compiled(tmp_path / "program.c", tmp_path / "program", standard, "-pedantic")) == OUTPUT
