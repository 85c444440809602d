"""The API's own description, in OpenAPI 3.1."""

from typing import Any, cast

from flask import current_app
from flask_openapi3.openapi import OpenAPI

from mobility.views.api.room import resource

blueprint = resource("document", __name__)


@blueprint.get("/openapi.json", doc_ui=False)
def show() -> dict[str, Any]:
    """Return every endpoint with what it takes and answers."""
    return cast(OpenAPI, current_app).api_doc
