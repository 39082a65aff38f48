"""The operations of `core/records/memory.py` on texts: letters, constants, numbers as C writes them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..core.records import codes
from .records import beginning

BYTES = ir.IntType(8).as_pointer()
SIZE = ir.IntType(64)
# Bytes that the longest number needs as C writes it, and more.
FIGURE_BYTES = 48
# The function of the library that unpacks a constant text: its callers still have the text where they gave it.
UNPACKED = "gradproof.unpacked"
KEEPING = "preserve_mostcc"
# The number of the first one: from here on, a byte with a sign holds 256 of them.
FIRST_NUMBER = -128
Typed: TypeAlias = tuple[Any, Callable[..., Any]]

# While a library is built that packs its texts, the last one holds the number of each.
NUMBERED: list[dict[str, int]] = []


@contextlib.contextmanager
def numbered() -> Iterator[dict[str, int]]:
    """Let what is compiled meanwhile have numbers of constant texts in place of their addresses; yield these."""
    NUMBERED.append({})
    try:
        yield NUMBERED[-1]
    finally:
        NUMBERED.pop()


@intrinsic
def _handle(context: Any, pointer: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(beginning(context, builder, pointer, arguments[0]), BYTES)

    return types.voidptr(pointer), code


@intrinsic
def _letter(context: Any, text: Any, place: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        byte = builder.load(builder.gep(builder.bitcast(arguments[0], BYTES), [arguments[1]]))
        return builder.zext(byte, SIZE)

    return types.int64(text, types.int64), code


@intrinsic(prefer_literal=True)
def _literal(context: Any, text: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if not NUMBERED:
            return _constant_text(builder, text.literal_value)
        number = NUMBERED[-1].setdefault(text.literal_value, FIRST_NUMBER + len(NUMBERED[-1]))
        return builder.inttoptr(SIZE(number), BYTES)

    return types.voidptr(text), code


@intrinsic
def _unpacked(context: Any, text: Any, letters: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        if not NUMBERED:
            return arguments[1]
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(BYTES, [BYTES, BYTES]), UNPACKED)
        function.calling_convention = KEEPING
        return builder.call(function, arguments, cconv=KEEPING)

    return types.voidptr(text, types.voidptr), code


def _constant_text(builder: ir.IRBuilder, text: str) -> Any:
    """Return the address of a private constant with these letters and a 0 behind them."""
    letters = bytearray(text.encode() + b"\0")
    kind = ir.ArrayType(ir.IntType(8), len(letters))
    module = builder.module
    constant = ir.GlobalVariable(module, kind, module.get_unique_name("text"))
    constant.linkage, constant.global_constant, constant.unnamed_addr = "private", True, True
    constant.initializer = ir.Constant(kind, letters)
    # Else longer texts would each begin at a multiple of 16.
    constant.align = 1
    return builder.bitcast(constant, BYTES)


def _table(symbol: str, texts: dict[int, str], other: str) -> Any:
    """Return the operation that gives the text of a number: a function of its own, which a module defines once.

    It has the name of the exported function that gives the same, which takes its place in the library.
    """

    def function(module: ir.Module) -> Any:
        if symbol in module.globals:
            return module.globals[symbol]
        made = ir.Function(module, ir.FunctionType(BYTES, [SIZE]), symbol)
        made.linkage = "linkonce_odr"
        builder = ir.IRBuilder(made.append_basic_block())
        unknown = made.append_basic_block()
        choice = builder.switch(made.args[0], unknown)
        for number, text in texts.items():
            block = made.append_basic_block()
            builder.position_at_end(block)
            builder.ret(_constant_text(builder, text))
            choice.add_case(SIZE(number), block)
        builder.position_at_end(unknown)
        builder.ret(_constant_text(builder, other))
        return made

    @intrinsic
    def find(context: Any, number: Any) -> Typed:
        def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
            return builder.call(function(builder.module), arguments)

        return types.voidptr(types.int64), code

    return find


@intrinsic
def _write_scientific(context: Any, place: Any, digits: Any, value: Any) -> Typed:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [BYTES, SIZE, BYTES], var_arg=True)
        snprintf = cgutils.get_or_insert_function(builder.module, kind, "snprintf")
        number = builder.trunc(arguments[1], ir.IntType(32))
        form = _constant_text(builder, "%.*e")
        builder.call(snprintf, [builder.bitcast(arguments[0], BYTES), SIZE(FIGURE_BYTES), form, number, arguments[2]])
        return context.get_dummy_value()

    return types.void(place, types.int64, types.float64), code


TEXT_OPERATIONS: dict[str, Any] = {
    "handle": _handle,
    "letter": _letter,
    "literal": _literal,
    "unpacked": _unpacked,
    "cause_word": _table(
        "gradproof_cause_word", {cause: codes.cause_word(cause) for cause in codes.CAUSES}, codes.UNKNOWN_WORD
    ),
    "cause_sentence": _table(
        "gradproof_explain_cause", {cause: codes.explain_cause(cause) for cause in codes.CAUSES}, codes.UNKNOWN_CAUSE
    ),
    "write_scientific": _write_scientific,
}
