"""Shows the progress of a check: by a bar, by a callable, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Progress: TypeAlias = bool | Callable[[int, int], object] | None


@contextmanager
def shown(progress: Progress, expected: int) -> Iterator[Callable[[int], object] | None]:
    """Yield a function to call with the number of evaluations done since its last call; None to show nothing."""
    if callable(progress):
        yield _counting(progress, expected)
        return
    if progress not in (None, True, False):
        raise TypeError(f"progress must be True, False, None or a callable(done, total), not {progress!r:.40}")
    bar = _bar(expected, needed=progress is True) if progress is True or (progress is None and _looked_at()) else None
    try:
        yield bar.update if bar is not None else None
    finally:
        if bar is not None:
            bar.close()


def _counting(progress: Callable[[int, int], object], expected: int) -> Callable[[int], object]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, max(done, expected))

    return advance


def _looked_at() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _bar(expected: int, *, needed: bool) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        if needed:
            raise ImportError("progress=True needs tqdm: pip install tqdm, or pass a callable instead") from None
        return None
    # With a delay, so that short checks show nothing.
    return tqdm(total=expected, unit=" evaluations", desc="gradproof", leave=False, delay=0 if needed else 0.5)
