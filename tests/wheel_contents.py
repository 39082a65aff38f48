"""Says whether a wheel holds what it must: the native library, what goes with it, the data of the demo, and a true tag.

python tests/wheel_contents.py gradproof-0.1.0-py3-none-linux_x86_64.whl
"""

import re
import sys
import zipfile
from pathlib import Path

NEEDED = (
    "gradproof/include/gradproof.h",
    "gradproof/include/gradproof_ffi.h",
    "gradproof/include/gradproof.f90",
    "gradproof/lib/libgradproof.a",
    "gradproof/lib/pkgconfig/gradproof.pc",
    "gradproof/lib/cmake/gradproof/gradproof-config.cmake",
    "gradproof/lib/cmake/gradproof/gradproof-config-version.cmake",
    "gradproof/demos/wine.csv",
    "gradproof/demos/wine.txt",
    "gradproof/zoo/digits.csv.gz",
    "gradproof/zoo/digits.txt",
    "gradproof/report/formats/report.schema.json",
    "gradproof/py.typed",
    "gradproof/core/__init__.py",
)
# Of each there must be one: what Python loads, what programs remember, and what linkers look for.
LIBRARIES = (
    re.compile(r"gradproof/(libgradproof\.(so|dylib)|gradproof\.dll)"),
    re.compile(r"gradproof/lib/(libgradproof\.so\.\d+|libgradproof\.\d+\.dylib|gradproof\.dll)"),
    re.compile(r"gradproof/lib/(libgradproof\.(so|dylib)|gradproof\.dll)"),
)
NAME = re.compile(r"gradproof-[^-]+-py3-none-(?!any\b)\w+\.whl")
INSIDE = re.compile(r"gradproof(-[^-/]+\.dist-info)?/")


def complaints(wheel):
    """Return what is wrong with a wheel, a line each."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        tags = [archive.read(name).decode() for name in names if name.endswith(".dist-info/WHEEL")]
    found = [f"there is no {name}" for name in NEEDED if name not in names]
    for pattern in LIBRARIES:
        libraries = [name for name in names if pattern.fullmatch(name)]
        if len(libraries) != 1:
            found.append(f"there must be one library {pattern.pattern}, not {libraries}")
    if not NAME.fullmatch(wheel.name):
        found.append(f"{wheel.name} is not called gradproof-VERSION-py3-none-PLATFORM.whl")
    if not any("Root-Is-Purelib: false" in text for text in tags):
        found.append("it says that it fits every platform")
    found += [f"{name} does not belong there" for name in names if not INSIDE.match(name) or "__pycache__" in name]
    return found


def main(arguments):
    wheel = Path(arguments[0])
    found = complaints(wheel)
    for line in found:
        print(f"{wheel.name}: {line}")
    if not found:
        print(f"{wheel.name}: {wheel.stat().st_size // 1024} kB, complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
