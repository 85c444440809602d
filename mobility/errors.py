"""What can go wrong in a use case; no status codes and no sentences for people live here."""

from datetime import datetime


class MobilityError(Exception):
    """Any refusal that a person can be told about; nothing was changed."""


class NotFoundError(MobilityError):
    """The object does not exist, or the actor may not know that it does.

    ``thing`` says of what kind, ``ref`` what was asked for.
    """

    def __init__(self, thing: str, ref: str = "") -> None:
        super().__init__(f"{thing} {ref}".strip())
        self.code = f"not_found.{thing}"
        self.params = {"ref": ref}


class ForbiddenError(MobilityError):
    """The actor may see the object but lacks the permission named in the message."""


class ConflictError(MobilityError):
    """Somebody else was first, or an equal object exists already.

    ``by`` and ``at`` say who decided and when, ``what`` what they did, where that is known.
    """

    def __init__(self, code: str, *, by: str = "", at: datetime | None = None, what: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.by = by
        self.at = at
        self.what = what


class TransitionError(MobilityError):
    """The event may not follow the state that the object is in."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} cannot follow {state}")
        self.state = state
        self.event = event


class QuotaFullError(MobilityError):
    """A quota that the approval touches has no unit left; ``quota`` is its public reference."""

    def __init__(self, quota: str) -> None:
        super().__init__(f"quota {quota} is full")
        self.quota = quota


class InvalidError(MobilityError):
    """Input that breaks a rule: ``code`` says which, ``field`` where, ``params`` with which figures."""

    def __init__(self, code: str, *, field: str | None = None, **params: str | int) -> None:
        shown = ", ".join(f"{key}={value}" for key, value in params.items())
        super().__init__(f"{code}{f' in {field}' if field else ''}{f' ({shown})' if shown else ''}")
        self.code = code
        self.field = field
        self.params = params
