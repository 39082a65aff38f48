"""gradcheck and gradgradcheck: PyTorch's arguments and results; the same answers where PyTorch's own are right."""

import importlib
import pickle
import signal

import pytest

import gradproof
from gradproof import compat
from gradproof.compat.shared import backward as backward_passes
from gradproof.compat.torch import gradcheck, gradgradcheck

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
theirs = importlib.import_module("torch.autograd.gradcheck")


def point(*shape, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype, requires_grad=True)


def by_hand(forward, backward, materialize=True):
    """Return a function with a backward pass by hand."""

    class ByHand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            ctx.set_materialize_grads(materialize)
            return forward(*inputs)

        @staticmethod
        def backward(ctx, *incoming):
            return backward(ctx.saved_tensors, *incoming)

    return ByHand.apply


def squared(fault):
    return by_hand(lambda x: x**2, lambda saved, incoming: fault(2 * saved[0] * incoming, saved[0], incoming))


def failing(function, inputs, check=gradcheck, **how):
    """Return the error of a check that must fail, also where it is asked for no exception."""
    assert check(function, inputs, raise_exception=False, **how) is False
    with pytest.raises(RuntimeError) as caught:
        check(function, inputs, **how)
    error = caught.value
    assert isinstance(error, gradproof.GradientError)
    assert isinstance(error, theirs.GradcheckError)
    assert type(error) is importlib.import_module("gradproof.compat.torch").GradcheckError
    return error


def names(error):
    return [one.name for one in error.report.findings]


def one_entry(gradient, x, incoming):
    wrong = gradient.clone()
    wrong[1, 0] *= 1 + 1e-3
    return wrong


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (one_entry, {"output[1, 0] / inputs.0[1, 0]"}),
        (lambda gradient, x, incoming: 2 * x, None),
        (lambda gradient, x, incoming: gradient * torch.tensor([[1.0], [1.0], [-1.0]]), {f"[2, {i}]" for i in (0, 1)}),
        (lambda gradient, x, incoming: gradient.T.reshape(gradient.shape), None),
    ],
    ids=["scaled", "forgets", "sign", "transposed"],
)
def test_wrong_backward_passes(fault, found):
    x = point(3, 2)
    assert gradcheck(squared(lambda gradient, *_: gradient), x) is True
    error = failing(squared(fault), x)
    assert error.report.verdict == "wrong"
    if found is not None:
        assert all(any(name.endswith(one) for one in found) for name in names(error))
    assert str(error).startswith("wrong: the vjp is wrong in ")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.report.verdict, str(again)) == (type(error), "wrong", str(error))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_backward_pass_that_drops_incoming_gradients_of_one_sign(sign):
    x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    assert gradcheck(squared(lambda gradient, *_: gradient), x)
    dropping = squared(lambda gradient, x, incoming: 2 * x * (sign * incoming).clamp(min=0) * sign)
    error = failing(dropping, x)
    assert error.report.warnings[0].startswith("The product is not linear")
    failing(dropping, x, atol=1e-3, rtol=1e-3)


def test_an_error_that_pytorch_does_not_see():
    scale = torch.tensor([1.0, 1e-7]).double()
    function = by_hand(lambda x: (scale * x).sin(), lambda saved, g: g * scale * torch.tensor([1.0, 1.5]).double())
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    assert theirs.gradcheck(function, x)
    assert names(failing(function, x)) == ["output[1] / inputs.0[1]"]


def test_tolerances_that_are_given_keep_their_meaning():
    off = by_hand(lambda x: x * 2, lambda saved, incoming: incoming * (2 + 1e-3))
    x = point(3, 2)
    for allowed in ({"atol": 2e-3}, {"rtol": 1e-3}, {"atol": 1e-3, "rtol": 1e-4}, {"rtol": 1e-3, "eps": 1e-4}):
        assert gradcheck(off, x, **allowed)
    for allowed in ({}, {"atol": 5e-4}, {"rtol": 1e-4}, {"atol": 1e-4, "rtol": 1e-4}):
        assert failing(off, x, **allowed).report.verdict == "wrong"
    z = point(2, dtype=torch.complex128)
    complex_off = by_hand(lambda z: z * 2j, lambda saved, incoming: incoming * (-2j + 1e-3))
    # The error is in the part that is 0; it is compared with the modulus.
    assert gradcheck(complex_off, z, rtol=1e-3)
    assert failing(complex_off, z, rtol=1e-4).report.verdict == "wrong"


