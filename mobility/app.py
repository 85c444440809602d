"""The application factory: wires settings, extensions and pages; no logic."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from mobility.db import SessionFactory
from mobility.instance import checkout, keep_private, keep_temporary_files
from mobility.jobs.warmth import keep_warm
from mobility.security.installation import load_secret_key, open_database
from mobility.settings import Settings
from mobility.views import checked
from mobility.views.api.room import description
from mobility.views.blueprints import BLUEPRINTS, DEMO_BLUEPRINTS
from mobility.views.frame import (
    browser_session,
    compression,
    errors,
    files,
    filters,
    headers,
    identity,
    navigation,
    request_log,
)
from mobility.views.frame.installation import EXTENSION, Installation
from mobility.wording import catalogues

PACKAGE = Path(__file__).resolve().parent
#: The design system's macros, as its wheel ships them.
PREFIXED_MACROS = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
MEGABYTE = 1024 * 1024
LONGEST_FORM_PARTS = 1000


def template_folder() -> Path:
    """Return where the templates stand: beside the package in a checkout, inside it in an installed wheel."""
    return (checkout() or PACKAGE) / "templates"


def create_app(settings: Settings | None = None, sessions: SessionFactory | None = None) -> Flask:
    """Return the application on a database; without ``sessions``, on the one that the settings name.

    Without ``settings`` they come from the environment, as for any WSGI server: the process is then the application's.
    """
    served = settings is None
    if settings is None:
        keep_private()
        keep_temporary_files()
        settings = Settings.from_env()
    parts = Installation(settings, sessions or open_database(settings), load_secret_key(settings))
    app = OpenAPI(
        "mobility", **description(), template_folder=str(template_folder()), static_folder=str(PACKAGE / "static")
    )
    app.config.update(_configuration(parts))
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = parts
    app.jinja_loader = ChoiceLoader([FileSystemLoader(template_folder()), PREFIXED_MACROS])
    browser_session.init(app, parts)
    catalogues.compile_stale()
    languages = str(catalogues.FOLDER)
    Babel(
        app, locale_selector=identity.locale, timezone_selector=identity.zone, default_translation_directories=languages
    )
    CSRFProtect(app)
    for wiring in (compression, request_log, identity, checked, headers, errors, navigation, filters, files):
        wiring.init(app)
    for blueprint in (*BLUEPRINTS, *(DEMO_BLUEPRINTS if settings.mode == "demo" else ())):
        if isinstance(blueprint, APIBlueprint):
            app.register_api(blueprint)
        else:
            app.register_blueprint(blueprint)
    if served:
        keep_warm(settings, parts.sessions)
    return app


def _configuration(parts: Installation) -> dict[str, Any]:
    settings = parts.settings
    return {
        "SECRET_KEY": parts.secret,
        "DEBUG": settings.debug and not settings.production,
        "MAX_CONTENT_LENGTH": settings.upload_megabytes * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": LONGEST_FORM_PARTS,
        "TRUSTED_HOSTS": [host.strip() for host in settings.trusted_hosts.split(",")],
        "SESSION_COOKIE_NAME": "__Host-visit" if settings.production else "visit",
        "SESSION_COOKIE_SECURE": settings.production or settings.secure_cookies,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
    }
