#include <gradproof.h>
#include <stdio.h>

int main(void) {
    gradproof_report report;
    report.size = sizeof report;
    double x[] = {1, 2}, claimed[] = {1, 1};
    int32_t code = gradproof_check(NULL, NULL, x, claimed, 2, NULL, &report, NULL, 0);
    if (code != GRADPROOF_DONE) puts(gradproof_explain(code));
    int64_t cause = GRADPROOF_CAUSE_DOMAIN; // as in a finding
    printf("%s: %s\n", gradproof_cause_word(cause), gradproof_explain_cause(cause));
    printf("the verdict is %s\n", gradproof_verdict_word(report.verdict));
    return gradproof_version() == GRADPROOF_VERSION ? 0 : 1;
}
