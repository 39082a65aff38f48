"""gradcheck without a report: right derivatives pass by the core alone, and nothing else does."""

import pytest

from gradproof.compat import torch as ours
from gradproof.compat.shared import gradcheck as stages
from gradproof.compat.shared.retained_graph import RetainedGraph
from gradproof.compat.torch import gradcheck, gradgradcheck

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")


def point(*shape, dtype=torch.float64):
    return torch.randn(shape, dtype=dtype, requires_grad=True)


def with_gradient(function, gradient):
    """Return a function of one tensor with a backward pass by hand."""

    class ByHand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return function(x)

        @staticmethod
        def backward(ctx, *incoming):
            return gradient(*ctx.saved_tensors, *incoming)

    return ByHand.apply


@pytest.fixture
def without_report(monkeypatch):
    """Fail where a check with a report begins."""

    def begun(self, **settings):
        raise AssertionError("a check with a report")

    for name in ("check", "check_forward"):
        monkeypatch.setattr(RetainedGraph, name, begun)


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.complex128], ids=str)
@pytest.mark.parametrize(
    "function",
    [
        torch.sin,
        lambda x: x.sum(),
        lambda x: (x.sin(), 1e8 * x.cos(), x[0] * x),
        lambda x: {"of": [x**2, (x**3).sum()]},
        lambda x: x.detach(),
    ],
    ids=["array", "number", "several", "structure", "detached"],
)
def test_right_derivatives_need_no_report(function, dtype):
    x = torch.tensor([0.5, -1.25, 2.0, 0.75], dtype=dtype, requires_grad=True)
    if isinstance(function(x), torch.Tensor) and not function(x).requires_grad:
        with pytest.raises(AssertionError, match="a check with a report"):
            gradcheck(function, x)
    else:
        assert gradcheck(function, x, check_forward_ad=isinstance(function(x), torch.Tensor))


@pytest.mark.usefixtures("without_report")
def test_right_second_derivatives_need_no_report():
    assert gradgradcheck(lambda x, y: (x.sin() * y).sum(), (point(3), point(3)))


@pytest.mark.usefixtures("without_report")
def test_outputs_without_a_gradient_need_no_report_where_they_do_not_move():
    assert gradcheck(lambda x: torch.sign(x.detach()), point(3))
    assert gradgradcheck(lambda x: 3 * x, point(3))
    with pytest.raises(AssertionError, match="a check with a report"):
        gradcheck(lambda x: (torch.sign(x.detach()), x.detach()), point(3))


def test_what_is_wrong_in_small_outputs_alone():
    """The sum of all outputs does not show it: each array of the output, and each output, is looked at."""

    def of(error):
        return with_gradient(
            lambda x: (1e9 * x.exp(), x.sin()),
            lambda x, one, other: 1e9 * x.exp() * one + (1 + error) * x.cos() * other,
        )

    x = point(4)
    assert gradcheck(of(0.0), x)
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(of(1e-3), x)
    assert {one.name.partition("[")[0] for one in caught.value.report.findings} == {"output.1"}


@pytest.mark.parametrize("decimals", [0, 3])
def test_a_gradient_of_0_on_treads(decimals):
    """Two more calls for each number tell how wide its tread is; a claim that is not 0 is wrong there."""
    calls = 0

    def rounded(x):
        nonlocal calls
        calls += 1
        return torch.round(x, decimals=decimals)

    x = torch.tensor([0.5312, -4.8269849, 8.25, 0.031], dtype=torch.float64, requires_grad=True)
    assert gradcheck(rounded, x)
    assert calls <= 2 + 4 * 4
    with pytest.raises(ours.GradcheckError):
        gradcheck(with_gradient(rounded, lambda x, incoming: incoming), x)


def test_numbers_on_treads_need_no_ladder():
    """Only what is near the edge of its tread is looked at further; a number that is on none is wrong."""
    calls = 0

    def rounded(x):
        nonlocal calls
        calls += 1
        return torch.cat([torch.round(x[:-1], decimals=3), slope * x[-1:]])

    x = torch.tensor([0.5312, -4.826, 8.25, 0.031, 0.0315 - 1.5e-6, 0.25], dtype=torch.float64, requires_grad=True)
    function, slope = with_gradient(rounded, lambda x, incoming: 0 * incoming), 0
    assert gradcheck(function, x)
    assert calls < 200
    slope = 1
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(function, x)
    assert [one.name for one in caught.value.report.findings if one.cause.name == "WRONG"] == [
        "output[5] / inputs.0[5]"
    ]


@pytest.mark.usefixtures("without_report")
def test_a_claim_within_kinks_needs_no_report():
    assert gradcheck(torch.linalg.norm, torch.zeros(5, dtype=torch.float64, requires_grad=True))


