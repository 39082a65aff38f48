"""Reads a report from JSON: a report that prints, explains and compares as the one that was written."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Callable
from typing import Any

import numpy as np

from ...problem.coordinates.chosen import Chosen
from ...problem.exceptions import Raised
from ...problem.numbers import Flat, frozen, in_short
from ...problem.structure import Layout
from ..cause import Cause
from ..explanation import Explanation
from ..finding import Finding
from ..ladder import Values
from ..power import Power
from ..records import Evidence, Record
from .json_writing import FORMAT
from .known import FewNumbers
from .structure import not_told, root_of

INFINITIES = {"inf": np.inf, "-inf": -np.inf}
REALS = ("resolutions",)
# What a report of a right gradient does not import.
NAMES = {kind.__name__: kind for kind in (Cause, Explanation, Finding, Power, Raised)}


def read(text: str | bytes, make: Callable[..., Any]) -> Any:
    """Return the report that a text in this format holds.

    Parameters
    ----------
    text
        JSON.
    make
        Makes the report from its fields.

    Raises
    ------
    ValueError
        If the text is no such report, or is damaged; the message is one sentence.
    """
    told = parsed(text)
    try:
        return make(**_fields(told))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as problem:
        what = f"{in_short(problem.args[0])} is missing" if isinstance(problem, KeyError) else str(problem)
        raise ValueError(f"the report is damaged: {' '.join(what.split())}") from None


def parsed(text: str | bytes) -> dict[str, Any]:
    """Return what a text in this format holds; raise a ValueError if it is in another."""
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(f"a report is read from text, as that of report.to_json(), not {in_short(text)}")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"this is no report of gradproof: it is not JSON ({problem})") from None
    if not isinstance(told, dict) or "format" not in told:
        raise ValueError(f'this is no report of gradproof: it has no "format": "{FORMAT}"')
    if told["format"] != FORMAT:
        raise ValueError(f"this is no report that can be read here: its format is {told['format']!r}, not {FORMAT!r}")
    return told


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a report."""
    evidence = _evidence(told)
    hints = _hints(Record)
    fields: dict[str, Any] = {"_evidence": evidence}
    for one in dataclasses.fields(Record):
        if one.name[0] != "_" and one.name != "findings" and (one.name in told or _is_needed(one)):
            fields[one.name] = _value(hints[one.name], told[one.name], one.name)
    noise = fields["noise_floor"]
    own = told["evidence"]["findings"]
    pairs = zip(told["findings"], own, strict=True)
    fields["findings"] = tuple(_finding(one, beside, evidence.values, noise) for one, beside in pairs)
    _require_places(fields, evidence.layout)
    return fields


def _require_places(fields: dict[str, Any], layout: Layout) -> None:
    """Raise a ValueError if indices lie outside of x, or a share is none."""
    if layout.n != fields["n"] or layout.total != fields["n"] + fields["held"]:
        raise ValueError(f"its arrays have {layout.n} coordinates, but n is {fields['n']}")
    for name in ("wrong", "kinks", "sampled"):
        if fields[name].size and not 0 <= fields[name].min() <= fields[name].max() < layout.total:
            raise ValueError(f"{name} holds an index that is not in x")
    for one in fields.get("explanations", ()):
        if not math.isfinite(one.share):
            raise ValueError("the share of an explanation is no number")
    for one in fields["findings"]:
        if not 0 <= one.start < one.stop <= layout.total or not -1 <= one.partner < layout.total:
            raise ValueError(f"the finding {one.name} is not in x")
    if fields["resolutions"].size not in (0, layout.total):
        raise ValueError(f"there are {fields['resolutions'].size} resolutions for {layout.total} coordinates")


def _is_needed(one: dataclasses.Field[Any]) -> bool:
    return one.default is dataclasses.MISSING


# ---- Values by their types -------------------------------------------------------------------------------------------


def _value(hint: Any, value: Any, name: str) -> Any:
    """Return a value of the type that a field has."""
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is np.ndarray:
        return frozen(_vector(value, np.float64) if name in REALS else _integers(value, name))
    if origin is types.UnionType:
        return None if value is None else _value(inside[0], value, name)
    if origin is tuple:
        return tuple(_value(inside[0], one, name) for one in _of_type(list, value, name))
    if origin is typing.Literal:
        if value not in inside:
            raise ValueError(f"{name} is {in_short(value)}")
        return value
    if hint is Cause:
        if value not in list(Cause):
            raise ValueError(f"{name} is {in_short(value)}")
        return Cause(value)
    if hint is float:
        return _number(value, name)
    if dataclasses.is_dataclass(hint):
        return _record(hint, value, name)
    return _of_type(hint, value, name)


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    """Return the types of the fields of a record."""
    return typing.get_type_hints(kind, localns=NAMES)


def _record(kind: Any, value: Any, name: str) -> Any:
    told = _of_type(dict, value, name)
    hints = _hints(kind)
    known = [one for one in dataclasses.fields(kind) if one.name in told or _is_needed(one)]
    return kind(**{one.name: _value(hints[one.name], told[one.name], one.name) for one in known})


def _of_type(kind: Any, value: Any, name: str) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{name} is {in_short(value)}")
    return value


