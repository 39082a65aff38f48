/*
 * Random calls over the whole surface of gradproof.h: valid, invalid, out of order, with memory that was overwritten.
 *
 *     fuzz SEED CALLS [THREADS]
 *
 * Exit status 0 where every call kept what the header promises; otherwise the first promise that was broken is printed.
 * Every buffer is an allocation of its own of exactly the size that the header asks for, so that a sanitizer sees every
 * step beyond it; without one, bytes behind the buffers are looked at.
 */
#include <gradproof.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 32, GUARD_BYTE = 0xA5, MOST_CALLS = 1 << 20, KINDS = 10, CLEAN_KINDS = 2 };

/* ---- One fuzzer: its random numbers, its count, what it has allocated ------------------------------------------- */

typedef struct fuzzer {
    uint64_t state, seed;
    int64_t calls, most;
    int64_t right, wrong, open, refused, ended, damaged;
} fuzzer;

static uint64_t next(fuzzer *z) { /* splitmix64 (Steele, Lea and Flood, 2014) */
    uint64_t word = (z->state += 0x9E3779B97F4A7C15u);
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}
static int64_t below(fuzzer *z, int64_t n) { return (int64_t)(next(z) % (uint64_t)n); }
static int one_in(fuzzer *z, int64_t n) { return below(z, n) == 0; }
static double real(fuzzer *z) { return (double)(next(z) >> 11) / 9007199254740992.0; }
static int64_t strange(fuzzer *z) {
    static const int64_t numbers[] = {0, -1, 1, 7, 1 << 20, INT64_MAX, INT64_MIN, (int64_t)1 << 61, -((int64_t)1 << 40)};
    return one_in(z, 2) ? numbers[below(z, 9)] : (int64_t)next(z);
}
static double odd(fuzzer *z) {
    static const double numbers[] = {0.0, -1.0, 1.0, 1e300, -1e-300, 1e-5, 0.5};
    switch (below(z, 9)) {
    case 0: return NAN;
    case 1: return INFINITY;
    default: return numbers[below(z, 7)];
    }
}

