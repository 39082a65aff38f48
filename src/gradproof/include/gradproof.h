/*
 * gradproof 0.1.0: says whether a gradient is right, names the coordinates that are wrong, and says why.
 *
 * Four chapters, each with an example that compiles as it stands:
 *     1. Check a gradient: one call.
 *     2. The same check in rounds: the caller evaluates the objective, in threads, with MPI, on a GPU.
 *     3. Pieces: differences, relative errors, the noise and the kinks of an objective.
 *     4. Text and codes.
 *
 * Link with -lgradproof -lm. pkg-config and CMake know gradproof after `gradproof native --prefix DIR`;
 * `gradproof info --cflags --libs` prints the flags of the library inside the Python package. Programs do not
 * need Python.
 *
 * Codes      0 is done; below 0 misuse or a lack of memory; above 0 a callback's own code, which ends the
 *            call at once and is handed back. Where a function returns a number, such as that of probes, a
 *            code below 0 comes in its place. gradproof_explain gives the sentence of every code.
 * Verdict    Only GRADPROOF_RIGHT is a pass. No verdict is 0: memory that nobody has written to holds none.
 * Why        report->explanation says what wrong coordinates have in common, such as a factor: report->factor.
 * Structs    The first field of options, report, finding and rung is their size. Set it to sizeof before the
 *            call, so that a program goes on working with a later library, whose structs are longer. In an
 *            array only that of the first one counts.
 * Misuse     A call that is refused changes nothing: not the check, and no other memory, except that
 *            report->verdict is GRADPROOF_INCONCLUSIVE. Every mistake has its own code, and its sentence says
 *            what to do. A check carries checksums: GRADPROOF_NO_ENGINE, _OTHER_VERSION and _DAMAGED say what
 *            is wrong with its memory.
 * Memory     Buffers are the caller's, in and out. What gradproof_begin and gradproof_resume return is freed
 *            with gradproof_end; with gradproof_engine_start a check lives in memory of the caller's own.
 * Leaving    An objective may leave a call by a C++ exception, a Rust panic (extern "C-unwind") or longjmp:
 *            the library has tables for unwinding, and holds no locks. gradproof_check and the pieces then
 *            leak the memory that they took for the call; report->verdict is GRADPROOF_INCONCLUSIVE.
 *            gradproof_evaluate takes no memory, and the check can go on. Where options.threads is above 1,
 *            nothing may leave in this way. A code above 0 never leaks.
 * Growth     A program built with this header runs with every later library of the same GRADPROOF_ABI:
 *            structs that begin with their size may grow at the end, and functions and codes may be added,
 *            but nothing moves.
 * Types      Functions of vectors come in two versions: for double, and with the suffix _f32 for float. A
 *            check is begun, evaluated and told with the same one.
 * Threads    There are no globals and no locks. Calls that share no buffer that is written may run at the
 *            same time; an engine belongs to one thread at a time. The objective is called in the thread of
 *            the caller, unless options.threads is above 1.
 * Warning    Do not compile the objective with -ffast-math: (x + h) - x and the tests for NaN lose their
 *            meaning, and so does the verdict.
 *
 * gradproof_ffi.h holds the same declarations for parsers of FFI libraries, without comments and directives;
 * gradproof.f90 holds them for Fortran.
 *
 * This file is generated: native_api/build.py --declarations.
 */
#ifndef GRADPROOF_H
#define GRADPROOF_H

#include <stdint.h>

#define GRADPROOF_VERSION_MAJOR 0
#define GRADPROOF_VERSION_MINOR 1
#define GRADPROOF_VERSION_PATCH 0
#define GRADPROOF_VERSION 100               /* what gradproof_version() returns: 10000 major + 100 minor +
                                               patch */
#define GRADPROOF_ABI 1                     /* programs built with this header run with every library of this
                                               number */

/* What a call returns; gradproof_explain gives the sentence. */
enum gradproof_code {
    GRADPROOF_DONE = 0,                     /* Done. */
    GRADPROOF_OUT_OF_MEMORY = -2,           /* The memory that the call needs could not be had. */
    GRADPROOF_OBJECTIVE_NOT_FINITE = -3,    /* The objective is not finite at x; move x into its domain. */
    GRADPROOF_NO_ROUND = -4,                /* No round is under way: call gradproof_ask first, and once for
                                               each round. */
    GRADPROOF_TOO_MANY_VALUES = -5,         /* More values were given than the round of gradproof_ask has
                                               probes. */
    GRADPROOF_NO_ENGINE = -6,               /* This memory holds no check: begin one with gradproof_begin or
                                               gradproof_engine_start. */
    GRADPROOF_NOTHING_TOLD = -7,            /* There is no result before the first value: call gradproof_ask,
                                               then gradproof_tell. */
    GRADPROOF_BAD_RETURN = -8,              /* A callback returned a code below 0: return 0, a code above 0 to
                                               end the call, or GRADPROOF_OUTSIDE. */
    GRADPROOF_DAMAGED = -9,                 /* The memory of the check was changed since the last call: its
                                               checksum differs; begin again. */
    GRADPROOF_OTHER_VERSION = -10,          /* The check was saved by another version of the library, or cut
                                               off: begin again, or use that version. */
    GRADPROOF_OTHER_TYPE = -11,             /* The check was begun with vectors of the other type: begin and
                                               tell with the same version, _f32 or not. */
    GRADPROOF_OVERLAP = -12,                /* Memory that is to be filled overlaps other memory of the call:
                                               give each its own. */
    GRADPROOF_X_NOT_FINITE = -20,           /* A coordinate of x is NaN or infinite;
                                               gradproof_first_not_finite says which one. */
    GRADPROOF_X_OUTSIDE_BOUNDS = -21,       /* A coordinate of x, report->index, lies outside the bounds: move
                                               it, or widen them. */
    GRADPROOF_BAD_N = -22,                  /* n, the number of coordinates, must be from 1 to what memory
                                               holds. */
    GRADPROOF_BAD_CAPACITY = -23,           /* The room for output must not be negative, and gradproof_ask
                                               needs room for GRADPROOF_ROUND probes. */
    GRADPROOF_BAD_COUNT = -24,              /* A count is negative, 0 where it must not be, or less than the
                                               number skipped. */
    GRADPROOF_BAD_INDEX = -25,              /* The index must be one of a coordinate: from 0 to n - 1. */
    GRADPROOF_BAD_PROBE = -26,              /* A probe moves coordinates that x does not have: hand over what
                                               gradproof_ask wrote. */
    GRADPROOF_BAD_RADIUS = -27,             /* The radius must be 0, for the default, or a finite distance
                                               above 0. */
    GRADPROOF_BAD_SIZE = -40,               /* The first field of a struct, its size, must be its sizeof. */
    GRADPROOF_BAD_BUDGET = -41,             /* A budget must not be negative; 0 means no limit. */
    GRADPROOF_BAD_FLOAT32 = -42,            /* options.float32 must be 0 or 1. */
    GRADPROOF_BAD_RTOL = -43,               /* options.rtol must lie in [0, 1); 0 means the default. */
    GRADPROOF_BAD_ATOL = -44,               /* options.atol must be finite and not negative. */
    GRADPROOF_BAD_MODE = -45,               /* options.mode must be GRADPROOF_MODE_AUTO, _FULL or _LINES. */
    GRADPROOF_BAD_TIME_LIMIT = -46,         /* options.time_limit must be finite and not negative; 0 means
                                               none. */
    GRADPROOF_BAD_THREADS = -47,            /* options.threads must lie between 0 and 1024; 0 and 1 mean the
                                               caller's alone. */
    GRADPROOF_BAD_BOUNDS = -48,             /* A bound of coordinate report->index is NaN, or the lower is
                                               above the upper. */
    GRADPROOF_BAD_BLOCKS = -49,             /* options.blocks must not be negative, and with blocks there must
                                               be borders. */
    GRADPROOF_BAD_BORDERS = -50,            /* options.borders must lead from 0 to n without a step back. */
    GRADPROOF_NULL_OBJECTIVE = -60,         /* The objective is NULL. */
    GRADPROOF_NULL_X = -61,                 /* x, or another vector of n values that is read, is NULL. */
    GRADPROOF_NULL_CLAIMED = -62,           /* claimed, the gradient under test, is NULL. */
    GRADPROOF_NULL_REPORT = -63,            /* report is NULL. */
    GRADPROOF_NULL_ENGINE = -64,            /* The check is NULL: the code of gradproof_begin or
                                               gradproof_resume says why. */
    GRADPROOF_NULL_OPTIONS = -65,           /* options is NULL where there must be some. */
    GRADPROOF_NULL_PROBES = -66,            /* probes is NULL. */
    GRADPROOF_NULL_VALUES = -67,            /* values is NULL. */
    GRADPROOF_NULL_CHANGES = -68,           /* changes is NULL, which checks along lines need. */
    GRADPROOF_NULL_SIZES = -69,             /* sizes is NULL, which checks along lines need: see
                                               gradproof_windows. */
    GRADPROOF_NULL_POINT = -70,             /* The memory for points, or the work memory, is NULL. */
    GRADPROOF_NULL_OUTPUT = -71,            /* Memory that is to be filled is NULL. */
    GRADPROOF_OUTSIDE = -100                /* An objective returns it outside its domain, where it has no
                                               value; the check goes on. */
};

