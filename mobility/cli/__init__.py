"""Commands; each calls one service."""

from mobility.cli.main import commands

__all__ = ["commands"]
