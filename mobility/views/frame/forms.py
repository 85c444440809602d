"""What views do with forms: hang a refusal on its field, carry keys and versions, parse references."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mobility.errors import InvalidError
from mobility.forms.words import sentence
from mobility.services.platform import idempotency
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.identity import current_actor

KEY_FIELD = "idempotency_key"
VERSION_FIELD = "version"
#: Carries the mark of what a page showed of open proposals (``services.proposals.endings.Touched``).
SEEN = "seen"
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_VERSION = 9


def fail_field(field: Any, message: str) -> None:
    """Hang an error on a field after validation."""
    field.errors = [*field.errors, message]


def fail_form(form: Any, error: InvalidError) -> None:
    """Hang a use case's refusal on the field that it names, else on the form itself."""
    message = sentence(error.code, error.params)
    if error.field and error.field in form:
        fail_field(form[error.field], message)
    else:
        form.form_errors.append(message)


def idempotency_key() -> str:
    """Return the key that a form sends with it: the one it came with if we could have made it, else a fresh one."""
    if "idempotency_key" not in g:
        given = request.form.get(KEY_FIELD, "")
        g.idempotency_key = given if KEY.fullmatch(given) else secrets.token_urlsafe(16)
    key: str = g.idempotency_key
    return key


def seen() -> str | None:
    """Return the mark of what the person was shown of open proposals; None if the form came without one."""
    return request.form.get(SEEN)


def expected_version() -> int:
    """Return the version of the object that the person was looking at.

    Raises
    ------
    InvalidError
        The form came without one.
    """
    given = request.form.get(VERSION_FIELD, "")
    if not given.isdecimal() or len(given) > LONGEST_VERSION:
        raise InvalidError("stale")
    return int(given)


def take_step(step: Callable[..., object], ref: str, told: str, *details: Any) -> ResponseReturnValue:
    """Take a step on a thing at the version that the person was looking at; then show the thing and what came of it."""
    step(db_session(), current_actor(), ref, *details, version=expected_version(), at=request_time())
    flash(told, "success")
    return redirect(url_for(".show", ref=ref))


def request_content() -> str:
    """Return what was sent, for telling a repeated request from another: all but token and key."""
    pairs = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", KEY_FIELD}
    )
    return repr(pairs)


@dataclass
class Creation:
    """What the request creates: ``ref`` is None until it is there, and set from the start if it was sent before."""

    ref: str | None


@contextmanager
def once(beside: str = "") -> Iterator[Creation]:
    """Claim the request's key; on the way out, remember under it what was created.

    The body creates only where ``ref`` is None and sets it. ``beside`` is what makes two requests differ although
    their forms are equal, such as the address that they were sent to.

    Raises
    ------
    ConflictError
        ``key_reused``: the key came before with other content.
    """
    session, actor, key = db_session(), current_actor(), idempotency_key()
    known = idempotency.begin(session, actor, key, f"{beside}{request_content()}", at=request_time())
    creation = Creation(known)
    yield creation
    if known is None and creation.ref is not None:
        idempotency.finish(session, actor, key, creation.ref)
