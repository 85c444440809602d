"""Looking up what people typed into fields for occupations and skills, for the forms of several pages."""

from collections.abc import Collection, Iterable, Sequence

from flask import request

from mobility.data import reference
from mobility.forms.concepts import OccupationField, SkillTextField, SkillWordsField
from mobility.services.concepts import search
from mobility.services.concepts.search import ConceptShelf, Suggestion
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import language
from mobility.views.frame.installation import installation

#: The button that asks for suggestions and sends nothing in.
FIND = "find"
UNIT_GROUP_LEVEL = 4
#: A short list of occupations is shown at once, before anybody types.
SHORT_LIST = 12
#: Most skills of one form that were not asked by the page itself.
MOST_EXTRA = 60
_LONGEST_CODE = 80


def indexes() -> ConceptShelf:
    """Return the search indexes of this installation."""
    settings = installation().settings
    return search.shelf(settings.instance_dir, semantic=settings.semantic)


def asks_for_suggestions() -> bool:
    """Tell whether the person pressed a button that only looks for suggestions."""
    return bool(request.form.get(FIND))


def settle(fields: Iterable[OccupationField], *, within: Sequence[str] | None = None) -> None:
    """Give each field what was chosen in it, or else what its words may mean; ``within`` are the codes allowed."""
    given = list(fields)
    asked = [field.asked for field in given if field.asked]
    known = search.described(db_session(), asked, language()) if asked else {}
    for field in given:
        if field.asked in known and _inside(known[field.asked][1], within):
            title, group, group_title = known[field.asked]
            field.chosen = Suggestion(field.asked, title, group, group_title, "", "", 1.0)
            if field.asked != field.key:  # a code was typed: the box shows what it stands for
                field.data = title
        elif field.words:
            field.is_early = not indexes().is_ready
            field.suggestions = search.occupations_like(db_session(), indexes(), field.words, language(), within=within)


def narrower_title(key: str | None) -> str:
    """Return the title of a narrower occupation that was chosen, retired or not; empty if none was."""
    known = search.described(db_session(), [key], language()) if key else {}
    return known[key][0] if key in known else ""


def short_list(codes: Sequence[str]) -> list[Suggestion]:
    """Return the unit groups that begin with some codes, if they are few enough to be offered at once."""
    groups = [
        group
        for group in reference.occupation_groups()
        if group.level == UNIT_GROUP_LEVEL and codes and group.code.startswith(tuple(codes))
    ]
    if len(groups) > SHORT_LIST:
        return []
    titles = [(group.titles[language()], group.code) for group in groups]
    return [Suggestion(f"isco-{code}", title, code, title, "", "", 1.0) for title, code in sorted(titles)]


def _inside(group: str, within: Sequence[str] | None) -> bool:
    return within is None or group.startswith(tuple(within))


def suggest_skills(words: SkillWordsField, text: SkillTextField, *, answered: Collection[str]) -> None:
    """Give the fields the skills that their words may mean, without those that the person has answered already."""
    words.is_early = text.is_early = not indexes().is_ready
    if words.is_early:
        return
    if words.data:
        found = search.skills_like(db_session(), indexes(), words.data, language())
        words.is_like_nothing = not found
        words.suggestions = [each for each in found if each.key not in answered]
    if text.data:
        heard = search.skills_in(db_session(), indexes(), text.data, language())
        text.mentions = [each for each in heard if each.code not in answered]


def answered_skills(prefix: str) -> list[str]:
    """Return the codes of skills that were answered, in fields named ``prefix`` and the code."""
    names = (name.removeprefix(prefix) for name, sent in request.form.items() if sent and name.startswith(prefix))
    return [code for code in names if len(code) <= _LONGEST_CODE][:MOST_EXTRA]
