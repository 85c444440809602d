"""Is the process alive, and can it serve? Codes only, no details."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from mobility.services.platform import migrations
from mobility.views.frame.browser_session import db_session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Answer that the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answer whether the database is reachable and its schema up to date."""
    try:
        current = migrations.connection_is_current(db_session().connection())
    except SQLAlchemyError:
        return jsonify(status="unready", reason="database"), 503
    return jsonify(status="ok") if current else (jsonify(status="unready", reason="migrations"), 503)
