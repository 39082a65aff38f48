"""A C program prints a report: with its own names for blocks, into memory of exactly the size, in any locale."""

import numpy as np
import pytest
from c_programs import COMPILER, compiled, output_of
from texts import printed

import gradproof
from gradproof.commands.installed import installation

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

PROGRAM = r"""
#include <gradproof.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t f(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i] / 3;
    return 0;
}

int main(void) {
    double x[] = {0.5, 1.25, 2, -3, 4}, claimed[5];
    for (int i = 0; i < 5; i++) claimed[i] = x[i] * x[i];
    claimed[3] = -claimed[3];
    const char *names[] = {"weights", "größe"};
    int64_t borders[] = {0, 3, 5};
    gradproof_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.blocks = 2;
    options.borders = borders;
    options.names = names;
    gradproof_finding findings[4];
    findings[0].size = sizeof findings[0];
    gradproof_report report;
    report.size = sizeof report;
    /* Where there is such a locale, its numbers have a comma. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    if (gradproof_check(f, NULL, x, claimed, 5, &options, &report, findings, 4)) return 2;
    int64_t size = gradproof_print(&report, findings, 4, &options, NULL, 0) + 1;
    char *text = malloc((size_t)size);
    if (!text || gradproof_print(&report, findings, 4, &options, text, size) != size - 1) return 3;
    puts(text);
    if ((int64_t)strlen(text) != size - 1) return 4;
    free(text);
    printf("%s, %s; %s", gradproof_verdict_word(report.verdict), gradproof_cause_word(findings[0].cause),
           gradproof_version_string());
    return gradproof_print(NULL, NULL, 0, NULL, NULL, 0) == GRADPROOF_NULL_REPORT ? 0 : 5;
}
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    source = folder / "text.c"
    source.write_text(PROGRAM)
    strict = ("-std=c99", "-pedantic", "-Wconversion")
    return output_of(compiled(source, folder / "text", *strict))


def test_the_text_of_a_c_program(output):
    """The same as Python's, for the same objective in Python."""
    text, _, last = output.rpartition("\n")
    x = {"weights": np.array([0.5, 1.25, 2.0]), "größe": np.array([-3.0, 4.0])}

    def objective(parts):
        total = 0.0
        for value in (*parts["weights"], *parts["größe"]):
            total += value * value * value / 3
        return total

    claimed = {name: part**2 for name, part in x.items()}
    claimed["größe"][0] *= -1
    report = gradproof.check(objective, claimed, x)
    assert text == printed(report)
    assert "\n  größe[0]  " in text
    assert last == f"wrong, wrong; {gradproof.__version__}"
    # The twin: without the error the text is another one.
    claimed["größe"][0] *= -1
    assert printed(gradproof.check(objective, claimed, x)) != text


GARBAGE = r"""
#include <gradproof.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}
static double number(void) {
    static const double odd[] = {0.0, -0.0, 1.0, 0.1, 1e300, -1e-300, 999.5};
    uint64_t bits = next();
    double any;
    memcpy(&any, &bits, sizeof any);
    switch (next() % 4) {
    case 0: return odd[next() % 7];
    case 1: return next() % 2 ? NAN : -INFINITY;
    default: return any;
    }
}
static void fill(void *place, size_t bytes) {
    for (size_t k = 1; k < bytes / 8; k++) {
        int64_t word = next() % 3 ? (int64_t)(next() % 12) - 2 : (int64_t)next();
        double real = number();
        memcpy((char *)place + 8 * k, next() % 2 ? (void *)&word : (void *)&real, 8);
    }
}

int main(void) {
    static char text[1 << 20];
    const char *names[] = {"W", NULL, "a name that is much too long for any table, in which it is cut", "\xff\xc3 \n"};
    int64_t borders[] = {0, 2, 3, 5, 9};
    int64_t printed = 0;
    for (int call = 0; call < 20000; call++) {
        gradproof_report report;
        gradproof_finding findings[6];
        gradproof_options options;
        memset(&options, 0, sizeof options);
        options.size = sizeof options;
        options.blocks = 4, options.borders = borders, options.names = names;
        fill(&report, sizeof report);
        report.size = sizeof report;
        if (next() % 8) report.verdict = 1 + (int64_t)(next() % 3);
        if (next() % 2) report.n = 9;
        if (next() % 2) report.findings = (int64_t)(next() % 7);
        fill(findings, sizeof findings);
        for (int k = 0; k < 6; k++) findings[k].size = sizeof findings[k];
        for (int k = 0; k < 6 && next() % 2; k++) findings[k].stop = findings[k].start + 1;
        int64_t size = (int64_t)(next() % 3 ? next() % 3000 : next() % 8);
        memset(text, 0x55, (size_t)size + 64);
        int64_t whole = gradproof_print(&report, findings, 6, report.n == 9 ? &options : NULL, text, size);
        if (whole < 0) continue;
        printed++;
        if (size && (int64_t)strlen(text) >= size) return 1;
        if (size && size > whole && (int64_t)strlen(text) != whole) return 2;
        for (int k = 0; k < 64; k++)
            if (text[size + k] != 0x55) return 3;
    }
    printf("%d", (int)(printed / 1000));
    return 0;
}
"""


def test_a_report_of_random_words(tmp_path):
    """Whatever the structs hold, the call ends, writes no more than there is room for, and ends the text."""
    source = tmp_path / "garbage.c"
    source.write_text(GARBAGE)
    assert int(output_of(compiled(source, tmp_path / "garbage"))) >= 15
