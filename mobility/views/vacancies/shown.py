"""What the pages of vacancies show and offer: choices of drop-downs, findings in words, steps open to the actor."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from mobility.data import reference
from mobility.forms.fields import offer
from mobility.forms.vacancies import DutiesSearchForm, ReasonsForm, TermsForm, TieForm
from mobility.forms.words import fact_name, label, language_names, sentence
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import shortage_lists, taxonomy_lists, vacancy_lists
from mobility.queries.lists.vacancy_lists import Happened
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.cases.vacancies import Deficiency, VacancyEvent, VacancyState
from mobility.rules.law.facts import WAGE_FLOOR_PREFIX
from mobility.security.actors import Actor
from mobility.security.policy import allowed
from mobility.security.steps import open_events
from mobility.services.vacancies import certification, vacancies
from mobility.services.vacancies.amendments import may_amend
from mobility.services.vacancies.certification import Assessment
from mobility.services.vacancies.twins import twins
from mobility.services.vacancies.vacancies import EDITABLE
from mobility.views.concepts.fields import (
    MOST_EXTRA,
    indexes,
    narrower_title,
    settle,
    short_list,
    suggest_skills,
)
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name, day, moment, region_name, title_of
from mobility.views.frame.identity import current_actor, language

#: Most skills that are offered because a narrower occupation was chosen.
MOST_OF_CONCEPT = 25
#: Findings carry this instead of a law where the procedure itself asks for something.
PROCEDURE = "lifecycle:"
#: Steps that bring a vacancy on; whoever may take one is the person it waits for.
_ONWARD = (VacancyEvent.SUBMIT, VacancyEvent.CERTIFY, VacancyEvent.ATTEST, VacancyEvent.OPEN)


def offer_ties(form: TieForm) -> list[str]:
    """Offer the active schemes, the shortages in force, and the occupations that these cover; returns their codes.

    A short list of occupations is offered at once, a longer one by the words that are typed.
    """
    actor = current_actor()
    shortages = shortage_lists.in_force(db_session(), actor)
    schemes = vacancy_lists.schemes(db_session(), actor, active=True)
    offer(form.scheme, [(scheme.ref, title_of(scheme)) for scheme in schemes], empty=_("Choose"))
    offer(form.shortage, [(each.ref, _shortage_text(each)) for each in shortages], empty=_("Choose"))
    covered = sorted({each.occupation.code for each in shortages})
    settle([form.occupation], within=covered)
    if not form.occupation.words:
        form.occupation.suggestions = short_list(covered)
    return covered


def _shortage_text(shortage: Shortage) -> str:
    return _(
        "%(occupation)s, %(region)s, %(start)s to %(end)s",
        occupation=title_of(shortage.occupation),
        region=region_name(shortage.region),
        start=day(shortage.valid_from),
        end=day(shortage.valid_to),
    )


def ties_of(form: TieForm) -> dict[str, str]:
    """Return what was chosen in the first step."""
    return {"scheme": form.scheme.data, "shortage": form.shortage.data, "occupation": form.occupation.code}


def terms_form(occupation: str, *, concept: str | None, data: dict[str, Any]) -> TermsForm:
    """Return the form of the second step, with what it offers and what it found in the duties.

    It offers the regions of the actor's country, all currencies, and the skills of the occupation, those that something
    was sent about or that are stored, and those that the words and the duties mention.
    """
    found = DutiesSearchForm(request.form)
    form = TermsForm(data=data)
    ticked = {*(form.essential_skills.data or ()), *(form.optional_skills.data or ())}
    suggest_skills(found.more_skills, found.duties, answered=ticked)
    form.more_skills.take_over(found.more_skills)
    form.duties.take_over(found.duties)
    country = current_actor().country
    regions = [(region.code, region.name) for region in reference.regions() if region.country == country]
    currencies = sorted({each.currency for each in reference.countries()} - {"XXX"})
    own = [(country, country_name(country))] if not regions else []
    form.offer_choices(own + regions, [(code, code) for code in currencies], _skills(form, occupation, concept))
    return form


def _skills(form: TermsForm, occupation: str, concept: str | None) -> list[tuple[str, str]]:
    session = db_session()
    offered = {skill.code: title_of(skill, "label") for skill, _ in vacancy_lists.skills_of(session, occupation)}
    if concept:
        of_concept = taxonomy_lists.skills_of(session, [concept], language(), most=MOST_OF_CONCEPT)
        offered |= {code: text for code, text, _ in of_concept if code not in offered}
    known = taxonomy_lists.skills(session, [code for code in _entered_skills(form) if code not in offered])
    return [*offered.items(), *((code, title_of(skill, "label")) for code, skill in known.items())]


def _entered_skills(form: TermsForm) -> list[str]:
    """Return the skills that the form proposes by its words, and those that were ticked."""
    proposed = [each.key for each in form.more_skills.suggestions] + [each.code for each in form.duties.mentions]
    return proposed + [*(form.essential_skills.data or ()), *(form.optional_skills.data or ())][:MOST_EXTRA]


def currency_of(country: str) -> str:
    """Return the currency of a country."""
    return next((each.currency for each in reference.countries() if each.code == country), "USD")


def rows_of(found: Assessment) -> list[dict[str, Any]]:
    """Return the findings as a table shows them: verdict, words, figures, source."""
    rows = []
    for seen in found.seen:
        finding = seen.finding
        own = seen.words.get(language(), "")
        detail = sentence(finding.code, finding.params)
        source = "" if finding.source.startswith(PROCEDURE) else finding.source
        rows.append(
            {
                "verdict": finding.verdict,
                "text": own or detail,
                "detail": detail if own else "",
                "source": source,
                "warns": finding.severity.value == "warn",
            }
        )
    return rows


def steps(actor: Actor, vacancy: Vacancy) -> dict[str, bool]:
    """Return which steps the vacancy's state and the policy open to the actor."""
    mine = open_events(actor, vacancy)
    may = {event.value: event in mine for event in VacancyEvent}
    return {**may, "edit": may_amend(actor, vacancy) and allowed(actor, Permission.VACANCY_EDIT, vacancy)}


