"""gradproof in pytest: failures that show the table, settings by marker, reports as files and as JUnit properties.

pytest loads this by itself where gradproof is installed.  It imports nothing else of gradproof before a test does.

A fixture `gradproof` stands for the module, with the settings of the marker in force:

    @pytest.mark.gradproof(rtol=1e-4, seed=3)
    def test_gradient(gradproof):
        gradproof.assert_gradient(loss, gradient, x)

With ``--gradproof-report DIR``, every report of a test that fails is written to DIR, as JSON and as text.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import re
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any

import pytest

OPTION = "--gradproof-report"
MARKER = (
    "gradproof(rtol=..., budget=..., seed=..., ...): settings for the checks that a test makes through the fixture "
    "`gradproof`; those of a check itself go first"
)
NAME = "gradproof"
# Public modules that have checks of their own.
WITH_CHECKS = ("gradproof.torch", "gradproof.jax", "gradproof.compat")
CHECKS = ("check", "assert_")
# What only assertions take.
INCONCLUSIVE = "inconclusive"
# The most elements of a list, tuple or dict in which reports are looked for.
ELEMENTS = 100
# The most characters of the name of a file, which holds more in no common file system than 255 bytes.
LONGEST = 150
# How pytest names the variables for what an assertion has met; it clears them when the assertion holds.
MET = "@py_"
# The reports of a test, in the order in which they were made.
MADE = pytest.StashKey[list[Any]]()
# Those whose tables a failure is to show.
SHOWN = pytest.StashKey[list[Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the folder."""
    parser.getgroup(NAME).addoption(
        OPTION, metavar="DIR", help="write the reports of gradient checks in tests that fail to this folder"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; make the folder absolute before other processes are given it."""
    config.addinivalue_line("markers", MARKER)
    folder = config.getoption(OPTION)
    if folder is not None:
        config.option.gradproof_report = str(config.invocation_params.dir / folder)
    # Of several processes the one that hears of all tests writes the file.
    if config.getoption("xmlpath", None) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(OfTheSuite(config), f"{NAME}-junit")


class OfTheSuite:
    """Has the figures written as properties of the whole suite where the schema allows a test none: in xunit2."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the figures of a test to the suite, at its end, before they are written as those of the test."""
        own = [one for one in report.user_properties if str(one[0]).startswith(f"{NAME}.")]
        files = [one for one in self._plugins.get_plugins() if hasattr(one, "add_global_property")] if own else []
        if not files or getattr(files[0], "family", "") != "xunit2":
            return
        # Each part of a test has those that were recorded until then; a failure of the second may be written last.
        report.user_properties = [one for one in report.user_properties if one not in own]
        for name, value in own if report.when == "teardown" else ():
            files[0].add_global_property(f"{report.nodeid}: {name}", value)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Warn of markers on tests that do not use the fixture: they would change nothing."""
    for item in items:
        marked = any(marker.name == NAME for marker in item.own_markers)
        if marked and NAME not in getattr(item, "fixturenames", ()):
            item.warn(pytest.PytestWarning(f"@pytest.mark.{NAME} is for tests that use the fixture `{NAME}`"))


class Checks:
    """The module `gradproof` as a test sees it: its checks have the settings of the marker, and are recorded."""

    def __init__(self, item: pytest.Item, module: ModuleType, settings: dict[str, Any]) -> None:
        self._item = item
        self._module = module
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if isinstance(value, ModuleType):
            return Checks(self._item, value, self._settings) if value.__name__.startswith(WITH_CHECKS) else value
        return self._recorded(name, value) if name.startswith(CHECKS) and callable(value) else value

    def __dir__(self) -> list[str]:
        return dir(self._module)

    def _recorded(self, name: str, function: Any) -> Any:
        """Return a check with these settings, which records its report."""
        given = {
            key: value for key, value in self._settings.items() if key != INCONCLUSIVE or name.startswith(CHECKS[1])
        }

        @functools.wraps(function)
        def checked(*arguments: Any, **settings: Any) -> Any:
            __tracebackhide__ = True
            try:
                report = function(*arguments, **{**given, **settings})
            except AssertionError as error:
                _record(self._item, getattr(error, "report", None))
                raise
            _record(self._item, report)
            return report

        return checked


@pytest.fixture(name=NAME)
def _checks(request: pytest.FixtureRequest) -> Checks:
    """The module gradproof, whose checks have the settings of the marker `gradproof`."""
    settings: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(NAME))):
        if marker.args:
            raise pytest.UsageError(f"@pytest.mark.{NAME} takes settings by name, such as rtol=1e-4: {marker.args!r}")
        settings |= marker.kwargs
    return Checks(request.node, importlib.import_module(NAME), settings)


# pytest knows hooks by how their names begin.  This one comes before it makes a report of a failure, and after it has
# taken over the failures of unittest.
@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_gradproof_failure(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """Find the reports that a failure is about, and leave out the frames of gradproof."""
    error = call.excinfo
    if error is None or not _reports_known():
        return
    item.stash[SHOWN] = []
    if not isinstance(error.value, AssertionError):
        return
    raised = getattr(error.value, "report", None)
    if _is_report(raised):
        # Its message holds the table.
        _record(item, raised)
        if not item.config.getoption("fulltrace", False):
            _leave_out_own(error.tb)
            error.traceback = type(error.traceback)(error.tb)
        return
    for report in _met(error):
        _record(item, report)
        item.stash[SHOWN].append(report)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """Show the tables of the reports that a failure is about, and write the files."""
    outcome = yield
    made = item.stash.get(MADE, [])
    result = outcome.get_result()
    if not (made and result.failed):
        return
    # The failure has been found since pytest copied them.
    result.user_properties = list(item.user_properties)
    _say_first(result.longrepr, call.excinfo, item.stash.get(SHOWN, []))
    parts = [str(report) for report in item.stash.get(SHOWN, [])]
    folder = item.config.getoption(OPTION)
    if folder is not None:
        parts.append("\n".join(_written(item.nodeid, made, Path(folder))))
    # With --tb=line a failure is to take one line.
    if parts and hasattr(result.longrepr, "addsection") and item.config.getoption("tbstyle", "auto") != "line":
        result.longrepr.addsection(NAME, "\n\n".join(parts))


def _say_first(shown: Any, error: Any, reports: list[Any]) -> None:
    """Let the line of a failure in pytest's short summary, of which it shows what fits, begin with the bug."""
    crash, raised = getattr(shown, "reprcrash", None), getattr(getattr(error, "value", None), "report", None)
    report = raised if _is_report(raised) else reports[0] if len(reports) == 1 else None
    if crash is None or report is None or report.verdict != "wrong":
        return
    first, *rest = crash.message.split("\n")
    # An assertion with its own message keeps it.
    if report is raised or repr(report) in first:
        bug = importlib.import_module(f"{NAME}.report.text.summary").bug_first(report)
        crash.message = "\n".join([bug, *rest])


def _record(item: pytest.Item, report: Any) -> None:
    """Keep a report that a test has made, with its figures as properties; once."""
    made = item.stash.setdefault(MADE, [])
    if not _is_report(report) or any(report is one for one in made):
        return
    made.append(report)
    prefix = NAME if len(made) == 1 else f"{NAME}.{len(made)}"
    explanation = "; ".join(map(str, report.explanations))
    figures = {"verdict": report.verdict, "n": report.n, "wrong": len(report.wrong), "evaluations": report.evaluations}
    figures |= {"explanation": explanation} if explanation else {}
    item.user_properties.extend((f"{prefix}.{name}", value) for name, value in figures.items())


def _reports_known() -> bool:
    """Whether there can be a report: the class has been imported."""
    return f"{NAME}.report.report" in sys.modules


def _is_report(value: Any) -> bool:
    return _reports_known() and isinstance(value, sys.modules[f"{NAME}.report.report"].Report)


def _met(error: pytest.ExceptionInfo[BaseException]) -> Iterator[Any]:
    """Yield the reports that a failed assertion is about: it has met them, its message or its line shows them."""
    message, seen = str(error.value), set()
    for entry in error.traceback:
        if _is_own(entry.frame.raw):
            continue
        for name, report in _reports_in(entry.frame.raw):
            is_meant = name.startswith(MET) or repr(report) in message or _names(entry, name)
            if is_meant and id(report) not in seen:
                seen.add(id(report))
                yield report


def _reports_in(frame: FrameType) -> Iterator[tuple[str, Any]]:
    """Yield the reports among the variables of a frame, with the names of these."""
    for name, value in list(frame.f_locals.items()):
        parts = list(value.values()) if isinstance(value, dict) else value
        if isinstance(parts, (list, tuple)):
            yield from ((name, part) for part in parts[:ELEMENTS] if _is_report(part))
        elif _is_report(value):
            yield name, value


def _names(entry: Any, name: str) -> bool:
    """Whether the line at which a frame stands names a variable."""
    try:
        line = str(entry.statement)
    except Exception:  # there may be no source
        return False
    return name.isidentifier() and re.search(rf"\b{name}\b", line) is not None


def _is_own(frame: FrameType) -> bool:
    """Whether a frame is one of gradproof."""
    module = str(frame.f_globals.get("__name__", ""))
    return module == NAME or module.startswith(f"{NAME}.")


def _leave_out_own(trace: TracebackType) -> None:
    """Take the frames of gradproof out of a traceback: pytest goes back to it where it cuts its own copy."""
    while trace.tb_next is not None:
        if _is_own(trace.tb_next.tb_frame):
            trace.tb_next = trace.tb_next.tb_next
        else:
            trace = trace.tb_next


def _written(test: str, reports: list[Any], folder: Path) -> Iterator[str]:
    """Write the reports of a test as JSON and as text; yield a line for each, also where that cannot be done."""
    # Not str(report), which is for standard output.
    text_of = importlib.import_module(f"{NAME}.report.text.table").render
    for number, report in enumerate(reports, 1):
        place = folder / f"{_file_name(test)}{f'.{number}' if number > 1 else ''}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for ending, text in ((".json", report.to_json()), (".txt", text_of(report))):
                place.with_name(place.name + ending).write_text(f"{text}\n", encoding="utf-8")
            yield f"report written to {place}.json"
        except (OSError, ValueError) as problem:  # the other tests go on
            yield f"report not written to {place}.json: {getattr(problem, 'strerror', None) or problem}"


def _file_name(test: str) -> str:
    """Return the name of a test as that of a file, another one for every test."""
    name = re.sub(r"[^\w.=+-]+", "-", test.replace("::", "."), flags=re.ASCII).strip("-")
    if name == test.replace("::", ".").replace("/", "-") and len(name) <= LONGEST:
        return name
    return f"{name[:LONGEST]}-{hashlib.sha256(test.encode()).hexdigest()[:8]}"
