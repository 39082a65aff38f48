"""The functions that the library exports, where there is none: compiled by Numba on first use, or interpreted."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Any

from .._declarations import ffi
from ..core.records import codes
from ..version import __version__, packed_version

PATIENCE = 2.0  # seconds of compiling without a message


def _say_compiling() -> None:
    # There may be no such stream, or one that can only write, or is closed: that is no reason not to compile.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        if sys.stderr.isatty():
            print("gradproof: compiling the core with Numba (only once)", file=sys.stderr)


def _signature(symbol: str) -> Any:
    from ..core.records.abi import all_signatures

    for signature in all_signatures():
        if signature.symbol == symbol:
            return signature
    raise AttributeError(f"gradproof exports no {symbol}")


class JustInTime:
    """The exported functions, each compiled on first use."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._sentences: dict[str, Any] = {}

    def __getattr__(self, symbol: str) -> Any:
        if not symbol.startswith("gradproof_"):
            raise AttributeError(symbol)
        with self._lock:
            function = self._compiled(symbol)
        setattr(self, symbol, function)
        return function

    def gradproof_version(self) -> int:
        """Return the version as a single number."""
        return packed_version()

    def gradproof_version_string(self) -> Any:
        """Return the version as text."""
        return self._sentence(__version__)

    def gradproof_explain(self, code: int) -> Any:
        """Return the sentence of a code."""
        return self._sentence(codes.explain(code))

    def gradproof_explain_cause(self, cause: int) -> Any:
        """Return the sentence of a cause."""
        return self._sentence(codes.explain_cause(cause))

    def gradproof_cause_word(self, cause: int) -> Any:
        """Return the word of a cause."""
        return self._sentence(codes.cause_word(cause))

    def gradproof_verdict_word(self, verdict: int) -> Any:
        """Return the word of a verdict."""
        return self._sentence(codes.verdict_word(verdict))

    def _sentence(self, text: str) -> Any:
        # In C the text lives as long as the library; so it must here.
        return self._sentences.setdefault(text, ffi.new("char[]", text.encode()))

    def _compiled(self, symbol: str) -> Any:
        from ..compiler import address

        signature = _signature(symbol)
        # Compiling the engine takes most of a minute, but only once: Numba keeps the result on disk.
        notice = threading.Timer(PATIENCE, _say_compiling)
        notice.daemon = True
        notice.start()
        try:
            place = address(signature)
        finally:
            notice.cancel()
        parameters = ", ".join(meaning.c for _, meaning in signature.parameters) or "void"
        return ffi.cast(f"{signature.result.c} (*)({parameters})", place)


class Interpreted(JustInTime):
    """The exported functions as plain Python, of which only loops over long vectors are compiled."""

    def _compiled(self, symbol: str) -> Any:
        # Imported on use: what is compiled needs none of it.
        from .serving import interpreted

        signature = _signature(symbol)
        return super()._compiled(symbol) if signature.result.pointer else interpreted(signature)
