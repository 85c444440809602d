"""Suggestions for the search boxes, as JSON: names of classifications and scores, nothing about any person."""

import math
import re
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from mobility.forms.concepts import not_ready
from mobility.forms.words import label, spoken
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.taxonomies import TaxonomyKind
from mobility.services.concepts import search as concept_search
from mobility.services.concepts.search import LONGEST_WORDS, Suggestion
from mobility.views.concepts.fields import indexes
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.identity import current_actor, language
from mobility.views.frame.pace import Pace
from mobility.wording.taxonomies import ESCO_NOTICE

blueprint = Blueprint("concepts", __name__, url_prefix="/concepts")
#: Fast typing asks about five times a second.
PACE = Pace(most=240, seconds=60)
TOO_MANY, UNAVAILABLE = 429, 503
_WITHIN = re.compile(r"[0-9]{1,4}(,[0-9]{1,4}){0,99}")


@blueprint.get("/occupations")
def occupations() -> Response:
    """Suggest occupations for the words of ``q``; ``within`` are ISCO-08 codes that they must lie in."""
    given = request.args.get("within", "")
    within = given.split(",") if _WITHIN.fullmatch(given) else None

    def search(words: str) -> Sequence[Suggestion]:
        return concept_search.occupations_like(db_session(), indexes(), words, language(), within=within)

    return _answer(search)


@blueprint.get("/skills")
def skills() -> Response:
    """Suggest skills for the words of ``q``."""
    return _answer(lambda words: concept_search.skills_like(db_session(), indexes(), words, language()))


def _answer(search: Callable[[str], Sequence[Suggestion]]) -> Response:
    wait = PACE.wait(current_actor().user_id or 0, request_time().timestamp())
    if wait:
        return _later(TOO_MANY, _("Too many requests. Wait a moment."), math.ceil(wait))
    if not indexes().is_ready:
        return _later(UNAVAILABLE, not_ready(), 10)
    found = search(request.args.get("q", "")[:LONGEST_WORDS])
    notice = spoken(ESCO_NOTICE) if taxonomy_lists.uses(db_session(), TaxonomyKind.ESCO) else ""
    return jsonify(suggestions=[_told(each) for each in found], notice=notice)


def _later(status: int, title: str, seconds: int) -> Response:
    refusal = jsonify(title=title, status=status)
    refusal.status_code = status
    refusal.headers["Retry-After"] = str(seconds)
    return refusal


def _told(found: Suggestion) -> dict[str, str]:
    return {
        "key": found.key,
        "title": found.title,
        "group": _group(found),
        "matched": found.matched if found.matched != found.title else "",
        "confidence": label(found.confidence),
    }


def _group(found: Suggestion) -> str:
    """Return the unit group of an occupation; its title only where it is not the occupation's own."""
    if not found.group:
        return ""
    if found.group_title == found.title:
        return _("ISCO-08 %(code)s", code=found.group)
    return _("%(title)s (ISCO-08 %(code)s)", title=found.group_title, code=found.group)
