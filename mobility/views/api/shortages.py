"""Shortages: the declarations that the person who is signed in may see, as the page of shortages lists them."""

from datetime import date
from operator import attrgetter
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy.orm import joinedload

from mobility.models.shortages.shortages import Shortage as Row
from mobility.queries.lists.pages import after
from mobility.rules.cases.shortages import ShortageState
from mobility.security.scopes import visible
from mobility.views.api.room import Cursor, Part, cut, resource
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor

blueprint = resource("shortages", __name__)


class Shortage(BaseModel):
    """A declared shortage of workers."""

    ref: str = Field(description="Public reference.")
    occupation: str = Field(description="ISCO-08 code.")
    region: str = Field(description="ISO 3166-2 code, or ISO 3166-1 for a whole country.")
    headcount: int = Field(description="People who are missing.")
    valid_from: date
    valid_to: date
    state: ShortageState


class Shortages(Part):
    """A part of the list of shortages, by reference."""

    items: list[Shortage]


@blueprint.get("/shortages", responses={"200": Shortages})
def listed(query: Cursor) -> dict[str, Any]:
    """List the shortages that you may see, by reference."""
    select = visible(current_actor(), Row).options(joinedload(Row.occupation))
    rows, following = cut(
        after(db_session(), select, Row.ref, query.cursor, query.limit), query.limit, attrgetter("ref")
    )
    items = [
        Shortage(
            ref=each.ref,
            occupation=each.occupation.code,
            region=each.region,
            headcount=each.headcount,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            state=each.state,
        )
        for each in rows
    ]
    return Shortages(items=items, next=following).model_dump(mode="json")
