/* result = gradproof_check(f, x, claimed), for Octave and MATLAB: see fit.m. */
#include <gradproof.h>
#include <mex.h>
#include <string.h>

/* An error of Octave must not jump through the check, whose memory would be lost: it becomes a code of our own. */
static int32_t call(const double *x, int64_t n, double *value, void *user) {
    mxArray *result = NULL, *arguments[] = {user, mxCreateDoubleMatrix((mwSize)n, 1, mxREAL)};
    memcpy(mxGetPr(arguments[1]), x, (size_t)n * sizeof *x);
    if (mexCallMATLABWithTrap(1, &result, 2, arguments, "feval") != NULL) return 1;
    *value = mxGetScalar(result);
    mxDestroyArray(arguments[1]);
    mxDestroyArray(result);
    return 0;
}

void mexFunction(int outputs, mxArray *output[], int inputs, const mxArray *input[]) {
    const char *names[] = {"verdict", "index", "claimed", "slope", "cause"};
    size_t n = inputs == 3 && outputs <= 1 ? mxGetNumberOfElements(input[1]) : 0;
    if (n == 0 || !mxIsDouble(input[1]) || !mxIsDouble(input[2]) || mxGetNumberOfElements(input[2]) != n)
        mexErrMsgTxt("usage: result = gradproof_check (f, x, claimed)");
    gradproof_report report = {.size = sizeof report};
    gradproof_finding worst = {.size = sizeof worst, .start = -1};
    int32_t code = gradproof_check(call, (void *)input[0], mxGetPr(input[1]), mxGetPr(input[2]), (int64_t)n, NULL,
                                   &report, &worst, 1);
    if (code != GRADPROOF_DONE) mexErrMsgTxt(gradproof_explain(code));
    output[0] = mxCreateStructMatrix(1, 1, 5, names);
    mxSetFieldByNumber(output[0], 0, 0, mxCreateString(gradproof_verdict_word(report.verdict)));
    mxSetFieldByNumber(output[0], 0, 1, mxCreateDoubleScalar((double)worst.start + 1)); /* 0: nothing was found */
    mxSetFieldByNumber(output[0], 0, 2, mxCreateDoubleScalar(worst.claimed));
    mxSetFieldByNumber(output[0], 0, 3, mxCreateDoubleScalar(worst.slope));
    mxSetFieldByNumber(output[0], 0, 4, mxCreateString(gradproof_explain_cause(worst.cause)));
}
