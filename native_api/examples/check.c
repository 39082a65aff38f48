/* cc check.c $(gradproof info --cflags --libs) && ./a.out */
#include <gradproof.h>
#include <stdio.h>

static int32_t loss(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
    return 0; /* another code would end the check */
}

int main(void) {
    double x[3] = {1, 2, 3}, claimed[3] = {3, 12, 9}; /* the last one should be 27 */
    gradproof_report report;
    gradproof_finding finding;
    int32_t code = gradproof_check(loss, NULL, x, claimed, 3, NULL, &report, &finding, 1);
    if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    puts(report.verdict == GRADPROOF_RIGHT ? "right" : report.verdict == GRADPROOF_WRONG ? "wrong" : "inconclusive");
    if (report.findings > 0)
        printf("x[%d]: claimed %g, slope %g: %s\n", (int)finding.start, finding.claimed, finding.slope,
               gradproof_explain_cause((int32_t)finding.cause));
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
