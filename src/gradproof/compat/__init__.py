"""Drop-ins."""

from .torch import gradcheck, gradgradcheck

__all__ = ["gradcheck", "gradgradcheck"]
