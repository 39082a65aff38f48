"""The ABI as data: what programs rest on that were built before, and whether a change leaves them running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gradproof.version import ABI

from .symbols import CALLBACKS, Callback, Field, Function, enumerations, functions, structs


def described() -> dict[str, Any]:
    """Return the ABI of today."""
    return {
        "abi": ABI,
        "functions": {function.name: _type(function) for function in functions()},
        "callbacks": {callback.name: _type(callback) for callback in CALLBACKS},
        "structs": {
            struct.name: {
                "size": struct.size,
                "grows": struct.grows,
                "fields": {field.name: [field.offset, _array(field)] for field in struct.fields},
            }
            for struct in structs()
        },
        "constants": {one.name: {each.name: each.value for each in one.constants} for one in enumerations()},
    }


def text_of(description: dict[str, Any]) -> str:
    """Return a description as it is kept: one line for each function, field and constant."""
    text = json.dumps(description, indent=2)
    # A field is short: its place and its type on one line.
    for pair in {tuple(pair) for struct in description["structs"].values() for pair in struct["fields"].values()}:
        place, c_type = pair
        text = text.replace(f'[\n          {place},\n          "{c_type}"\n        ]', f'[{place}, "{c_type}"]')
    return text + "\n"


def refusals(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return why the new ABI must not take the place of the old one: a line for each program-breaking change.

    Under another number everything may change.
    """
    if new["abi"] != old["abi"]:
        return [] if new["abi"] > old["abi"] else [f"the number of the ABI went back to {new['abi']}"]
    return [
        *_changed(old, new, "functions"),
        *_changed(old, new, "callbacks"),
        *_structs(old, new),
        *_constants(old, new),
    ]


def _changed(old: dict[str, Any], new: dict[str, Any], part: str) -> Iterator[str]:
    for name, c_type in old[part].items():
        if name not in new[part]:
            yield f"{name} is gone"
        elif new[part][name] != c_type:
            yield f"{name} was {c_type} and is {new[part][name]}"


def _structs(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, struct in old["structs"].items():
        if name not in new["structs"]:
            yield f"{name} is gone"
            continue
        now = new["structs"][name]
        if not (struct["grows"] and now["grows"]) and now["size"] != struct["size"]:
            yield f"{name} does not begin with its size, so it cannot grow"
        for field, (place, c_type) in struct["fields"].items():
            if field not in now["fields"]:
                yield f"{name}.{field} is gone"
                continue
            new_place, new_type = now["fields"][field]
            if (new_place, new_type) != (place, c_type):
                yield f"{name}.{field} was {c_type} at {place} and is {new_type} at {new_place}"


def _constants(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for enumeration, constants in old["constants"].items():
        now = new["constants"].get(enumeration, {})
        for name, value in constants.items():
            if name not in now:
                yield f"{name} is gone from {enumeration}"
            elif now[name] != value:
                yield f"{name} was {value} and is {now[name]}"


def _array(field: Field) -> str:
    return f"{field.c_type}[{field.length}]" if field.length else field.c_type


def _type(function: Function | Callback) -> str:
    return f"{function.result} ({', '.join(c_type for _, c_type in function.parameters) or 'void'})"
