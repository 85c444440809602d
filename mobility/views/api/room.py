"""What every endpoint of the API shares: its blueprint, its cursor, its refusals, and the application's description."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.info import Info
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mobility.views.api.problems import MEDIA_TYPE, Fault, problem

PREFIX = "/api/v1"
MOST, USUAL = 200, 50
Row = TypeVar("Row")


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = Field(None, description="A sentence for people, in the language of the request.")
    errors: list[dict[str, str]] | None = Field(None, description="What is wrong with what was sent: field and code.")
    request_id: str | None = Field(None, description="What the operator's log calls this request.")


class Cursor(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(extra="forbid")

    cursor: str = Field("", max_length=64, description="``next`` of the answer before; empty for the first part.")
    limit: int = Field(USUAL, ge=1, le=MOST, description="Most items of one answer.")


class Part(BaseModel):
    """One part of a list; each resource adds its items."""

    next: str | None = Field(None, description="Cursor of the part that follows; null in the last one.")


def resource(name: str, import_name: str) -> APIBlueprint:
    """Return the blueprint of one resource; its endpoints are named ``api_<name>.…`` in the access table."""
    refusals: dict[Any, Any] = {
        status: {"description": told, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for status, told in (
            ("401", "Sign in first."),
            ("404", "There is no such thing, or none that you may see."),
            ("422", "Something that was sent does not fit."),
        )
    }
    return APIBlueprint(f"api_{name}", import_name, url_prefix=PREFIX, abp_responses=refusals)


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], str]) -> tuple[Sequence[Row], str | None]:
    """Return what fits into one answer, and the cursor of what follows; ``rows`` holds one more where more follows."""
    part = rows[:limit]
    return part, key(part[-1]) if len(rows) > limit else None


def refuse(error: ValidationError) -> Response:
    """Answer what does not fit the schema: the places and kinds of the faults, never the values."""
    faults = [Fault(field=".".join(map(str, each["loc"])), code=each["type"]) for each in error.errors()]
    return problem(422, faults=faults)


def description() -> dict[str, Any]:
    """Return how the application describes and answers its API, as arguments of its class."""
    return {
        "info": Info(title="Mobility", version="1", description="Labour mobility: what may be read by programs."),
        "doc_ui": False,
        "validation_error_status": 422,
        "validation_error_model": Problem,
        "validation_error_callback": refuse,
    }
