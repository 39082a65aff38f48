/* The calls that exist twice, for double and for float; included once for each. */

static int32_t NAMED(value_of)(const VECTOR *x, int64_t n, double *value, void *user) {
    objective *f = user;
    double total = 0.0;
    PROMISE(f->z, n == f->n);
    for (int64_t i = 0; i < n; i++) {
        if (f->lower) PROMISE(f->z, x[i] >= f->lower[i] && x[i] <= f->upper[i]);
        total += term(f->kind, x[i]);
    }
    return finish(f, total, value);
}

/* A problem: a point, the gradient there, and perhaps a planted error far above what any check needs to see. */
typedef struct NAMED(problem) {
    objective f;
    int64_t n;
    VECTOR *x, *claimed;
    int planted;
    int64_t broken; /* coordinate of x that is not finite; -1: none */
} NAMED(problem);

static NAMED(problem) NAMED(new_problem)(fuzzer *z) {
    NAMED(problem) p;
    memset(&p, 0, sizeof p);
    p.n = one_in(z, 400) ? 6000 : 1 + below(z, one_in(z, 3) ? 40 : 6);
    p.f.z = z, p.f.n = p.n, p.broken = -1;
    p.f.kind = one_in(z, 2) ? (int)below(z, CLEAN_KINDS) : (int)below(z, KINDS);
    if (one_in(z, 3)) {
        static const int32_t codes[] = {1, 42, INT32_MAX, -1, -5, INT32_MIN, GRADPROOF_OUTSIDE};
        p.f.at = 1 + below(z, one_in(z, 2) ? 4 : 60);
        p.f.code = codes[below(z, 7)];
    }
    p.x = memory(z, p.n * (int64_t)sizeof(VECTOR));
    p.claimed = memory(z, p.n * (int64_t)sizeof(VECTOR));
    for (int64_t i = 0; i < p.n; i++) {
        p.x[i] = (VECTOR)(one_in(z, 12) ? 0.0 : 4.0 * real(z) - 2.0);
        p.claimed[i] = (VECTOR)slope(p.f.kind, p.x[i]);
    }
    if (one_in(z, 2)) {
        int64_t at = below(z, p.n);
        p.planted = 1;
        p.claimed[at] = one_in(z, 8) ? (VECTOR)odd(z) : (VECTOR)(p.claimed[at] + 3.0);
        if (p.claimed[at] == (VECTOR)slope(p.f.kind, p.x[at]) || fabs((double)p.claimed[at]) < 0.3) p.planted = 0;
    }
    if (one_in(z, 40)) p.broken = below(z, p.n), p.x[p.broken] = (VECTOR)(one_in(z, 2) ? NAN : -INFINITY);
    return p;
}
static void NAMED(end_problem)(NAMED(problem) *p) {
    fuzzer *z = p->f.z;
    give_back(z, p->x);
    give_back(z, p->claimed);
}

/* Whether `right` would be a lie: only where f is clean, and the error is far above what is asked of a check. */
static int NAMED(must_not_be_right)(const NAMED(problem) *p) { return p->planted && p->f.kind < CLEAN_KINDS; }

typedef struct NAMED(settings) {
    gradproof_options *options;
    double *lower, *upper;
    int64_t *borders;
    int bad; /* an option was made impossible */
    int given; /* options are handed over */
} NAMED(settings);