def test_what_cannot_be_decided_does_not_pass_unless_tolerances_are_met():
    x = torch.tensor([0.75, 0.5], dtype=torch.float64, requires_grad=True)

    def noisy(x):
        return (torch.sin(20 * x) + 1e13) - 1e13

    error = failing(noisy, x)
    assert error.report.verdict == "inconclusive"
    assert gradcheck(noisy, x, atol=1)
    assert not gradcheck(noisy, x, atol=1e-9, raise_exception=False)
    wrong = by_hand(noisy, lambda saved, incoming: incoming * 10 * (20 * saved[0]).cos())
    assert not gradcheck(wrong, x, atol=1, raise_exception=False)


def test_all_modes_at_once_and_single_precision():
    everything = {
        "check_forward_ad": True,
        "check_batched_grad": True,
        "check_batched_forward_grad": True,
        "check_grad_dtypes": True,
        "fast_mode": True,
    }
    x, y = point(3, 2), point(2, 2)
    assert gradcheck(torch.matmul, (x, y), **everything)
    assert gradcheck(torch.matmul, [x, y.detach()])
    assert gradcheck(torch.tanh, point(3, dtype=torch.float32))
    everything.pop("check_batched_forward_grad")  # fails for complex numbers in PyTorch's own, too
    assert gradcheck(lambda z: (z * z.conj(), z.abs()), point(3, dtype=torch.complex128), **everything)
    assert gradgradcheck(torch.matmul, (x, y), check_fwd_over_rev=True, check_batched_grad=True)
    assert gradgradcheck(torch.sin, point(3), gen_non_contig_grad_outputs=True)
    assert compat.gradcheck is gradcheck
    assert compat.gradgradcheck is gradgradcheck


def test_a_wrong_second_derivative():
    sine = by_hand(torch.sin, lambda saved, incoming: incoming * saved[0].cos())
    half = by_hand(torch.sin, lambda saved, incoming: incoming * (saved[0] / 2 + saved[0].detach() / 2).cos())
    x = point(3)
    assert gradcheck(half, x)
    assert gradgradcheck(sine, x)
    assert names(failing(half, x, gradgradcheck))[0].startswith("output.0[")
    incoming = torch.ones(3, dtype=torch.float64, requires_grad=True)
    assert gradgradcheck(sine, x, incoming)
    assert not gradgradcheck(half, x, (incoming,), raise_exception=False)
    for check in (theirs.gradgradcheck, gradgradcheck):
        with pytest.raises(RuntimeError, match="Mismatch in shape"):
            check(sine, x, torch.ones(2, 3, dtype=torch.float64, requires_grad=True))


def test_a_wrong_forward_mode():
    class Doubled(torch.autograd.Function):
        fault = 1.0

        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, incoming):
            return 2 * incoming

        @staticmethod
        def jvp(ctx, tangent):
            return 2 * Doubled.fault * tangent

    x = point(2)
    assert gradcheck(Doubled.apply, x, check_forward_ad=True)
    Doubled.fault = 1.001
    assert gradcheck(Doubled.apply, x)
    error = failing(Doubled.apply, x, check_forward_ad=True)
    assert error.report.subject == "jvp"
    assert set(names(error)) == {"output[0] / inputs.0[0]", "output[1] / inputs.0[1]"}
    assert failing(Doubled.apply, x, check_forward_ad=True, check_backward_ad=False).report.subject == "jvp"


