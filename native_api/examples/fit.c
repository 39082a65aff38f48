/*
 * The rate of an enzyme at twelve concentrations, fitted by vmax s / (km + s) + background: the same in every language
 * here, with a bug in the second component of the gradient, unless the argument is "fixed".
 *
 *     cc fit.c $(pkg-config --cflags --libs gradproof) -o fit && ./fit
 */
#include <gradproof.h>
#include <stdio.h>
#include <string.h>

enum { VMAX, KM, BACKGROUND, PARAMETERS, POINTS = 12 };

typedef struct {
    double concentration[POINTS], rate[POINTS];
} measured;

/* Plain C, without -ffast-math: the sum of squares. A code above 0 would end the check and be handed back. */
static int32_t loss(const double *p, int64_t n, double *value, void *user) {
    const measured *data = user;
    (void)n;
    *value = 0;
    for (int i = 0; i < POINTS; i++) {
        double s = data->concentration[i];
        double residual = p[VMAX] * s / (p[KM] + s) + p[BACKGROUND] - data->rate[i];
        *value += residual * residual;
    }
    return 0;
}

static void gradient(const double *p, const measured *data, int fixed, double *g) {
    g[VMAX] = g[KM] = g[BACKGROUND] = 0;
    for (int i = 0; i < POINTS; i++) {
        double s = data->concentration[i], d = p[KM] + s;
        double residual = p[VMAX] * s / d + p[BACKGROUND] - data->rate[i];
        g[VMAX] += 2 * residual * s / d;
        g[KM] -= 2 * residual * p[VMAX] * s / (fixed ? d * d : d); /* the bug: d is not squared */
        g[BACKGROUND] += 2 * residual;
    }
}

int main(int argc, char **argv) {
    static const char *const names[PARAMETERS] = {"vmax", "km", "background"};
    measured data = {{0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10},
                     {76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200}};
    double p[PARAMETERS] = {200, 0.05, 10}, claimed[PARAMETERS];
    gradient(p, &data, argc > 1 && strcmp(argv[1], "fixed") == 0, claimed);

    gradproof_report report = {.size = sizeof report};
    gradproof_finding worst = {.size = sizeof worst};
    int32_t code = gradproof_check(loss, &data, p, claimed, PARAMETERS, NULL, &report, &worst, 1);
    if (code != GRADPROOF_DONE) return fprintf(stderr, "%s\n", gradproof_explain(code)), 2;

    puts(gradproof_verdict_word(report.verdict));
    if (report.findings > 0)
        printf("%s: claimed %.17g, slope %.17g\n%s\n", names[worst.start], worst.claimed, worst.slope,
               gradproof_explain_cause(worst.cause));
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
