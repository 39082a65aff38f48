#include <gradproof.h>
#include <stdio.h>

static int32_t sum(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i];
    return 0;
}

int main(void) {
    double x[] = {1, 2, 3, 4}, claimed[] = {2, 4, 6, 9}; // 9 should be 8
    int64_t borders[] = {0, 1, 4};
    const char *names[] = {"bias", "weight"};
    char text[4096];
    gradproof_options options;
    gradproof_report report;
    gradproof_finding findings[4];
    report.size = sizeof report;
    findings[0].size = sizeof findings[0];
    gradproof_options_default(&options);
    options.blocks = 2;
    options.borders = borders;
    options.names = names;
    int32_t code = gradproof_check(sum, NULL, x, claimed, 4, &options, &report, findings, 4);
    if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    gradproof_print(&report, findings, 4, &options, text, sizeof text);
    puts(text);
    printf("%s: %s\n", gradproof_cause_word(findings[0].cause), gradproof_explain_cause(findings[0].cause));
    printf("gradproof %s says %s\n", gradproof_version_string(), gradproof_verdict_word(report.verdict));
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
