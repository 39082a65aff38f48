"""How the functions of the library call each other: results come back as results.

Numba's own functions return a status and write their result through a pointer, since they may raise.  Nothing here
raises, so the status is dead weight, and a result in memory keeps LLVM from seeing that a function only computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attempts import RAISED
from llvmlite import ir
from numba.core import callconv, cgutils, types

from gradproof.machine_code.vectors import VECTOR

# Nothing else that a function is given overlaps the memory of this name: the core looks before it fills a point. So a
# loop need not look again, nor exist twice, once for memory that does overlap.
FILLED = "point"
YES, NO = ir.Constant(ir.IntType(1), 1), ir.Constant(ir.IntType(1), 0)
ALWAYS_DONE = callconv.Status(
    code=callconv.RETCODE_OK,
    is_ok=YES,
    is_none=NO,
    is_error=NO,
    is_stop_iteration=NO,
    is_python_exc=NO,
    is_user_exc=NO,
    excinfoptr=cgutils.get_null_value(callconv.excinfo_ptr_t),
)


class PlainCalls(callconv.CPUCallConv):
    """Functions with their own arguments and their own result."""

    def get_function_type(self, restype: Any, argtypes: Any) -> Any:
        """Return the LLVM type of a function."""
        return ir.FunctionType(self._result(restype), self._get_arg_packer(argtypes).argument_types)

    def decorate_function(self, fn: Any, args: Any, fe_argtypes: Any, noalias: bool = False) -> None:
        """Name the arguments of a function."""
        self._get_arg_packer(fe_argtypes).assign_names(self.get_arguments(fn), list(args))
        for argument in fn.args:
            if argument.name == FILLED and isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")

    def get_arguments(self, func: Any) -> Any:
        """Return the arguments of a function."""
        return func.args

    def decode_arguments(self, builder: Any, argtypes: Any, func: Any) -> Any:
        """Return the arguments of a function: what its first vector holds, all of them hold, and it is told once."""
        given, places = list(self.get_arguments(func)), list(self._places_of_kinds(argtypes))
        for place in places:
            given[place] = given[places[0]]
        return self._get_arg_packer(argtypes).from_arguments(builder, given)

    def _places_of_kinds(self, kinds: Any, place: int = 0) -> Iterator[int]:
        """Yield the places of the arguments that say whether a vector holds float32."""
        for kind in kinds:
            if isinstance(kind, types.BaseTuple):
                yield from self._places_of_kinds(kind, place)
            elif kind == VECTOR:
                yield place + 1
            place += len(self._get_arg_packer([kind]).argument_types)

    def return_value(self, builder: Any, retval: Any) -> None:
        """Return a value."""
        builder.ret(retval)

    def return_user_exc(self, builder: Any, *_: Any, **__: Any) -> None:
        """Take the place of an exception: call what is nowhere.  The build ends where a call is left in the end."""
        nowhere = ir.FunctionType(ir.VoidType(), [])
        builder.call(cgutils.get_or_insert_function(builder.module, nowhere, RAISED), [])
        builder.unreachable()

    def return_status_propagate(self, builder: Any, status: Any) -> None:
        """End a branch that no status leads to."""
        builder.unreachable()

    def call_function(
        self, builder: Any, callee: Any, resty: Any, argtys: Any, args: Any, attrs: Any = None
    ) -> tuple[Any, Any]:
        """Call a function; return its status, which is a constant, and its result."""
        result = builder.call(callee, self._get_arg_packer(argtys).as_arguments(builder, args))
        return ALWAYS_DONE, self.context.get_returned_value(builder, resty, result)

    def _result(self, restype: Any) -> Any:
        return self.get_return_type(restype).pointee
