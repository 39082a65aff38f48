"""Builds the native library while a wheel is made; without a linker the wheel has none, and works all the same."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = Path(__file__).parent / "build.py"
NO_LINKER_STATUS = 3


class NativeLibraryHook(BuildHookInterface[Any]):
    """Puts libgradproof, and what belongs to it, into the wheel, and names the platform in the wheel's tag."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the library, in a process of its own: the build must not depend on what this one has imported."""
        if self.target_name != "wheel":
            return
        if version == "editable":
            self._build()
            return
        # Not removed: the next installation from here need not build it again.
        scratch = Path(self.directory) / "gradproof_library"
        scratch.mkdir(parents=True, exist_ok=True)
        if self._build("--into", str(scratch)):
            for name in files():
                build_data["force_include"][str(scratch / name)] = f"gradproof/{name}"
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"

    def _build(self, *arguments: str) -> bool:
        """Build the library and say whether there is one now; without a linker there is none."""
        done = subprocess.run([sys.executable, str(BUILD), *arguments], check=False)
        if done.returncode == NO_LINKER_STATUS:
            self.app.display_warning("gradproof: installed without its native library; Numba compiles at first use")
        elif done.returncode != 0:
            raise SystemExit(done.returncode)
        return done.returncode == 0


def files() -> list[str]:
    """Return the paths of all that the build has made."""
    sys.path.insert(0, str(BUILD.parent))
    import linking
    import prefix

    return [linking.FILE_NAME, *prefix.names()]


def platform_tag() -> str:
    """Return the platform part of a wheel's tag; the library fits any Python on it."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
