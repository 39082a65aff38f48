"""An objective leaves a call by an exception or longjmp: it arrives, and in rounds nothing is lost."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from c_programs import COMPILER, compiled, output_of

from gradproof.commands.installed import installation

CXX = shutil.which("c++")
pytestmark = [
    pytest.mark.skipif(not CXX or not COMPILER, reason="no C++ compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]

# The objective fails at a given call; a destructor on the way out shows that frames are unwound in order.
OBJECTIVE = r"""
#include <gradproof.h>
#include <csetjmp>
#include <cstdio>
#include <stdexcept>
#include <vector>

struct Failing { int calls, last; };
template <typename Number>
static int32_t f(const Number *x, int64_t n, double *value, void *user) {
    Failing *state = static_cast<Failing *>(user);
    if (++state->calls == state->last) throw std::runtime_error("no value here");
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += double(x[i]) * double(x[i]);
    return 0;
}
"""
THROUGH = (
    OBJECTIVE
    + r"""
static std::jmp_buf outside;
static int32_t jumping(const double *x, int64_t, double *value, void *user) {
    if (++*static_cast<int *>(user) == 4) std::longjmp(outside, 1);
    *value = x[0] * x[0] + x[1] * x[1];
    return 0;
}
template <typename Call>
static void expect(const char *name, Call call) {
    try {
        call();
    } catch (const std::runtime_error &error) {
        std::printf("%s: %s\n", name, error.what());
        return;
    }
    std::printf("%s: nothing came\n", name);
}

int main() {
    const double x[2] = {1, 2}, g[2] = {2, 4};
    const float y[2] = {1, 2}, h[2] = {2, 4};
    double out[2], work[2], noise, distance[2], left[2], right[2];
    int64_t index[2], count;
    for (int last = 1; last <= 4; last++) {
        Failing state = {0, last};
        gradproof_report report;
        report.size = sizeof report;
        expect("check", [&] { gradproof_check(f<double>, &state, x, g, 2, nullptr, &report, nullptr, 0); });
        state.calls = 0;
        expect("check_f32", [&] { gradproof_check_f32(f<float>, &state, y, h, 2, nullptr, &report, nullptr, 0); });
        state.calls = 0;
        expect("differences", [&] { gradproof_centered_difference(f<double>, &state, x, 2, nullptr, out, work); });
        state.calls = 0;
        expect("noise", [&] { gradproof_noise_floor(f<double>, &state, x, 2, 0, work, &noise, nullptr); });
        state.calls = 0;
        expect("kinks", [&] {
            gradproof_find_kinks(f<double>, &state, x, 2, 0, work, index, distance, left, right, 2, &count);
        });
    }
    static int calls;
    gradproof_report report;
    report.size = sizeof report;
    if (setjmp(outside) == 0) gradproof_check(jumping, &calls, x, g, 2, nullptr, &report, nullptr, 0);
    std::printf("jumped after %d calls\n", calls);
    Failing harmless = {0, 0};
    int32_t code = gradproof_check(f<double>, &harmless, x, g, 2, nullptr, &report, nullptr, 0);
    std::printf("then %d, right %d\n", code, report.verdict == GRADPROOF_RIGHT);
}
"""
)
RUST = r"""
use std::{ffi::c_void, panic, ptr::null_mut};

type Objective = extern "C-unwind" fn(*const f64, i64, *mut f64, *mut c_void) -> i32;

#[link(name = "gradproof")]
extern "C-unwind" {
    fn gradproof_check(f: Objective, user: *mut c_void, x: *const f64, claimed: *const f64, n: i64,
        options: *mut c_void, report: *mut i64, findings: *mut c_void, capacity: i64) -> i32;
}

extern "C-unwind" fn f(_x: *const f64, _n: i64, _value: *mut f64, _user: *mut c_void) -> i32 {
    panic!("no value here")
}

fn main() {
    panic::set_hook(Box::new(|_| ()));
    let caught = panic::catch_unwind(|| {
        let mut report = [0i64; 2];
        report[0] = 16;
        unsafe { gradproof_check(f, null_mut(), [1.0].as_ptr(), [2.0].as_ptr(), 1, null_mut(),
            report.as_mut_ptr(), null_mut(), 0) }
    });
    println!("{}", caught.unwrap_err().downcast_ref::<&str>().unwrap());
}
"""
NAMES = ("check", "check_f32", "differences", "noise", "kinks")
ROUNDS = (
    OBJECTIVE
    + r"""