/* Only GRADPROOF_RIGHT is a pass: a check that could not decide is not. */
enum gradproof_verdict {
    GRADPROOF_RIGHT = 1,
    GRADPROOF_WRONG = 2,
    GRADPROOF_INCONCLUSIVE = 3
};

/* Causes of a finding; gradproof_explain_cause gives the sentence. */
enum gradproof_cause {
    GRADPROOF_CAUSE_UNTESTED = 0,           /* Not tested: the budget, the time limit or the caller ended the
                                               check first. */
    GRADPROOF_CAUSE_AGREES = 1,             /* The claimed value agrees with the numerical slope within its
                                               error bar. */
    GRADPROOF_CAUSE_WRONG = 2,              /* The slope is measured clearly and the claimed value is not it:
                                               look for the bug in the gradient. */
    GRADPROOF_CAUSE_KINK_AT_POINT = 3,      /* f has a kink at x and the claimed value lies between its left
                                               and right slope: acceptable, nothing to do. */
    GRADPROOF_CAUSE_KINK_CROSSED = 4,       /* f has a kink near x; inside the smooth piece that holds x the
                                               claimed value agrees: nothing to do. */
    GRADPROOF_CAUSE_NOISE_LIMITED = 5,      /* The noise of f hides the slope: compute f more accurately, or
                                               sum fewer or smaller terms. */
    GRADPROOF_CAUSE_STEP_LIMITED = 6,       /* No step gave a slope that its neighbours confirm: f varies too
                                               fast or jumps; look at f along this line. */
    GRADPROOF_CAUSE_DOMAIN = 7,             /* f is not finite, or has no value, too close to x: move x into
                                               the domain of f, or give bounds. */
    GRADPROOF_CAUSE_NONDETERMINISTIC = 8    /* f is random, f(x) differs from call to call: fix its seed,
                                               switch dropout off, or make its sums reproducible. */
};

/* How a check goes. */
enum gradproof_mode {
    GRADPROOF_MODE_AUTO = 0,                /* As suits n and the budget. */
    GRADPROOF_MODE_FULL = 1,                /* Every coordinate by itself. */
    GRADPROOF_MODE_LINES = 2                /* Along lines through all coordinates. */
};

/* What ended a check before its time. */
enum gradproof_stop_reason {
    GRADPROOF_STOPPED_BY_NOTHING = 0,
    GRADPROOF_STOPPED_BY_BUDGET = 1,
    GRADPROOF_STOPPED_BY_TIME_LIMIT = 2,
    GRADPROOF_STOPPED_BY_CALLER = 3
};

/* Where the noise of an objective comes from. */
enum gradproof_noise_source {
    GRADPROOF_NOISE_FROM_CONSTANT = 1,      /* Rounding of f, whose value is large beside its changes: leave
                                               out a constant. */
    GRADPROOF_NOISE_FROM_ARITHMETIC = 2,    /* Arithmetic in float32, or coarser. */
    GRADPROOF_NOISE_FROM_ROUNDING = 3,      /* Rounding in float64, as of sums. */
    GRADPROOF_NOISE_FROM_ELSEWHERE = 4      /* More than rounding: a solver with a loose tolerance, or random
                                               numbers. */
};

/* What wrong coordinates have in common, and what it may mean. */
enum gradproof_explanation {
    GRADPROOF_EXPLAINED_BY_NOTHING = 0,     /* No simple explanation fits, or too few coordinates are wrong to
                                               tell. */
    GRADPROOF_EXPLAINED_BY_FACTOR = 1,      /* claimed = factor * slope: -1 a wrong sign, 2 or 1/2 a square or
                                               a term counted once or twice, N or 1/N a sum for a mean or the
                                               other way round; else a unit? */
    GRADPROOF_EXPLAINED_BY_ZERO = 2,        /* claimed = 0, but f depends on them: were they left out, or
                                               never written? */
    GRADPROOF_EXPLAINED_BY_NOT_FINITE = 3,  /* claimed is NaN or infinite. */
    GRADPROOF_EXPLAINED_BY_X = 4            /* claimed = slope + factor * x: an L2 penalty that is not in f;
                                               where the factor is below 0, one that the gradient lacks. */
};

/* Arithmetic found inside the objective. */
enum gradproof_arithmetic {
    GRADPROOF_ARITHMETIC_COARSE = 16,       /* Coarser than float32. */
    GRADPROOF_ARITHMETIC_FLOAT32 = 32,
    GRADPROOF_ARITHMETIC_FLOAT64 = 64
};