def _is_judged(may: dict[str, bool], vacancy: Vacancy) -> bool:
    """Tell whether the actor is about to hand the vacancy in or to certify it, and sees the findings on it."""
    return may["submit"] or may["certify"] or (may["edit"] and vacancy.state in EDITABLE)


def one_page(ref: str, form: ReasonsForm) -> str:
    """Return the page of one vacancy."""
    actor, session = current_actor(), db_session()
    vacancy = vacancies.get(session, actor, ref)
    may = steps(actor, vacancy)
    concerned = _is_judged(may, vacancy)
    findings = None
    if concerned:
        floors = certification.floors_of(vacancy)
        findings = rows_of(
            certification.assess(session, vacancy, positions=vacancy.positions, floors=floors, at=request_time())
        )
    return render_template(
        "vacancies/show.html",
        vacancy=vacancy,
        narrower=narrower_title(vacancy.concept),
        twins=twins(session, actor, indexes(), vacancy) if concerned else [],
        form=form,
        may=may,
        next_step="" if any(may[event.value] for event in _ONWARD) else waits_for(vacancy.state),
        pay_hourly=certification.pay_hourly(vacancy),
        floors=certification.floors_of(vacancy),
        findings=findings,
        reasons=[label(Deficiency(code)) for code in vacancy.deficiencies or ()],
        levels={int(level): label(level) for level in SkillLevel},
        cefr={int(level): level.name for level in Cefr},
        languages=language_names(),
        floor_names=floor_words(certification.floors_of(vacancy)),
        events=_told(vacancy_lists.history(session, vacancy.ref)),
    )


def floor_words(names: Iterable[str]) -> dict[str, str]:
    """Return what people call each wage floor."""
    known = {
        "aewr": _("Adverse effect wage rate"),
        "minimum": _("Minimum wage"),
        "prevailing": _("Prevailing wage"),
    }
    return {name: known.get(name) or fact_name(f"{WAGE_FLOOR_PREFIX}{name}") for name in names}


def _told(events: Iterable[Happened]) -> list[dict[str, str | None]]:
    return [
        {
            "title": sentence(event.action),
            "at": moment(event.at),
            "at_iso": event.at.isoformat(),
            "by": event.organisation or None,
        }
        for event in events
    ]


def waits_for(state: VacancyState) -> str:
    """Return who has to act next, in words; empty where nobody has to."""
    texts = {
        VacancyState.DRAFT: _("The employer completes and submits it."),
        VacancyState.DEFICIENT: _("The employer mends and submits it again."),
        VacancyState.SUBMITTED: _("The destination ministry certifies it, sends it back or refuses it."),
        VacancyState.CERTIFIED: _("A consular post of a country of origin attests it."),
        VacancyState.PARTIALLY_CERTIFIED: _("A consular post of a country of origin attests it."),
        VacancyState.ATTESTED: _("The destination ministry opens it for matching."),
        VacancyState.OPEN: _("The next match run proposes workers for it."),
    }
    return texts.get(state, "")
