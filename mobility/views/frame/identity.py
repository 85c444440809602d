"""Who is asking: the actor of the request and their language; every endpoint is closed unless access.py opens it."""

from datetime import datetime

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response as AnyResponse

from mobility.data.reference import LANGUAGES
from mobility.models.accounts.sessions import UserSession
from mobility.models.accounts.users import User
from mobility.rules.basics.places import NOWHERE, place_of
from mobility.security import browser_sessions
from mobility.security.actors import Actor, actor_of
from mobility.security.policy import allowed, require
from mobility.security.scopes import one
from mobility.views.api.problems import asks_api
from mobility.views.frame.access import ACCESS, PUBLIC
from mobility.views.frame.browser_session import SignedInSession, db_session, request_time
from mobility.wording.texts import LOCALES


def current_actor_or_none() -> Actor | None:
    """Return the signed-in actor, or None for a visitor."""
    if "actor" not in g:
        g.actor = _load_actor()
    found: Actor | None = g.actor
    return found


def _load_actor() -> Actor | None:
    if not isinstance(session, SignedInSession) and not isinstance(_plain(session), SignedInSession):
        return None
    user_id = _plain(session).user_id
    user = db_session().scalar(
        select(User).where(User.id == user_id, User.disabled_at.is_(None)).options(joinedload(User.organisation))
    )
    return None if user is None else actor_of(user)


def session_began() -> datetime:
    """Return when the signed-in browser's session began: when the person last proved who they are."""
    return _plain(session).began


def _plain(proxy: object) -> SignedInSession:
    return proxy._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  werkzeug's way


def current_actor() -> Actor:
    """Return the signed-in actor of an endpoint that demands one."""
    actor = current_actor_or_none()
    if actor is None:
        abort(401)
    return actor


def language() -> str:
    """Return the page's language: chosen before, else the browser's best, else English."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def locale() -> str:
    """Return the locale of numbers and dates in the page's language."""
    return LOCALES[language()]


def zone() -> str:
    """Return the clock by which moments are shown: that of the place where the actor's organisation sits."""
    actor = current_actor_or_none()
    return place_of(actor.seat or actor.country).zone if actor else NOWHERE


def sign_in(user: User) -> None:
    """Give the browser a fresh signed-in session; the one that it had ends."""
    opened = db_session()
    _end_current(opened)
    kept = {"language": user.locale if user.locale in LANGUAGES else language()}
    g.new_token = browser_sessions.create(opened, at=request_time(), user_id=user.id, state=kept)
    session.clear()


def renew() -> None:
    """Go on in a fresh session with the same state under a new token; what is to be flashed must be flashed before."""
    opened, current = db_session(), _plain(session)
    _end_current(opened)
    g.new_token = browser_sessions.create(opened, at=request_time(), user_id=current.user_id, state=dict(current))


def sign_out() -> None:
    """End the browser's session on the server, and forget its cookie."""
    _end_current(db_session())
    session.clear()
    g.signed_out = True


def _end_current(opened: Session) -> None:
    current = _plain(session)
    if isinstance(current, SignedInSession):
        row = opened.get(UserSession, current.row_id)
        if row is not None:
            opened.delete(row)


def guard() -> AnyResponse | None:
    """Deny by default: an endpoint outside the access table does not exist, others ask for sign-in and permission.

    Services ask again, since they are also called from elsewhere; here no view can forget it.
    """
    if "database_error" in g:
        raise g.database_error
    if request.endpoint is None:
        return None  # no such address, or not with this method: answered as such
    needed = ACCESS.get(request.endpoint)
    if needed is None:
        abort(404)
    if needed is PUBLIC:
        return None
    actor = current_actor_or_none()
    if actor is None:
        return _turn_away()
    if needed.of is None:
        if not allowed(actor, needed.permission):
            abort(404)
    else:
        ref = (request.view_args or {}).get("ref", "")
        require(actor, needed.permission, one(db_session(), actor, needed.of, ref))
    return None


def _turn_away() -> AnyResponse:
    """Send a person who is not signed in to sign in; a program is told."""
    if asks_api():
        abort(401)
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=back))


def no_store(response: Response) -> Response:
    """Keep answers to signed-in people out of every cache."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def init(app: Flask) -> None:
    """Wire the guard into the application."""
    app.before_request(guard)
    app.after_request(no_store)
