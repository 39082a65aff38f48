"""`range` as a C programmer writes it: `for (i = start; i < stop; i += step)`.

Numba's own counts down beside it, from a length that it computes first, and refuses a step of 0: three times the code.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import iterator_impl
from numba.extending import intrinsic, lower_builtin, models, register_model

SIZE = ir.IntType(64)


class Count(types.SimpleIterableType):  # type: ignore[name-defined, misc]
    """What a loop runs over."""

    def __init__(self) -> None:
        super().__init__("Count", CountIterator())


class CountIterator(types.SimpleIteratorType):  # type: ignore[name-defined, misc]
    """Where a loop is."""

    def __init__(self) -> None:
        super().__init__("CountIterator", types.int64)


COUNT = Count()


@register_model(Count)
class CountModel(models.StructModel):
    """Its ends and its step."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, [(name, types.int64) for name in ("start", "stop", "step")])


@register_model(CountIterator)
class CountIteratorModel(models.StructModel):
    """The number at hand, its end and its step."""

    def __init__(self, manager: Any, fe_type: Any) -> None:
        fields = [("number", types.CPointer(types.int64)), ("stop", types.int64), ("step", types.int64)]
        super().__init__(manager, fe_type, fields)


@intrinsic
def count(context: Any, first: Any, second: Any = None, step: Any = None) -> Any:
    """Return what a loop runs over, as `range` does."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = cgutils.create_struct_proxy(COUNT)(context, builder)
        has_start, has_step = (isinstance(kind, types.Integer) for kind in signature.args[1:])
        made.start = arguments[0] if has_start else SIZE(0)
        made.stop = arguments[1] if has_start else arguments[0]
        made.step = arguments[2] if has_step else SIZE(1)
        return made._getvalue()

    given = [types.int64 if isinstance(kind, types.Integer) else types.none for kind in (first, second, step)]
    return COUNT(*given), code


@lower_builtin("getiter", Count)
def _begin(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    ends = cgutils.create_struct_proxy(COUNT)(context, builder, arguments[0])
    made = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    made.number = cgutils.alloca_once_value(builder, ends.start)
    made.stop = ends.stop
    made.step = ends.step
    return made._getvalue()


@iterator_impl(Count, CountIterator)
class _Iterator(cgutils.create_struct_proxy(COUNT.iterator_type)):  # type: ignore[misc]
    def iternext(self, context: Any, builder: Any, result: Any) -> None:
        number = builder.load(self.number)
        upwards = builder.icmp_signed(">", self.step, SIZE(0))
        below, above = (builder.icmp_signed(sign, number, self.stop) for sign in "<>")
        more = builder.select(upwards, below, above)
        result.set_valid(more)
        with builder.if_then(more):
            result.yield_(number)
            builder.store(builder.add(number, self.step, flags=["nsw"]), self.number)
