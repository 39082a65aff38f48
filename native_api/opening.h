/*
 * gradproof $version: says whether a gradient is right, names the coordinates that are wrong, and says why.
 *
 *     static int32_t f(const double *x, int64_t n, double *value, void *user) { ...; *value = ...; return 0; }
 *
 *     gradproof_report report;
 *     report.size = sizeof report;
 *     int32_t code = gradproof_check(f, NULL, x, claimed, n, NULL, &report, NULL, 0);
 *     if (code != GRADPROOF_DONE) puts(gradproof_explain(code));
 *     else if (report.verdict == GRADPROOF_RIGHT) puts("right");
 *
 * A caller that evaluates the objective itself (threads, MPI, a GPU, another process) has the same check in rounds:
 *
 *     gradproof_windows(x, n, sizes);
 *     gradproof_engine *engine = gradproof_begin(x, claimed, sizes, n, NULL, &code);
 *     while ((count = gradproof_ask(engine, probes, GRADPROOF_ROUND)) > 0) {
 *         gradproof_evaluate(f, NULL, x, claimed, sizes, n, probes, count, values, changes, point);
 *         gradproof_tell(engine, x, claimed, values, changes, count);
 *     }
 *     findings[0].size = sizeof findings[0];
 *     gradproof_result(engine, &report, findings, capacity);
 *     gradproof_end(engine);
 *
 * with room for (n + 1023) / 1024 sizes, n elements of a point, and GRADPROOF_ROUND probes, values and changes each.
 *
 * Link with -lgradproof -lm; `gradproof info --cflags --libs` prints the flags. Nothing of Python is needed.
 *
 * Codes      0 is done; below 0 misuse or a lack of memory; above 0 the objective's own code, handed back. Where a
 *            function returns a number, such as that of probes, a code below 0 comes in its place. gradproof_explain
 *            gives the sentence of every code.
 * Verdict    Only GRADPROOF_RIGHT is a pass. No verdict is 0: memory that nobody has written to holds none.
 * Modes      Up to 5,000 coordinates are tested one by one. More of them are tested along lines that move all of them
 *            at once: about a hundred evaluations, whatever n is. The options can have it otherwise. The calls are the
 *            same in every mode, and mean the same.
 * Rounds     gradproof_ask and gradproof_tell take turns until nothing is asked for any more. Asking does not move the
 *            check on: asking twice gives the same round. A part of a round may be told, its first values; the next
 *            round then asks for the rest or, along lines, for all of it again. As soon as one value has been told,
 *            gradproof_result gives what has been found so far. gradproof_stop ends a check before its time.
 * Bounds     Where the objective must not be evaluated outside of bounds, tell NaN for such points, and say with
 *            gradproof_skip how many of a round there are: they are no evaluations, and the budget does not count them.
 * Structs    The first field of options, report and finding is their size. Set it to sizeof before the call: so a
 *            program goes on working with a later library, whose structs are longer. Of an array of findings the first
 *            one's counts.
 * Misuse     A call that is refused changes nothing: not the check, and no other memory, except that report->verdict
 *            is GRADPROOF_INCONCLUSIVE. Every mistake has its own code, and its sentence says what to do. A check
 *            bears checksums: GRADPROOF_NO_ENGINE, _OTHER_VERSION and _DAMAGED say what is wrong with its memory.
 * Memory     Buffers are the caller's, in and out. What gradproof_begin returns goes back through gradproof_end; with
 *            gradproof_engine_start a check lives in memory of the caller's own. A check holds no pointers: between two
 *            calls it may be moved, copied, or saved and restored. x, claimed and sizes must stay the same all along.
 * Types      Functions of vectors come in two versions: for double, and with the ending _f32 for float. A check is
 *            begun, evaluated and told with the same one.
 * Threads    There are no globals and no locks. Calls that share no buffer that is written may run at the same time;
 *            an engine belongs to one thread at a time. The objective is called in the thread of the caller.
 * Warning    Do not compile the objective with -ffast-math: (x + h) - x and the tests for NaN lose their meaning, and
 *            so does the verdict.
 *
 * This file is generated: native_api/build.py --declarations.
 */
#ifndef GRADPROOF_H
#define GRADPROOF_H

#include <stdint.h>

#define GRADPROOF_VERSION_MAJOR $major
#define GRADPROOF_VERSION_MINOR $minor
#define GRADPROOF_VERSION_PATCH $patch
#define GRADPROOF_VERSION $packed /* what gradproof_version() returns: 10000 major + 100 minor + patch */