/* The largest round: gradproof_ask needs room for this many probes. */
enum gradproof_limit {
    GRADPROOF_ROUND = 4096
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An objective: writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value (or writes NaN);
 * or a code above 0, which ends the call and is handed back.
 */
typedef int32_t (*gradproof_objective)(const double *x, int64_t n, double *value, void *user);
typedef int32_t (*gradproof_objective_f32)(const float *x, int64_t n, double *value, void *user);

/*
 * Called after evaluations: how many there were, and about how many there will be in all; a code above 0 ends
 * the check and is handed back.
 */
typedef int32_t (*gradproof_progress)(int64_t done, int64_t expected, void *user);

/* A check: opaque memory without pointers, which may be moved, copied, or saved between two calls. */
typedef struct gradproof_engine gradproof_engine;

/* One point x + step * v, which gradproof_points writes; v is 0 outside the coordinates [start, stop). */
typedef struct gradproof_probe {
    int64_t start;             /* first coordinate that moves; start == stop is the point x itself */
    int64_t stop;              /* one past the last coordinate that moves */
    uint64_t seed;             /* 0: v is 1; else v is a random sign times a magnitude in [0.5, 1.5) times a scale */
    double floor;              /* long lines: smallest scale, relative to what is typical in a window; else 0 */
    double ratio;              /* not 0: only start (v = 1) and stop - 1 (v = ratio) move; 0: all of [start, stop) */
    double step;               /* signed step along the line */
    int64_t aligned;           /* long lines, 1: v has the claim's sign; + 2: own sizes; + 4, 6: without, only x = 0 */
} gradproof_probe;

/* What may be set; every default is 0, and gradproof_options_default fills them in. */
typedef struct gradproof_options {
    int64_t size;              /* sizeof(gradproof_options), set by the caller: so the struct can grow */
    int64_t budget;            /* at most this many evaluations of the objective; 0: no limit */
    uint64_t seed;             /* seed of the random lines; the same seed gives the same bits */
    int64_t float32;           /* rounds with x in float64, 1: the objective rounds it to float32; else 0 */
    double rtol;               /* relative error that counts as wrong, in (0, 1); 0: the default, 1e-5 */
    int64_t mode;              /* GRADPROOF_MODE_AUTO, _FULL or _LINES */
    double atol;               /* absolute error of a claimed component that is allowed, in units of the gradient */
    double time_limit;         /* gradproof_check: seconds after which no call of the objective begins; 0: none */
    int64_t threads;           /* gradproof_check: up to this many threads call the objective; 0 or 1: the caller's */
    const double *lower;       /* gradproof_check: n lower bounds, below which f is not called; or NULL */
    const double *upper;       /* gradproof_check: n upper bounds, above which f is not called; or NULL */
    int64_t blocks;            /* number of blocks that x is made of, such as layers; 0: none */
    const int64_t *borders;    /* where the blocks begin, from 0, and where the last one ends, n: blocks + 1 values */
    const char *const *names;  /* names of the blocks, for gradproof_print; or NULL */
    gradproof_progress progress; /* gradproof_check: called after evaluations, or NULL */
    void *progress_user;       /* handed to progress unchanged */
} gradproof_options;

/* What a check found. */
typedef struct gradproof_report {
    int64_t size;              /* sizeof(gradproof_report), set by the caller: so the struct can grow */
    int64_t verdict;           /* GRADPROOF_RIGHT, GRADPROOF_WRONG or GRADPROOF_INCONCLUSIVE; none of them is 0 */
    int64_t n;                 /* number of coordinates */
    int64_t tested;            /* coordinates that were tested */
    int64_t agreeing;          /* coordinates whose claimed value is acceptable, kinks included */
    int64_t wrong;             /* coordinates whose claimed value is wrong */
    int64_t kinks;             /* coordinates with a kink at or near x */
    int64_t open;              /* tested coordinates that could not be decided */
    int64_t untested;          /* coordinates that were not tested */
    int64_t findings;          /* number of findings, which may be more than there was room for */
    int64_t evaluations;       /* evaluations of the objective */
    int64_t outside;           /* values that were not computed, as gradproof_skip said: they are no evaluations */
    int64_t rounds;            /* rounds of ask and tell */
    int64_t arithmetic;        /* arithmetic found inside the objective: 64, 32, or 16 for coarser than float32 */
    int64_t noise_measured;    /* 1: noise_floor was measured; 0: nothing asked for it, it is assumed */
    int64_t nondeterministic;  /* 1: the objective gave two values at x */
    int64_t dense;             /* 1: so much is wrong that the later errors were confirmed by one pair each */
    double value;              /* the objective at x */
    double noise_floor;        /* absolute rounding noise of the objective near x */
    double spread;             /* largest difference between values at x, where it is nondeterministic */
    double resolution;         /* the smallest error that would have been seen in every tested coordinate */
    double rtol;               /* relative error that counted as wrong */
    int64_t lines;             /* random lines over the whole vector that agreed; 0 in a check of every coordinate */
    int64_t aligned_lines;     /* lines along the claimed gradient that agreed */
    int64_t parts;             /* parts of the vector whose own lines agreed */
    int64_t cause;             /* lines: why the verdict is open, one of GRADPROOF_CAUSE_... */
    int64_t early;             /* 1: lines ended by the budget or the caller before they had all that they wanted */
    double bar;                /* error bar of the slope along a random line, every coordinate in its scale */
    double aligned_bar;        /* the same along the claimed gradient */
    double parts_bar;          /* the largest one of the lines over parts; 0 where there were none */
    double norm;               /* Euclidean norm of the claimed gradient, every coordinate in its scale */
    double sum;                /* sum of its absolute values, every coordinate in its scale */
    double curved;             /* slope that the curvature of f makes 1/128 of a scale away from x */
    double hidden;             /* half of the gap along a line, where kinks at x hide errors up to it */
    double atol;               /* absolute error of a claimed component that was allowed */
    double vouched;            /* share of the coordinates, 0 to 1, where an error of some rtol would have been seen */
    int64_t unseen;            /* acceptable coordinates (lines: blocks) that could be off by a factor of 2 unseen */
    double seen;               /* largest disagreement along a random line that rtol allows; bar includes it */
    double seen_factor;        /* common factor of the claims that was seen and that rtol allows; 0: none */
    int64_t index;             /* coordinate that GRADPROOF_X_NOT_FINITE or a code of bounds is about; -1: none */
    int64_t stopped_by;        /* what ended the check early, one of GRADPROOF_STOPPED_BY_... */
    uint64_t seed;             /* seed of the random lines */
    int64_t mode;              /* the way that the check went: GRADPROOF_MODE_FULL or _LINES */
    int64_t blocks;            /* lines: number of named blocks */
    double usual_resolution;   /* full: half of the decided coordinates have no larger one, to a thousandth; NaN:
                                  none */
    double usual_relative;     /* the same relative to the claims that are not 0; NaN: none */
    int64_t compared;          /* number of these claims */
    double change;             /* how much f changes, as the claim says, where every coordinate changes by its size */
    int64_t noise_source;      /* what makes the noise: one of GRADPROOF_NOISE_FROM_... */
    int64_t most_unseen[6];    /* those that are unseen, worst first; -1: no more */
    int64_t explanation;       /* what wrong coordinates have in common: one of GRADPROOF_EXPLAINED_BY_... */
    int64_t explained;         /* how many these are: all that were tested alone and have no kink; 0: none */
    double factor;             /* of their slopes, or of x: the middle of the interval that holds it */
    double factor_bar;         /* half width of that interval */
} gradproof_report;

/* A line with its slopes, its error bar and its cause; a coordinate is a line of length one. */
typedef struct gradproof_finding {
    int64_t size;              /* sizeof(gradproof_finding), set by the caller in the first of an array, for all */
    int64_t start;             /* first coordinate of the line */
    int64_t stop;              /* one past its last coordinate */
    int64_t cause;             /* one of GRADPROOF_CAUSE_...; gradproof_explain_cause gives its sentence */
    int64_t kink;              /* 0: no kink seen, 1: a kink at x, 2: a kink near x */
    double claimed;            /* claimed slope */
    double slope;              /* numerical slope: the middle of the interval that holds it */
    double left;               /* backward slope at the finest step that counts */
    double right;              /* forward slope at the finest step that counts */
    double error_bar;          /* half width of the interval that holds the slope */
    double step;               /* that finest step */
    double resolution;         /* the smallest error that would have been seen here */
    double distance;           /* signed distance of the nearest kink seen; 0: at x; NaN: none seen */
    int64_t partner;           /* coordinate whose claim contradicts this one along their common kink; -1: none */
    int64_t sampled;           /* longer lines: coordinates of it that were tested alone */
    int64_t sampled_wrong;     /* how many of these are wrong */
} gradproof_finding;

/* The slopes of one coordinate over one step to both sides of x. */
typedef struct gradproof_rung {
    int64_t size;              /* sizeof(gradproof_rung), set by the caller in the first one of an array */
    double step;               /* the step, positive */
    double left;               /* backward slope; NaN: f has no value there */
    double right;              /* forward slope; NaN: f has no value there */
    double slope;              /* centered slope */
    double gap;                /* right - left */
    double error_bar;          /* what rounding noise may add to a slope: four standard deviations */
} gradproof_rung;

/* ===========================================================================================================
 * 1. Check a gradient
 * ===========================================================================================================
 *
 * One call says whether a claimed gradient is that of an objective, and which coordinates are wrong.
 * Up to 5,000 coordinates are tested one by one. More of them are tested along lines that move all of them at
 * once: about a hundred evaluations, whatever n is. options.mode can say otherwise.
 *
 * Example: the third component of a claimed gradient is wrong.
 *
 *     #include <gradproof.h>
 *     #include <stdio.h>
 *
 *     static int32_t cubes(const double *x, int64_t n, double *value, void *user) {
 *         (void)user;
 *         *value = 0;
 *         for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
 *         return 0;
 *     }
 *
 *     int main(void) {
 *         double x[] = {1, 2, 3}, claimed[] = {3, 12, 26}; // 26 should be 27
 *         gradproof_options options;
 *         gradproof_report report;
 *         gradproof_finding worst;
 *         report.size = sizeof report;
 *         worst.size = sizeof worst;
 *         gradproof_options_default(&options);
 *         options.time_limit = 60; // seconds
 *         int32_t code = gradproof_check(cubes, NULL, x, claimed, 3, &options, &report, &worst, 1);
 *         if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
 *         if (report.verdict == GRADPROOF_RIGHT) return puts("right"), 0;
 *         printf("%d of %d wrong: ", (int)report.wrong, (int)report.n);
 *         printf("x[%d] is %g, not %g\n", (int)worst.start, worst.slope, worst.claimed);
 *         return 1;
 *     }
 */

/*
 * Fill in the defaults: no limits, seed 0, float64 points, the default tolerance, the mode that suits n.
 * In C, gradproof_options_default(&options) calls it with the size of the struct.
 *   options      Filled, its size included.
 *   size         sizeof(gradproof_options).
 *   Returns      0; GRADPROOF_NULL_OPTIONS; GRADPROOF_BAD_SIZE.
 */
int32_t gradproof_options_fill(gradproof_options *options, int64_t size);
#define gradproof_options_default(options) gradproof_options_fill((options), (int64_t)sizeof *(options))

/*
 * Check a claimed gradient: the whole of gradproof in one call.
 * The time limit is looked at after every call of the objective; a call under way is not interrupted.
 * Progress is called after every evaluation; with threads, after every one in the caller's thread, and at the
 * end of a round.
 * With options->threads above 1, the objective is called from up to that many threads at once, the caller's
 * among them, wherever a round of points takes long enough to be shared. It must be reentrant: every call has
 * a point and a value of its own, but all have the same user data, which must not be written without a lock
 * or atomics. The report and the findings are the same bits for any number of threads. Where a call of the
 * objective ends the check, the other threads finish the calls that they are in; all have ended when
 * gradproof_check returns. An exception or a longjmp must not leave an objective in another thread, where
 * nothing can catch it; and thread-local settings, such as a rounding mode, are the system's there, not the
 * caller's.
 *   objective    Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE, or a value that is NaN, where it has
 *                none; or a code above 0, which ends the check at once and is handed back.
 *   user         Handed to the objective unchanged.
 *   x            The point, n finite values; the objective gets copies of it.
 *   claimed      The gradient under test, n values.
 *   n            Number of coordinates, at least 1.
 *   options      Options, or NULL for the defaults. options->float32 does not matter here: points have the
 *                type of x.
 *   report       Its size is set by the caller. Filled with what was found; where a callback ended the check,
 *                with what was found until then; where the call is refused, the verdict is
 *                GRADPROOF_INCONCLUSIVE.
 *   findings     The size of the first one is set by the caller. Filled with the findings, worst first: what
 *                is wrong, then what is open, then kinks; if there are more than capacity, with the worst;
 *                may be NULL.
 *   capacity     Number of findings that fit.
 *   Returns      0: the check ran, and report->verdict is its verdict; above 0 the code of the objective or
 *                of progress; GRADPROOF_BAD_RETURN; GRADPROOF_OBJECTIVE_NOT_FINITE for f(x);
 *                GRADPROOF_OUT_OF_MEMORY; or the code of an argument or option that is refused.
 */
int32_t gradproof_check(gradproof_objective objective, void *user, const double *x, const double *claimed,
    int64_t n, const gradproof_options *options, gradproof_report *report, gradproof_finding *findings,
    int64_t capacity);
int32_t gradproof_check_f32(gradproof_objective_f32 objective, void *user, const float *x,
    const float *claimed, int64_t n, const gradproof_options *options, gradproof_report *report,
    gradproof_finding *findings, int64_t capacity);

/*
 * Return whether a check of n coordinates goes along lines; it depends on these numbers alone, never on
 * timing.
 *   n            Number of coordinates.
 *   mode         GRADPROOF_MODE_FULL: never; GRADPROOF_MODE_LINES: always; GRADPROOF_MODE_AUTO: where there
 *                are more than 5,000 coordinates, or where the budget is too small for two evaluations a
 *                coordinate, but not for the 28 evaluations of the cheapest check along lines.
 *   budget       Evaluations of the objective; 0: no limit.
 *   Returns      1 or 0.
 */
int64_t gradproof_uses_lines(int64_t n, int64_t mode, int64_t budget);

/*
 * Return the index of the first element that is NaN or infinite.
 *   x            n values.
 *   n            Number of elements.
 *   Returns      The index; -1 where all are finite, also where there are none, or x is NULL.
 */
int64_t gradproof_first_not_finite(const double *x, int64_t n);
int64_t gradproof_first_not_finite_f32(const float *x, int64_t n);

/* ===========================================================================================================
 * 2. The same check in rounds
 * ===========================================================================================================
 *
 * For a caller that evaluates the objective itself: in threads, with MPI, on a GPU, in another process.
 * gradproof_ask and gradproof_tell take turns until nothing is asked for any more. Asking does not move the
 * check on: asking twice gives the same round. A part of a round may be told, its first values; the next
 * round then asks for the rest or, along lines, for all of it again. As soon as one value has been told,
 * gradproof_result gives what has been found so far. The calls are the same in every mode.
 * A check holds no pointers: between two calls its memory, gradproof_engine_size words of 8 bytes, may be
 * moved, copied, or saved. x, claimed and sizes must stay the same all along.
 * Where the objective must not be evaluated outside of bounds, tell NaN for such points, and say with
 * gradproof_skip how many of a round there are: they are no evaluations, and the budget does not count them.
 *
 * Example: every round could be shared among threads; here one of them evaluates it.
 *
 *     #include <gradproof.h>
 *     #include <stdio.h>
 *
 *     static int32_t product(const double *x, int64_t n, double *value, void *user) {
 *         (void)n, (void)user;
 *         *value = x[0] * x[1];
 *         return 0;
 *     }
 *
 *     static gradproof_probe probes[GRADPROOF_ROUND];
 *     static double values[GRADPROOF_ROUND], changes[GRADPROOF_ROUND];
 *
 *     int main(void) {
 *         enum { n = 2, windows = (n + 1023) / 1024 };
 *         double x[n] = {3, 5}, claimed[n] = {5, 4}, sizes[windows], point[n]; // 4 should be 3
 *         gradproof_report report;
 *         gradproof_finding worst;
 *         int64_t count;
 *         int32_t code;
 *         report.size = sizeof report;
 *         worst.size = sizeof worst;
 *         gradproof_windows(x, n, sizes);
 *         gradproof_engine *engine = gradproof_begin(x, claimed, sizes, n, NULL, &code);
 *         if (engine == NULL) return puts(gradproof_explain(code)), 2;
 *         while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {
 *             code = gradproof_evaluate(product, NULL, x, claimed, sizes, n, probes, count, values, changes, point);
 *             if (code == GRADPROOF_DONE) code = gradproof_tell(engine, x, claimed, values, changes, count);
 *             if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
 *         }
 *         code = gradproof_result(engine, &report, &worst, 1);
 *         gradproof_end(engine);
 *         if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
 *         printf("%d of %d wrong: x[%d]\n", (int)report.wrong, (int)report.n, (int)worst.start);
 *         return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
 *     }
 */

/*
 * Write the typical size of x in every window of 1,024 coordinates: their root mean square.
 * A window of zeros gets the root mean square of the other sizes, or 1 where all of x is 0. By windows,
 * layers of different scale do not disturb each other.
 *   x            The point, n values.
 *   n            Number of coordinates, at least 1.
 *   sizes        Filled with (n + 1023) / 1024 values.
 *   Returns      0, GRADPROOF_BAD_N, GRADPROOF_NULL_X, or GRADPROOF_NULL_SIZES.
 */
int32_t gradproof_windows(const double *x, int64_t n, double *sizes);
int32_t gradproof_windows_f32(const float *x, int64_t n, double *sizes);

/*
 * Begin a check in memory of the library's own; gradproof_end frees it.
 * Of the options, those of gradproof_check alone (bounds, time limit, threads, progress) are not used in
 * rounds.
 *   x            The point, n finite values.
 *   claimed      The gradient under test, n values; NaN and infinity are judged, not refused.
 *   sizes        For a check along lines what gradproof_windows wrote for x; otherwise it may be NULL.
 *   n            Number of coordinates, at least 1.
 *   options      Options, or NULL for the defaults; points are in float32 where x is, or where the options
 *                say so.
 *   code         Filled with 0; the code of a NULL pointer, of n, or of an option that is refused;
 *                GRADPROOF_X_NOT_FINITE; or GRADPROOF_OUT_OF_MEMORY; may be NULL.
 *   Returns      The check, or NULL; code says why.
 */
gradproof_engine *gradproof_begin(const double *x, const double *claimed, const double *sizes, int64_t n,
    const gradproof_options *options, int32_t *code);
gradproof_engine *gradproof_begin_f32(const float *x, const float *claimed, const double *sizes, int64_t n,
    const gradproof_options *options, int32_t *code);

/*
 * Write the next round of probes: points that do not depend on each other and may be evaluated in any order.
 * Asking does not move the check on: asking twice gives the same round. The first round is the point x
 * itself.
 *   engine       The check.
 *   probes       Filled with the probes.
 *   capacity     Number of probes that fit, at least GRADPROOF_ROUND.
 *   Returns      Number of probes; 0: the check is done; GRADPROOF_NULL_PROBES; GRADPROOF_BAD_CAPACITY; or
 *                what is wrong with the check: GRADPROOF_NULL_ENGINE, _NO_ENGINE, _OTHER_VERSION, _DAMAGED.
 */
int64_t gradproof_ask(gradproof_engine *engine, gradproof_probe *probes, int64_t capacity);

/*
 * Call an objective at the points of probes: what gradproof_tell wants to know.
 *   objective    Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code
 *                above 0, which ends the call.
 *   user         Handed to the objective unchanged.
 *   x, claimed, sizes, n, changes
 *                As for gradproof_points.
 *   probes       The probes, as gradproof_ask wrote them, or any part of them: threads may share a round.
 *   count        Number of probes.
 *   values       Filled with count values; NaN where the objective has none.
 *   point        Work memory of n values; threads that share a round have one each.
 *   Returns      0; the code of the objective that ended the call; GRADPROOF_BAD_RETURN; or the code of a
 *                NULL pointer, of a number out of its range, of a probe that moves coordinates which x does
 *                not have, or of overlapping memory.
 */
int32_t gradproof_evaluate(gradproof_objective objective, void *user, const double *x, const double *claimed,
    const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *values,
    double *changes, double *point);
int32_t gradproof_evaluate_f32(gradproof_objective_f32 objective, void *user, const float *x,
    const float *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count,
    double *values, double *changes, float *point);

/*
 * Ask, evaluate and tell, in one call; in a check of every coordinate, and where no point is out of bounds.
 * Between two calls the check may go on by gradproof_ask and gradproof_tell, too.
 *   engine       The check.
 *   objective, user
 *                As for gradproof_evaluate.
 *   x            As at its start.
 *   probes       Filled with the probes of all rounds that were told; with room for GRADPROOF_ROUND more than
 *                most.
 *   values       Filled with their values; with room for most.
 *   most         The call returns before a round with which there would be more evaluations than that.
 *   point        Work memory of n values.
 *   told         Filled with two numbers: of the values that were told, and of the probes of the round that
 *                comes next; 0: the check is done.
 *   Returns      0; GRADPROOF_NULL_OUTPUT; the code of the objective that ended a round, of which nothing is
 *                told; or one of gradproof_ask, gradproof_evaluate or gradproof_tell, such as
 *                GRADPROOF_NULL_SIZES along lines.
 */
int32_t gradproof_run(gradproof_engine *engine, gradproof_objective objective, void *user, const double *x,
    gradproof_probe *probes, double *values, int64_t most, double *point, int64_t *told);
int32_t gradproof_run_f32(gradproof_engine *engine, gradproof_objective_f32 objective, void *user,
    const float *x, gradproof_probe *probes, double *values, int64_t most, float *point, int64_t *told);

/*
 * Write the points of probes, one after the other, for a caller that evaluates them itself.
 *   x            The point that the lines go through, n values.
 *   claimed      The gradient under test; may be NULL where no probe stands on a long line (its floor is not
 *                0).
 *   sizes        What gradproof_windows wrote for x; may be NULL there, too.
 *   n            Number of coordinates.
 *   probes       The probes, as gradproof_ask wrote them.
 *   count        Number of probes.
 *   points       Filled with count * n values; the point of probe k begins at k * n.
 *   changes      For probes on long lines filled with the change that the claim predicts; may be NULL where
 *                there are none.
 *   Returns      0; or the code of a NULL pointer, of a number out of its range, of a probe that moves
 *                coordinates which x does not have, or of overlapping memory.
 */
int32_t gradproof_points(const double *x, const double *claimed, const double *sizes, int64_t n,
    const gradproof_probe *probes, int64_t count, double *points, double *changes);
int32_t gradproof_points_f32(const float *x, const float *claimed, const double *sizes, int64_t n,
    const gradproof_probe *probes, int64_t count, float *points, double *changes);

/*
 * Say how many of the values told next were not computed, because their points lie outside of bounds.
 * Such values are NaN. They are no evaluations, and the budget does not count them. The call belongs between
 * gradproof_ask and gradproof_tell; of several the last one counts.
 *   engine       The check.
 *   count        Number of these values, at least 0.
 *   Returns      0; GRADPROOF_BAD_COUNT; GRADPROOF_NO_ROUND; GRADPROOF_TOO_MANY_VALUES where the round has
 *                fewer probes; or what is wrong with the check.
 */
int32_t gradproof_skip(gradproof_engine *engine, int64_t count);

/*
 * Take the values of the round that was asked for, in its order: all of them, or the first ones.
 * The first ones are for a caller who must stop in the middle of a round. They count as evaluations, but for
 * those that gradproof_skip took out. Where coordinates are tested one by one, what they prove stands, and
 * the next round asks for the rest; along lines they are not enough, and the next round is the same one
 * again.
 *   engine       The check.
 *   x, claimed   As at its start.
 *   values       f at every probe; NaN: a missing value (outside the domain, an exception). Where it is
 *                missing at x, the check ends, and is inconclusive.
 *   changes      For probes on long lines the change that the claim predicts, as gradproof_evaluate or
 *                gradproof_points wrote it; no other elements are read. May be NULL in a check of every
 *                coordinate.
 *   count        Number of values, at least 1: as many as gradproof_ask returned, or fewer; not fewer than
 *                were skipped.
 *   Returns      0; the code of a NULL pointer; GRADPROOF_BAD_COUNT; GRADPROOF_NO_ROUND where no round has
 *                been asked for since the last one was told, or since the check was stopped;
 *                GRADPROOF_TOO_MANY_VALUES where the round has fewer probes; GRADPROOF_OTHER_TYPE; or what is
 *                wrong with the check.
 */
int32_t gradproof_tell(gradproof_engine *engine, const double *x, const double *claimed, const double *values,
    const double *changes, int64_t count);
int32_t gradproof_tell_f32(gradproof_engine *engine, const float *x, const float *claimed,
    const double *values, const double *changes, int64_t count);

/*
 * End a check before its time: what is still open counts as untested, what is proved wrong stays wrong.
 * Nothing more is asked for. A check that is done stays as it is.
 *   engine       The check.
 *   Returns      0, or what is wrong with the check.
 */
int32_t gradproof_stop(gradproof_engine *engine);

/*
 * Write what the check has found so far: at any time after its first value, and as often as is wanted.
 *   engine       The check.
 *   report       Filled with verdict, counts and figures, as far as its size goes; report->findings says how
 *                many findings there are. Where the call is refused, the verdict is GRADPROOF_INCONCLUSIVE.
 *   findings     The size of the first one is set by the caller. Filled with the findings, worst first: what
 *                is wrong, then what is open, then kinks; if there are more than capacity, with the worst;
 *                may be NULL.
 *   capacity     Number of findings that fit.
 *   Returns      0; GRADPROOF_NULL_REPORT; GRADPROOF_BAD_SIZE; GRADPROOF_BAD_CAPACITY; GRADPROOF_NOTHING_TOLD
 *                before the first value, unless the check was stopped: then all coordinates are untested; or
 *                what is wrong with the check.
 */
int32_t gradproof_result(const gradproof_engine *engine, gradproof_report *report,
    gradproof_finding *findings, int64_t capacity);

/*
 * Free what gradproof_begin or gradproof_resume returned; NULL is harmless.
 *   engine       The check, or NULL.
 */
void gradproof_end(gradproof_engine *engine);

/*
 * Write what is known of the coordinates that are tested one by one: all of them, or those that lines have
 * found.
 *   engine       The check.
 *   indices      Filled with their numbers in x, in ascending order, at most capacity of each; may be NULL.
 *   causes       Filled with their causes; may be NULL.
 *   kinks        Filled with 0 for no kink, 1 for one at x, 2 for one near x; may be NULL.
 *   resolutions  Filled with their resolutions, NaN where nothing was decided; may be NULL.
 *   capacity     Number of coordinates that fit.
 *   Returns      Number of these coordinates, which may be larger than capacity; GRADPROOF_BAD_CAPACITY; or
 *                what is wrong with the check.
 */
int64_t gradproof_coordinates(const gradproof_engine *engine, int64_t *indices, int64_t *causes,
    int64_t *kinks, double *resolutions, int64_t capacity);

/*
 * Write what lines found of the named blocks.
 *   engine       The check.
 *   norms        Filled with the norm of the claimed gradient in each block, every coordinate in its scale;
 *                may be NULL.
 *   bars         Filled with the error bar of lines over each block alone, 0 where there were none; may be
 *                NULL.
 *   capacity     Number of blocks that fit.
 *   Returns      Number of blocks, which may be larger than capacity, and 0 in a check of every coordinate;
 *                GRADPROOF_BAD_CAPACITY; or what is wrong with the check.
 */
int64_t gradproof_blocks(const gradproof_engine *engine, double *norms, double *bars, int64_t capacity);

/*
 * Write how large an error common to a named block must be to be seen along lines.
 *   engine       The check.
 *   factors      Filled with the smallest such error of each block, relative to its claimed values: more than
 *                1 where all of them could be off by a factor of 2 unseen, 0 for a block of zeros; may be
 *                NULL.
 *   capacity     Number of blocks that fit.
 *   Returns      Number of blocks, which may be larger than capacity, and 0 in a check of every coordinate or
 *                without names; GRADPROOF_BAD_CAPACITY; or what is wrong with the check.
 */
int64_t gradproof_block_factors(const gradproof_engine *engine, double *factors, int64_t capacity);

/*
 * Return how many 8-byte words a check needs: in proportion to n where every coordinate is tested, few along
 * lines.
 *   n            Number of coordinates, at least 1.
 *   options      The options of the check, of which mode, budget and blocks count here, or NULL for the
 *                defaults.
 *   Returns      Number of words; GRADPROOF_BAD_N, also where no memory could hold so many; or the code of an
 *                option that is refused.
 */
int64_t gradproof_engine_size(int64_t n, const gradproof_options *options);

/*
 * Begin a check in memory of the caller's own.
 * Whatever the memory held before makes no difference. Where the call is refused, it holds no check
 * afterwards.
 *   engine       Memory of gradproof_engine_size(n, options) words, aligned to 8 bytes.
 *   x, claimed, sizes, n, options
 *                As in gradproof_begin.
 *   Returns      0; the code of a NULL pointer, of n, or of an option that is refused;
 *                GRADPROOF_X_NOT_FINITE.
 */
int32_t gradproof_engine_start(gradproof_engine *engine, const double *x, const double *claimed,
    const double *sizes, int64_t n, const gradproof_options *options);
int32_t gradproof_engine_start_f32(gradproof_engine *engine, const float *x, const float *claimed,
    const double *sizes, int64_t n, const gradproof_options *options);

/*
 * Take up a check that was saved, in memory of the library's own; gradproof_end frees it.
 * The memory of a check is all that there is to be saved: gradproof_engine_size(n, options) words of 8 bytes,
 * copied between two calls. They carry a version and checksums, which are verified here. Only a library with
 * the same layout of this memory, on a machine with the same order of bytes, takes them up.
 *   saved        The copy.
 *   words        Number of its words.
 *   code         Filled with 0, GRADPROOF_NULL_ENGINE, GRADPROOF_NO_ENGINE, GRADPROOF_OTHER_VERSION (also
 *                where words are missing), GRADPROOF_DAMAGED, or GRADPROOF_OUT_OF_MEMORY; may be NULL.
 *   Returns      The check, or NULL; code says why.
 */
gradproof_engine *gradproof_resume(const void *saved, int64_t words, int32_t *code);

/*
 * Give a check another budget, for example where it was saved and is taken up again.
 * This must come before gradproof_ask has returned 0: a check that is done stays as it is, also where its
 * budget ended it.
 *   engine       The check.
 *   budget       At most this many evaluations in all, those before included; 0: no limit.
 *   Returns      0; GRADPROOF_BAD_BUDGET; or what is wrong with the check.
 */
int32_t gradproof_allow(gradproof_engine *engine, int64_t budget);

/*
 * Set a part of the coordinates that a probe on a long line moves: for threads that share one point.
 *   x, claimed   The point that the line goes through, and the claimed gradient.
 *   sizes        What gradproof_windows wrote for x.
 *   probe        One probe on a random line whose floor is not 0.
 *   first        Number of the first segment of 65,536 coordinates.
 *   count        Number of segments.
 *   point        The point; only coordinates of the line and of these segments are set.
 *   changes      Filled with count values: the change that the claim predicts, segment by segment.
 *   Returns      0, GRADPROOF_BAD_COUNT, GRADPROOF_OVERLAP, or the code of a NULL pointer.
 */
int32_t gradproof_move_segments(const double *x, const double *claimed, const double *sizes,
    const gradproof_probe *probe, int64_t first, int64_t count, double *point, double *changes);
int32_t gradproof_move_segments_f32(const float *x, const float *claimed, const double *sizes,
    const gradproof_probe *probe, int64_t first, int64_t count, float *point, double *changes);

/*
 * Return the sum of the changes of segments, as for the line as a whole.
 *   changes      What gradproof_move_segments wrote, for all segments of the line in their order.
 *   count        Number of segments.
 *   Returns      The change that the claim predicts for the step really taken; NaN where changes is NULL.
 */
double gradproof_sum_segments(const double *changes, int64_t count);

/* ===========================================================================================================
 * 3. Pieces
 * ===========================================================================================================
 *
 * What a check is made of, for a caller without a claimed gradient, or with questions of another kind.
 *
 * Example: a numerical gradient, the noise of the objective, and its kink.
 *
 *     #include <gradproof.h>
 *     #include <math.h>
 *     #include <stdio.h>
 *
 *     static int32_t folded(const double *x, int64_t n, double *value, void *user) {
 *         (void)n, (void)user;
 *         *value = exp(x[0]) + fabs(x[1] - 0.5);
 *         return 0;
 *     }
 *
 *     int main(void) {
 *         double x[2] = {0, 0.51}, slopes[2], work[2], noise, distance[2], left[2], right[2];
 *         int64_t index[2], count;
 *         int32_t code = gradproof_centered_difference(folded, NULL, x, 2, NULL, slopes, work);
 *         if (code == GRADPROOF_DONE) code = gradproof_noise_floor(folded, NULL, x, 2, 0, work, &noise, NULL);
 *         if (code == GRADPROOF_DONE)
 *             code = gradproof_find_kinks(folded, NULL, x, 2, 0.1, work, index, distance, left, right, 2, &count);
 *         if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
 *         printf("slopes %.6f %.6f, noise below 1e-15: %s\n", slopes[0], slopes[1], noise < 1e-15 ? "yes" : "no");
 *         for (int64_t i = 0; i < count; i++)
 *             printf("kink along x[%d] %.4f away: from %g to %g\n", (int)index[i], distance[i], left[i], right[i]);
 *         return 0;
 *     }
 */

/*
 * Fill a vector with forward differences (f(x + h) - f(x)) / h, in n + 1 evaluations.
 * The error is of order h (Taylor). h is the step that x really takes after rounding.
 *   objective    Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code
 *                above 0, which ends the call.
 *   user         Handed to the objective unchanged.
 *   x            The point, n finite values; never written to.
 *   n            Number of coordinates; 0 is allowed.
 *   step         A step for each coordinate; a negative one looks backward, and one that does not move the
 *                coordinate, such as 0, gives NaN. NULL: the square root of the relative noise that is
 *                measured (some ten evaluations more), times the size of the coordinate, as a power of two.
 *   out          Filled with n slopes; where the objective ended the call, with those until then.
 *   work         Work memory of n values.
 *   Returns      0; the code of a NULL pointer, of n, or of overlapping memory; GRADPROOF_OUT_OF_MEMORY;
 *                where the noise was to be measured, GRADPROOF_X_NOT_FINITE, or
 *                GRADPROOF_OBJECTIVE_NOT_FINITE for f(x); GRADPROOF_BAD_RETURN; or the code of the objective.
 */
int32_t gradproof_forward_difference(gradproof_objective objective, void *user, const double *x, int64_t n,
    const double *step, double *out, double *work);
int32_t gradproof_forward_difference_f32(gradproof_objective_f32 objective, void *user, const float *x,
    int64_t n, const double *step, float *out, float *work);

/*
 * Fill a vector with centered differences (f(x + h) - f(x - h)) / 2h, in 2n evaluations.
 * The error is of order h^2 (Taylor). More accurate than forward differences, but no safer at kinks: two
 * points on both sides of x have a kink between them at least as often. 2h is the distance that x really
 * moves after rounding.
 *   objective, user, x, n, out, work
 *                As for gradproof_forward_difference.
 *   step         A step for each coordinate; one that does not move it, such as 0, gives NaN. NULL: the cube
 *                root of the relative noise that is measured (some ten evaluations more), times the size of
 *                the coordinate, as a power of two.
 *   Returns      As for gradproof_forward_difference.
 */
int32_t gradproof_centered_difference(gradproof_objective objective, void *user, const double *x, int64_t n,
    const double *step, double *out, double *work);
int32_t gradproof_centered_difference_f32(gradproof_objective_f32 objective, void *user, const float *x,
    int64_t n, const double *step, float *out, float *work);

/*
 * Compare two vectors: |a - b| / max(|a|, |b|) for each element, 0 where both are 0, NaN kept.
 *   a, b         Vectors of n values.
 *   n            Number of elements.
 *   out          Filled with n relative errors; may be NULL.
 *   maximum      Filled with the largest of them: infinity where one is NaN, 0 where n is 0; may be NULL.
 *   index        Filled with the first index that has the largest error, -1 where n is 0; may be NULL.
 *   Returns      0, GRADPROOF_BAD_N, or GRADPROOF_NULL_X.
 */
int32_t gradproof_relative_error(const double *a, const double *b, int64_t n, double *out, double *maximum,
    int64_t *index);
int32_t gradproof_relative_error_f32(const float *a, const float *b, int64_t n, double *out, double *maximum,
    int64_t *index);

/*
 * Measure the absolute rounding noise of an objective near x, in about ten evaluations on a random line.
 *   objective    Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code
 *                above 0, which ends the call.
 *   user         Handed to the objective unchanged.
 *   x            The point, n finite values.
 *   n            Number of coordinates, at least 1.
 *   seed         Of the random line.
 *   work         Work memory of n values.
 *   noise        Filled with the standard deviation of the noise, at least half a unit in the last place of
 *                f(x).
 *   arithmetic   Filled with the arithmetic that the noise betrays, GRADPROOF_ARITHMETIC_...; may be NULL.
 *   Returns      0; the code of a NULL pointer, of n, or of overlapping memory; GRADPROOF_OUT_OF_MEMORY;
 *                GRADPROOF_X_NOT_FINITE; GRADPROOF_OBJECTIVE_NOT_FINITE where f(x) is not finite;
 *                GRADPROOF_BAD_RETURN; or the code of the objective.
 */
int32_t gradproof_noise_floor(gradproof_objective objective, void *user, const double *x, int64_t n,
    uint64_t seed, double *work, double *noise, int64_t *arithmetic);
int32_t gradproof_noise_floor_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n,
    uint64_t seed, float *work, double *noise, int64_t *arithmetic);