def test_the_forward_mode_of_memory_around_an_argument():
    class Passed(torch.autograd.Function):
        factors = torch.tensor([1.0, 1.0, 1.01], dtype=torch.float64)

        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, incoming):
            return incoming

        @staticmethod
        def jvp(ctx, tangent):
            return Passed.factors * tangent

    x = torch.linspace(0.5, 2.0, 6, dtype=torch.float64)[3:].requires_grad_()
    modes = {"check_forward_ad": True, "check_backward_ad": False}

    def in_memory(x):  # elements of the memory in which x lies
        return x.as_strided((3,), (1,), storage_offset=3) ** 2

    assert gradcheck(in_memory, x, **modes)
    assert theirs.gradcheck(in_memory, x, **modes)
    error = failing(lambda x: Passed.apply(in_memory(x)), x, **modes)
    assert names(error) == ["output[2] / inputs.0[2]"]
    assert error.report.findings[0].claimed == pytest.approx(1.01 * 2 * 2.0)


def test_undefined_incoming_gradients():
    def backward(saved, first, second):
        return 2 * first, 3 * second

    x, y = point(2), point(2)
    careful = by_hand(lambda x, y: (2 * x, 3 * y), backward)
    careless = by_hand(lambda x, y: (2 * x, 3 * y), backward, materialize=False)
    assert gradcheck(careful, (x, y))
    error = failing(careless, (x, y))
    assert error.reason.startswith("The backward pass does not accept undefined incoming gradients")
    assert error.report.verdict == "right"
    assert gradcheck(careless, (x, y), check_undefined_grad=False)
    report = gradproof.torch.check(careless, (x, y))
    assert any("raises TypeError where an output is not used" in note for note in report.warnings)

    def only_with_the_first(saved, first, second):
        return (None, None) if first is None else (2 * first, 3 * second)

    lazy = by_hand(lambda x, y: (2 * x, 3 * y), only_with_the_first, materialize=False)
    error = failing(lazy, (x, y), check_undefined_grad=False)
    assert {name.partition("[")[0] for name in names(error)} == {"output.1"}


def test_a_backward_pass_that_varies():
    calls = iter(range(1000))
    x = point(2)
    drifting = by_hand(lambda x: 2 * x, lambda saved, incoming: incoming * (2 + 1e-9 * (next(calls) % 2)))
    error = failing(drifting, x)
    assert error.reason.startswith("Backward is not reentrant")
    assert gradcheck(drifting, x, nondet_tol=1e-6)


def test_a_backward_pass_that_rounds_opposite_gradients_in_another_way():
    """Two passes with the same incoming gradient agree to the last digit, as nondet_tol = 0 asks."""

    def doubled(factor):
        return by_hand(lambda x: 2 * x, lambda saved, incoming: factor * (incoming + 0.3) - 0.3 * factor)

    x = point(4)
    incoming = torch.linspace(0.1, 0.9, 4, dtype=torch.float64)
    (one,) = torch.autograd.grad(doubled(2)(x), x, incoming)
    (opposite,) = torch.autograd.grad(doubled(2)(x), x, -incoming)
    assert not torch.equal(one, -opposite)
    assert gradcheck(doubled(2), x)
    assert theirs.gradcheck(doubled(2), x)
    wrong = torch.tensor([2, 2, 2.01, 2], dtype=torch.float64)
    assert names(failing(doubled(wrong), x)) == ["output[2] / inputs.0[2]"]


