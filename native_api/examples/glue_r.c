/* gradproof_check for R's .Call: see fit.R. */
#include <gradproof.h>
#include <R.h>
#include <Rinternals.h>

/* An error of R must not jump through the check, whose memory would be lost: it becomes a code of our own. */
static int32_t call(const double *x, int64_t n, double *value, void *user) {
    int failed = 0;
    SEXP point = PROTECT(Rf_allocVector(REALSXP, n));
    for (int64_t i = 0; i < n; i++) REAL(point)[i] = x[i];
    SEXP call = PROTECT(Rf_lang2(user, point));
    SEXP result = R_tryEval(call, R_GlobalEnv, &failed);
    if (!failed) *value = Rf_asReal(result);
    UNPROTECT(2);
    return failed ? 1 : 0;
}

SEXP check_gradient(SEXP objective, SEXP x, SEXP claimed) {
    if (!Rf_isReal(x) || !Rf_isReal(claimed) || XLENGTH(x) != XLENGTH(claimed)) Rf_error("two vectors of one length");
    gradproof_report report = {.size = sizeof report};
    gradproof_finding worst = {.size = sizeof worst, .start = -1};
    int32_t code = gradproof_check(call, objective, REAL(x), REAL(claimed), XLENGTH(x), NULL, &report, &worst, 1);
    if (code != GRADPROOF_DONE) Rf_error("%s", gradproof_explain(code));
    const char *names[] = {"verdict", "index", "claimed", "slope", "cause", ""};
    SEXP list = PROTECT(Rf_mkNamed(VECSXP, names));
    SET_VECTOR_ELT(list, 0, Rf_mkString(gradproof_verdict_word(report.verdict)));
    SET_VECTOR_ELT(list, 1, Rf_ScalarReal((double)worst.start + 1)); /* 0: nothing was found */
    SET_VECTOR_ELT(list, 2, Rf_ScalarReal(worst.claimed));
    SET_VECTOR_ELT(list, 3, Rf_ScalarReal(worst.slope));
    SET_VECTOR_ELT(list, 4, Rf_mkString(gradproof_explain_cause(worst.cause)));
    UNPROTECT(1);
    return list;
}