/*
 * Look for the nearest kink of an objective along every coordinate.
 * Some 60 to 130 evaluations a coordinate, up to 250 at an inflection. A kink away from x may be missed where
 * curvature changes the slope by more, from x to there, than the kink does.
 *   objective, user, x, n, work
 *                As for gradproof_noise_floor.
 *   radius       How far from x to look along a coordinate; 0: a sixteenth of its size.
 *   index        Filled with the coordinates of the kinks in their order, at most capacity.
 *   distance     Filled with the signed distances of the kinks from x; 0: at x, as far as noise lets one see.
 *   left, right  Filled with the slopes on the two sides of the kinks.
 *   capacity     Number of kinks that fit.
 *   count        Filled with the number of kinks found, which may be larger than capacity.
 *   Returns      0; GRADPROOF_BAD_RADIUS; GRADPROOF_BAD_CAPACITY; or as gradproof_noise_floor. Where a code
 *                above 0 of the objective ended the call, the kinks until then, and their count, are there.
 */
int32_t gradproof_find_kinks(gradproof_objective objective, void *user, const double *x, int64_t n,
    double radius, double *work, int64_t *index, double *distance, double *left, double *right,
    int64_t capacity, int64_t *count);
int32_t gradproof_find_kinks_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n,
    double radius, float *work, int64_t *index, double *distance, double *left, double *right,
    int64_t capacity, int64_t *count);