@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_a_value_at_x_alone_is_excused_where_claims_are_right_beside_it(slope):
    """A target of 1 in a loss that compares it by ==: differences do not see what the loss is at 1."""

    def loss(x, target):
        return torch.where(target == 1, x**2, torch.relu(0.25 - x)) + slope * target

    def claimed(error):
        def backward(saved, incoming):
            return 2 * saved[0] * incoming, (slope + error) * incoming

        return by_hand(loss, backward)

    x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    target = torch.ones(2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(claimed(0.0), (x, target))
    assert gradcheck(claimed(0.0), (x, target))
    for error in (1e-3, torch.tensor([0.0, 0.01], dtype=torch.float64)):
        found = failing(claimed(error), (x, target))
        assert {name.partition(" / ")[2].partition("[")[0] for name in names(found)} == {"inputs.1"}
        assert "has a value of its own at x" in str(found)


@pytest.mark.parametrize("reduction", ["none", "sum"])
def test_targets_that_are_compared_by_equality_cost_few_calls(reduction):
    """Two pairs for each number in the target, one for each in x, and what tells that there is such a target."""
    calls = 0

    def loss(x, target, margin=8.0):
        nonlocal calls
        calls += 1
        return torch.nn.functional.hinge_embedding_loss(x, target, reduction=reduction, margin=margin)

    def claimed(error):
        """Return the loss with a backward pass that is off in the last number of the target."""

        def backward(saved, incoming):
            leaves = [one.detach().requires_grad_() for one in saved]
            with torch.enable_grad():
                of_x, _ = torch.autograd.grad(loss(*leaves) + 0 * leaves[1].sum(), leaves, incoming)
            wrong = torch.zeros(15, dtype=torch.float64)
            wrong[14] = error
            return of_x, wrong.reshape(3, 5)

        return by_hand(loss, backward)

    x = point(3, 5)
    target = torch.tensor([1.0, -1.0, 1.0, 1.0, -1.0], dtype=torch.float64).repeat(3, 1).requires_grad_()
    assert gradcheck(loss, (x, target))
    assert calls <= 4 * 15 + 2 * 15 + 8
    assert gradcheck(claimed(0.0), (x, target))
    error = failing(claimed(1e-4), (x, target))
    assert {name.partition(" / ")[2] for name in names(error)} == {"inputs.1[2, 4]"}


def test_how_often_functions_are_called():
    """Two calls at x and a pair for each coordinate; two backward passes, and one without an incoming gradient."""
    calls = {"forward": 0, "backward": 0}

    def counted(which, result):
        calls[which] += 1
        return result

    function = by_hand(
        lambda x: counted("forward", x**2), lambda saved, incoming: counted("backward", 2 * saved[0] * incoming)
    )
    assert gradcheck(function, torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64, requires_grad=True))
    assert calls == {"forward": 2 + 2 * 3, "backward": 3}


def test_forward_mode_asks_for_the_same_outputs_only_once():
    """Beside what the backward pass takes there is one product with a tangent for each number."""
    calls = 0

    def function(x):
        nonlocal calls
        calls += 1
        return x**2 * x.roll(1)

    x = torch.rand(10, dtype=torch.float64, requires_grad=True)
    counts = []
    for is_forward in (False, True):
        calls = 0
        assert gradcheck(function, x, check_forward_ad=is_forward, check_undefined_grad=False)
        counts.append(calls)
    assert counts[1] <= counts[0] + 10 + 2


def test_a_forward_mode_that_is_wrong_where_the_backward_pass_is_right():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return x**3

        @staticmethod
        def backward(ctx, incoming):
            return 3 * ctx.saved_tensors[0] ** 2 * incoming

        @staticmethod
        def jvp(ctx, tangent):
            factors = torch.tensor([3, 3.01, 3], dtype=torch.float64)
            return factors * ctx.saved_tensors[0] ** 2 * tangent

    assert gradcheck(Cube.apply, point(3))
    assert names(failing(Cube.apply, point(3), check_forward_ad=True)) == ["output[1] / inputs.0[1]"]


def test_gradients_in_batches():
    def backward(saved, incoming):
        return 2 * incoming if incoming.sum().item() < 1e300 else incoming

    x = point(2)
    unbatched = by_hand(lambda x: 2 * x, backward)
    assert gradcheck(unbatched, x)
    assert failing(unbatched, x, check_batched_grad=True).reason.startswith("Batched gradients cannot be computed")


@pytest.mark.parametrize("is_hidden", [False, True])
def test_gradients_in_batches_that_differ(is_hidden, monkeypatch):
    def is_alone(incoming):
        try:
            return incoming.sum().item() < 1e300
        except RuntimeError:  # of several gradients at once
            return False

    if is_hidden:  # a PyTorch without the functions that are none of its public names
        monkeypatch.setattr(backward_passes, "can_batch", lambda torch: False)
    right = by_hand(lambda x: 2 * x, lambda saved, incoming: 2 * incoming)
    wrong = by_hand(lambda x: 2 * x, lambda saved, incoming: 2 * incoming if is_alone(incoming) else 3 * incoming)
    several = {"one": lambda function: function, "two": lambda function: lambda x: (function(x), x.sin())}
    for made in several.values():
        assert gradcheck(made(right), point(3), check_batched_grad=True)
        assert gradcheck(made(wrong), point(3))
        assert failing(made(wrong), point(3), check_batched_grad=True).reason.startswith("Batched gradients differ")


