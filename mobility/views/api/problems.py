"""What the API answers instead of a page when something is refused: problem+json (RFC 9457), with no personal data."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TypedDict

from flask import Response, g, json, request

#: Addresses that are answered in JSON, refusals too.
API = "/api/"
MEDIA_TYPE = "application/problem+json"


class Fault(TypedDict):
    """One thing that is wrong with what was sent: where, and what kind; never what it was."""

    field: str
    code: str


def asks_api() -> bool:
    """Tell whether the request is a program's: answered in JSON, never sent to a page."""
    return request.path.startswith(API)


def problem(status: int, detail: str = "", faults: Sequence[Fault] = ()) -> Response:
    """Return a refusal as a program reads it; ``detail`` is the sentence that a page would say."""
    told: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        told["detail"] = detail
    if faults:
        told["errors"] = list(faults)
    if request_id := g.get("request_id"):
        told["request_id"] = request_id
    return Response(json.dumps(told), status, mimetype=MEDIA_TYPE)