/*
 * Write the evidence along one coordinate: its slopes at every step that a full ladder takes.
 * Some 20 to 100 evaluations, those for the noise of f included; a claimed slope that the finest steps settle
 * ends the ladder early. |slope - claimed| shows why: in a wrong claim it is the same at every step; noise
 * grows like 1 / step as steps shrink; truncation shrinks with the step; and where it drops at once, larger
 * steps cross a kink.
 *   objective, user, x, n, work
 *                As for gradproof_noise_floor.
 *   index        The coordinate, from 0 to n - 1.
 *   claimed      Its claimed slope; NaN without one: then all steps are taken.
 *   rungs        The size of the first one is set by the caller. Filled with the steps, finest first, at most
 *                capacity, of which there are never more than 96. May be NULL where capacity is 0.
 *   capacity     Number of rungs that fit.
 *   count        Filled with the number of steps, which may be larger than capacity.
 *   Returns      0; GRADPROOF_BAD_INDEX; GRADPROOF_BAD_CAPACITY; GRADPROOF_BAD_SIZE; or as
 *                gradproof_noise_floor. Where a code above 0 of the objective ended the call, the steps until
 *                then, and their count, are there.
 */
int32_t gradproof_ladder(gradproof_objective objective, void *user, const double *x, int64_t n, int64_t index,
    double claimed, double *work, gradproof_rung *rungs, int64_t capacity, int64_t *count);
