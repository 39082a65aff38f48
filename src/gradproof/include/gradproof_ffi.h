enum gradproof_versions {
    GRADPROOF_VERSION_MAJOR = 0,
    GRADPROOF_VERSION_MINOR = 1,
    GRADPROOF_VERSION_PATCH = 0,
    GRADPROOF_VERSION = 100,
    GRADPROOF_ABI = 1
};
enum gradproof_code {
    GRADPROOF_DONE = 0,
    GRADPROOF_BAD_ARGUMENT = -1,
    GRADPROOF_OUT_OF_MEMORY = -2,
    GRADPROOF_OBJECTIVE_NOT_FINITE = -3,
    GRADPROOF_NO_ROUND = -4,
    GRADPROOF_TOO_MANY_VALUES = -5,
    GRADPROOF_NO_ENGINE = -6,
    GRADPROOF_NOTHING_TOLD = -7
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
} gradproof_options;
typedef struct gradproof_report {
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
} gradproof_report;
typedef struct gradproof_finding {
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
} gradproof_finding;
uint32_t gradproof_version(void);
const char *gradproof_explain(int32_t code);
const char *gradproof_explain_cause(int32_t cause);
gradproof_engine *gradproof_begin(const double *x, const double *claimed, const double *sizes, int64_t n, const int64_t *borders, int64_t blocks, const gradproof_options *options, int32_t *code);
gradproof_engine *gradproof_begin_f32(const float *x, const float *claimed, const double *sizes, int64_t n, const int64_t *borders, int64_t blocks, const gradproof_options *options, int32_t *code);
void gradproof_end(gradproof_engine *engine);
int32_t gradproof_check(gradproof_objective objective, void *user, const double *x, const double *claimed, int64_t n, const gradproof_options *options, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
int32_t gradproof_check_f32(gradproof_objective_f32 objective, void *user, const float *x, const float *claimed, int64_t n, const gradproof_options *options, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
int32_t gradproof_options_default(gradproof_options *options);
int64_t gradproof_uses_lines(int64_t n, int64_t mode, int64_t budget);
int32_t gradproof_result(const gradproof_engine *engine, gradproof_report *report, gradproof_finding *findings, int64_t capacity);
int64_t gradproof_coordinates(const gradproof_engine *engine, int64_t *indices, int64_t *causes, int64_t *kinks, double *resolutions, int64_t capacity);
int64_t gradproof_blocks(const gradproof_engine *engine, double *norms, double *bars, int64_t capacity);
int64_t gradproof_engine_size(int64_t n, int64_t blocks, const gradproof_options *options);
int32_t gradproof_engine_start(gradproof_engine *engine, const double *x, const double *claimed, const double *sizes, int64_t n, const int64_t *borders, int64_t blocks, const gradproof_options *options);
int32_t gradproof_engine_start_f32(gradproof_engine *engine, const float *x, const float *claimed, const double *sizes, int64_t n, const int64_t *borders, int64_t blocks, const gradproof_options *options);
int64_t gradproof_ask(gradproof_engine *engine, gradproof_probe *probes, int64_t capacity);
int32_t gradproof_skip(gradproof_engine *engine, int64_t count);
int32_t gradproof_tell(gradproof_engine *engine, const double *x, const double *claimed, const double *values, const double *changes, int64_t count);
int32_t gradproof_tell_f32(gradproof_engine *engine, const float *x, const float *claimed, const double *values, const double *changes, int64_t count);
int32_t gradproof_stop(gradproof_engine *engine);
int64_t gradproof_block_factors(const gradproof_engine *engine, double *factors, int64_t capacity);
int32_t gradproof_forward_difference(gradproof_objective objective, void *user, const double *x, int64_t n, const double *step, double *out, double *work);
int32_t gradproof_forward_difference_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, const double *step, float *out, float *work);
int32_t gradproof_centered_difference(gradproof_objective objective, void *user, const double *x, int64_t n, const double *step, double *out, double *work);
int32_t gradproof_centered_difference_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, const double *step, float *out, float *work);
int32_t gradproof_find_kinks(gradproof_objective objective, void *user, const double *x, int64_t n, double radius, double *work, int64_t *index, double *distance, double *left, double *right, int64_t capacity, int64_t *count);
int32_t gradproof_find_kinks_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, double radius, float *work, int64_t *index, double *distance, double *left, double *right, int64_t capacity, int64_t *count);
int32_t gradproof_noise_floor(gradproof_objective objective, void *user, const double *x, int64_t n, uint64_t seed, double *work, double *noise, int64_t *arithmetic);
int32_t gradproof_noise_floor_f32(gradproof_objective_f32 objective, void *user, const float *x, int64_t n, uint64_t seed, float *work, double *noise, int64_t *arithmetic);
int32_t gradproof_relative_error(const double *a, const double *b, int64_t n, double *out, double *maximum, int64_t *index);
int32_t gradproof_relative_error_f32(const float *a, const float *b, int64_t n, double *out, double *maximum, int64_t *index);
int32_t gradproof_windows(const double *x, int64_t n, double *sizes);
int32_t gradproof_windows_f32(const float *x, int64_t n, double *sizes);
int32_t gradproof_move_segments(const double *x, const double *claimed, const double *sizes, const gradproof_probe *probe, int64_t first, int64_t count, double *point, double *changes);
int32_t gradproof_move_segments_f32(const float *x, const float *claimed, const double *sizes, const gradproof_probe *probe, int64_t first, int64_t count, float *point, double *changes);
double gradproof_sum_segments(const double *changes, int64_t count);
int32_t gradproof_points(const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *points, double *changes);
int32_t gradproof_points_f32(const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, float *points, double *changes);
int32_t gradproof_evaluate(gradproof_objective objective, void *user, const double *x, const double *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *values, double *changes, double *point);
int32_t gradproof_evaluate_f32(gradproof_objective_f32 objective, void *user, const float *x, const float *claimed, const double *sizes, int64_t n, const gradproof_probe *probes, int64_t count, double *values, double *changes, float *point);
