"""Eight numbers at once, as `core/points/lanes.py` has them: vectors of LLVM.

What LLVM makes of a loop by itself depends on its release and on what it knows of the memory; these are what they are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

COUNT = 8
HALF = 4
DOUBLES, WORDS = ir.VectorType(ir.DoubleType(), COUNT), ir.VectorType(ir.IntType(32), COUNT)
BITS = ir.VectorType(ir.IntType(64), COUNT)
HALF_FLOATS = ir.VectorType(ir.FloatType(), HALF)
HALF_DOUBLES = ir.VectorType(ir.DoubleType(), HALF)
INDEX = ir.IntType(32)
# Whether they are wide is asked here; the build answers for the processor at hand.
ARE_WIDE = "gradproof.are_wide"


class LanesType(types.Type):
    """Eight numbers."""

    def __init__(self, name: str, machine: Any, *operations: tuple[Any, str]) -> None:
        super().__init__(name)
        self.machine = machine
        self.operations = dict(operations)


LANES = LanesType(
    "Lanes",
    DOUBLES,
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
)
# Of as many bits as what is chosen: so processors have them.
CHOICES = LanesType("Choices", BITS, (operator.and_, "and_"), (operator.or_, "or_"))
WORD_LANES = LanesType(
    "WordLanes",
    WORDS,
    (operator.add, "add"),
    (operator.sub, "sub"),
    (operator.mul, "mul"),
    (operator.xor, "xor"),
    (operator.and_, "and_"),
    (operator.rshift, "lshr"),
)


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):
    """A vector of LLVM."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, fe_type.machine)