static NAMED(settings) NAMED(new_settings)(fuzzer *z, const NAMED(problem) *p, watcher *w) {
    NAMED(settings) s;
    memset(&s, 0, sizeof s);
    /* An older header has fewer fields, a newer one more. */
    int64_t size = one_in(z, 4) ? 8 * (1 + below(z, 20)) : (int64_t)sizeof *s.options;
    int64_t room = size > (int64_t)sizeof *s.options ? size : (int64_t)sizeof *s.options;
    s.options = memory(z, room);
    memset(s.options, 0, (size_t)room);
    s.options->size = size;
    s.options->seed = next(z);
    s.options->budget = one_in(z, 3) ? below(z, 200) : 0;
    s.options->rtol = one_in(z, 4) ? 1e-4 * real(z) : 0.0;
    s.options->mode = below(z, 3);
    s.options->float32 = below(z, 2);
    if (one_in(z, 6)) s.options->time_limit = 1e3;
    /* The objective counts its calls, so that only one thread may call it: more are asked for by a program of their own. */
    s.options->threads = below(z, 2);
    if (one_in(z, 4)) {
        int64_t blocks = 1 + below(z, 4);
        s.borders = memory(z, 8 * (blocks + 1));
        for (int64_t k = 0; k <= blocks; k++) s.borders[k] = p->n * k / blocks;
        s.options->blocks = blocks, s.options->borders = s.borders;
    }
    if (one_in(z, 5)) {
        s.lower = memory(z, 8 * p->n), s.upper = memory(z, 8 * p->n);
        for (int64_t i = 0; i < p->n; i++) {
            s.lower[i] = one_in(z, 2) ? (double)p->x[i] : -1e9;
            s.upper[i] = one_in(z, 2) ? (double)p->x[i] : 1e9;
        }
        s.options->lower = s.lower, s.options->upper = s.upper;
    }
    if (size >= (int64_t)sizeof *s.options && one_in(z, 4)) s.options->progress = progress, s.options->progress_user = w;
    if (one_in(z, 6)) {
        int64_t before = size >= (int64_t)sizeof *s.options;
        switch (below(z, 9)) {
        case 0: s.options->budget = -1 - below(z, 9); break;
        case 1: s.options->rtol = one_in(z, 2) ? NAN : 1.0; break;
        case 2: s.options->atol = one_in(z, 2) ? NAN : -1.0; break;
        case 3: s.options->mode = 3 + below(z, 9); break;
        case 4: s.options->float32 = 2; break;
        case 5: s.options->time_limit = one_in(z, 2) ? INFINITY : -1.0; break;
        case 6: s.options->blocks = one_in(z, 2) ? -1 : 3, s.options->borders = NULL; break;
        case 7: s.options->threads = one_in(z, 2) ? -1 : 1 << 30; break;
        default: s.options->size = one_in(z, 2) ? 12 : strange(z) | 1; before = 1; break;
        }
        s.bad = (int)before; /* a shorter struct may not reach the field */
    }
    s.given = s.bad || !one_in(z, 4);
    return s;
}
static void NAMED(end_settings)(fuzzer *z, NAMED(settings) *s) {
    give_back(z, s->options);
    give_back(z, s->lower);
    give_back(z, s->upper);
    give_back(z, s->borders);
}

static void NAMED(judge)(fuzzer *z, const NAMED(problem) *p, int32_t code, int64_t verdict) {
    if (code < 0) z->refused++;
    if (code > 0) z->ended++;
    if (code != 0) PROMISE(z, verdict == GRADPROOF_INCONCLUSIVE || verdict == GRADPROOF_WRONG);
    PROMISE(z, verdict >= GRADPROOF_RIGHT && verdict <= GRADPROOF_INCONCLUSIVE);
    if (NAMED(must_not_be_right)(p)) PROMISE(z, verdict != GRADPROOF_RIGHT);
    if (code == 0) {
        z->right += verdict == GRADPROOF_RIGHT;
        z->wrong += verdict == GRADPROOF_WRONG;
        z->open += verdict == GRADPROOF_INCONCLUSIVE;
    }
}

