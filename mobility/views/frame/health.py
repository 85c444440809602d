"""Is the process alive, and can it serve? Codes only, no details."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from mobility.services.concepts import search
from mobility.services.platform import migrations
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.installation import installation

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answer that the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answer whether the database is reachable, its schema up to date, and the search for concepts warm."""
    try:
        current = migrations.connection_is_current(db_session().connection())
    except SQLAlchemyError:
        return jsonify(status="unready", reason="database"), 503
    if not current:
        return jsonify(status="unready", reason="migrations"), 503
    settings = installation().settings
    warm = search.shelf(settings.instance_dir, semantic=settings.semantic).is_ready
    return jsonify(status="ok") if warm else (jsonify(status="unready", reason="search"), 503)