def test_wide_steps_have_the_gradient_0():
    x = torch.tensor([4.827031, -0.123456, 8.300211], dtype=torch.float64, requires_grad=True)

    def inside(dtype, factor):  # computed in another type, and the gradient forgotten
        return by_hand(lambda x: x.to(dtype).double(), lambda saved, incoming: factor * incoming)

    assert gradcheck(lambda x: torch.round(x, decimals=3), x)
    assert gradcheck(lambda x: (torch.round(x, decimals=3), x**2), x)
    through = by_hand(lambda x: torch.round(x, decimals=3), lambda saved, incoming: incoming)
    assert not gradcheck(through, x, raise_exception=False)
    assert not gradcheck(inside(torch.float32, 0.0), x, raise_exception=False)
    assert not gradcheck(inside(torch.float32, 0.0), 100 * x.detach().requires_grad_(), raise_exception=False)


def test_a_complex_number_of_which_one_part_alone_is_on_a_step():
    assert gradcheck(torch.corrcoef, point(2, dtype=torch.complex128))  # 1, but for rounding

    def rounded(x, factor=0.0):
        parts = torch.view_as_real(x)
        return torch.round(parts[:, 0], decimals=3).sum() + torch.round(parts[0, 1], decimals=3) + factor * parts[1, 1]

    x = torch.tensor([0.6123 + 1.2j, -0.3456 + 0.7j], dtype=torch.complex128, requires_grad=True)
    assert gradcheck(rounded, x)
    error = failing(lambda x: rounded(x) + x[1].imag.detach() ** 2, x)
    assert [one.name for one in error.report.findings if one.cause.name == "WRONG"] == ["output / inputs.0[1].imag"]


def test_second_order_of_what_does_not_depend_on_the_inputs():
    weight = torch.ones(3, dtype=torch.float64, requires_grad=True)
    constant = by_hand(torch.ones_like, lambda saved, incoming: torch.zeros_like(incoming))
    for function in (lambda x: weight * 2, lambda x: weight * constant(x).detach(), constant):
        assert gradgradcheck(function, point(3))
        assert theirs.gradgradcheck(function, point(3))
    assert gradgradcheck(lambda x: weight * x**3, point(3))
    assert not gradgradcheck(lambda x: (weight * 2, x.detach() * x), point(3), raise_exception=False)


def test_parameters_that_the_function_uses_from_outside():
    layer = torch.nn.Linear(2, 2).double()
    rows = point(3, 2).detach()
    before = [one.detach().clone() for one in layer.parameters()]
    assert gradcheck(lambda *unused: layer(rows), tuple(layer.parameters()))
    error = failing(lambda *unused: layer(rows) * layer.bias.detach(), tuple(layer.parameters()))
    assert {name.partition(" / ")[2].partition("[")[0] for name in names(error)} == {"inputs.1"}
    assert all(torch.equal(a, b) for a, b in zip(before, layer.parameters(), strict=True))
    assert all(one.grad is None and one.requires_grad for one in layer.parameters())
    report = gradproof.torch.check(lambda weight: layer(rows), layer.weight)
    assert any("uses weight from outside" in note for note in report.warnings)


def test_nothing_that_is_finite():
    x = torch.full((3,), -float("inf"), dtype=torch.float64, requires_grad=True)
    forgetful = by_hand(torch.exp, lambda saved, incoming: 1 + 0 * incoming)
    assert gradcheck(torch.exp, x)
    error = failing(forgetful, x)
    assert error.reason.startswith("Gradients are not 0 although")
    assert error.report is None
    assert str(pickle.loads(pickle.dumps(error))) == str(error) == error.reason
    empty = torch.zeros(0, 3, dtype=torch.float64, requires_grad=True)
    single = by_hand(torch.exp, lambda saved, incoming: (incoming * saved[0].exp()).float())
    assert gradcheck(torch.exp, empty, check_grad_dtypes=True)
    assert gradcheck(single, empty, check_grad_dtypes=True, raise_exception=False) == theirs.gradcheck(
        single, empty, check_grad_dtypes=True, raise_exception=False
    )