struct Check {  // what a C++ program makes of the library: gives back what it holds, whatever leaves its scope
    gradproof_engine *engine;
    ~Check() { gradproof_end(engine); }
};

static void run(const double *x, const double *g, Failing *state) {
    std::vector<gradproof_probe> probes(GRADPROOF_ROUND);
    std::vector<double> values(GRADPROOF_ROUND), changes(GRADPROOF_ROUND), point(2), sizes(1);
    int32_t code;
    gradproof_windows(x, 2, sizes.data());
    Check check = {BEGIN};
    while (int64_t count = gradproof_ask(check.engine, probes.data(), GRADPROOF_ROUND)) {
        gradproof_evaluate(f<double>, state, x, g, sizes.data(), 2, probes.data(), count, values.data(),
                           changes.data(), point.data());
        gradproof_tell(check.engine, x, g, values.data(), changes.data(), count);
    }
    gradproof_report report;
    report.size = sizeof report;
    gradproof_result(check.engine, &report, nullptr, 0);
    std::printf("right %d\n", report.verdict == GRADPROOF_RIGHT);
}

int main() {
    const double x[2] = {1, 2}, g[2] = {2, 4};
    for (int last = 5; last >= 0; last--) {
        Failing state = {0, last};
        try {
            run(x, g, &state);
        } catch (const std::runtime_error &error) {
            std::printf("%s %d\n", error.what(), state.calls);
        }
    }
}
""".replace("BEGIN", "gradproof_begin(x, g, sizes.data(), 2, nullptr, &code)")
)
ROUNDS_OUTPUT = "".join(f"no value here {last}\n" for last in (5, 4, 3, 2, 1)) + "right 1\n"


def built(text, folder, *options):
    (folder / "program.cpp").write_text(text)
    return compiled(folder / "program.cpp", folder / "program", "-std=c++11", *options, compiler=CXX)


def test_exceptions_and_jumps_pass_through(tmp_path):
    expected = "".join(f"{name}: no value here\n" for name in NAMES) * 4
    assert output_of(built(THROUGH, tmp_path)) == f"{expected}jumped after 4 calls\nthen 0, right 1\n"


@pytest.mark.skipif(not shutil.which("rustc"), reason="no Rust compiler")
def test_a_panic_passes_through(tmp_path):
    (tmp_path / "program.rs").write_text(RUST)
    where = ["-L", str(installation.PACKAGE / "lib"), "-C", f"link-arg=-Wl,-rpath,{installation.PACKAGE / 'lib'}"]
    words = ["rustc", str(tmp_path / "program.rs"), "-o", str(tmp_path / "program"), *where]
    subprocess.run(words, check=True, timeout=120)
    assert output_of(tmp_path / "program") == "no value here\n"


def test_in_rounds_nothing_is_lost(tmp_path):
    program = built(ROUNDS, tmp_path)
    assert output_of(program) == ROUNDS_OUTPUT
    assert not lost(program, tmp_path)


def test_what_is_lost_is_seen(tmp_path):
    """The twin: gradproof_check does not give back its memory, as the header says, and the tool says so."""
    assert lost(built(THROUGH, tmp_path), tmp_path)


def lost(program, folder):
    """Return whether a program loses memory, as valgrind sees it; or a sanitizer, built into it."""
    if shutil.which("valgrind"):
        done = subprocess.run(
            ["valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=definite", "--error-exitcode=9", program],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode in (0, 9), done.stderr
        return done.returncode == 9
    try:
        watched = compiled(folder / "program.cpp", folder / "watched", "-std=c++11", "-fsanitize=address", compiler=CXX)
    except subprocess.CalledProcessError:
        pytest.skip("neither valgrind nor a sanitizer")
    done = subprocess.run([watched], capture_output=True, text=True, check=False, timeout=300)
    if "LeakSanitizer has encountered a fatal error" in done.stderr:
        pytest.skip("a sanitizer may not look here")
    return "LeakSanitizer" in done.stderr