/* Findings come worst first: what is wrong, what is open by its resolution, kinks by their distance, then the rest. */
static void NAMED(in_order)(fuzzer *z, const gradproof_finding *findings, int64_t count) {
    int before = 2;
    double before_size = INFINITY;
    for (int64_t k = 0; k < count; k++) {
        const gradproof_finding *one = &findings[k];
        int acceptable = one->cause == GRADPROOF_CAUSE_AGREES || one->cause == GRADPROOF_CAUSE_KINK_AT_POINT ||
                         one->cause == GRADPROOF_CAUSE_KINK_CROSSED;
        int bad = one->cause == GRADPROOF_CAUSE_WRONG ? 2 : !acceptable;
        double size = INFINITY;
        if (bad == 1 && isfinite(one->resolution)) size = one->resolution;
        if (bad == 0 && one->kink && isfinite(one->distance)) size = -fabs(one->distance);
        if (bad == 0 && !one->kink) size = -INFINITY;
        PROMISE(z, one->size == (int64_t)sizeof *one && one->start < one->stop);
        PROMISE(z, bad <= before);
        /* Lines of several coordinates come before single ones of their kind. */
        if (k > 0 && bad == before && one[-1].stop == one[-1].start + 1) {
            PROMISE(z, one->stop == one->start + 1 && size <= before_size);
            if (bad < 2 && size == before_size) PROMISE(z, one->start > one[-1].start);
        }
        before = bad, before_size = size;
    }
}

/* ---- The check in one call ---------------------------------------------------------------------------------------- */

static void NAMED(in_one_call)(fuzzer *z) {
    NAMED(problem) p = NAMED(new_problem)(z);
    watcher w = {&p.f, one_in(z, 3) ? 1 + below(z, 30) : 0, 0, one_in(z, 2) ? 77 : -3};
    NAMED(settings) s = NAMED(new_settings)(z, &p, &w);
    const int whole_options = s.given && s.options->size >= (int64_t)sizeof *s.options;
    if (whole_options && !s.bad) p.f.lower = s.lower, p.f.upper = s.upper;
    int64_t size = one_in(z, 4) ? 8 * (2 + below(z, 50)) : (int64_t)sizeof(gradproof_report);
    int64_t room = size > (int64_t)sizeof(gradproof_report) ? (int64_t)sizeof(gradproof_report) : size;
    gradproof_report *report = memory(z, room);
    int64_t given = one_in(z, 30) ? strange(z) | 1 : size;
    memcpy(report, &given, 8);
    int64_t stride = one_in(z, 4) ? 8 * (2 + below(z, 20)) : (int64_t)sizeof(gradproof_finding);
    int64_t capacity = below(z, 9);
    gradproof_finding *findings = memory(z, capacity * stride + 8);
    memcpy(findings, &stride, 8);
    gradproof_finding *handed = one_in(z, 3) ? NULL : findings;
    int missing = one_in(z, 12) ? (int)below(z, 4) : -1;
    int64_t n = one_in(z, 30) ? -below(z, 5) : p.n;
    int32_t code = NAMED(gradproof_check)(missing == 0 ? NULL : NAMED(value_of), &p.f, missing == 1 ? NULL : p.x,
                                          missing == 2 ? NULL : p.claimed, n, s.given ? s.options : NULL,
                                          missing == 3 ? NULL : report, handed, capacity);
    z->calls++;
    if (code == 0 && handed && stride == (int64_t)sizeof *findings && given == (int64_t)sizeof *report)
        NAMED(in_order)(z, findings, report->findings < capacity ? report->findings : capacity);
    int64_t verdict = GRADPROOF_INCONCLUSIVE;
    if (missing != 3) memcpy(&verdict, (char *)report + 8, 8);
    if (missing >= 0 || n < 1 || s.bad || p.broken >= 0 || given != size) PROMISE(z, code < 0 && p.f.calls == 0);
    if (code > 0) PROMISE(z, p.f.ended && (code == p.f.code || code == w.code));
    if (p.f.ended) PROMISE(z, code > 0 || code == GRADPROOF_BAD_RETURN || (p.f.code > 0 && code > 0));
    if (code < 0 && p.f.calls == 0) PROMISE(z, verdict == GRADPROOF_INCONCLUSIVE);
    NAMED(judge)(z, &p, code, verdict);
    /* What was written, as text: into too little memory, too, and from structs as short as they are. */
    if (missing != 3 && given == size) {
        int64_t bytes = one_in(z, 3) ? below(z, 12) : below(z, 4000);
        char *text = memory(z, bytes);
        memset(text, 'x', (size_t)bytes);
        int64_t length = gradproof_print(report, handed, one_in(z, 2) ? capacity : 0,
                                         s.given && !one_in(z, 3) ? s.options : NULL, text, bytes);
        z->calls++;
        if (length >= 0 && bytes > 0) {
            int64_t end = length < bytes ? length : bytes - 1;
            while (end > 0 && text[end] != 0) end--;
            PROMISE(z, text[end] == 0 && (int64_t)strlen(text) <= length && end + 4 > (length < bytes ? length : bytes - 1));
        }
        give_back(z, text);
    }
    give_back(z, report);
    give_back(z, findings);
    NAMED(end_settings)(z, &s);
    NAMED(end_problem)(&p);
}

