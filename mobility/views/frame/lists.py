"""What list pages read from their address: page number and filters; whatever does not fit is ignored."""

from enum import Enum
from typing import TypeVar

from flask import request

Kind = TypeVar("Kind", bound=Enum)


def page_number() -> int:
    """Return the page asked for, at least 1."""
    given = request.args.get("page", "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1  # noqa: PLR2004


def chosen(kind: type[Kind], name: str = "state") -> Kind | None:
    """Return the member of an enumeration that the address filters by, or None for all."""
    given = request.args.get(name, "")
    return next((member for member in kind if member.value == given), None)
