enum gradproof_versions {
    GRADPROOF_VERSION_MAJOR = 0,
    GRADPROOF_VERSION_MINOR = 1,
    GRADPROOF_VERSION_PATCH = 0,
    GRADPROOF_VERSION = 100,
    GRADPROOF_ABI = 1
};
enum gradproof_code {
    GRADPROOF_DONE = 0,
    GRADPROOF_OUT_OF_MEMORY = -2,
    GRADPROOF_OBJECTIVE_NOT_FINITE = -3,
    GRADPROOF_NO_ROUND = -4,
    GRADPROOF_TOO_MANY_VALUES = -5,
    GRADPROOF_NO_ENGINE = -6,
    GRADPROOF_NOTHING_TOLD = -7,
    GRADPROOF_BAD_RETURN = -8,
    GRADPROOF_DAMAGED = -9,
    GRADPROOF_OTHER_VERSION = -10,
    GRADPROOF_OTHER_TYPE = -11,
    GRADPROOF_OVERLAP = -12,
    GRADPROOF_X_NOT_FINITE = -20,
    GRADPROOF_X_OUTSIDE_BOUNDS = -21,
    GRADPROOF_BAD_N = -22,
    GRADPROOF_BAD_CAPACITY = -23,
    GRADPROOF_BAD_COUNT = -24,
    GRADPROOF_BAD_INDEX = -25,
    GRADPROOF_BAD_PROBE = -26,
    GRADPROOF_BAD_RADIUS = -27,
    GRADPROOF_BAD_SIZE = -40,
    GRADPROOF_BAD_BUDGET = -41,
    GRADPROOF_BAD_FLOAT32 = -42,
    GRADPROOF_BAD_RTOL = -43,
    GRADPROOF_BAD_ATOL = -44,
    GRADPROOF_BAD_MODE = -45,
    GRADPROOF_BAD_TIME_LIMIT = -46,
    GRADPROOF_BAD_THREADS = -47,
    GRADPROOF_BAD_BOUNDS = -48,
    GRADPROOF_BAD_BLOCKS = -49,
    GRADPROOF_BAD_BORDERS = -50,
    GRADPROOF_NULL_OBJECTIVE = -60,
    GRADPROOF_NULL_X = -61,
    GRADPROOF_NULL_CLAIMED = -62,
    GRADPROOF_NULL_REPORT = -63,
    GRADPROOF_NULL_ENGINE = -64,
    GRADPROOF_NULL_OPTIONS = -65,
    GRADPROOF_NULL_PROBES = -66,
    GRADPROOF_NULL_VALUES = -67,
    GRADPROOF_NULL_CHANGES = -68,
    GRADPROOF_NULL_SIZES = -69,
    GRADPROOF_NULL_POINT = -70,
    GRADPROOF_NULL_OUTPUT = -71,
    GRADPROOF_OUTSIDE = -100
};
enum gradproof_verdict {
    GRADPROOF_RIGHT = 1,
    GRADPROOF_WRONG = 2,
    GRADPROOF_INCONCLUSIVE = 3
};
enum gradproof_cause {
    GRADPROOF_CAUSE_UNTESTED = 0,
    GRADPROOF_CAUSE_AGREES = 1,
    GRADPROOF_CAUSE_WRONG = 2,
    GRADPROOF_CAUSE_KINK_AT_POINT = 3,
    GRADPROOF_CAUSE_KINK_CROSSED = 4,
    GRADPROOF_CAUSE_NOISE_LIMITED = 5,
    GRADPROOF_CAUSE_STEP_LIMITED = 6,
    GRADPROOF_CAUSE_DOMAIN = 7,
    GRADPROOF_CAUSE_NONDETERMINISTIC = 8
};
enum gradproof_mode {
    GRADPROOF_MODE_AUTO = 0,
    GRADPROOF_MODE_FULL = 1,
    GRADPROOF_MODE_LINES = 2
};
enum gradproof_stop_reason {
    GRADPROOF_STOPPED_BY_NOTHING = 0,
    GRADPROOF_STOPPED_BY_BUDGET = 1,
    GRADPROOF_STOPPED_BY_TIME_LIMIT = 2,
    GRADPROOF_STOPPED_BY_CALLER = 3
};
enum gradproof_noise_source {
    GRADPROOF_NOISE_FROM_CONSTANT = 1,
    GRADPROOF_NOISE_FROM_ARITHMETIC = 2,
    GRADPROOF_NOISE_FROM_ROUNDING = 3,
    GRADPROOF_NOISE_FROM_ELSEWHERE = 4
};
enum gradproof_explanation {
    GRADPROOF_EXPLAINED_BY_NOTHING = 0,
    GRADPROOF_EXPLAINED_BY_FACTOR = 1,
    GRADPROOF_EXPLAINED_BY_ZERO = 2,
    GRADPROOF_EXPLAINED_BY_NOT_FINITE = 3,
    GRADPROOF_EXPLAINED_BY_X = 4
};
enum gradproof_arithmetic {
    GRADPROOF_ARITHMETIC_COARSE = 16,
    GRADPROOF_ARITHMETIC_FLOAT32 = 32,
    GRADPROOF_ARITHMETIC_FLOAT64 = 64
};
enum gradproof_limit {
    GRADPROOF_ROUND = 4096
};
typedef int32_t (*gradproof_objective)(const double *x, int64_t n, double *value, void *user);
typedef int32_t (*gradproof_objective_f32)(const float *x, int64_t n, double *value, void *user);
typedef int32_t (*gradproof_progress)(int64_t done, int64_t expected, void *user);
typedef struct gradproof_engine gradproof_engine;
typedef struct gradproof_probe {
    int64_t start;
    int64_t stop;
    uint64_t seed;
    double floor;
    double ratio;
    double step;
    int64_t aligned;
} gradproof_probe;
typedef struct gradproof_options {
    int64_t size;
    int64_t budget;
    uint64_t seed;
    int64_t float32;
    double rtol;
    int64_t mode;
    double atol;
    double time_limit;
    int64_t threads;
    const double *lower;
    const double *upper;
    int64_t blocks;
    const int64_t *borders;
    const char *const *names;
    gradproof_progress progress;
    void *progress_user;
} gradproof_options;
typedef struct gradproof_report {
    int64_t size;
    int64_t verdict;
    int64_t n;
    int64_t tested;
    int64_t agreeing;
    int64_t wrong;
    int64_t kinks;
    int64_t open;
    int64_t untested;
    int64_t findings;
    int64_t evaluations;
    int64_t outside;
    int64_t rounds;
    int64_t arithmetic;
    int64_t noise_measured;
    int64_t nondeterministic;
    int64_t dense;
    double value;
    double noise_floor;
    double spread;
    double resolution;
    double rtol;
    int64_t lines;
    int64_t aligned_lines;
    int64_t parts;
    int64_t cause;
    int64_t early;
    double bar;
    double aligned_bar;
    double parts_bar;
    double norm;
    double sum;
    double curved;
    double hidden;
    double atol;
    double vouched;
    int64_t unseen;
    double seen;
    double seen_factor;
    int64_t index;
    int64_t stopped_by;
    uint64_t seed;
    int64_t mode;
    int64_t blocks;
    double usual_resolution;
    double usual_relative;
    int64_t compared;
    double change;
    int64_t noise_source;
    int64_t most_unseen[6];
    int64_t explanation;
    int64_t explained;
    double factor;
    double factor_bar;
} gradproof_report;
typedef struct gradproof_finding {
    int64_t size;
    int64_t start;
    int64_t stop;
    int64_t cause;
    int64_t kink;
    double claimed;
    double slope;
    double left;
    double right;
    double error_bar;
    double step;
    double resolution;
    double distance;
    int64_t partner;
    int64_t sampled;
    int64_t sampled_wrong;
} gradproof_finding;
typedef struct gradproof_rung {
    int64_t size;
    double step;
    double left;
    double right;
    double slope;
    double gap;
    double error_bar;
} gradproof_rung;
int32_t gradproof_allow(gradproof_engine *engine, int64_t budget);
int64_t gradproof_ask(gradproof_engine *engine, gradproof_probe *probes, int64_t capacity);
gradproof_engine *gradproof_begin(const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_options *options, int32_t *code);
gradproof_engine *gradproof_begin_f32(const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_options *options, int32_t *code);
int64_t gradproof_block_factors(const gradproof_engine *engine, double *factors, int64_t capacity);
int64_t gradproof_blocks(const gradproof_engine *engine, double *norms, double *bars, int64_t capacity);
const char *gradproof_cause_word(int64_t cause);
int32_t gradproof_centered_difference(gradproof_objective objective, void *user, const double *x, int64_t n, const double *step, double *out, double *work);
int32_t gradproof_centered_difference_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, const double *step, float *out, float *work);
int32_t gradproof_check(gradproof_objective objective, void *user, const double *x, const double *claimed, int64_t n, const gradproof_options *options, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
int32_t gradproof_check_f32(gradproof_objective_f32 objective, void *user, const float *x, const float *claimed, int64_t n, const gradproof_options *options, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
int64_t gradproof_coordinates(const gradproof_engine *engine, int64_t *indices, int64_t *causes, int64_t *kinks, double *resolutions, int64_t capacity);
void gradproof_end(gradproof_engine *engine);
int64_t gradproof_engine_size(int64_t n, const gradproof_options *options);
int32_t gradproof_engine_start(gradproof_engine *engine, const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_options *options);
int32_t gradproof_engine_start_f32(gradproof_engine *engine, const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_options *options);
int32_t gradproof_evaluate(gradproof_objective objective, void *user, const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *values, double *changes, double *point);
int32_t gradproof_evaluate_f32(gradproof_objective_f32 objective, void *user, const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *values, double *changes, float *point);
const char *gradproof_explain(int32_t code);
const char *gradproof_explain_cause(int64_t cause);
int32_t gradproof_find_kinks(gradproof_objective objective, void *user, const double *x, int64_t n, double radius, double *work, int64_t *index, double *distance, double *left, double *right, int64_t capacity, int64_t *count);
int32_t gradproof_find_kinks_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, double radius, float *work, int64_t *index, double *distance, double *left, double *right, int64_t capacity, int64_t *count);
int64_t gradproof_first_not_finite(const double *x, int64_t n);
int64_t gradproof_first_not_finite_f32(const float *x, int64_t n);
int32_t gradproof_forward_difference(gradproof_objective objective, void *user, const double *x, int64_t n, const double *step, double *out, double *work);
int32_t gradproof_forward_difference_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, const double *step, float *out, float *work);
int32_t gradproof_ladder(gradproof_objective objective, void *user, const double *x, int64_t n, int64_t index, double claimed, double *work, gradproof_rung *rungs, int64_t capacity, int64_t *count);
int32_t gradproof_ladder_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, int64_t index, double claimed, float *work, gradproof_rung *rungs, int64_t capacity, int64_t *count);
int32_t gradproof_move_segments(const double *x, const double *claimed, const double *sizes, const gradproof_probe *probe, int64_t first, int64_t count, double *point, double *changes);
int32_t gradproof_move_segments_f32(const float *x, const float *claimed, const double *sizes, const gradproof_probe *probe, int64_t first, int64_t count, float *point, double *changes);
int32_t gradproof_noise_floor(gradproof_objective objective, void *user, const double *x, int64_t n, uint64_t seed, double *work, double *noise, int64_t *arithmetic);
int32_t gradproof_noise_floor_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, uint64_t seed, float *work, double *noise, int64_t *arithmetic);
int32_t gradproof_options_fill(gradproof_options *options, int64_t size);
int32_t gradproof_points(const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *points, double *changes);
int32_t gradproof_points_f32(const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, float *points, double *changes);
int64_t gradproof_print(const gradproof_report *report, const gradproof_finding *findings, int64_t capacity, const gradproof_options *options, char *buffer, int64_t size);
int32_t gradproof_relative_error(const double *a, const double *b, int64_t n, double *out, double *maximum, int64_t *index);
int32_t gradproof_relative_error_f32(const float *a, const float *b, int64_t n, double *out, double *maximum, int64_t *index);
int32_t gradproof_result(const gradproof_engine *engine, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
gradproof_engine *gradproof_resume(const void *saved, int64_t words, int32_t *code);
int32_t gradproof_run(gradproof_engine *engine, gradproof_objective objective, void *user, const double *x, gradproof_probe *probes, double *values, int64_t most, double *point, int64_t *told);
int32_t gradproof_run_f32(gradproof_engine *engine, gradproof_objective_f32 objective, void *user, const float *x, gradproof_probe *probes, double *values, int64_t most, float *point, int64_t *told);
int32_t gradproof_skip(gradproof_engine *engine, int64_t count);
int32_t gradproof_stop(gradproof_engine *engine);
double gradproof_sum_segments(const double *changes, int64_t count);
int32_t gradproof_tell(gradproof_engine *engine, const double *x, const double *claimed, const double *values, const double *changes, int64_t count);
int32_t gradproof_tell_f32(gradproof_engine *engine, const float *x, const float *claimed, const double *values, const double *changes, int64_t count);
int64_t gradproof_uses_lines(int64_t n, int64_t mode, int64_t budget);
const char *gradproof_verdict_word(int64_t verdict);
uint32_t gradproof_version(void);
const char *gradproof_version_string(void);
int32_t gradproof_windows(const double *x, int64_t n, double *sizes);
int32_t gradproof_windows_f32(const float *x, int64_t n, double *sizes);
