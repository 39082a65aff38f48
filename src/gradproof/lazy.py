"""Imports the public names of a package on first use, so that importing the package itself costs nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from typing import Any


def importer(
    package: dict[str, Any], homes: Mapping[str, Collection[str]], modules: Collection[str]
) -> Callable[[str], Any]:
    """Return what a package has as its `__getattr__`.

    Parameters
    ----------
    package
        The names of the package: its ``globals()``.
    homes
        The public names by the module, relative to the package, that defines them.
    modules
        The public modules.
    """
    name_of_package = package["__name__"]
    home_of = {name: module for module, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name in modules:
            return importlib.import_module(f"{name_of_package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {name_of_package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{name_of_package}.{home_of[name]}"), name)
        package[name] = value
        return value

    return get
