"""Partial derivatives of OpenMDAO's components."""

import numpy as np
import pytest

import gradproof
from gradproof.compat import assert_partials, check_partials

om = pytest.importorskip("openmdao.api")
sellar = pytest.importorskip("openmdao.test_suite.components.sellar")
paraboloid = pytest.importorskip("openmdao.test_suite.components.paraboloid")
matvec = pytest.importorskip("openmdao.test_suite.components.paraboloid_mat_vec")
quadratic = pytest.importorskip("openmdao.test_suite.components.quad_implicit")


class Sparse(om.ExplicitComponent):
    """Its partials are declared with rows and columns; `error` goes into one of them."""

    error = 0.0

    def setup(self):
        self.add_input("x", np.array([0.5, 1.0, 2.0]))
        self.add_input("scale", 3.0)
        self.add_output("y", np.zeros(3))
        self.declare_partials("y", "x", rows=np.arange(3), cols=np.arange(3))
        self.declare_partials("y", "scale")

    def compute(self, inputs, outputs):
        outputs["y"] = inputs["scale"] * np.sin(inputs["x"])

    def compute_partials(self, inputs, partials):
        partials["y", "x"] = inputs["scale"] * np.cos(inputs["x"]) * [1, 1, 1 + self.error]
        partials["y", "scale"] = np.sin(inputs["x"])


class Coupled(Sparse):
    """The pattern that is declared lacks an entry."""

    def compute(self, inputs, outputs):
        super().compute(inputs, outputs)
        outputs["y"][0] += inputs["x"][2]


class Products(om.ExplicitComponent):
    """Matrix-free; `forward` and `reverse` are factors of its two products."""

    forward = reverse = 1.0

    def setup(self):
        self.add_input("x", np.array([0.5, 1.0]))
        self.add_output("y", np.zeros(3))

    def compute(self, inputs, outputs):
        outputs["y"] = self.matrix @ np.sin(inputs["x"])

    matrix = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])

    def compute_jacvec_product(self, inputs, d_inputs, d_outputs, mode):
        jacobian = self.matrix * np.cos(inputs["x"])
        if mode == "fwd":
            d_outputs["y"] += self.forward * jacobian @ d_inputs["x"]
        else:
            d_inputs["x"] += self.reverse * jacobian.T @ d_outputs["y"]


class Implicit(om.ImplicitComponent):
    error = 0.0

    def setup(self):
        self.add_input("a", 2.0)
        self.add_output("z", 1.5)
        self.declare_partials("z", ["a", "z"])

    def apply_nonlinear(self, inputs, outputs, residuals):
        residuals["z"] = inputs["a"] * outputs["z"] ** 2 - 3.0

    def linearize(self, inputs, outputs, partials):
        partials["z", "a"] = outputs["z"] ** 2
        partials["z", "z"] = 2 * inputs["a"] * outputs["z"] * (1 + self.error)


def verdicts(given):
    return {path: report.verdict for path, report in check_partials(given).items()}


def names(report):
    return [one.name for one in report.findings]


def test_explicit_components():
    assert verdicts(Sparse()) == {"sparse": "right"}
    wrong = Sparse()
    wrong.error = 1e-3
    report = check_partials(wrong)["sparse"]
    assert (report.verdict, names(report)) == ("wrong", ["y[2] / x[2]"])
    assert str(report).startswith("wrong: the Jacobian of sparse is wrong in 1 of 4 coordinates")


def test_what_is_not_declared_is_found():
    report = check_partials(Coupled())["coupled"]
    assert (report.verdict, names(report)) == ("wrong", ["y[0] / x[2]"])
    assert report.findings[0].claimed == 0.0
    assert report.findings[0].slope == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("forward", "reverse", "wrong"),
    [
        (1.0, 1.0, ()),
        (-1.0, 1.0, ("products", "products (rev against fwd)")),
        (1.0, 1.001, ("products (rev)", "products (rev against fwd)")),
        (2.0, 2.0, ("products", "products (rev)")),
    ],
)
def test_matrix_free_components(forward, reverse, wrong):
    component = Products()
    component.forward, component.reverse = forward, reverse
    found = verdicts(component)
    assert set(found) == {"products", "products (rev)", "products (rev against fwd)"}
    assert tuple(path for path, verdict in found.items() if verdict == "wrong") == wrong


def test_implicit_components():
    assert verdicts(Implicit()) == {"implicit": "right"}
    wrong = Implicit()
    wrong.error = -2.0
    report = check_partials(wrong)["implicit"]
    assert (report.verdict, names(report)) == ("wrong", ["z[0] / z[0]"])


def test_problems():
    problem = om.Problem(sellar.SellarDerivatives(), reports=False)
    problem.setup()
    problem.set_solver_print(-1)
    reports = assert_partials(problem)
    assert {"d1", "d2"} <= set(reports)
    before = problem.get_val("y1").copy()
    assert_partials(problem)
    assert np.array_equal(problem.get_val("y1"), before)


def test_exceptions_name_all():
    problem = om.Problem(reports=False)
    for name in ("first", "second", "third"):
        component = Sparse()
        component.error = 0.1 * (name != "second")
        problem.model.add_subsystem(name, component)
    problem.setup()
    with pytest.raises(gradproof.GradientError, match="Jacobian of first") as raised:
        assert_partials(problem)
    assert raised.value.report.warnings[-1] == "Also wrong: third."
    assert names(raised.value.report) == ["y[2] / x[2]"]


@pytest.mark.parametrize(
    "make", [paraboloid.Paraboloid, matvec.ParaboloidMatVec, quadratic.QuadraticComp, sellar.SellarDis1withDerivatives]
)
def test_components_of_their_own_suite(make):
    found = verdicts(make())
    assert found
    assert set(found.values()) == {"right"}


def test_what_has_no_partials_is_left_out():
    class Approximated(om.ExplicitComponent):
        def setup(self):
            self.add_input("x", 3.0)
            self.add_output("y", 9.0)
            self.declare_partials("*", "*", method="fd")

        def compute(self, inputs, outputs):
            outputs["y"] = inputs["x"] ** 2

    assert verdicts(Approximated()) == {}
    assert verdicts(om.ExecComp("y = 2 * x")) == {}
    with pytest.raises(TypeError, match="a component or a problem of OpenMDAO, not an object of type int"):
        check_partials(3)