/* ---- The check in rounds -------------------------------------------------------------------------------------------- */

/* The same memory somewhere else; the old one is given back. */
static gradproof_engine *NAMED(moved)(fuzzer *z, gradproof_engine *engine, int64_t words) {
    void *other = memory(z, 8 * words);
    memcpy(other, engine, (size_t)(8 * words));
    give_back(z, engine);
    return other;
}

/* Calls that are refused, or change nothing that the check depends on. */
static void NAMED(disturb)(fuzzer *z, const NAMED(problem) *p, gradproof_engine *engine, int64_t words) {
    double some[4] = {0, 0, 0, 0};
    int64_t whole[4] = {0, 0, 0, 0};
    int32_t code = 1;
    switch (below(z, 8)) {
    case 0: PROMISE(z, gradproof_ask(engine, NULL, GRADPROOF_ROUND) == GRADPROOF_NULL_PROBES); break;
    case 1: PROMISE(z, gradproof_skip(engine, -1) == GRADPROOF_BAD_COUNT); break;
    case 2: PROMISE(z, NAMED(gradproof_tell)(engine, p->x, NULL, some, some, 1) == GRADPROOF_NULL_CLAIMED); break;
    case 3: PROMISE(z, NAMED(gradproof_tell)(engine, p->x, p->claimed, some, some, 1 << 20) < 0); break;
    case 4: PROMISE(z, gradproof_coordinates(engine, whole, whole, whole, some, 4) >= 0); break;
    case 5: PROMISE(z, gradproof_blocks(engine, some, some, 4) >= 0); break;
    case 6: PROMISE(z, gradproof_block_factors(engine, some, 4) >= 0); break;
    default: {
        int64_t given = one_in(z, 2) ? words : below(z, words);
        gradproof_engine *again = gradproof_resume(engine, given, &code);
        PROMISE(z, (again != NULL) == (code == 0) && (code == 0) == (given >= words));
        gradproof_end(again);
    }
    }
    z->calls++;
}

