/* What programs in C do, for perf/rows: checks, the loops that people write instead, and what memory allows. */
#include <gradproof.h>

#include <math.h>
#include <stdint.h>
#include <time.h>

enum { LANES = 8, RIDDERS = 10 };

/* A logistic regression: labels, and one row of the table after the other. */
typedef struct {
    int64_t rows;
    const double *labels;
    const double *table;
} regression;

int32_t perf_logistic(const double *w, int64_t n, double *value, void *user)
{
    const regression *data = user;
    double total = 0.0;
    for (int64_t row = 0; row < data->rows; row++) {
        const double *factors = data->table + row * n;
        double lanes[LANES] = {0.0}, margin = 0.0;
        int64_t k = 0;
        for (; k + LANES <= n; k += LANES)
            for (int lane = 0; lane < LANES; lane++)
                lanes[lane] += factors[k + lane] * w[k + lane];
        for (int lane = 0; lane < LANES; lane++)
            margin += lanes[lane];
        for (; k < n; k++)
            margin += factors[k] * w[k];
        total += log1p(exp(-data->labels[row] * margin));
    }
    *value = total;
    return 0;
}

/* As little as a function can take: what is beside it shows. */
int32_t perf_first(const double *x, int64_t n, double *value, void *user)
{
    (void)n, (void)user;
    *value = x[0] * x[0];
    return 0;
}

int32_t perf_first_f32(const float *x, int64_t n, double *value, void *user)
{
    (void)n, (void)user;
    *value = (double)x[0] * (double)x[0];
    return 0;
}

/* A function, and the time that its calls take. */
typedef struct {
    gradproof_objective f;
    void *user;
    int64_t nanoseconds;
} clocked;

int32_t perf_clocked(const double *x, int64_t n, double *value, void *user)
{
    clocked *function = user;
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    int32_t code = function->f(x, n, value, function->user);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    function->nanoseconds += (ended.tv_sec - began.tv_sec) * 1000000000 + ended.tv_nsec - began.tv_nsec;
    return code;
}

/* So many evaluations, each at a point of its own, and nothing else: what a check cannot save. */
#define PERF_CALLS(name, objective, real, step)                                                                       \
    double name(objective f, void *user, real *x, int64_t n, int64_t count)                                           \
    {                                                                                                                 \
        double total = 0.0, value = 0.0;                                                                              \
        for (int64_t call = 0; call < count; call++) {                                                                \
            int64_t k = call / 2 % n;                                                                                 \
            real here = x[k];                                                                                         \
            x[k] = here + (call % 2 ? -(step) : (step));                                                              \
            f(x, n, &value, user);                                                                                    \
            total += value;                                                                                           \
            x[k] = here;                                                                                              \
        }                                                                                                             \
        return total;                                                                                                 \
    }

PERF_CALLS(perf_calls, gradproof_objective, double, 0x1p-17)
PERF_CALLS(perf_calls_f32, gradproof_objective_f32, float, 0x1p-8f)

/* A check of every coordinate; what it found, and how many evaluations it took. */
int32_t perf_check(gradproof_objective f, void *user, const double *x, const double *claimed, int64_t n,
                   int64_t budget, int64_t threads, int64_t *evaluations)
{
    gradproof_options options;
    gradproof_report report = {.size = sizeof report};
    gradproof_options_default(&options);
    options.mode = GRADPROOF_MODE_FULL;
    options.budget = budget;
    options.threads = threads;
    int32_t code = gradproof_check(f, user, x, claimed, n, &options, &report, 0, 0);
    *evaluations = report.evaluations;
    return code ? code : (int32_t)report.verdict;
}

static double central(gradproof_objective f, void *user, double *x, int64_t n, int64_t k, double step)
{
    double here = x[k], right = 0.0, left = 0.0;
    x[k] = here + step;
    f(x, n, &right, user);
    x[k] = here - step;
    f(x, n, &left, user);
    x[k] = here;
    return (right - left) / (2.0 * step);
}

/* As Ceres Solver does with RIDDERS: central differences at steps that are halved, extrapolated while that helps. */
static double ridders(gradproof_objective f, void *user, double *x, int64_t n, int64_t k, double step)
{
    double before[RIDDERS], now[RIDDERS], best = 0.0, least = INFINITY;
    step *= 1 << RIDDERS / 2;
    for (int i = 0; i < RIDDERS; i++, step /= 2.0) {
        double factor = 4.0;
        now[0] = central(f, user, x, n, k, step);
        for (int j = 1; j <= i; j++, factor *= 4.0) {
            now[j] = (factor * now[j - 1] - before[j - 1]) / (factor - 1.0);
            double error = fmax(fabs(now[j] - now[j - 1]), fabs(now[j] - before[j - 1]));
            if (error <= least) {
                least = error;
                best = now[j];
                if (error < 1e-12)
                    return best;
            }
        }
        if (i && fabs(now[i] - before[i - 1]) >= 2.0 * least)
            return best;
        for (int j = 0; j <= i; j++)
            before[j] = now[j];
    }
    return best;
}

/* The largest relative error of a gradient, by steps of a fixed relative size as in Ceres Solver's checker. */
double perf_ceres(gradproof_objective f, void *user, double *x, const double *claimed, int64_t n, int32_t extrapolates)
{
    double worst = 0.0, relative = extrapolates ? 1e-2 : 1e-6;
    double smallest = extrapolates ? 1e-2 : 0x1p-26;
    for (int64_t k = 0; k < n; k++) {
        double step = fmax(smallest, relative * fabs(x[k]));
        double slope = (extrapolates ? ridders : central)(f, user, x, n, k, step);
        worst = fmax(worst, fabs(slope - claimed[k]) / fmax(fabs(slope), fabs(claimed[k])));
    }
    return worst;
}

/* What memory allows: two vectors read and one written, as STREAM's triad does. */
void perf_triad(double *restrict out, const double *restrict a, const double *restrict b, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        out[k] = a[k] + 0x1p-20 * b[k];
}

void perf_triad_f32(float *restrict out, const float *restrict a, const float *restrict b, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        out[k] = a[k] + 0x1p-20f * b[k];
}
