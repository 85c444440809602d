"""Commands; each calls one service."""
