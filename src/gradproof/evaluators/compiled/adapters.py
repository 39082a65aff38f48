"""Adapts C functions of other prototypes to the library's: a few instructions, made once for each prototype.

The adapter is machine code, so that no Python runs between two evaluations.  As its user data it gets two words: the
address of the function, and of the function's own user data.
"""

from __future__ import annotations

import functools
from typing import Any

from .prototypes import GRADIENT, LENGTH, OUTPUT, REALS, Parameter, Prototype, X

NAME = "gradproof_adapter"


@functools.cache
def adapter(prototype: Prototype, role: str) -> Adapter:
    """Return the adapter of a prototype; it is kept, because what was given out may still be called."""
    return Adapter(prototype, role)


class Adapter:
    """A C function `int32_t adapter(const void *x, int64_t n, void *output, void *words)` in memory."""

    def __init__(self, prototype: Prototype, role: str) -> None:
        # Imported on use: most people have no use for it, and it takes a tenth of a second.
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        module = llvm.parse_assembly(str(_Writer(prototype, role).module))
        module.verify()
        machine = llvm.Target.from_default_triple().create_target_machine(opt=2)
        self._engine = llvm.create_mcjit_compiler(module, machine)
        self._engine.finalize_object()
        self.address = int(self._engine.get_function_address(NAME))


class _Writer:
    """Writes one adapter in LLVM's language."""

    def __init__(self, prototype: Prototype, role: str) -> None:
        from llvmlite import ir

        self.ir: Any = ir
        self.prototype = prototype
        self.int32, self.int64 = ir.IntType(32), ir.IntType(64)
        self.address = ir.IntType(8).as_pointer()
        self.types = {"double": ir.DoubleType(), "float": ir.FloatType(), "void": ir.VoidType()}
        self.module: Any = ir.Module(name=NAME)
        kind = ir.FunctionType(self.int32, [self.address, self.int64, self.address, self.address])
        function = ir.Function(self.module, kind, NAME)
        self.x, self.n, self.output, words = function.args
        self.builder: Any = ir.IRBuilder(function.append_basic_block())
        pair = self.builder.bitcast(words, self.int64.as_pointer())
        self.function = self.builder.load(pair)
        self.user = self.builder.load(self.builder.gep(pair, [ir.Constant(self.int64, 1)]))
        self._write_gradient() if role == GRADIENT else self._write_objective()

    def _write_gradient(self) -> None:
        """Have the gradient write to where its values are wanted, in its own type."""
        self._return(self._called(self.output))

    def _write_objective(self) -> None:
        """Store the value that is returned or written, as a double."""
        prototype, builder = self.prototype, self.builder
        if prototype.result in REALS:
            # A function that also has a place for its gradient leaves it out where that is NULL, as in NLopt.
            result = self._called(self.ir.Constant(self.address, None))
            value = result
        elif prototype.output == "float":
            place = builder.alloca(self.types["float"])
            builder.store(self.ir.Constant(self.types["float"], float("nan")), place)
            result = self._called(builder.bitcast(place, self.address))
            value = builder.load(place)
        else:
            self._return(self._called(self.output))
            return
        if value.type == self.types["float"]:
            value = builder.fpext(value, self.types["double"])
        builder.store(value, builder.bitcast(self.output, self.types["double"].as_pointer()))
        self._return(result)

    def _called(self, output: Any) -> Any:
        """Call the function and return what it returns."""
        arguments = [self._argument(each, output) for each in self.prototype.parameters]
        result = self.types.get(self.prototype.result) or self.ir.IntType(self.prototype.bits)
        kind = self.ir.FunctionType(result, [each.type for each in arguments])
        return self.builder.call(self.builder.inttoptr(self.function, kind.as_pointer()), arguments)

    def _argument(self, parameter: Parameter, output: Any) -> Any:
        if parameter.role == LENGTH:
            n = self.n if parameter.bits == 64 else self.builder.trunc(self.n, self.ir.IntType(parameter.bits))
            if not parameter.by_address:
                return n
            place = self.builder.alloca(n.type)
            self.builder.store(n, place)
            return self.builder.bitcast(place, self.address)
        if parameter.role == X:
            return self.x
        return output if parameter.role == OUTPUT else self.builder.inttoptr(self.user, self.address)

    def _return(self, result: Any) -> None:
        """Return the code of a function that has one, else 0."""
        if self.prototype.result != "int":
            result = self.ir.Constant(self.int32, 0)
        elif self.prototype.bits == 64:
            result = self.builder.trunc(result, self.int32)
        self.builder.ret(result)
