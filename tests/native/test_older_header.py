"""A program built with an older header runs with the library of today, and nothing behind its structs is written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from c_programs import COMPILER, output_of

from gradproof.commands.installed import installation

pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

# As it was when the ABI had its first number; to be kept as long as that number stands.
FIRST = Path(__file__).parent / "abi" / "gradproof-1.h"
TODAY = installation.PACKAGE / "include" / "gradproof.h"
STRUCTS = ("options", "report", "finding")

# Every struct lies at the beginning of memory that is full of 0x5A; findings one behind the other.
PROGRAM = r"""
#include "gradproof.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6, ROOM = 4096, FOUND = 3 };

static int32_t f(const double *x, int64_t n, double *value, void *user) {
    (void)user;
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
    return 0;
}
static void *filled(void) { return memset(malloc(ROOM), 0x5A, ROOM); }
static int whole(const void *memory, size_t used) {
    for (size_t i = used; i < ROOM; i++)
        if (((const unsigned char *)memory)[i] != 0x5A) return 0;
    return 1;
}
static gradproof_probe probes[GRADPROOF_ROUND];
static double values[GRADPROOF_ROUND], changes[GRADPROOF_ROUND];

int main(void) {
    double x[N] = {1, 2, 3, 4, 5, 6}, g[N], point[N], sizes[1];
    int seen[N] = {0};
    gradproof_options *options = filled();
    gradproof_report *report = filled();
    gradproof_finding *findings = filled();
    int64_t count;
    int32_t code;
    for (int i = 0; i < N; i++) g[i] = 3 * x[i] * x[i];
    gradproof_options_default(options);
    options->budget = 500;
    report->size = sizeof *report;
    findings->size = sizeof *findings;
    code = gradproof_check(f, NULL, x, g, N, options, report, findings, FOUND);
    printf("%d right %d\n", code, report->verdict == GRADPROOF_RIGHT);
    g[1] += 1, g[4] += 1;
    code = gradproof_check(f, NULL, x, g, N, options, report, findings, FOUND);
    printf("%d wrong %d:", code, report->verdict == GRADPROOF_WRONG);
    for (int i = 0; i < report->findings && i < FOUND; i++)
        if (findings[i].cause == GRADPROOF_CAUSE_WRONG) seen[findings[i].start] = 1;
    for (int i = 0; i < N; i++)
        if (seen[i]) printf(" %d", i);
    memset(report, 0x5A, ROOM);
    memset(findings, 0x5A, ROOM);
    report->size = sizeof *report;
    findings->size = sizeof *findings;
    gradproof_windows(x, N, sizes);
    gradproof_engine *engine = gradproof_begin(x, g, sizes, N, options, &code);
    while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {
        gradproof_evaluate(f, NULL, x, g, sizes, N, probes, count, values, changes, point);
        gradproof_tell(engine, x, g, values, changes, count);
    }
    code = gradproof_result(engine, report, findings, FOUND);
    gradproof_end(engine);
    printf("\n%d wrong %d\n", code, report->verdict == GRADPROOF_WRONG);
    /* The last field was written, and what lies behind it was not. */
    printf("behind options %d, report %d, findings %d\n", whole(options, sizeof *options),
           whole(report, sizeof *report), whole(findings, FOUND * sizeof *findings));
    printf("last of the report %d\n", !whole(report, sizeof *report - 8));
    return 0;
}
"""
OUTPUT = """\
0 right 1
0 wrong 1: 1 4
0 wrong 1
behind options 1, report 1, findings 1
last of the report 1
"""


def shortened(header, count):
    """Return a header that lacks the last fields of the structs that grow."""
    header = re.sub(r" */\*.*?\*/", "", header, flags=re.S)
    for name in STRUCTS:
        fields = re.search(rf"typedef struct gradproof_{name} {{\n(.*?)}} gradproof_{name};\n", header, re.S).group(1)
        lines = fields.splitlines(keepends=True)
        assert len(lines) > count + 3
        header = header.replace(fields, "".join(lines[:-count]))
    return header


def lengthened(header):
    """Return a header as a later library may have it: with a field more in each of these structs."""
    for name in STRUCTS:
        header = header.replace(f"}} gradproof_{name};", f"    int64_t later;\n}} gradproof_{name};")
    return header


def output_with(header, folder, program=PROGRAM):
    (folder / "gradproof.h").write_text(header)
    (folder / "program.c").write_text(program)
    place = installation.PACKAGE / "lib"
    words = [COMPILER, "-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{folder}", str(folder / "program.c")]
    words += ["-o", str(folder / "program"), f"-L{place}", f"-Wl,-rpath,{place}", "-lgradproof", "-lm"]
    subprocess.run(words, check=True)
    return output_of(folder / "program")


HEADERS = {
    "today's": TODAY.read_text,
    "the first one": FIRST.read_text,
    "with a field less": lambda: shortened(FIRST.read_text(), 1),
    "with four fields less": lambda: shortened(FIRST.read_text(), 4),
    "with nine fields less": lambda: shortened(FIRST.read_text(), 9),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_program_built_with_an_older_header(name, tmp_path):
    assert output_with(HEADERS[name](), tmp_path) == OUTPUT


def test_a_program_built_with_a_later_header(tmp_path):
    """What its structs have more, this library does not write."""
    expected = OUTPUT.replace("last of the report 1", "last of the report 0")
    assert output_with(lengthened(TODAY.read_text()), tmp_path) == expected


def test_what_is_written_behind_a_struct_is_seen(tmp_path):
    """The twin: a shorter struct that says it is as long as the first one."""
    lies = PROGRAM.replace("report->size = sizeof *report;", "report->size = (int64_t)sizeof *report + 32;")
    assert "behind options 1, report 0, findings 1\n" in output_with(shortened(FIRST.read_text(), 4), tmp_path, lies)