int32_t gradproof_ladder_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n,
    int64_t index, double claimed, float *work, gradproof_rung *rungs, int64_t capacity, int64_t *count);

/* ===========================================================================================================
 * 4. Text and codes
 * ===========================================================================================================
 *
 * Words and sentences are in English, never NULL, and owned by the library.
 *
 * Example: a report as text, with names, and words.
 *
 *     #include <gradproof.h>
 *     #include <stdio.h>
 *
 *     static int32_t sum(const double *x, int64_t n, double *value, void *user) {
 *         (void)user;
 *         *value = 0;
 *         for (int64_t i = 0; i < n; i++) *value += x[i] * x[i];
 *         return 0;
 *     }
 *
 *     int main(void) {
 *         double x[] = {1, 2, 3, 4}, claimed[] = {2, 4, 6, 9}; // 9 should be 8
 *         int64_t borders[] = {0, 1, 4};
 *         const char *names[] = {"bias", "weight"};
 *         char text[4096];
 *         gradproof_options options;
 *         gradproof_report report;
 *         gradproof_finding findings[4];
 *         report.size = sizeof report;
 *         findings[0].size = sizeof findings[0];
 *         gradproof_options_default(&options);
 *         options.blocks = 2;
 *         options.borders = borders;
 *         options.names = names;
 *         int32_t code = gradproof_check(sum, NULL, x, claimed, 4, &options, &report, findings, 4);
 *         if (code != GRADPROOF_DONE) return puts(gradproof_explain(code)), 2;
 *         gradproof_print(&report, findings, 4, &options, text, sizeof text);
 *         puts(text);
 *         printf("%s: %s\n", gradproof_cause_word(findings[0].cause), gradproof_explain_cause(findings[0].cause));
 *         printf("gradproof %s says %s\n", gradproof_version_string(), gradproof_verdict_word(report.verdict));
 *         return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
 *     }
 */

