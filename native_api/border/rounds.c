#include <gradproof.h>
#include <stdio.h>

static int32_t product(const double *x, int64_t n, double *value, void *user) {
    (void)n, (void)user;
    *value = x[0] * x[1];
    return 0;
}

static gradproof_probe probes[GRADPROOF_ROUND];
static double values[GRADPROOF_ROUND], changes[GRADPROOF_ROUND];

int main(void) {
    enum { n = 2, windows = (n + 1023) / 1024 };
    double x[n] = {3, 5}, claimed[n] = {5, 4}, sizes[windows], point[n]; // 4 should be 3
    gradproof_report report;
    gradproof_finding worst;
    int64_t count;
    int32_t code;
    report.size = sizeof report;
    worst.size = sizeof worst;
    gradproof_windows(x, n, sizes);
    gradproof_engine *engine = gradproof_begin(x, claimed, sizes, n, NULL, &code);
    if (engine == NULL) return puts(gradproof_explain(code)), 2;
    while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {
        code = gradproof_evaluate(product, NULL, x, claimed, sizes, n, probes, count, values, changes, point);
        if (code == GRADPROOF_DONE) code = gradproof_tell(engine, x, claimed, values, changes, count);
        if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    }
    code = gradproof_result(engine, &report, &worst, 1);
    gradproof_end(engine);
    if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    printf("%d of %d wrong: x[%d]\n", (int)report.wrong, (int)report.n, (int)worst.start);
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
