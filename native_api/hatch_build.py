"""Builds the native library while a wheel is made; without a linker the wheel has none, and works all the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = Path(__file__).parent / "build.py"
NO_LINKER_STATUS = 3


class NativeLibraryHook(BuildHookInterface[Any]):
    """Puts libgradproof into the wheel and names the platform in the wheel's tag."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the library, in a process of its own: the build must not depend on what this one has imported."""
        if self.target_name != "wheel":
            return
        if version == "editable":
            self._build()
            return
        scratch = Path(self.directory) / "gradproof_library"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        self._build("--into", str(scratch))
        for library in scratch.iterdir():
            build_data["force_include"][str(library)] = f"gradproof/{library.name}"
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"

    def _build(self, *arguments: str) -> None:
        done = subprocess.run([sys.executable, str(BUILD), *arguments], check=False)
        if done.returncode == NO_LINKER_STATUS:
            self.app.display_warning("gradproof: installed without its native library; Numba compiles at first use")
        elif done.returncode != 0:
            raise SystemExit(done.returncode)


def platform_tag() -> str:
    """Return the platform part of a wheel's tag; the library fits any Python on it."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
