"""Builds the native library while a wheel is made; where that fails the wheel has none, and works all the same."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = Path(__file__).parent / "build.py"
# Why there is no library, for `gradproof info`: pip shows nothing of a build that ends well.
REASON = "no_library.txt"
# The versions of symbols that a library asks for; and the oldest glibc of which the machines that build wheels know.
GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")
OLDEST_GLIBC = (2, 17)


class NativeLibraryHook(BuildHookInterface[Any]):
    """Puts libgradproof, and what belongs to it, into the wheel, and names the platform in the wheel's tag."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the library, in a process of its own: the build must not depend on what this one has imported."""
        if self.target_name != "wheel":
            return
        if version == "editable":
            self._build(BUILD.parent.parent / "src" / "gradproof")
            return
        # Not removed: the next installation from here need not build it again.
        scratch = Path(self.directory) / "gradproof_library"
        scratch.mkdir(parents=True, exist_ok=True)
        built = self._build(scratch)
        for name in files() if built else [REASON]:
            build_data["force_include"][str(scratch / name)] = f"gradproof/{name}"
        if built:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag((scratch / files()[0]).read_bytes())}"

    def _build(self, into: Path) -> bool:
        """Build the library into a folder and return whether there is one now; the reason why not is written there."""
        command = [sys.executable, str(BUILD), "--into", str(into)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        sys.stderr.write(done.stderr)
        (into / REASON).unlink(missing_ok=True)
        if done.returncode == 0:
            return True
        reason = why(done.returncode, done.stderr)
        (into / REASON).write_text(f"{reason}\n", encoding="utf-8")
        self.app.display_warning(
            f"gradproof: installed without its native library, because {reason}; its core is interpreted"
        )
        return False


def why(status: int, said: str) -> str:
    """Return in one line why the build failed."""
    sys.path.insert(0, str(BUILD.parent))
    import attempts

    return attempts.why(status, said).removeprefix(f"{BUILD.parent.name}/{BUILD.name}: ")


def files() -> list[str]:
    """Return the paths of all that the build has made."""
    sys.path.insert(0, str(BUILD.parent))
    import linking
    import prefix

    return [linking.FILE_NAME, *prefix.names()]


def platform_tag(library: bytes) -> str:
    """Return the platform part of a wheel's tag; the library fits any Python on it.

    On Linux with glibc this is "manylinux", with the oldest release of glibc that has all that the library asks for
    (PEP 600): it needs libc and libm, nothing else.
    """
    platform = sysconfig.get_platform()
    needed = [(int(major), int(minor)) for major, minor in GLIBC.findall(library)]
    if platform.startswith("linux-") and needed:
        major, minor = max(*needed, OLDEST_GLIBC)
        platform = f"manylinux_{major}_{minor}_{platform.removeprefix('linux-')}"
    return platform.replace("-", "_").replace(".", "_")
