"""Prints the licence of everything that gradproof needs to run, and ends with 1 where one asks for more than a notice.

.venv/bin/python .ci/licences.py
"""

from __future__ import annotations

import re
import sys
from importlib import metadata

# They ask that their text goes along, and nothing else.
PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|0BSD|CC0)\b", re.I)
NAME = re.compile(r"[\w.-]+")


def needed(package: str, found: set[str]) -> set[str]:
    """Return a package and all that it needs; what only an extra asks for is not needed."""
    if package in found:
        return found
    found.add(package)
    for requirement in metadata.requires(package) or ():
        name = NAME.match(requirement)
        if name and "extra ==" not in requirement and is_installed(name[0]):
            needed(name[0].lower(), found)
    return found


def is_installed(package: str) -> bool:
    """Whether a package is here; what another platform needs is not."""
    try:
        metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def licence(package: str) -> str:
    """Return what a package says about its licence, in a line."""
    told = metadata.metadata(package)
    classes = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if "License ::" in line]
    words = told.get("License-Expression") or ", ".join(classes) or (told.get("License") or "").strip()
    return words.splitlines()[0] if words else "unknown"


def main() -> int:
    """Print the list; return the exit status."""
    licences = {package: licence(package) for package in sorted(needed("gradproof", set()))}
    for package, words in licences.items():
        print(f"{package:12} {metadata.version(package):10} {words}")
    return int(not all(PERMISSIVE.search(words) for words in licences.values()))


if __name__ == "__main__":
    sys.exit(main())