/*
 * Write a report as text, as snprintf does: verdict, facts, and what was found, worst first, in 100 columns.
 * The text is what Python prints, to the letter, but for what Python alone knows: calls of a function that
 * computes the gradient, exceptions, Ctrl-C, rows of data, warnings about agreement that proves little,
 * factors of arrays along their own claims, and the shape of f where it leaves a claim undecided. Of what
 * explains errors Python knows more, array by array; here it is what all wrong coordinates have in common, as
 * report->explanation has it.
 *   report       What a check found.
 *   findings     Its findings; may be NULL.
 *   capacity     Number of findings that there was room for.
 *   options      Names and borders of the blocks of x; without them, or where it is NULL, coordinate 3 is
 *                x[3].
 *   buffer       Filled with the text in UTF-8, as many whole characters as fit, and a 0 at their end; may be
 *                NULL where size is 0.
 *   size         Bytes that there is room for, the 0 included.
 *   Returns      Bytes of the whole text without the 0, which may be more than there was room for;
 *                GRADPROOF_NULL_REPORT; GRADPROOF_NULL_OUTPUT; GRADPROOF_BAD_SIZE; GRADPROOF_BAD_CAPACITY;
 *                GRADPROOF_NOTHING_TOLD where the report holds no verdict; or what is wrong with the options.
 */