static void broken(fuzzer *z, const char *promise) {
    fprintf(stderr, "seed %llu, call %lld: %s\n", (unsigned long long)z->seed, (long long)z->calls, promise);
    abort();
}
#define PROMISE(z, holds)                                                                                              \
    do {                                                                                                               \
        if (!(holds)) broken(z, #holds);                                                                               \
    } while (0)

/* Memory of a size, with garbage in it, and a guard behind it that `give_back` looks at. */
static void *memory(fuzzer *z, int64_t bytes) {
    unsigned char *block = malloc((size_t)(bytes + 8 + GUARD));
    if (!block) exit(2);
    memcpy(block, &bytes, 8);
    for (int64_t k = 0; k + 8 <= bytes; k += 8 * 16) {
        uint64_t word = next(z);
        memcpy(block + 8 + k, &word, 8);
    }
    memset(block + 8 + bytes, GUARD_BYTE, GUARD);
    return block + 8;
}
static void give_back(fuzzer *z, void *pointer) {
    if (!pointer) return;
    unsigned char *block = (unsigned char *)pointer - 8;
    int64_t bytes;
    memcpy(&bytes, block, 8);
    for (int k = 0; k < GUARD; k++) PROMISE(z, block[8 + bytes + k] == GUARD_BYTE);
    free(block);
}

/* ---- Objectives ------------------------------------------------------------------------------------------------- */

typedef struct objective {
    fuzzer *z;
    int kind;
    int32_t code;    /* with which it ends the call, or what it may not return */
    int64_t at;      /* the call that returns it; 0: none */
    int64_t calls;
    int ended;       /* it has returned a code that ends the call */
    int64_t n;
    const double *lower, *upper;
} objective;

static double term(int kind, double x) {
    switch (kind) {
    case 1: return exp(0.25 * x);
    case 2: return fabs(x);
    case 3: return floor(8.0 * x) / 8.0;
    case 8: return 1e290 * x * x;
    case 9: return 1.0;
    default: return x * (1.0 + x * (0.5 + 0.125 * x));
    }
}
static double slope(int kind, double x) {
    switch (kind) {
    case 1: return 0.25 * exp(0.25 * x);
    case 2: return x < 0.0 ? -1.0 : 1.0;
    case 8: return 2e290 * x;
    case 3:
    case 9: return 0.0;
    default: return 1.0 + x + 0.375 * x * x;
    }
}
static int32_t finish(objective *f, double total, double *value) {
    f->calls++;
    PROMISE(f->z, !f->ended);
    *value = total;
    if (f->kind == 4 && f->calls % 5 == 4) *value = NAN;
    if (f->kind == 5 && f->calls % 7 == 5) *value = INFINITY;
    if (f->kind == 6 && f->calls % 3 == 2) return GRADPROOF_OUTSIDE;
    if (f->kind == 7) *value += 1e-3 * real(f->z);
    if (f->at && f->calls == f->at) {
        f->ended = f->code != GRADPROOF_OUTSIDE;
        return f->code;
    }
    return 0;
}

typedef struct watcher {
    objective *f;
    int64_t at, calls;
    int32_t code;
} watcher;
static int32_t progress(int64_t done, int64_t expected, void *user) {
    watcher *w = user;
    w->calls++;
    PROMISE(w->f->z, done == w->calls && expected >= done);
    if (w->at && w->calls == w->at) {
        w->f->ended = 1;
        return w->code;
    }
    return 0;
}

#define VECTOR double
#define NAMED(name) name
#define OBJECTIVE gradproof_objective
#include "calls.h"
#undef VECTOR
#undef NAMED
#undef OBJECTIVE
#define VECTOR float
#define NAMED(name) name##_f32
#define OBJECTIVE gradproof_objective_f32
#include "calls.h"

static void texts(fuzzer *z) {
    const char *sentence = gradproof_explain((int32_t)(one_in(z, 3) ? strange(z) : below(z, 120) - 110));
    PROMISE(z, sentence && strlen(sentence) > 3);
    sentence = gradproof_explain_cause(one_in(z, 3) ? (int32_t)strange(z) : (int32_t)below(z, 12));
    PROMISE(z, sentence && strlen(sentence) > 3);
    PROMISE(z, gradproof_version() == GRADPROOF_VERSION);
    int64_t n = strange(z), mode = one_in(z, 2) ? below(z, 3) : strange(z), budget = strange(z);
    int64_t lines = gradproof_uses_lines(n, mode, budget);
    PROMISE(z, lines == 0 || lines == 1);
    gradproof_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.mode = below(z, 3);
    int64_t words = gradproof_engine_size(n, one_in(z, 2) ? &options : NULL);
    PROMISE(z, words < 0 || (n > 0 && words > 0 && words < INT64_MAX / 8));
    z->calls += 5;
}

static void *work(void *argument) {
    fuzzer *z = argument;
    while (z->calls < z->most) {
        int64_t what = below(z, 20);
        if (what < 6) one_in(z, 2) ? in_one_call(z) : in_one_call_f32(z);
        else if (what < 15) one_in(z, 2) ? in_rounds(z) : in_rounds_f32(z);
        else if (what < 19) one_in(z, 2) ? pieces(z) : pieces_f32(z);
        else texts(z);
    }
    return NULL;
}

int main(int count, char **words) {
    uint64_t seed = count > 1 ? strtoull(words[1], NULL, 10) : 1;
    int64_t calls = count > 2 ? strtoll(words[2], NULL, 10) : 20000;
    int threads = count > 3 ? atoi(words[3]) : 1;
    static fuzzer all[64];
    static pthread_t ids[64];
    for (int k = 0; k < threads && k < 64; k++) {
        fuzzer z = {seed + 1000003u * (uint64_t)k, seed + 1000003u * (uint64_t)k, 0, calls, 0, 0, 0, 0, 0, 0};
        all[k] = z;
        if (k > 0) pthread_create(&ids[k], NULL, work, &all[k]);
    }
    work(&all[0]);
    fuzzer sum = all[0];
    for (int k = 1; k < threads && k < 64; k++) {
        pthread_join(ids[k], NULL);
        sum.calls += all[k].calls, sum.right += all[k].right, sum.wrong += all[k].wrong, sum.open += all[k].open;
        sum.refused += all[k].refused, sum.ended += all[k].ended, sum.damaged += all[k].damaged;
    }
    printf("%lld calls: right %lld, wrong %lld, inconclusive %lld, refused %lld, ended by a callback %lld, damaged %lld\n",
           (long long)sum.calls, (long long)sum.right, (long long)sum.wrong, (long long)sum.open,
           (long long)sum.refused, (long long)sum.ended, (long long)sum.damaged);
    /* A fuzzer that never gets anywhere finds nothing. */
    return sum.right && sum.wrong && sum.open && sum.refused && sum.ended && sum.damaged ? 0 : 3;
}