static void NAMED(in_rounds)(fuzzer *z) {
    NAMED(problem) p = NAMED(new_problem)(z);
    watcher w = {&p.f, 0, 0, 0};
    NAMED(settings) s = NAMED(new_settings)(z, &p, &w);
    int64_t windows = (p.n + 1023) / 1024;
    double *sizes = memory(z, 8 * windows);
    PROMISE(z, NAMED(gradproof_windows)(p.x, p.n, sizes) == GRADPROOF_DONE);
    gradproof_options *options = s.given ? s.options : NULL;
    int64_t words = gradproof_engine_size(p.n, options);
    gradproof_probe *probes = memory(z, GRADPROOF_ROUND * (int64_t)sizeof *probes);
    double *values = memory(z, 8 * GRADPROOF_ROUND), *changes = memory(z, 8 * GRADPROOF_ROUND);
    VECTOR *point = memory(z, p.n * (int64_t)sizeof *point);
    int64_t overwrite = one_in(z, 4) ? below(z, 12) : -1;
    gradproof_engine *engine = memory(z, 8 * (words > 0 ? words : 16));
    /* An overwritten word may bring unused memory into the checksum, which then must hold something. */
    if (overwrite >= 0 && words > 0) memset(engine, 0x5C, (size_t)(8 * words));
    int32_t code = words > 0 ? NAMED(gradproof_engine_start)(engine, p.x, p.claimed, sizes, p.n, options) : (int32_t)words;
    z->calls += 3;
    if (p.broken >= 0 || s.bad) PROMISE(z, code < 0);
    int64_t rounds = 0;
    int overwritten = 0;
    while (code == GRADPROOF_DONE) {
        if (one_in(z, 6)) NAMED(disturb)(z, &p, engine, words);
        if (one_in(z, 6)) engine = NAMED(moved)(z, engine, words);
        if (rounds++ == overwrite) {
            int64_t at = one_in(z, 2) ? below(z, words < 200 ? words : 200) : below(z, words);
            uint64_t word = one_in(z, 2) ? next(z) : (uint64_t)strange(z);
            memcpy((char *)engine + 8 * at, &word, 8);
            overwritten = 1;
        }
        int64_t count = gradproof_ask(engine, probes, GRADPROOF_ROUND);
        z->calls++;
        if (count <= 0) {
            code = (int32_t)count;
            break;
        }
        if (one_in(z, 8)) probes[below(z, count)].stop = p.n + 1 + below(z, 9);
        code = NAMED(gradproof_evaluate)(NAMED(value_of), &p.f, p.x, p.claimed, sizes, p.n, probes, count, values,
                                         changes, point);
        z->calls++;
        if (code == GRADPROOF_BAD_PROBE) code = GRADPROOF_DONE;
        else if (code == GRADPROOF_DONE) {
            int64_t told = one_in(z, 5) ? 1 + below(z, count) : count;
            code = NAMED(gradproof_tell)(engine, p.x, p.claimed, values, changes, told);
            z->calls++;
            PROMISE(z, code == GRADPROOF_DONE || overwritten);
        }
        if (one_in(z, 40)) code = gradproof_stop(engine), z->calls++;
        if (rounds > 4000) break;
    }
    if (code > 0) PROMISE(z, p.f.ended && code == p.f.code);
    if (overwritten && code < 0) z->damaged++;
    if (code == GRADPROOF_NO_ENGINE || code == GRADPROOF_OTHER_VERSION || code == GRADPROOF_DAMAGED)
        PROMISE(z, overwritten);
    if (words > 0) {
        gradproof_report *report = memory(z, (int64_t)sizeof *report);
        report->size = (int64_t)sizeof *report;
        int32_t ended = gradproof_result(engine, report, NULL, 0);
        z->calls++;
        /* Where the check never began there is none in that memory. */
        NAMED(judge)(z, &p, ended ? ended : code > 0 ? code : 0, report->verdict);
        give_back(z, report);
    }
    give_back(z, engine);
    give_back(z, probes);
    give_back(z, values);
    give_back(z, changes);
    give_back(z, point);
    give_back(z, sizes);
    NAMED(end_settings)(z, &s);
    NAMED(end_problem)(&p);
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------- */

static int32_t NAMED(climb)(NAMED(problem) *p, OBJECTIVE f, const VECTOR *x, int64_t n, VECTOR *room) {
    fuzzer *z = p->f.z;
    int64_t stride = one_in(z, 3) ? 8 * (2 + below(z, 9)) : (int64_t)sizeof(gradproof_rung), count = -1;
    int64_t capacity = one_in(z, 20) ? -1 : below(z, 100), fitting = capacity < 0 ? 0 : capacity;
    gradproof_rung *rungs = memory(z, fitting * stride + 8);
    int64_t size = one_in(z, 20) ? strange(z) | 1 : stride;
    memcpy(rungs, &size, 8);
    int64_t index = one_in(z, 3) ? strange(z) : below(z, p->n);
    int32_t code = NAMED(gradproof_ladder)(f, &p->f, x, n, index, one_in(z, 3) ? odd(z) : 1.0 + real(z), room,
                                           one_in(z, 20) ? NULL : rungs, capacity, one_in(z, 20) ? NULL : &count);
    if (index < 0 || index >= p->n || capacity < 0 || (size != stride && capacity > 0)) PROMISE(z, code < 0);
    PROMISE(z, count < 97 && (code != 0 || count > 0));
    give_back(z, rungs);
    return code;
}

static void NAMED(pieces)(fuzzer *z) {
    NAMED(problem) p = NAMED(new_problem)(z);
    if (p.n > 100) {
        NAMED(end_problem)(&p);
        return;
    }
    VECTOR *out = memory(z, p.n * (int64_t)sizeof *out), *work = memory(z, p.n * (int64_t)sizeof *work);
    double *steps = memory(z, 8 * p.n), *left = memory(z, 8 * p.n), *right = memory(z, 8 * p.n);
    double *distance = memory(z, 8 * p.n), noise = 0.0, largest = 0.0, *errors = memory(z, 8 * p.n);
    int64_t *index = memory(z, 8 * p.n), count = 0, arithmetic = 0, place = 0;
    for (int64_t i = 0; i < p.n; i++) steps[i] = one_in(z, 20) ? odd(z) : 1e-4;
    int missing = one_in(z, 4) ? (int)below(z, 3) : -1;
    OBJECTIVE f = missing == 0 ? NULL : NAMED(value_of);
    VECTOR *x = missing == 1 ? NULL : p.x, *room = missing == 2 ? NULL : work;
    int64_t n = one_in(z, 20) ? -below(z, 3) : p.n, capacity = one_in(z, 20) ? -1 : below(z, p.n + 1);
    int32_t code = 0;
    switch (below(z, 7)) {
    case 0: code = NAMED(gradproof_forward_difference)(f, &p.f, x, n, one_in(z, 2) ? steps : NULL, out, room); break;
    case 1: code = NAMED(gradproof_centered_difference)(f, &p.f, x, n, one_in(z, 2) ? steps : NULL, out, room); break;
    case 2: code = NAMED(gradproof_noise_floor)(f, &p.f, x, n, next(z), room, &noise, one_in(z, 2) ? &arithmetic : NULL); break;
    case 3:
        code = NAMED(gradproof_find_kinks)(f, &p.f, x, n, one_in(z, 9) ? odd(z) : 0.0, room, index, distance, left,
                                           right, capacity, &count);
        break;
    case 4: code = NAMED(gradproof_relative_error)(x, p.claimed, n, one_in(z, 2) ? errors : NULL, &largest, &place); break;
    case 5: code = NAMED(climb)(&p, f, x, n, room); break;
    default:
        code = NAMED(gradproof_windows)(x, n, right);
        PROMISE(z, gradproof_sum_segments(steps, below(z, p.n + 1)) == gradproof_sum_segments(steps, 0) || 1);
    }
    z->calls++;
    if (code > 0) PROMISE(z, p.f.ended && code == p.f.code);
    if (p.f.ended) PROMISE(z, code == p.f.code || code == GRADPROOF_BAD_RETURN);
    if (code > 0) z->ended++;
    if (code < 0) z->refused++;
    give_back(z, out);
    give_back(z, work);
    give_back(z, steps);
    give_back(z, left);
    give_back(z, right);
    give_back(z, distance);
    give_back(z, errors);
    give_back(z, index);
    NAMED(end_problem)(&p);
}
