"""Security headers on every answer, errors included; the nonce of the page's scripts."""

import hashlib
import secrets
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
A_YEAR = 31536000
#: A file is the same for everybody: what is kept of it outlasts signing in, and another language.
FOUND = frozenset({200, 304})


def csp_nonce() -> str:
    """Return the nonce of this answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    nonce: str = g.nonce
    return nonce


def add_headers(response: Response) -> Response:
    """Put the headers on an answer."""
    for name, value in FIXED.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=csp_nonce())
    if request.endpoint == "static" and response.status_code in FOUND:
        if request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        response.vary.update(("Cookie", "HX-Request", "Accept-Language"))
    return response


@cache
def _digest(path: Path, _changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """Return the address of a static file with the hash of what it holds, so that it may be cached for ever."""
    path = Path(current_app.static_folder or "") / name
    version = _digest(path, path.stat().st_mtime) if path.is_file() else None
    return url_for("static", filename=name, v=version)


def init(app: Flask) -> None:
    """Wire the headers into the application."""
    app.after_request(add_headers)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, static_url=static_url)
