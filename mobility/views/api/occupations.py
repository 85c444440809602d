"""Occupations: the groups of ISCO-08 that the whole product names occupations by, as it ships them."""

from bisect import bisect_right
from operator import attrgetter
from typing import Any

from pydantic import BaseModel, Field

from mobility.data import reference
from mobility.views.api.room import Cursor, Part, cut, resource

blueprint = resource("occupations", __name__)


class Occupation(BaseModel):
    """A group of ISCO-08."""

    code: str = Field(description="ISCO-08 code: one to four digits.")
    titles: dict[str, str] = Field(description="Title by language.")
    parent: str | None = Field(description="Code of the group above; null for a major group.")
    level: int = Field(description="1 for a major group to 4 for a unit group.")


class Occupations(Part):
    """A part of the list of occupations, by code."""

    items: list[Occupation]


@blueprint.get("/occupations", responses={"200": Occupations})
def listed(query: Cursor) -> dict[str, Any]:
    """List the groups of ISCO-08 by code, with their titles in every language of the product."""
    every = reference.occupation_groups()
    start = bisect_right(every, query.cursor, key=attrgetter("code"))
    rows, following = cut(every[start : start + query.limit + 1], query.limit, attrgetter("code"))
    items = [
        Occupation(code=each.code, titles=dict(each.titles), parent=each.parent, level=each.level) for each in rows
    ]
    return Occupations(items=items, next=following).model_dump(mode="json")
