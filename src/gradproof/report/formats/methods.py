"""The formats of a report, as methods: each imports what it needs when it is called."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ..records import Record

if TYPE_CHECKING:
    from ..summaries.arrays import ArrayReport

Made = TypeVar("Made", bound="Written")
Parameters = ParamSpec("Parameters")


def _text(method: Callable[Parameters, str]) -> Callable[Parameters, str]:
    """Make a method that returns text say what to do where it is given a file, as methods of other libraries are."""

    @functools.wraps(method)
    def called(*given: Parameters.args, **keywords: Parameters.kwargs) -> str:
        if len(given) > 1:
            file = os.fspath(given[1]) if isinstance(given[1], str | os.PathLike) else "report.txt"
            how = f"pathlib.Path({file!r}).write_text(report.{method.__name__}(), encoding='utf-8')"
            raise TypeError(f"{method.__name__}() returns text and writes no file: {how}")
        return method(*given, **keywords)

    return called


class Written(Record):
    """A report that can be written in formats for people and for machines."""

    @property
    def arrays(self) -> tuple[ArrayReport, ...]:
        """What was found in each named array of x, in its order, as a tuple of `ArrayReport`.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> p = {"W": np.ones((2, 2)), "b": np.array([0.5, 1.0])}
        >>> def f(p):
        ...     return np.sum(p["W"] ** 2) + np.sum(np.exp(p["b"]))
        >>> report = check(f, {"W": 2 * p["W"], "b": 2 * np.exp(p["b"])}, p)
        >>> [(array.name, array.right, array.wrong) for array in report.arrays]
        [('W', 4, 0), ('b', 0, 2)]
        >>> print(report.arrays[1])
        b: 2 of 2 wrong, claimed = 2 × slope
        """
        from ..summaries.arrays import arrays_of

        return arrays_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a dict of plain Python values, ready for JSON.

        NaN becomes None, infinities become "inf" and "-inf", and arrays become lists.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> report.to_dict()["wrong"]
        [0, 1]
        """
        from .plain import plain

        words: dict[str, Any] = plain(self)
        if self.power is not None:
            words["power"] |= plain(self.power.derived())
        return words

    @_text
    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the report as JSON: what `to_dict` returns, and the evidence from which `from_json` makes it again.

        The format is described by ``gradproof/report/formats/report.schema.json``; x is part of it.

        Parameters
        ----------
        indent : int or None, optional
            As for `json.dumps`; None puts everything on one line.

        Raises
        ------
        ValueError
            If x has so many levels that Python cannot follow them in writing.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> print(report.to_json())
        {
          "format": "gradproof-report/1",
          "verdict": "wrong",
          "n": 2,
          ...
        }
        """
        import json

        from .json_writing import document

        try:
            return json.dumps(document(self, self.to_dict()), indent=indent, allow_nan=False)
        except RecursionError:
            problem = "x has more levels than Python can follow"
            raise ValueError(f"this report cannot be written as JSON: {problem}") from None

    @classmethod
    def from_json(cls: type[Made], text: str | bytes) -> Made:
        """Return the report that `to_json` wrote: it prints the same text, and explains what it explained.

        Parameters
        ----------
        text : str or bytes
            The JSON.

        Raises
        ------
        ValueError
            If the text is in another format, or is damaged.
        TypeError
            If it is no text.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import Report, check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> again = Report.from_json(report.to_json())
        >>> str(again) == str(report), again.explain(1) == report.explain(1)
        (True, True)
        >>> Report.from_json('{"verdict": "right"}')
        Traceback (most recent call last):
            ...
        ValueError: this is no report of gradproof: it has no "format": "gradproof-report/1"
        """
        from .json_reading import read

        made: Made = read(text, cls)
        return made

    @_text
    def to_html(self) -> str:
        """Return the report as one page for a browser, which loads nothing else: verdict, maps, findings, plots.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> report.to_html().startswith("<!DOCTYPE html>")
        True
        """
        from .html.page import page

        return page(self)

    def _repr_html_(self) -> str:
        """Return the report as notebooks show it."""
        from .html.compact import compact

        return compact(self)

    @_text
    def to_markdown(self) -> str:
        """Return the report as Markdown, such as for the summary of a run or a comment.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> print(check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5])).to_markdown())
        **wrong: the gradient is wrong in 2 of 2 coordinates**
        ...
        """
        from .markdown import markdown

        return markdown(self)

    @_text
    def to_junit(self) -> str:
        """Return the report as JUnit's XML: a test case for each named array, or one for a single array.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> print(report.to_junit())
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="gradproof" tests="1" failures="1" errors="0">
        ...
        """
        from .ci.junit import junit

        return junit(self)

    def to_sarif(self, gradient: Any = None) -> str:
        """Return the report as SARIF 2.1.0, the format of code scanners: a result for each array that is not right.

        Parameters
        ----------
        gradient : callable or (str, int), optional
            The function that is to blame, or a file and a line: where results are shown.

        Examples
        --------
        >>> import json
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> run, = json.loads(report.to_sarif(("model.py", 12)))["runs"]
        >>> [result["ruleId"] for result in run["results"]]
        ['wrong']
        """
        from .ci.sarif import sarif

        return sarif(self, gradient)

    def to_github(self, gradient: Any = None) -> str:
        """Return annotations as GitHub's runners read them from what a job prints; nothing if the gradient is right.

        Parameters
        ----------
        gradient : callable or (str, int), optional
            The function that is to blame, or a file and a line: where annotations are shown.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> print(report.to_github(("model.py", 12)))
        ::error file=model.py,line=12,title=gradproof::wrong: the gradient is wrong in 2 of 2 coordinates...
        """
        from .ci.github import workflow_commands

        return workflow_commands(self, gradient)

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        """Yield the text for a console of rich, which asks for it."""
        import importlib

        from ..text.table import STYLES, WIDTH, render

        shown = importlib.import_module("rich.text").Text(render(self, width=min(options.max_width, WIDTH)))
        shown.stylize(STYLES[self.verdict], 0, len(self.verdict))
        yield shown

    def table(self) -> list[dict[str, Any]]:
        """Return the findings as a list of dicts with the same keys: ``pandas.DataFrame(report.table())``.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> [(row["name"], row["cause"]) for row in report.table()]
        [('x[0]', 'wrong'), ('x[1]', 'wrong')]
        """
        from ..summaries.table import rows

        return rows(self)

    def plot(self, axes: Any = None) -> Any:
        """Draw the ladders of the worst findings: |slope - claimed| against the step.  Needs matplotlib.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            Where to draw; by default in a new figure of pyplot.

        Returns
        -------
        matplotlib.axes.Axes
            The axes.

        Examples
        --------
        >>> import matplotlib.figure
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
        >>> axes = report.plot(matplotlib.figure.Figure().add_subplot())
        >>> axes.get_xlabel()
        'step h'
        """
        from .plotting import draw

        return draw(self, axes)