def test_a_claim_beyond_kinks():
    beyond = with_gradient(torch.linalg.norm, lambda x, incoming: 1.5 * incoming * torch.eye(5, dtype=x.dtype)[3])
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(beyond, torch.zeros(5, dtype=torch.float64, requires_grad=True))
    assert "output / inputs.0[3]" in [one.name for one in caught.value.report.findings]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 1e8 + 1e-3 * x,
        lambda x: (x * 1e9).round() * 1e-9,
        lambda x: x.float().double(),
    ],
    ids=["beside a constant", "narrow treads", "in float32"],
)
def test_a_gradient_of_0_that_no_tread_excuses(function):
    x = torch.tensor([0.53, -1.7], dtype=torch.float64, requires_grad=True)
    with pytest.raises(ours.GradcheckError):
        gradcheck(with_gradient(function, lambda x, incoming: 0 * incoming), x)


def test_the_longer_look_knows_the_outputs_so_far():
    """One wrong entry of twenty takes little more than the calls of a right derivative."""
    calls = 0

    def squared(x):
        nonlocal calls
        calls += 1
        return x**2

    wrong = torch.ones(20, dtype=torch.float64)
    wrong[7] += 1e-3
    with pytest.raises(ours.GradcheckError, match=r"output\[7\] / inputs.0\[7\]"):
        gradcheck(with_gradient(squared, lambda x, incoming: 2 * x * wrong * incoming), point(20))
    assert calls < 2 * 2 * 20


