/*
 * gradproof $version: says whether a gradient is right, names the coordinates that are wrong, and says why.
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
