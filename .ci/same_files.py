"""Compares a wheel with an installation from another build: each file in it must be the same, byte for byte.

python .ci/same_files.py gradproof-….whl .venv/lib/python3.…/site-packages
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

# The list of files, which an installer adds to, and what is only said while building.
OWN = ("RECORD",)


def differences(wheel: Path, installed: Path) -> list[str]:
    """Return the names of the files that are missing or differ."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith(OWN)]
        places = {name: installed / name for name in names}
        return [
            name for name, place in places.items() if not place.is_file() or place.read_bytes() != archive.read(name)
        ]


def main() -> int:
    """Compare what the arguments name; return the exit status."""
    wheel, installed = map(Path, sys.argv[1:])
    found = differences(wheel, installed)
    for name in found:
        print(f"{name} is not the same in both builds")
    if not found:
        print("two builds, the same bytes")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
