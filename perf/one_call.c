/* A check in one call, for perf/instructions.py: callgrind counts what gradproof_check takes, the objective included. */
#include <gradproof.h>

#include <stdint.h>
#include <stdlib.h>

static int32_t bowl(const double *x, int64_t n, double *value, void *user)
{
    double total = 0.0;
    (void)user;
    for (int64_t k = 0; k < n; k++)
        total += x[k] * x[k];
    *value = 0.5 * total;
    return 0;
}

int main(int count, char **words)
{
    int64_t n = count > 1 ? atol(words[1]) : 64;
    double *x = malloc((size_t)n * sizeof *x);
    gradproof_options options;
    gradproof_report report = {.size = sizeof report};
    for (int64_t k = 0; k < n; k++)
        x[k] = 1.0 + (double)(k % 17) / 8.0;
    gradproof_options_default(&options);
    int32_t code = gradproof_check(bowl, NULL, x, x, n, &options, &report, NULL, 0);
    free(x);
    return code != 0 || report.verdict != GRADPROOF_RIGHT;
}