def test_what_is_infinite_is_held_and_what_is_empty_passes():
    x = torch.tensor([0.5, -float("inf"), 1.0], dtype=torch.float64, requires_grad=True)
    assert gradcheck(torch.softmax, (x, 0))
    wrong = by_hand(lambda x: torch.softmax(x, 0), lambda saved, incoming: torch.softmax(saved[0], 0) * incoming)
    found = {name.partition(" / ")[2] for name in names(failing(wrong, x))}
    assert found
    assert found <= {"inputs.0[0]", "inputs.0[2]"}
    assert gradcheck(torch.sin, point(0))
    assert gradcheck(lambda x: x[:0], point(2))


def test_outputs_without_a_gradient_and_sparse_inputs():
    x = point(3)
    assert gradcheck(lambda x: x.detach().floor(), x + 0.25 - x.detach().round())
    assert names(failing(lambda x: x.detach() * 2, x))[0].startswith("output[")
    assert gradcheck(lambda x: x.to_sparse(), x)
    sparse = torch.eye(2).double().to_sparse().requires_grad_()
    assert gradcheck(lambda one: one.to_dense(masked_grad=False) ** 2, sparse)
    assert not gradcheck(
        lambda one: squared(lambda gradient, *_: 2 * gradient)(one.to_dense(masked_grad=False)),
        sparse,
        raise_exception=False,
    )


@pytest.mark.parametrize(
    ("how", "error", "sentence"),
    [
        (
            {"check_backward_ad": False},
            AssertionError,
            "Expected at least one of check_forward_ad or check_backward_ad",
        ),
        (
            {"check_backward_ad": False, "check_forward_ad": True, "check_batched_grad": True},
            AssertionError,
            "requires check_backward_ad to be True",
        ),
        ({"check_batched_forward_grad": True}, AssertionError, "requires check_forward_ad to be True"),
        ({}, ValueError, "at least one input tensor to require gradient"),
    ],
)
def test_what_pytorch_refuses_is_refused(how, error, sentence):
    for check in (theirs.gradcheck, gradcheck):
        with pytest.raises(error, match=sentence):
            check(torch.sin, torch.ones(2).double(), **how)


def test_what_is_no_function_or_no_tensor():
    x = point(2)
    with pytest.raises(TypeError, match=r"not an object of type Tensor: call gradcheck\(func, inputs\)"):
        gradcheck(x, torch.sin)
    with pytest.raises(ValueError, match=r"pass torch.tensor\(x, requires_grad=True\) for an array x"):
        gradcheck(torch.sin, x.detach().numpy())


def test_errors_of_the_users_backward_pass_propagate():
    def backward(saved, incoming):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        gradcheck(by_hand(torch.sin, backward), point(2))


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms")
@pytest.mark.parametrize("after", [1, 2, 3, 6])
def test_an_alarm_ends_it(after):
    """An exception of a signal handler is none of the function's, wherever it comes."""
    calls = 0

    def alarmed(*_):
        raise ArithmeticError("an alarm")

    def function(x):
        nonlocal calls
        calls += 1
        if calls == after:
            signal.raise_signal(signal.SIGALRM)
        return torch.sin(x)

    before = signal.signal(signal.SIGALRM, alarmed)
    try:
        with pytest.raises(ArithmeticError, match="an alarm"):
            gradcheck(function, torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert calls == after


def test_tangents_of_another_precision():
    """PyTorch's ldexp has a tangent in float64 where only the first of two single numbers has one."""
    x, power = (torch.tensor(value, requires_grad=True) for value in (-8.5, -1.75))
    assert gradcheck(torch.ldexp, (x, power), check_forward_ad=True)
