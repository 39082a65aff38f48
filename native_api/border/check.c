#include <gradproof.h>
#include <stdio.h>

static int32_t cubes(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
    return 0;
}

int main(void) {
    double x[] = {1, 2, 3}, claimed[] = {3, 12, 26}; // 26 should be 27
    gradproof_options options;
    gradproof_report report;
    gradproof_finding worst;
    report.size = sizeof report;
    worst.size = sizeof worst;
    gradproof_options_default(&options);
    options.time_limit = 60; // seconds
    int32_t code = gradproof_check(cubes, NULL, x, claimed, 3, &options, &report, &worst, 1);
    if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    if (report.verdict == GRADPROOF_RIGHT) return puts("right"), 0;
    printf("%d of %d wrong: ", (int)report.wrong, (int)report.n);
    printf("x[%d] is %g, not %g\n", (int)worst.start, worst.slope, worst.claimed);
    return 1;
}
