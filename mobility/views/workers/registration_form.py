"""The form that registers a person: which skills it asks for, and what it found in the officer's words."""

from flask import request

from mobility.forms.workers.workers import SKILL, SkillSearchForm, StartForm, WorkerForm
from mobility.queries.lists import occupations, taxonomy_lists
from mobility.views.concepts.fields import answered_skills, settle, suggest_skills
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.filters import title_of
from mobility.views.frame.identity import current_actor, language
from mobility.views.frame.places import countries, destinations, regions, sectors

#: Most skills that are asked because a narrower occupation was chosen.
MOST_OF_CONCEPT = 25


def registration_form(start: StartForm) -> WorkerForm:
    """Return the form for the worker's occupations, in the page's language and that of the consents.

    It asks for the skills of the occupations, for those that were answered, and for those that the words
    and the text of the officer mention.
    """
    found = SkillSearchForm(request.form)
    suggest_skills(found.more_skills, found.experience, answered=answered_skills(SKILL))
    country = current_actor().country
    form = WorkerForm.asking_for(_asked(start, found))(
        data={"nationality": country, "residence_country": country, "document_issuer": country}
    )
    prepare(form, found)
    form.offer_consents(start.language.data)
    return form


def prepare(form: WorkerForm, found: SkillSearchForm) -> None:
    """Give a form its choices, and what was found in the officer's words."""
    form.more_skills.take_over(found.more_skills)
    form.experience.take_over(found.experience)
    form.offer_choices(countries=countries(), regions=regions(), destinations=destinations(), sectors=sectors())
    settle(row.form.occupation for row in form.work)


def searched_skills(found: SkillSearchForm) -> dict[str, str]:
    """Return the label of each skill that was answered or that the officer's words mention, by code."""
    mentioned = [each.key for each in found.more_skills.suggestions] + [each.code for each in found.experience.mentions]
    named = taxonomy_lists.skills(db_session(), [*answered_skills(SKILL), *mentioned])
    return {code: title_of(skill, "label") for code, skill in named.items()}


def _asked(start: StartForm, found: SkillSearchForm) -> list[tuple[str, str, bool]]:
    """Return (code, label, whether essential) of each skill to ask for, once."""
    session, chosen = db_session(), (start.occupation, start.second_occupation)
    of_groups = occupations.skills_of(session, [field.code for field in chosen if field.code], language())
    concepts = [field.concept for field in chosen if field.concept]
    of_concepts = taxonomy_lists.skills_of(session, concepts, language(), most=MOST_OF_CONCEPT) if concepts else []
    asked = {code: (code, text, essential) for code, text, essential in of_groups}
    for code, text, essential in of_concepts:
        asked.setdefault(code, (code, text, essential and not of_groups))
    for code, text in searched_skills(found).items():
        asked.setdefault(code, (code, text, False))
    return list(asked.values())
