"""Checks where the processor takes subnormal numbers for 0: `python flushed.py LIBRARY COUNT SEED`.

Each check is named before it begins, so that the last line of the output is the one that does not end.
"""

import contextlib
import ctypes
import sys

import numpy as np

import gradproof

SOURCE = """
#include <stdint.h>
#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
void flush_to_zero(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
#elif defined(__aarch64__)
void flush_to_zero(void) {
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    __asm__ volatile("msr fpcr, %0" : : "r"(word | (1u << 24)));
}
#endif
"""
PLANTED = 2

# Objectives of x, and their gradients, at points of a given scale.
KINDS = {
    "squares": (lambda x, scale: np.sum(x**2), lambda x, scale: 2 * x),
    "tiny sum": (lambda x, scale: 1e-150 * np.sum(x), lambda x, scale: np.full(x.shape, 1e-150)),
    "waves": (lambda x, scale: np.sum(np.sin(x / scale)) * scale, lambda x, scale: np.cos(x / scale)),
    "kinks": (lambda x, scale: np.sum(np.maximum(x, 0.5 * scale)), lambda x, scale: (x > 0.5 * scale) * 1.0),
    "nothing": (lambda x, scale: 0.0 * np.sum(x), lambda x, scale: 0.0 * x),
    "stairs": (lambda x, scale: scale * np.sum(np.floor(8 * x / scale)), lambda x, scale: 0.0 * x),
    "beside one": (lambda x, scale: 1.0 + np.sum(x), lambda x, scale: np.ones_like(x)),
}


def checked(kind, scale, mode, dtype, slip):
    """A check at random points of a scale, of a claim that is right unless there is a slip."""
    objective, gradient = KINDS[kind]
    n = 6 if mode == "full" else 300
    x = (np.random.default_rng(n).normal(size=n) * scale).astype(dtype)
    claim = np.asarray(gradient(x, scale), np.float64)
    claim[PLANTED] *= 1 + slip
    with np.errstate(all="ignore"):
        report = gradproof.check(lambda x: objective(x, scale), claim, x, mode=mode)
    assert str(report), report.to_json()
    return report


def is_no_alarm(kind, scale, mode, dtype, slip):
    """Nothing is called wrong but slips, and along lines the slope 0 of stairs, which have a trend."""
    assert checked(kind, scale, mode, dtype, slip).verdict != "wrong" or slip or (kind, mode) == ("stairs", "lines")


def main(library, count, seed):
    """Checks of every kind at scales of every size; then some whose verdict is known."""
    ctypes.CDLL(library).flush_to_zero()
    assert np.float64(1e-200) * 1e-110 == 0.0
    random = np.random.default_rng(int(seed))
    for number in range(int(count)):
        kind, mode = str(random.choice(list(KINDS))), "lines" if number % 4 == 3 else "full"
        scale = 10.0 ** random.integers(-320, 20)
        dtype = "f4" if scale > 1e-30 and number % 3 == 0 else "f8"
        case = (kind, scale, mode, dtype, float(random.choice([0.0, 0.01])))
        print(case, flush=True)
        with contextlib.suppress(ValueError):  # f(x) may not be finite
            is_no_alarm(*case)
    for scale in (1e-300, 1e-305, 1e-307):
        for mode in ("full", "lines"):
            for kind in KINDS:
                is_no_alarm(kind, scale, mode, "f8", 0.0)
    for kind in ("squares", "tiny sum"):
        print(kind, flush=True)
        assert checked(kind, 1e-130, "full", "f8", 0.0).verdict == "right"
        assert checked(kind, 1e-130, "full", "f8", 0.01).wrong.tolist() == [PLANTED]
    assert checked("waves", 1e-295, "full", "f8", 0.5).wrong.tolist() == [PLANTED]
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