def _register(symbol: Any) -> None:
    @infer_global(symbol)
    class Operation(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            first = arguments[0]
            known = isinstance(first, LanesType) and symbol in first.operations and arguments == (first, first)
            return signature(first, first, first) if known else None

    @lower_builtin(symbol, LanesType, LanesType)
    def code(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        return getattr(builder, sig.return_type.operations[symbol])(*arguments)


for each in {**LANES.operations, **CHOICES.operations, **WORD_LANES.operations}:
    _register(each)


def _splat(builder: Any, kind: Any, value: Any) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, INDEX(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(INDEX, COUNT), [0] * COUNT))


@intrinsic
def _are_wide(context: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(1), [])
        function = cgutils.get_or_insert_function(builder.module, kind, ARE_WIDE)
        if not function.blocks:
            function.linkage = "linkonce_odr"
            ir.IRBuilder(function.append_basic_block()).ret(ir.IntType(1)(1))
        return builder.call(function, [])

    return types.boolean(), code


@intrinsic
def _all_lanes(context: Any, value: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _splat(builder, DOUBLES, arguments[0])

    return LANES(types.float64), code


@intrinsic
def _all_words(context: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _splat(builder, WORDS, arguments[0])

    return WORD_LANES(types.uint32), code


@intrinsic
def _counted_words(context: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(WORDS, list(range(COUNT)))

    return WORD_LANES(), code


def _place(context: Any, builder: Any, vector: Any, arguments: Any, ahead: int = 0) -> Any:
    """Return the address of a number of a pointer, or of an array, which functions have that are compiled alone."""
    numbers, index = arguments[:2]
    if isinstance(vector, types.Array):
        numbers = context.make_array(vector)(context, builder, numbers).data
    return builder.gep(numbers, [builder.add(index, index.type(ahead))])


def _halves(context: Any, builder: Any, vector: Any, arguments: Any) -> Iterator[Any]:
    """Yield the addresses of four numbers each: so many doubles are at once what most processors have."""
    kind = ir.VectorType(context.get_value_type(vector.dtype), HALF).as_pointer()
    for ahead in (0, HALF):
        yield builder.bitcast(_place(context, builder, vector, arguments, ahead), kind)


@intrinsic
def _lanes_at(context: Any, vector: Any, index: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        size = vector.dtype.bitwidth // 8
        halves = [builder.load(one, align=size) for one in _halves(context, builder, vector, arguments)]
        convert = {types.float32: builder.fpext, types.int32: builder.sitofp}.get(vector.dtype)
        if convert:
            halves = [convert(one, HALF_DOUBLES) for one in halves]
        return builder.shuffle_vector(*halves, ir.Constant(ir.VectorType(INDEX, COUNT), list(range(COUNT))))

    return LANES(vector, types.int64), code


@intrinsic
def _put_lanes(context: Any, vector: Any, index: Any, lanes: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for number, place in enumerate(_halves(context, builder, vector, arguments)):
            chosen = ir.Constant(ir.VectorType(INDEX, HALF), list(range(number * HALF, (number + 1) * HALF)))
            numbers = builder.shuffle_vector(arguments[2], arguments[2], chosen)
            if vector.dtype == types.float32:
                numbers = builder.fptrunc(numbers, HALF_FLOATS)
            builder.store(numbers, place, align=vector.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(vector, types.int64, lanes), code


@intrinsic
def _sizes_of(context: Any, lanes: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(DOUBLES, [DOUBLES])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fabs.v8f64"), arguments)

    return LANES(lanes), code


@intrinsic
def _larger_of(context: Any, a: Any, b: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *arguments), *arguments)

    return LANES(a, b), code


@intrinsic
def _are_below(context: Any, a: Any, b: Any) -> Any:
    return CHOICES(a, b), lambda _, builder, signature, both: builder.sext(builder.fcmp_ordered("<", *both), BITS)


@intrinsic
def _are_at_most(context: Any, a: Any, b: Any) -> Any:
    return CHOICES(a, b), lambda _, builder, signature, both: builder.sext(builder.fcmp_ordered("<=", *both), BITS)


@intrinsic
def _chosen(context: Any, choices: Any, a: Any, b: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(_yes(builder, arguments[0]), *arguments[1:])

    return LANES(choices, a, b), code


@intrinsic
def _all_chosen(context: Any) -> Any:
    return CHOICES(), lambda *_: ir.Constant(BITS, [-1] * COUNT)


@intrinsic
def _are_all(context: Any, choices: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        every = builder.bitcast(_yes(builder, arguments[0]), ir.IntType(COUNT))
        return builder.icmp_unsigned("==", every, every.type((1 << COUNT) - 1))

    return types.boolean(choices), code


def _yes(builder: Any, choices: Any) -> Any:
    return builder.icmp_signed("<", choices, ir.Constant(BITS, [0] * COUNT))


@intrinsic
def _turned_by(context: Any, lanes: Any, signs: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # By the bits: to choose between numbers takes a processor longer.
        zero, sign = ir.Constant(DOUBLES, [0.0] * COUNT), ir.Constant(BITS, [1 << 63] * COUNT)
        given = builder.sext(builder.fcmp_ordered("!=", arguments[1], zero), BITS)
        own, other = (builder.bitcast(one, BITS) for one in arguments)
        differ = builder.and_(builder.xor(own, other), builder.and_(given, sign))
        return builder.bitcast(builder.xor(own, differ), DOUBLES)

    return LANES(lanes, signs), code


@intrinsic
def _with_first(context: Any, lanes: Any, term: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first = builder.fadd(builder.extract_element(arguments[0], INDEX(0)), arguments[1])
        return builder.insert_element(arguments[0], first, INDEX(0))

    return LANES(lanes, types.float64), code


@intrinsic
def _sum_of(context: Any, lanes: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, c, d, e, f, g, h = (builder.extract_element(arguments[0], INDEX(place)) for place in range(COUNT))
        add = builder.fadd
        return add(add(add(a, e), add(c, g)), add(add(b, f), add(d, h)))

    return types.float64(lanes), code


@intrinsic
def _put_words(context: Any, room: Any, index: Any, words: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = builder.bitcast(_place(context, builder, room, arguments), WORDS.as_pointer())
        builder.store(arguments[2], place, align=4)
        return context.get_dummy_value()

    return types.void(room, types.int64, words), code


LANE_OPERATIONS: dict[str, Callable[..., Any]] = {
    "are_wide": _are_wide,
    "all_lanes": _all_lanes,
    "lanes_at": _lanes_at,
    "put_lanes": _put_lanes,
    "sizes_of": _sizes_of,
    "larger_of": _larger_of,
    "are_below": _are_below,
    "are_at_most": _are_at_most,
    "chosen": _chosen,
    "all_chosen": _all_chosen,
    "are_all": _are_all,
    "turned_by": _turned_by,
    "with_first": _with_first,
    "sum_of": _sum_of,
    "all_words": _all_words,
    "counted_words": _counted_words,
    "put_words": _put_words,
}
