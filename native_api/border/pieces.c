#include <gradproof.h>
#include <math.h>
#include <stdio.h>

static int32_t folded(const double *x, int64_t n, double *value, void *user) {
    (void)n, (void)user;
    *value = exp(x[0]) + fabs(x[1] - 0.5);
    return 0;
}

int main(void) {
    double x[2] = {0, 0.51}, slopes[2], work[2], noise, distance[2], left[2], right[2];
    int64_t index[2], count;
    int32_t code = gradproof_centered_difference(folded, NULL, x, 2, NULL, slopes, work);
    if (code == GRADPROOF_DONE) code = gradproof_noise_floor(folded, NULL, x, 2, 0, work, &noise, NULL);
    if (code == GRADPROOF_DONE)
        code = gradproof_find_kinks(folded, NULL, x, 2, 0.1, work, index, distance, left, right, 2, &count);
    if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
    printf("slopes %.6f %.6f, noise below 1e-15: %s\n", slopes[0], slopes[1], noise < 1e-15 ? "yes" : "no");
    for (int64_t i = 0; i < count; i++)
        printf("kink along x[%d] %.4f away: from %g to %g\n", (int)index[i], distance[i], left[i], right[i]);
    return 0;
}
