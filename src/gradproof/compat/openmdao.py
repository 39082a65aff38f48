"""The check of partial derivatives of OpenMDAO: `check_partials` for components and problems.

OpenMDAO is imported when a function of this module is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from ..outputs.adjoint import check_adjoint
from ..outputs.products import check_jvp, check_vjp
from ..problem.numbers import Flat
from ..report.raising import right_or_raise
from ..report.report import Report

Arrays = dict[str, Flat]
# The most components that the message of an exception names.
LISTED = 5


def check_partials(component_or_problem: Any, **settings: Any) -> dict[str, Report]:
    """Check the partial derivatives of an OpenMDAO component, or of every component of a problem.

    Parameters
    ----------
    component_or_problem : openmdao.api.Component or openmdao.api.Problem
        A component that belongs to no problem yet is checked at the values that it declares; a problem at its present
        state.  A problem that has not been run yet is run.
    **settings
        As for `gradproof.check_jvp`: mode, seed, budget, time_limit, rtol, atol, progress.

    Returns
    -------
    dict of str to Report
        One report for each component, by its path name.  Components without a matrix have three: the forward product is
        checked as ``path``, the reverse product as ``path (rev)``, and whether the two fit each other as ``path (rev
        against fwd)``.  Findings name output and input: ``y[1] / x[0]``, that is y with respect to x.

    Raises
    ------
    ImportError
        If OpenMDAO is not installed.
    TypeError, ValueError
        As for `gradproof.check_jvp`.

    Notes
    -----
    The outputs of explicit components are differentiated, and the residuals of implicit ones, by inputs and states.
    Partials that are not declared are claimed to be 0, and checked.  Left out are components without derivatives to
    check: those that only approximate them, those without inputs, and those that OpenMDAO itself leaves out.
    Inputs, outputs and residuals of each component are restored.

    Examples
    --------
    >>> import openmdao.api as om
    >>> from gradproof.compat import check_partials
    >>> class Square(om.ExplicitComponent):
    ...     def setup(self):
    ...         self.add_input("x", 3.0)
    ...         self.add_output("y", 9.0)
    ...         self.declare_partials("y", "x")
    ...     def compute(self, inputs, outputs):
    ...         outputs["y"] = inputs["x"] ** 2
    ...     def compute_partials(self, inputs, partials):
    ...         partials["y", "x"] = inputs["x"]  # a 2 is missing
    >>> report = check_partials(Square())["square"]
    >>> report.verdict, report.findings[0].name
    ('wrong', 'y[0] / x[0]')
    """
    reports: dict[str, Report] = {}
    for component in _components(component_or_problem):
        reports |= _Component(component).reports(settings)
    return reports


def assert_partials(component_or_problem: Any, *, inconclusive: str = "raise", **settings: Any) -> dict[str, Report]:
    """Raise an exception unless the partial derivatives are right; for use in tests.

    Parameters
    ----------
    component_or_problem, **settings
        As for `check_partials`.
    inconclusive : {"raise", "pass"}, optional
        What to do if a check cannot decide, as for `gradproof.assert_gradient`.

    Returns
    -------
    dict of str to Report
        The reports of components that passed.

    Raises
    ------
    GradientError, InconclusiveError
        For the first component that is wrong, else for the first that is undecided.  The message names the others.
    ImportError, TypeError, ValueError
        As for `check_partials`.

    Examples
    --------
    >>> import openmdao.api as om
    >>> from gradproof.compat import assert_partials
    >>> component = om.ExecComp("y = 3 * x", has_diag_partials=True)
    >>> sorted(assert_partials(component))
    []
    """
    reports = check_partials(component_or_problem, **settings)
    for verdict in ("wrong", "inconclusive"):
        paths = [path for path, report in reports.items() if report.verdict == verdict]
        if paths:
            right_or_raise(lambda: _with_others(reports[paths[0]], paths[1:], verdict), inconclusive)  # noqa: B023
    return reports


def _with_others(report: Report, others: list[str], verdict: str) -> Report:
    if not others:
        return report
    more = ", …" if len(others) > LISTED else ""
    note = f"Also {verdict}: {', '.join(others[:LISTED])}{more}."
    return replace(report, warnings=(*report.warnings, note))


def _components(component_or_problem: Any) -> Iterator[Any]:
    """Yield the components to check, each in a state that can be evaluated."""
    import openmdao.api as om

    given = component_or_problem
    if isinstance(given, om.Problem):
        problem = given
    elif isinstance(given, om.ExplicitComponent | om.ImplicitComponent) and not given.pathname:
        problem = om.Problem(reports=False)
        name = given.name or type(given).__name__.lower()
        problem.model.add_subsystem(name, given, promotes=["*"])
        problem.setup()
    elif isinstance(given, om.ExplicitComponent | om.ImplicitComponent):
        yield given
        return
    else:
        raise TypeError(f"expected a component or a problem of OpenMDAO, not an object of type {type(given).__name__}")
    if _is_not_run(problem):
        problem.run_model()
    for one in problem.model.system_iter(include_self=True, recurse=True):
        if isinstance(one, om.ExplicitComponent | om.ImplicitComponent) and _has_partials(one, om):
            yield one


def _is_not_run(problem: Any) -> bool:
    return bool(problem.model.iter_count == 0)


def _has_partials(component: Any, om: Any) -> bool:
    """Whether a component has derivatives of its own to check."""
    known = component._inputs, component._outputs
    if any(vector is None for vector in known) or getattr(component, "_no_check_partials", False):
        return False
    is_explicit = isinstance(component, om.ExplicitComponent)
    has_own = getattr(component, "_has_compute_partials" if is_explicit else "_has_linearize", True)
    if component._approx_schemes and not has_own:
        return False
    return bool(len(component._outputs) and (len(component._inputs) or not is_explicit))


class _Component:
    """A component as a function of its inputs, and of its states if it is implicit, with its two products."""

    def __init__(self, component: Any) -> None:
        import openmdao.api as om

        self.component = component
        self.is_explicit = isinstance(component, om.ExplicitComponent)
        self.inputs = _values(component._inputs)
        self.states = {} if self.is_explicit else _values(component._outputs)
        self.results = list(_values(component._outputs))

    def reports(self, settings: dict[str, Any]) -> dict[str, Report]:
        """Check the products, and restore the component."""
        path, component = self.component.pathname or type(self.component).__name__.lower(), self.component
        x = {**self.inputs, **self.states}
        with self._kept():
            component.run_linearize(sub_do_ln=False)
            found = {path: _named(check_jvp(self.function, self.jvp, x, **settings), "Jacobian", path)}
            if component.matrix_free:
                reverse = check_vjp(self.function, self.vjp, x, **settings)
                found[f"{path} (rev)"] = _named(reverse, "reverse product", path)
                fitting = check_adjoint(self.jvp, self.vjp, x, seed=settings.get("seed", 0))
                found[f"{path} (rev against fwd)"] = _named(fitting, "reverse product", path, "forward product")
        return found

    @contextmanager
    def _kept(self) -> Iterator[None]:
        component = self.component
        vectors = [component._inputs, component._outputs, component._residuals]
        before = [vector.asarray(copy=True) for vector in vectors]
        relevance: Any = getattr(component, "_relevance", None)
        # Relevance to a driver's derivatives would leave some partials out; older versions have none.
        with nullcontext() if relevance is None else relevance.active(False):
            try:
                yield
            finally:
                for vector, values in zip(vectors, before, strict=True):
                    vector.set_val(values)

    def _place(self, x: Arrays) -> None:
        for name, value in x.items():
            vector = self.component._inputs if name in self.inputs else self.component._outputs
            vector[name] = value

    def function(self, x: Arrays) -> Arrays:
        """Return the outputs of an explicit component, or the residuals of an implicit one."""
        self._place(x)
        if self.is_explicit:
            self.component.run_solve_nonlinear()
            return _values(self.component._outputs)
        self.component.run_apply_nonlinear()
        return _values(self.component._residuals)

    def _product(self, mode: str, seeds: Arrays, x: Arrays) -> None:
        self._place(x)
        component = self.component
        for vector in (component._dinputs, component._doutputs, component._dresiduals):
            vector.set_val(0.0)
        for name, seed in seeds.items():
            if mode == "rev":
                component._dresiduals[name] = seed
            elif name in self.inputs:
                component._dinputs[name] = seed
            else:
                component._doutputs[name] = seed
        component.run_apply_linear(mode)

    def jvp(self, x: Arrays, tangent: Arrays) -> Arrays:
        """Return the product with changes of inputs and states."""
        self._product("fwd", tangent, x)
        return _values(self.component._dresiduals)

    def vjp(self, x: Arrays, cotangent: Arrays) -> Arrays:
        """Return the product with weights of the results."""
        self._product("rev", cotangent, x)
        by_inputs, by_states = _values(self.component._dinputs), _values(self.component._doutputs)
        return {name: by_inputs[name] if name in self.inputs else by_states[name] for name in x}


def _values(vector: Any) -> Arrays:
    """Return copies of what a vector of OpenMDAO holds, by the names within the component."""
    return {name: np.array(vector[name], np.float64) for name in vector}


def _named(report: Report, what: str, path: str, against: str = "component") -> Report:
    """Return a report that names the component."""
    return replace(report, subject=f"{what} of {path}", against=against)
