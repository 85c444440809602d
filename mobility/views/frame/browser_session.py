"""One transaction a request, and the browser's session in it; the only place in which a request commits."""

from datetime import datetime
from typing import Any

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mobility.clock import now
from mobility.db import begin_write, write_tx
from mobility.models.accounts.sessions import UserSession
from mobility.security import browser_sessions
from mobility.views.frame.installation import Installation, installation

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_ERROR = 400
#: Under this name the application keeps what is to happen between the request's transaction and its answer.
BEFORE_LEAVING = "mobility.before_leaving"


class SignedInSession(SecureCookieSession):
    """The state of a signed-in browser, kept in the database row with id ``row_id``."""

    def __init__(self, state: dict[str, Any], row: UserSession) -> None:
        super().__init__(state)
        self.row_id = row.id
        self.user_id = row.user_id
        self.began = row.created_at
        self.stale = browser_sessions.is_stale(row, at=request_time())
        self.modified = False


class BrowserSessions(SecureCookieSessionInterface):
    """Signed-in browsers have a random token whose hash names a row; visitors a signed cookie with no identity."""

    def __init__(self, parts: Installation) -> None:
        self.settings = parts.settings
        self.sessions = parts.sessions
        self.secure = parts.settings.secure_cookies or parts.settings.production
        self.cookie = "__Host-sid" if self.secure else "sid"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the signed-in session of the token cookie, or the visitor's."""
        token = request.cookies.get(self.cookie, "")
        if token and request.endpoint not in {"static", "health.alive", "health.ready"}:
            try:
                row = self._find(token)
            except SQLAlchemyError as error:  # raised again by the guard, where it gets its page
                g.database_error, row = error, None
            if row is not None:
                return SignedInSession(dict(row.state), row)
        return super().open_session(app, request)

    def _find(self, token: str) -> UserSession | None:
        idle, absolute = self.settings.idle, self.settings.absolute
        return browser_sessions.find(db_session(), token, at=request_time(), idle=idle, absolute=absolute)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """End the request's transaction, then keep the session's state and send its cookie."""
        end_transaction(commit=request.method not in SAFE_METHODS and keeps(response))
        for last in app.extensions[BEFORE_LEAVING]:
            last()
        if isinstance(session, SignedInSession):
            if (session.modified or session.stale) and not g.get("signed_out"):
                with write_tx(self.sessions) as own:
                    self._keep(own, session)
        else:
            super().save_session(app, session, response)
        if token := g.get("new_token"):
            response.set_cookie(
                self.cookie,
                token,
                httponly=True,
                samesite="Lax",
                secure=self.secure,
                path="/",
                max_age=int(self.settings.absolute.total_seconds()),
            )
        elif g.get("signed_out"):
            response.delete_cookie(self.cookie, path="/", httponly=True, samesite="Lax", secure=self.secure)

    def _keep(self, own: Session, session: SignedInSession) -> None:
        row = own.get(UserSession, session.row_id)
        if row is not None:
            row.state = dict(session)
            row.seen_at = request_time()


def keeps(response: Response) -> bool:
    """Tell whether the request's changes stand: it was answered well, or says that they must (counted attempts)."""
    return response.status_code < FIRST_ERROR or bool(g.get("keep_changes"))


def request_time() -> datetime:
    """Return the one moment at which the whole request happens."""
    if "at" not in g:
        g.at = now()
    moment: datetime = g.at
    return moment


def db_session() -> Session:
    """Return the request's database session: for an unsafe method it holds the writer's lock from the start."""
    if "db" not in g:
        g.db = installation().sessions()
        if request.method not in SAFE_METHODS:
            begin_write(g.db)
    opened: Session = g.db
    return opened


def end_transaction(*, commit: bool) -> None:
    """Commit or roll back the request's transaction, if it began one."""
    opened: Session | None = g.pop("db", None)
    if opened is None:
        return
    try:
        if commit:
            opened.commit()
        else:
            opened.rollback()
    finally:
        opened.close()


def init(app: Flask, parts: Installation) -> None:
    """Wire sessions and transactions into the application."""
    app.session_interface = BrowserSessions(parts)
    app.extensions[BEFORE_LEAVING] = []
    app.teardown_appcontext(lambda _error: end_transaction(commit=False))
