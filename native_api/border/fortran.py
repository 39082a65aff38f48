"""The border as a Fortran module: types, constants and interfaces, by `bind(c)`."""

from __future__ import annotations

from collections.abc import Iterator

from gradproof.core.records.abi import exported_functions, signatures
from gradproof.version import __version__

from .comments import meanings
from .symbols import (
    CALLBACKS,
    CONSTANT_FUNCTIONS,
    Callback,
    Function,
    Struct,
    declared,
    enumerations,
    functions,
    structs,
    versions,
)

MOST_COLUMNS = 120
INTEGERS = {"int32_t": "c_int32_t", "uint32_t": "c_int32_t", "int64_t": "c_int64_t", "uint64_t": "c_int64_t"}
NUMBERS = {"double": "real(c_double)", "float": "real(c_float)", "char": "character(kind=c_char)"}
NUMBERS |= {c_type: f"integer({kind})" for c_type, kind in INTEGERS.items()}
# Pointers that lead to one value, and not to an array.
SINGLE = {
    "begin": ("code",),
    "resume": ("code",),
    "move_segments": ("probe",),
    "relative_error": ("maximum", "index"),
    "noise_floor": ("noise", "arithmetic"),
    "find_kinks": ("count",),
    "ladder": ("count",),
}
STRUCTS_AT = ("gradproof_options", "gradproof_report")

OPENING = f"""\
! gradproof {__version__} for Fortran; gradproof.h says what everything means.
!
!     gfortran gradproof.f90 program.f90 $(gradproof info --libs)
!
! An objective is a function as in the abstract interface gradproof_objective, handed over by c_funloc.  A size is set
! where a variable is declared.  Arguments that C may have as NULL are optional; those behind them are then named.
! This file is generated: native_api/build.py --declarations.
module gradproof
   use, intrinsic :: iso_c_binding
   implicit none
   public
"""

CLOSING = """\
contains
   ! The text behind a pointer, such as that of gradproof_explain.
   function gradproof_text(pointer) result(text)
      type(c_ptr), intent(in) :: pointer
      character(len=:), allocatable :: text
      character(kind=c_char), pointer :: letters(:)
      interface
         integer(c_size_t) function strlen(string) bind(c)
            import
            type(c_ptr), value :: string
         end function
      end interface
      integer :: i
      call c_f_pointer(pointer, letters, [strlen(pointer)])
      allocate (character(len=size(letters)) :: text)
      do i = 1, size(letters)
         text(i:i) = letters(i)
      end do
   end function
end module
"""


def module_text() -> str:
    """Return gradproof.f90."""
    lines = [*_constants(), ""]
    for struct in structs():
        lines += [*_type(struct), ""]
    lines.append("   abstract interface")
    for callback in CALLBACKS:
        lines += _function(callback, "", {}, ("value",))
    lines += ["   end interface", "", "   interface"]
    for function, _ in CONSTANT_FUNCTIONS:
        lines += _function(function, function.name, {}, ())
    for name, exported in sorted(exported_functions().items()):
        texts = nullable(name)
        for signature in signatures(exported):
            lines += _function(declared(signature), signature.symbol, texts, SINGLE.get(name, ()))
    lines += ["   end interface"]
    return OPENING + "\n" + "\n".join(line for one in lines for line in _folded(one)) + "\n" + CLOSING


def nullable(name: str) -> dict[str, bool]:
    """Return which parameters of an exported function C may have as NULL, as its docstring says."""
    known = exported_functions()
    found = meanings(known[name])
    for parameter, text in found.items():
        # "As in gradproof_engine_start", "As for gradproof_points".
        for other in known:
            if text.lower().startswith(("as in", "as for")) and f"gradproof_{other}." in f"{text}.":
                found[parameter] = meanings(known[other]).get(parameter, text)
    return {parameter: "NULL" in text for parameter, text in found.items()}


def _constants() -> Iterator[str]:
    # Fortran does not tell GRADPROOF_VERSION from gradproof_version.
    taken = {function.name for function in functions()}
    for constant in versions():
        if constant.name.lower() in taken:
            continue
        yield f"   integer(c_int32_t), parameter :: {constant.name} = {constant.value}"
    for enumeration in enumerations():
        kind = "c_int32_t" if enumeration.name == "gradproof_code" else "c_int64_t"
        for constant in enumeration.constants:
            yield f"   integer({kind}), parameter :: {constant.name} = {constant.value}"


def _type(struct: Struct) -> Iterator[str]:
    yield f"   type, bind(c) :: {struct.name}"
    for field in struct.fields:
        value = str(struct.size) if field.name == "size" else "0"
        if field.c_type.endswith("*"):
            kind, value = "type(c_ptr)", "c_null_ptr"
        elif field.c_type.startswith("gradproof_"):
            kind, value = "type(c_funptr)", "c_null_funptr"
        else:
            kind = NUMBERS[field.c_type]
        yield f"      {kind} :: {field.name}{f'({field.length})' if field.length else ''} = {value}"
    yield "   end type"


def _function(
    function: Function | Callback, symbol: str, texts: dict[str, bool], single: tuple[str, ...]
) -> Iterator[str]:
    names = ", ".join(name for name, _ in function.parameters)
    binding = f'bind(c, name="{symbol}")' if symbol else "bind(c)"
    kind = "subroutine" if function.result == "void" else "function"
    result = "" if function.result == "void" else f"{_result(function.result)} "
    yield f"      {result}{kind} {function.name}({names}) {binding}"
    yield "         import"
    for name, c_type in function.parameters:
        yield f"         {_argument(name, c_type, texts.get(name, False), name in single)}"
    yield f"      end {kind}"


def _result(c_type: str) -> str:
    return "type(c_ptr)" if c_type.endswith("*") else NUMBERS[c_type]


def _argument(name: str, c_type: str, optional: bool, single: bool) -> str:
    plain = c_type.removeprefix("const ").removesuffix("*").strip()
    if plain in ("void", "gradproof_engine"):
        return f"type(c_ptr), value :: {name}"
    if not c_type.endswith("*"):
        kind = "type(c_funptr)" if plain.startswith("gradproof_") else NUMBERS[plain]
        return f"{kind}, value :: {name}"
    if plain.endswith("*const"):
        return f"type(c_ptr), intent(in){', optional' * optional} :: {name}(*)"
    kind = f"type({plain})" if plain.startswith("gradproof_") else NUMBERS[plain]
    intent = "in" if c_type.startswith("const ") else "inout"
    one = single or plain in STRUCTS_AT
    return f"{kind}, intent({intent}){', optional' * optional} :: {name}{'' if one else '(*)'}"


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts that a compiler takes."""
    while len(line) > MOST_COLUMNS:
        place = line.rindex(", ", 0, MOST_COLUMNS - 2) + 1
        yield f"{line[:place]} &"
        line = f"         {line[place:].strip()}"
    yield line
