"""A C program prints a report: with its own names for blocks, into memory of exactly the size, in any locale."""

import numpy as np
import pytest
from c_programs import COMPILER, compiled, output_of
from texts import printed

import gradproof
from gradproof import library

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not library.LIBRARY.exists(), reason="no native library was built"),
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
    assert "  größe[0]  -9.00000000  " in text
    assert last == f"wrong, wrong; {gradproof.__version__}"
    # The twin: without the error the text is another one.
    claimed["größe"][0] *= -1
    assert printed(gradproof.check(objective, claimed, x)) != text