def _number(value: Any, name: str) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str):
        value = INFINITIES.get(value)
    elif isinstance(value, float) and not math.isfinite(value):  # 1e400, or a word that JSON does not have
        value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is no number")
    return float(value)


def _vector(values: Any, dtype: Any) -> Flat:
    return np.array([_number(one, "a number") for one in _of_type(list, values, "a list of numbers")], dtype)


def _integers(values: Any, name: str) -> Flat:
    return np.array([_of_type(int, one, name) for one in _of_type(list, values, name)], np.int64)


# ---- Evidence --------------------------------------------------------------------------------------------------------


def _evidence(told: dict[str, Any]) -> Evidence:
    kept = told["evidence"]
    layout = _layout(kept)
    x = _some_or_all(kept["x"], layout, _of_type(str, kept["dtype"], "dtype"))
    values = Values(x, layout.indices)
    along = kept["along"]
    pairs = list(map(_steps_and_values, along))
    places = [
        np.full(len(steps), _place(layout, one["index"]), np.int64)
        for one, (steps, _) in zip(along, pairs, strict=True)
    ]
    values.restore(
        _number(kept["value"], "value"),
        np.concatenate([np.empty(0, np.int64), *places]),
        np.concatenate([np.empty(0), *(steps for steps, _ in pairs)]),
        np.concatenate([np.empty(0), *(found for _, found in pairs)]),
    )
    usual = kept["usual"]
    empty = np.empty(0)
    return Evidence(
        layout,
        _some_or_all(kept["claimed"], layout, "float64"),
        values,
        (empty, empty, empty),
        _of_type(int, kept["noise_source"], "noise_source"),
        _number(kept["change"], "change"),
        None if usual is None else (_number(usual[0], "usual"), _number(usual[1], "usual"), int(usual[2])),
    )


def _steps_and_values(told: dict[str, Any]) -> tuple[Flat, Flat]:
    """Return the steps along a coordinate, and as many values."""
    steps, values = (_vector(told[name], np.float64) for name in ("steps", "values"))
    if len(steps) != len(values):
        raise ValueError(f"there are {len(values)} values for {len(steps)} steps")
    if not np.all(np.isfinite(steps) & (steps != 0)):
        raise ValueError("a step is 0, or no number")
    return steps, values


def _place(layout: Layout, index: Any) -> int:
    """Return which coordinate of those that were checked has an index in x."""
    place = layout.place(_of_type(int, index, "index"))
    if not 0 <= place < layout.n:
        raise ValueError(f"the index {index} is not in x")
    return place


def _some_or_all(told: Any, layout: Layout, dtype: str) -> Any:
    """Return a vector, or what is known of a long one."""
    if isinstance(told, dict):
        known = {layout.place(int(index)): _number(one, index) for index, one in told.items()}
        return FewNumbers(layout.n, known, dtype)
    values = _vector(told, np.dtype(dtype))
    if len(values) != layout.n:
        raise ValueError(f"there are {len(values)} numbers for {layout.n} coordinates")
    return values


def _finding(told: dict[str, Any], own: dict[str, Any], values: Values, noise: float) -> Finding:
    """Return a finding with its own evidence, or that of the report."""
    if "steps" in own:
        index, (steps, found) = _of_type(int, told["index"], "index"), _steps_and_values(own)
        x: Any = FewNumbers(index + 1, {index: _number(own["x"], "x")})
        values = Values(x)
        places = np.full(len(steps), index, np.int64)
        values.restore(_number(own["value"], "value"), places, steps, found)
    if "noise" in own:
        noise = _number(own["noise"], "noise")
    hints = _hints(Finding)
    known = [one for one in dataclasses.fields(Finding) if one.name[0] != "_"]
    fields = {one.name: _value(hints[one.name], told[one.name], one.name) for one in known if one.name in told}
    return Finding(**fields, _values=values, _noise=noise)


def point_of(text: str | bytes) -> Any:
    """Return x in the user's structure from the JSON of a report.

    Raises
    ------
    ValueError
        If the file does not hold it; the message says why.
    """
    kept = parsed(text)["evidence"]
    layout = _layout(kept)
    flat = kept["x"] if kept["chosen"] is None else kept["held_at"]
    if not isinstance(flat, list):
        raise ValueError("it holds only some of the numbers of x, because they are many")
    if what := not_told(kept["structure"]):
        raise ValueError(f"x has {what}, which it does not hold")
    every = getattr(layout, "every", layout)
    return every.build(_vector(flat, every.dtype))


def _layout(kept: dict[str, Any]) -> Layout:
    """Return the layout of x from what a file says of it."""
    layout = Layout(root_of(kept["structure"]), _of_type(str, kept["title"], "the title"))
    layout.names = tuple(_of_type(str, one, "a name") for one in _of_type(list, kept["names"], "names"))
    if kept["chosen"] is None:
        return layout
    ranges = [np.arange(start, stop, dtype=np.int64) for start, stop in kept["chosen"]]
    every = kept["held_at"]
    x: Any = FewNumbers(layout.n, {}) if every is None else _vector(every, layout.dtype)
    return Chosen(layout, x, np.concatenate(ranges))