int64_t gradproof_print(const gradproof_report *report, const gradproof_finding *findings, int64_t capacity,
    const gradproof_options *options, char *buffer, int64_t size);

/*
 * Return the word of a verdict.
 *   verdict      As in a report.
 *   Returns      right, wrong or inconclusive; or unknown.
 */
const char *gradproof_verdict_word(int64_t verdict);

/*
 * Return the word of a cause.
 *   cause        As in a finding.
 *   Returns      A word such as kink_crossed; or unknown.
 */
const char *gradproof_cause_word(int64_t cause);

/*
 * Return the sentence of a cause.
 *   cause        As in a finding.
 *   Returns      What it means and what to do; or that it is no cause.
 */
const char *gradproof_explain_cause(int64_t cause);

/*
 * Return the sentence of a code.
 *   code         What a call returned.
 *   Returns      What went wrong and what to do; above 0 that it is a callback's own; or that it is no code.
 */
const char *gradproof_explain(int32_t code);

/*
 * Return the version of the library as text.
 *   Returns      Three numbers, such as 0.1.0.
 */
const char *gradproof_version_string(void);

/*
 * Return the version of the library.
 *   Returns      GRADPROOF_VERSION of the header that it belongs to.
 */
uint32_t gradproof_version(void);

#ifdef __cplusplus
}
#endif

#endif /* GRADPROOF_H */
