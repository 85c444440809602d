"""Asking who sits at the browser once more: for an approval, and before an authenticator is set up (ASVS 7.5.1)."""

from datetime import timedelta

from flask import g

from mobility.services import accounts
from mobility.views.frame import identity
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.installation import installation

#: What can lock a person out of their own account asks for more than what another person would notice.
FOR_ACCOUNT = timedelta(minutes=5)


def needed(within: timedelta | None = None) -> bool:
    """Tell whether the password was entered longer ago than ``within`` (as set, if None) and can be asked for."""
    limit = installation().settings.proof if within is None else within
    if request_time() - identity.session_began() <= limit:
        return False
    return accounts.has_password(db_session(), identity.current_actor())


def given(password: str) -> bool:
    """Tell whether this is the actor's password; a counted attempt stays counted.

    Raises
    ------
    ThrottledError
        Too many attempts.
    """
    g.keep_changes = True
    return accounts.prove(db_session(), identity.current_actor(), password, at=request_time()) is not None


def renew() -> None:
    """Give the browser a fresh session after a proof: the token changes, and the proof counts from now."""
    identity.renew()
