"""Vectors of which only the running program knows whether they hold float64 or float32.

Both twins of an exported function so share one compiled form of nearly everything: an address, and which of both.
Kernels are compiled for either type; what calls them chooses.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

BIT = ir.IntType(1)
DOUBLE, SINGLE = ir.DoubleType(), ir.FloatType()
# A float32 has half as many bytes: places are shifted by one bit less.
DOUBLE_SHIFT, SINGLE_SHIFT = 3, 2


class Vector(types.Type):
    """Numbers one after the other, float64 or float32."""

    def __init__(self) -> None:
        super().__init__("Vector")


VECTOR = Vector()


@register_model(Vector)
class VectorModel(models.StructModel):
    """The address of the first number, and whether they are float32."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, [("address", types.voidptr), ("single", types.boolean)])


@intrinsic
def either(context: Any, pointer: Any) -> Any:
    """Return numbers of a known type as a vector."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return made(context, builder, arguments[0], BIT(signature.args[0].dtype == types.float32))

    return VECTOR(pointer), code


def made(context: Any, builder: Any, address: Any, single: Any) -> Any:
    """Return a vector of its two parts."""
    vector = cgutils.create_struct_proxy(VECTOR)(context, builder)
    vector.address = builder.bitcast(address, cgutils.voidptr_t)
    vector.single = builder.zext(single, vector.single.type) if vector.single.type != BIT else single
    return vector._getvalue()


def address_of(context: Any, builder: Any, vector: Any) -> Any:
    """Return the address of a vector."""
    return cgutils.create_struct_proxy(VECTOR)(context, builder, vector).address


def holds_float32(context: Any, builder: Any, vector: Any) -> Any:
    """Return whether a vector holds float32."""
    return cgutils.as_bool_bit(builder, cgutils.create_struct_proxy(VECTOR)(context, builder, vector).single)


def place_of(context: Any, builder: Any, vector: Any, index: Any) -> Any:
    """Return the address of a number."""
    kind = index.type
    shift = builder.select(holds_float32(context, builder, vector), kind(SINGLE_SHIFT), kind(DOUBLE_SHIFT))
    return builder.gep(address_of(context, builder, vector), [builder.shl(index, shift)])


@infer_global(operator.getitem)
class VectorItem(AbstractTemplate):
    """`x[k]` is a float64, whatever the vector holds."""

    def generic(self, arguments: Any, keywords: Any) -> Any:
        """Return the signature, None where the first argument is not a vector."""
        if len(arguments) == 2 and arguments[0] == VECTOR and isinstance(arguments[1], types.Integer):
            return signature(types.float64, VECTOR, types.int64)
        return None


@infer_global(operator.setitem)
class VectorSetItem(AbstractTemplate):
    """`x[k] = value` rounds where the vector holds float32."""

    def generic(self, arguments: Any, keywords: Any) -> Any:
        """Return the signature, None where the first argument is not a vector."""
        if len(arguments) == 3 and arguments[0] == VECTOR and isinstance(arguments[1], types.Integer):
            return signature(types.none, VECTOR, types.int64, types.float64)
        return None


@lower_builtin(operator.getitem, Vector, types.Integer)
def _read(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    place = place_of(context, builder, *arguments)
    with builder.if_else(holds_float32(context, builder, arguments[0])) as (then, otherwise):
        with then:
            single = builder.fpext(builder.load(builder.bitcast(place, SINGLE.as_pointer())), DOUBLE)
            behind_single = builder.block
        with otherwise:
            double = builder.load(builder.bitcast(place, DOUBLE.as_pointer()))
            behind_double = builder.block
    value = builder.phi(DOUBLE)
    value.add_incoming(single, behind_single)
    value.add_incoming(double, behind_double)
    return value


@lower_builtin(operator.setitem, Vector, types.Integer, types.Float)
def _write(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    place = place_of(context, builder, *arguments[:2])
    with builder.if_else(holds_float32(context, builder, arguments[0])) as (then, otherwise):
        with then:
            builder.store(builder.fptrunc(arguments[2], SINGLE), builder.bitcast(place, SINGLE.as_pointer()))
        with otherwise:
            builder.store(arguments[2], builder.bitcast(place, DOUBLE.as_pointer()))
    return context.get_dummy_value()


@lower_cast(Vector, Vector)
def _same(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return value


def for_both(function: Callable[..., Any], dispatcher: Any) -> Any:
    """Return what calls a function for vectors of either type with pointers to their own."""

    def choice(context: Any, *given: Any) -> Any:
        kind = context.resolve_value_type(dispatcher)
        if VECTOR not in given:
            return context.resolve_function_type(kind, given, {}), _forwarded(kind)
        forms = [
            context.resolve_function_type(kind, [_as_pointer(one, dtype) for one in given], {})
            for dtype in (types.float32, types.float64)
        ]
        return forms[0].return_type(*given), _chosen(kind, forms)

    notes = inspect.signature(function)
    first = inspect.Parameter("typing_context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    choice.__signature__ = notes.replace(parameters=[first, *notes.parameters.values()])  # type: ignore[attr-defined]
    choice.__name__ = choice.__qualname__ = function.__name__
    return intrinsic(choice)


def _as_pointer(kind: Any, dtype: Any) -> Any:
    return types.CPointer(dtype) if kind == VECTOR else kind


def _forwarded(kind: Any) -> Callable[..., Any]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _called(context, builder, kind, signature, arguments)

    return code


def _called(context: Any, builder: Any, kind: Any, sig: Any, arguments: Any) -> Any:
    function = context.get_function(kind, sig)
    context.add_linking_libs(getattr(function, "libs", ()))
    return function(builder, arguments)


def _chosen(kind: Any, forms: Any) -> Callable[..., Any]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def call(form: Any) -> tuple[Any, Any]:
            own = [
                builder.bitcast(address_of(context, builder, argument), context.get_value_type(pointer))
                if given == VECTOR
                else argument
                for given, pointer, argument in zip(signature.args, form.args, arguments, strict=True)
            ]
            return _called(context, builder, kind, form, own), builder.block

        vector = arguments[signature.args.index(VECTOR)]
        with builder.if_else(holds_float32(context, builder, vector)) as (then, otherwise):
            with then:
                single = call(forms[0])
            with otherwise:
                double = call(forms[1])
        result = builder.phi(single[0].type)
        result.add_incoming(*single)
        result.add_incoming(*double)
        return result

    return code
