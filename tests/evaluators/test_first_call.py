"""The first call of a C function: what would end Python is one sentence, and nothing is left of it."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from c_functions import X, c, cubes_gradient, faulty, path_of_library

import gradproof
from gradproof.evaluators.compiled import child
from gradproof.evaluators.compiled.functions import NativeError

pytestmark = pytest.mark.skipif(not child.POSSIBLE, reason="a process cannot be copied here")

PROTOTYPE = r"int32_t f\(const double \*x, int64_t n, double \*value, void \*user\)"
OF_GRADIENT = r"int32_t g\(const double \*x, int64_t n, double \*values, void \*user\)"
SOURCE = str(Path(gradproof.__file__).parent.parent)


def sentence(name, *, gradient=False, x=X, **settings):
    function = gradproof.native(c(name), **settings)
    functions = (gradproof.native(c("loss")), function) if gradient else (function, cubes_gradient)
    with pytest.raises(NativeError) as caught:
        gradproof.check(*functions, x)
    assert "\n" not in str(caught.value)
    return caught.value


def test_what_is_right_passes():
    assert gradproof.check(gradproof.native(c("loss")), gradproof.native(c("grad")), X).verdict == "right"
    report = gradproof.check(gradproof.native(c("loss")), gradproof.native(c("slip")), X)
    assert report.wrong.tolist() == [2]
    assert report.findings[0].cause is gradproof.Cause.WRONG


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("segv", "ended with SIGSEGV at the first call"),
        ("reads_null", "ended with SIGSEGV at the first call"),
        ("fpe", "ended with SIGFPE at the first call"),
        ("ill", "ended with SIGILL at the first call"),
        ("bus", "ended with SIGBUS at the first call"),
        ("aborts", "ended with SIGABRT at the first call"),
        ("leaves", r"called exit\(3\) at the first call"),
        ("leaves_well", r"called exit\(0\) at the first call"),
        ("sets_nothing", "returned 0 but set no value at the first call"),
        ("adds", "returned 0 but set no value at the first call"),
        ("half_a_value", "wrote 4 of the 8 bytes of its value at the first call"),
        ("nx", ""),
    ],
)
def test_the_sentence_of_another_function(name, ending):
    text = str(sentence(name))
    pattern = rf"the native objective .*{ending}.*: is it {PROTOTYPE}\? Another prototype is given as signature\."
    assert re.match(pattern, text), text


def test_what_was_written_is_told():
    assert str(sentence("aborts")).endswith('(it wrote: "n must be 7")')


def test_a_value_that_is_returned_instead_of_set():
    """Whatever code such a function seems to return."""
    for name in ("three", "xn", "xl"):
        error = str(sentence(name))
        assert "set no value" in error
        assert "is it int32_t f(const double *x, int64_t n, double *value, void *user)?" in error


def test_a_prototype_that_was_given():
    text = str(sentence("segv", signature="double f(int n, const double *x)"))
    assert text.endswith("ended with SIGSEGV at the first call: is it double f(int n, const double *x)?")


def test_the_prototype_for_float32():
    assert "is it int32_t f(const float *x, int64_t n" in str(sentence("segv", x=X.astype(np.float32)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("segv", "the native gradient ended with SIGSEGV at the first call"),
        ("sets_nothing", "the native gradient returned 0 but set no values at the first call"),
        ("three", "the native gradient .*set no values"),
    ],
)
def test_the_sentence_of_another_gradient(name, words):
    assert re.match(rf"{words}.*: is it {OF_GRADIENT}\?", str(sentence(name, gradient=True)))


def test_values_that_do_not_fit():
    assert "wrote 3 values at the first call, as a gradient does" in str(sentence("grad"))
    assert "wrote behind the end of its 3 values" in str(sentence("behind", gradient=True))
    x = np.ones(1000)
    assert gradproof.check(gradproof.native(c("loss")), gradproof.native(c("grad")), x).verdict == "right"
    assert "wrote behind the end of its 1,000 values" in str(sentence("behind", gradient=True, x=x))


def test_a_code_is_that_of_the_function():
    error = sentence("refuses")
    assert error.code == 7
    assert "returned the code 7" in str(error)
    assert sentence("segv").code is None


def test_a_call_that_does_not_return(monkeypatch):
    monkeypatch.setattr(child, "LIMIT", 0.3)
    text = str(sentence("loops"))
    assert "has not returned after 0.3 s at the first call" in text
    assert text.endswith("If it takes that long, pass trial=False (--no-trial).")


def test_a_child_without_its_threads_says_nothing(monkeypatch):
    """A lock that another thread holds is never released in a copy of the process; here it is."""
    monkeypatch.setattr(child, "STUCK", 0.2)
    held, release = threading.Lock(), threading.Event()

    def hold():
        with held:
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    while not held.locked():
        pass

    def call():
        held.acquire()
        return 0

    try:
        assert child.call_in_child(call, child.shared(8)) is None
    finally:
        release.set()
        thread.join()


def test_the_pieces():
    for piece in (gradproof.centered_difference, gradproof.noise_floor, gradproof.find_kinks, gradproof.study):
        with pytest.raises(NativeError, match="SIGSEGV at the first call"):
            piece(gradproof.native(c("segv")), X)


def test_each_function_is_tried_once(monkeypatch):
    tried = []
    call = child.call_in_child
    monkeypatch.setattr(child, "call_in_child", lambda *given: (tried.append(1), call(*given))[1])
    calls, function = np.zeros(1, np.int64), c("counts")
    reports = [gradproof.check(gradproof.native(function, calls), cubes_gradient, X) for _ in range(3)]
    assert calls[0] == sum(report.evaluations for report in reports)
    assert len(tried) == 1
    # What is another call is tried again.
    gradproof.check(gradproof.native(function, calls.copy()), cubes_gradient, X)
    gradproof.check(gradproof.native(c("counts"), calls), cubes_gradient, X)
    assert len(tried) == 3
    # One that failed is not taken for one that went well.
    for _ in range(2):
        sentence("segv")
    assert len(tried) == 5


def test_without_a_trial(monkeypatch):
    monkeypatch.setattr(child, "call_in_child", lambda *_: pytest.fail("there is a trial"))
    assert gradproof.check(gradproof.native(c("loss"), trial=False), cubes_gradient, X).verdict == "right"
    assert gradproof.check(gradproof.native(c("loss"), trial=False), faulty, X).wrong.tolist() == [2]
    numba = pytest.importorskip("numba")
    compiled = numba.njit(lambda x: x[0] ** 3 + x[1] ** 3 + x[2] ** 3)
    assert gradproof.check(compiled, cubes_gradient, X).verdict == "right"


def test_where_a_process_cannot_be_copied(monkeypatch):
    def none():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", none)
    assert gradproof.check(gradproof.native(c("loss")), cubes_gradient, X).verdict == "right"
    assert gradproof.check(gradproof.native(c("loss")), faulty, X).wrong.tolist() == [2]


def open_files():
    return sorted(Path("/proc/self/fd").iterdir())


def test_nothing_is_left(monkeypatch):
    children, fork = [], os.fork

    def noted():
        child_or_0 = fork()
        children.append(child_or_0)
        return child_or_0

    monkeypatch.setattr(os, "fork", noted)
    monkeypatch.setattr(child, "LIMIT", 0.3)
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    before = open_files() if Path("/proc/self/fd").exists() else []
    for name in ("loss", "segv", "leaves", "loops", "sets_nothing"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                gradproof.check(gradproof.native(c(name)), cubes_gradient, X)
            except NativeError:
                assert name != "loss"
    assert before == (open_files() if before else [])
    assert handlers == {number: signal.getsignal(number) for number in signal.valid_signals()}
    assert len(children) == 5
    for number in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(number, os.WNOHANG)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: os.waitpid(-1, os.WNOHANG)])
def test_somebody_else_waits_for_children(handler):
    before = signal.signal(signal.SIGCHLD, handler)
    try:
        assert gradproof.check(gradproof.native(c("loss")), cubes_gradient, X).verdict == "right"
        with pytest.raises(NativeError, match="at the first call: is it"):
            gradproof.check(gradproof.native(c("segv")), cubes_gradient, X)
    except ChildProcessError:  # of the handler of this test, when the child is gone already
        pass
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_in_a_thread():
    found = []

    def work():
        found.append(gradproof.check(gradproof.native(c("loss")), cubes_gradient, X).verdict)
        try:
            gradproof.check(gradproof.native(c("segv")), cubes_gradient, X)
        except NativeError as error:
            found.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found[0] == "right"
    assert "SIGSEGV at the first call" in found[1]


def program(text):
    code = textwrap.dedent(text).replace("LIBRARY", repr(str(path_of_library())))
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


def test_nothing_is_printed_twice():
    """What is printed but not yet written, by Python or by C, is in the child, too."""
    done = program(
        """
        import atexit, ctypes, faulthandler, numpy as np, gradproof
        faulthandler.enable()
        atexit.register(print, "at exit")
        library = ctypes.CDLL(LIBRARY)
        library.printf = ctypes.CDLL(None).printf
        library.printf(b"of C\\n")
        print("of Python")
        calls, x = np.zeros(1, np.int64), np.array([1.0, -2.0, 0.5])
        for name in ("segv", "leaves"):
            try:
                gradproof.check(gradproof.native(getattr(library, name)), 3 * x**2, x)
            except RuntimeError as error:
                print(error)
        report = gradproof.check(gradproof.native(library.prints, calls), 3 * x**2, x)
        print(report.verdict, report.evaluations)
        """
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    evaluations = int(next(line for line in lines if line.startswith("right")).split()[1])
    for line in ("of C", "of Python", "at exit", *(f"call {number}" for number in range(1, evaluations + 1))):
        assert lines.count(line) == 1
    assert sum("at the first call" in line for line in lines) == 2
    assert len(lines) == 6 + evaluations
    assert done.stderr.split() == ["said"] * evaluations


def test_ctrl_c_while_it_does_not_return():
    done = program(
        """
        import ctypes, os, signal, threading, numpy as np, gradproof
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        x = np.array([1.0, -2.0, 0.5])
        try:
            gradproof.check(gradproof.native(ctypes.CDLL(LIBRARY).loops), 3 * x**2, x)
        except KeyboardInterrupt:
            print("interrupted")
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no child is left")
        """
    )
    assert done.stdout.splitlines() == ["interrupted", "no child is left"], done.stderr