def in_forward_mode(function, product):
    """Return a function of one tensor with a forward mode by hand, and what gradcheck asks of that alone."""

    class ByHand(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_forward(x)
            return function(x)

        @staticmethod
        def backward(ctx, incoming):
            raise NotImplementedError

        @staticmethod
        def jvp(ctx, tangent):
            return product(*ctx.saved_tensors, tangent)

    return ByHand.apply, {"check_forward_ad": True, "check_backward_ad": False}


@pytest.mark.usefixtures("without_report")
def test_forward_mode_takes_one_product():
    """A backward pass through it has the claims for all numbers."""
    calls = 0

    def function(x):
        nonlocal calls
        calls += 1
        return x.cos() * x[0]

    x = torch.linspace(0.5, 1.5, 20, dtype=torch.float64, requires_grad=True)
    assert gradcheck(function, x, check_forward_ad=True, check_backward_ad=False, check_undefined_grad=False)
    assert calls == 2 + 2 * 20 + 1


@pytest.mark.usefixtures("without_report")
def test_forward_mode_through_which_no_backward_pass_goes():
    function, asked = in_forward_mode(torch.sin, lambda x, tangent: x.cos() * tangent.detach())
    assert gradcheck(function, point(9), **asked)


@pytest.mark.parametrize(
    ("product", "named"),
    [
        (lambda x, tangent: 2 * x * tangent + 1e-6 * torch.eye(9, dtype=x.dtype)[2] * tangent[4], "[2] / inputs.0[4]"),
        (lambda x, tangent: 2 * x * (tangent.detach() + 1e-3 * tangent), "[0] / inputs.0[0]"),
        (lambda x, tangent: 2 * x * tangent + 1e-3 * tangent.abs(), "[0] / inputs.0[0]"),
        (lambda x, tangent: 2 * x * tangent + 1e-3 * (tangent - tangent.detach()), None),
    ],
    ids=["one entry", "another transpose", "not linear", "another transpose of what is right"],
)
def test_what_is_wrong_in_forward_mode(product, named):
    x = torch.linspace(0.5, 3.0, 9, dtype=torch.float64, requires_grad=True)
    function, asked = in_forward_mode(torch.square, product)
    if named is None:
        assert gradcheck(function, x, **asked)
        return
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(function, x, **asked)
    assert f"output{named}" in [one.name for one in caught.value.report.findings]


def nearly_decided(seed):
    """Return rows of which one has an output of log_softmax of about -1e-5, rounded like the others."""
    random = torch.Generator().manual_seed(seed)
    x = torch.randn((5, 5), generator=random, dtype=torch.float64)
    x[2, 1] += 13
    return x.requires_grad_()


@pytest.mark.usefixtures("without_report")
@pytest.mark.parametrize("seed", range(4))
def test_noise_of_a_small_difference_needs_no_report(seed):
    assert gradcheck(lambda x: x.log_softmax(-1), nearly_decided(seed))


@pytest.mark.parametrize("seed", range(2))
def test_an_error_beside_the_noise_of_a_small_difference(seed):
    """What stands out beside noise is looked at once more: an error of the small output alone stays."""
    wrong = torch.ones(5, 5, dtype=torch.float64)
    wrong[2, 1] = 1.01
    function = with_gradient(
        lambda x: x.log_softmax(-1),
        lambda x, incoming: wrong * incoming - x.softmax(-1) * (wrong * incoming).sum(-1, keepdim=True),
    )
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(function, nearly_decided(seed))
    assert {one.name.partition(" / ")[0] for one in caught.value.report.findings} == {"output[2, 1]"}
    assert {one.cause.name for one in caught.value.report.findings} == {"WRONG"}


@pytest.mark.usefixtures("without_report")
def test_noise_along_all_numbers_needs_no_report():
    """The imaginary part of a variance is what rounding leaves of 0."""
    x = point(5, 5, 5, dtype=torch.complex128)
    calls = 0

    def deviation(x):
        nonlocal calls
        calls += 1
        return torch.masked.std(x, dim=None, unbiased=True)

    assert gradcheck(deviation, x)
    assert calls < 6 * 2 * x.numel()


def test_an_error_beside_noise_along_all_numbers():
    x = point(5, 5, 5, dtype=torch.complex128)
    factors = torch.ones_like(x.detach())
    factors[3, 1, 2] = 1.01
    passed = with_gradient(torch.clone, lambda _, incoming: factors * incoming)
    with pytest.raises(ours.GradcheckError) as caught:
        gradcheck(lambda x: torch.masked.std(passed(x), dim=None, unbiased=True), x)
    report = caught.value.report
    assert report.verdict == "wrong"
    assert {one.name.rpartition(".")[0] for one in report.findings} <= {
        "output.real / inputs.0[3, 1, 2]",
        "output / inputs.0[3, 1, 2]",
    }


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("default", [0.0, 1.0])
def test_inputs_without_a_tangent(count, default):
    """One call more than there are inputs: only where these do not fit what is known is each compared with 0."""
    calls = 0

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.set_materialize_grads(False)
            return sum(number * one for number, one in enumerate(inputs, 1))

        @staticmethod
        def jvp(ctx, *tangents):
            nonlocal calls
            calls += 1
            return sum(number * (default if one is None else one) for number, one in enumerate(tangents, 1))

    def check(**asked):
        nonlocal calls
        calls = 0
        inputs = tuple(point(1) for _ in range(count))
        return gradcheck(Product.apply, inputs, check_forward_ad=True, check_backward_ad=False, **asked)

    if default:
        with pytest.raises(ours.GradcheckError, match=r"Tangents differ where inputs.0 has no tangent"):
            check()
        return
    assert check(check_undefined_grad=False)
    without = calls
    assert check()
    assert calls == without + count + 1


@pytest.mark.parametrize("at_zero", [0.0, 1.0])
def test_what_a_tangent_of_0_does(at_zero):
    """The product with random tangents of all inputs, and those with one of them alone undefined, are right."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, one, other):
            ctx.set_materialize_grads(False)
            return one + 2 * other

        @staticmethod
        def jvp(ctx, one, other):
            moved = 0 if other is None else 2 * other + (0.0 if other.any() else at_zero)
            return moved if one is None else one + moved

    def check():
        return gradcheck(Product.apply, (point(2), point(2)), check_forward_ad=True, check_backward_ad=False)

    if not at_zero:
        assert check()
        return
    with pytest.raises(ours.GradcheckError, match=r"Tangents are not 0 although those of all inputs are 0"):
        check()


@pytest.mark.parametrize("can_batch", [True, False])
def test_tangents_in_batches(can_batch, monkeypatch):
    """Two calls for each input at most, where PyTorch's own makes three; a batch of another value, or none, is told."""
    calls = 0

    def product(of_a_batch):
        class Product(torch.autograd.Function):
            @staticmethod
            def forward(x, y):
                return x * y

            @staticmethod
            def setup_context(ctx, inputs, output):
                ctx.save_for_forward(*inputs)

            @staticmethod
            def jvp(ctx, first, second):
                nonlocal calls
                calls += 1
                x, y = ctx.saved_tensors
                try:
                    _ = second.sum().item()
                except RuntimeError:  # of several tangents at once
                    second = of_a_batch(second)
                return first * y + second * x

        return Product.apply

    def raising(tangents):
        raise RuntimeError("one at a time")

    if not can_batch:  # a PyTorch without the functions that are none of its public names
        monkeypatch.setattr(stages, "can_batch", lambda torch: False)
    inputs, asked = (point(3), point(3)), {"check_forward_ad": True, "check_backward_ad": False}
    right = product(lambda tangents: tangents)
    assert gradcheck(right, inputs, **asked)
    without, calls = calls, 0
    assert gradcheck(right, inputs, **asked, check_batched_forward_grad=True)
    assert calls == without + 2 or not can_batch  # two products are those of the missing tangents
    for faulty, reason in (
        (lambda tangents: 2 * tangents, "Batched tangents of inputs.1 differ"),
        (raising, "Batched tangents cannot be computed"),
    ):
        assert gradcheck(product(faulty), inputs, **asked)
        with pytest.raises(ours.GradcheckError) as caught:
            gradcheck(product(faulty), inputs, **asked, check_batched_forward_grad=True)
        assert caught.value.reason.startswith(reason if can_batch else "Batched tangents differ, or cannot be computed")


def test_batches_of_the_only_input_take_one_call_more():
    calls = 0

    def counted(x):
        nonlocal calls
        calls += 1
        return torch.sin(x)

    x, asked = point(3), {"check_forward_ad": True, "check_backward_ad": False}
    assert gradcheck(counted, x, **asked, check_undefined_grad=False)
    without, calls = calls, 0
    assert gradcheck(counted, x, **asked, check_batched_forward_grad=True)
    assert calls == without + 1
