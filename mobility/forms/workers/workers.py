"""Forms for registering a worker; those for the later steps stand in worker_steps.py."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from mobility.data import reference
from mobility.forms.concepts import OccupationField, SkillTextField, SkillWordsField, why_offered
from mobility.forms.fields import (
    date_field,
    decimal_field,
    long_text_field,
    number_field,
    offer,
    offer_kind,
    select_field,
    text_field,
)
from mobility.forms.words import choices, label
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import Sex
from mobility.services.workers.registration import Paper, PastWork, WorkerTerms
from mobility.wording.workers.workers import CONSENT_TEXTS

Pairs = Sequence[tuple[str, str]]
PAST_JOBS = 3
_PHONE = re.compile(r"\+?[0-9 ()./-]{6,24}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SKILL = "skill_"
#: Licences that vacancies of our corridors ask for, by the code under which rules know them.
LICENCES = {
    "car": _l("Car"),
    "lorry": _l("Lorry"),
    "tractor": _l("Tractor"),
    "forklift": _l("Forklift"),
    "chainsaw": _l("Chainsaw"),
    "welding": _l("Welding"),
    "food_handling": _l("Food handling"),
}
#: Fields of which nothing is kept where nothing was entered.
MAY_BE_BLANK = ("residence_region", "phone", "email", "address", "vulnerability", "displaced_by")
#: Fields with any number of choices.
ANY_NUMBER = ("licences", "destinations", "sectors")
#: The language that most of the people speak who register.
MOST_SPOKEN = "es"
#: Languages of the consent texts, each by its own name, that one first.
OWN_NAMES = tuple(sorted(reference.OWN_NAMES.items(), key=lambda pair: pair[0] != MOST_SPOKEN))


def checkboxes_field(text: Any, *, description: Any = "") -> SelectMultipleField:
    """Return a field for any number of choices, as checkboxes."""
    return SelectMultipleField(
        text, description=description, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


def tick(field: SelectMultipleField, pairs: Pairs) -> None:
    """Give checkboxes their (value, label) pairs."""
    field.choices = [SelectChoice(value, text) for value, text in pairs]


class StartForm(Form):
    """What the registration is about: the worker's occupations and the language in which they are spoken to."""

    occupation = OccupationField(
        _l("What work does the person do?"),
        required=_l("Choose an occupation"),
        description=_l("In the person's own words, or an ISCO-08 code. Write no names."),
    )
    second_occupation = OccupationField(_l("Other work that they know"))
    language = RadioField(
        _l("In which language do you read the consents out?"),
        choices=[SelectChoice(code, name) for code, name in OWN_NAMES],
        default=MOST_SPOKEN,
    )


class PastWorkForm(Form):
    """One row of the work history; empty, or complete."""

    occupation = OccupationField(_l("Occupation"))
    country = select_field(_l("Country"))
    months = number_field(_l("Months"), least=1, most=720)
    ended_on = date_field(_l("Until"), description=_l("Leave it empty if it goes on."))
    returned = select_field(_l("If abroad: returned on time?"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the whole row once a part of it is given."""
        good = bool(super().validate(extra_validators))
        if not any((self.occupation.words, self.country.data, self.months.data)):
            return good
        for field, given, message in (
            (self.occupation, self.occupation.code, _("Choose an occupation")),
            (self.country, self.country.data, _("Choose a country")),
            (self.months, self.months.data, _("Enter how many months")),
        ):
            if not given and not field.errors:
                field.errors = [message]
                good = False
        return good


class SkillSearchForm(Form):
    """Words in which skills are looked for before the page knows which skills to ask about."""

    experience = SkillTextField(
        _l("What have they done, in their own words?"),
        description=_l("To find skills in it. The text itself is not kept."),
    )
    more_skills = SkillWordsField(_l("Another skill"), description=_l("By any name, such as MIG welding."))


class DocumentForm(FlaskForm):
    """One identity document."""

    document_kind = select_field(_l("Kind of document"), required=_l("Choose the kind of document"))
    document_issuer = select_field(_l("Issued by"), required=_l("Choose the issuing country"))
    document_number = text_field(_l("Number"), limit=40, required=_l("Enter the number of the document"))
    document_issued_on = date_field(_l("Issued on"))
    document_expires_on = date_field(_l("Valid until"), required=_l("Enter the last day of the document"))
    mrz = long_text_field(
        _l("Machine-readable lines"),
        limit=200,
        description=_l(
            "The lines of letters, digits and arrowheads at the foot of the document. They reveal typing errors."
        ),
    )

    def offer_documents(self, countries: Pairs) -> None:
        """Give the drop-downs their choices."""
        offer_kind(self.document_kind, DocumentKind, empty=_("Choose"))
        offer(self.document_issuer, countries, empty=_("Choose"))

    def paper(self) -> Paper:
        """Return the document that was entered."""
        return Paper(
            kind=DocumentKind(self.document_kind.data),
            issuer=self.document_issuer.data,
            number=self.document_number.data,
            issued_on=self.document_issued_on.data,
            expires_on=self.document_expires_on.data,
            mrz=self.mrz.data or None,
        )


class WorkerForm(DocumentForm):
    """Everything that a consular post asks a person; skills are added by ``asking_for``."""

    given_names = text_field(
        _l("Given names"), limit=120, required=_l("Enter the given names"), description=_l("As in the document.")
    )
    family_names = text_field(
        _l("Family names"), limit=120, required=_l("Enter the family names"), description=_l("As in the document.")
    )
    name_latin = text_field(
        _l("Name in Latin letters"), limit=240, description=_l("Only if the document uses another script.")
    )
    born_on = date_field(
        _l("Birth date"), required=_l("Enter the birth date"), description=_l("For example, 14 3 1994")
    )
    sex = RadioField(
        _l("Sex"),
        description=_l("As in the document. It is never used to rank, only to find out whether matching is fair."),
        validators=[InputRequired(_l("Choose what the document says"))],
    )
    nationality = select_field(_l("Nationality"), required=_l("Choose a nationality"))
    second_nationality = select_field(_l("Another nationality"))
    phone = text_field(_l("Telephone"), limit=24, description=_l("With country code, for example +502 5555 0100"))
    email = text_field(_l("E-mail"), limit=254)
    address = long_text_field(_l("Address"), limit=500)
    residence_country = select_field(_l("Country where they live"), required=_l("Choose a country"))
    residence_region = select_field(_l("Region where they live"))
    displaced_by = text_field(
        _l("Displaced by a disaster"), limit=60, description=_l("Its reference, if the person had to leave home.")
    )
    same_name_confirmed = BooleanField(_l("I made sure that this is another person"))
    language_es = SelectField(_l("Spanish"), default="")
    language_en = SelectField(_l("English"), default="")
    language_fr = SelectField(_l("French"), default="")
    experience = SkillSearchForm.experience
    more_skills = SkillSearchForm.more_skills
    licences = checkboxes_field(_l("Licences"))
    education_years = number_field(_l("Years at school"), least=0, most=30)
    reads_and_writes = BooleanField(_l("The person reads and writes"), default=True)
    assisted = BooleanField(_l("The person needs help with forms and messages"))
    work = FieldList(FormField(PastWorkForm), min_entries=PAST_JOBS, max_entries=PAST_JOBS)
    destinations = checkboxes_field(_l("Where would they go?"), description=_l("None means anywhere."))
    sectors = checkboxes_field(_l("Which sectors?"), description=_l("None means any."))
    earliest_start = date_field(_l("Earliest start"))
    months_away_max = number_field(
        _l("Longest time away, in months"), least=1, most=120, required=_l("Enter how many months"), default=12
    )
    pay_floor_hourly = decimal_field(_l("Least pay an hour"), least=0, most=1000, places=4)
    pay_floor_currency = select_field(_l("Currency"))
    vulnerability = long_text_field(
        _l("Anything that calls for protection"),
        limit=2000,
        description=_l("Only this consular post can read it. It never counts against the person."),
    )
    consents = checkboxes_field(
        _l("What does the person agree to?"), description=_l("Read each out. Tick it only if they say yes.")
    )

    @classmethod
    def asking_for(cls, skills: Sequence[tuple[str, str, bool]]) -> type["WorkerForm"]:
        """Return the form with one question for each skill (code, label, whether essential) of the occupations."""
        questions = {
            f"{SKILL}{code}": SelectField(text, default="", render_kw={"data-essential": "yes"} if first else None)
            for code, text, first in skills
        }
        return type("WorkerFormWithSkills", (cls,), questions)

    @property
    def skill_fields(self) -> list[Any]:
        """The questions about skills."""
        return [field for field in self if field.name.startswith(SKILL)]

    def skills_by_place(self) -> dict[str, list[Any]]:
        """Return the questions about skills by where they stand: ``essential``, ``found`` or ``more``."""
        found = {mention.code for mention in self.experience.mentions} | {
            each.key for each in self.more_skills.suggestions
        }
        places: dict[str, list[Any]] = {"essential": [], "found": [], "more": []}
        for field in self.skill_fields:
            if field.render_kw:
                places["essential"].append(field)
            elif field.name.removeprefix(SKILL) in found:
                places["found"].append(field)
            else:
                places["more"].append(field)
        return places

    def reasons(self) -> dict[str, str]:
        """Return, by the name of a question, why it is asked: the words of the text, or the name that was searched."""
        said = {f"{SKILL}{each.key}": why_offered(each) for each in self.more_skills.suggestions}
        heard = {
            f"{SKILL}{each.code}": _("In the text: “%(words)s”", words=each.words) for each in self.experience.mentions
        }
        return said | heard

    @property
    def has_unseen(self) -> bool:
        """Whether skills were found that the officer has not had before them yet."""
        return self.experience.is_unseen or self.more_skills.is_unseen

    def offer_choices(self, *, countries: Pairs, regions: Pairs, destinations: Pairs, sectors: Pairs) -> None:
        """Give the questions their choices."""
        empty = _("Choose")
        tick(self.sex, choices(Sex))
        self.offer_documents(countries)
        for field in (self.nationality, self.residence_country):
            offer(field, countries, empty=empty)
        offer(self.second_nationality, countries, empty=_("None"))
        offer(self.residence_region, regions, empty=_("Not known"))
        levels = [(str(level.value), label(level)) for level in Cefr]
        for field in (self.language_es, self.language_en, self.language_fr):
            offer(field, levels, empty=_("Not known"))
        for field in self.skill_fields:
            offer(field, [(str(level.value), label(level)) for level in SkillLevel], empty=_("No"))
        for row in self.work:
            offer(row.country, countries, empty=empty)
            offer(row.returned, [("yes", _("Yes")), ("no", _("No"))], empty=_("Was not abroad"))
        tick(self.licences, [(code, str(text)) for code, text in LICENCES.items()])
        tick(self.destinations, destinations)
        tick(self.sectors, sectors)
        offer(self.pay_floor_currency, [(code, code) for code in ("USD", "CAD", "EUR")], empty=empty)

    def offer_consents(self, language: str) -> None:
        """Give the consents their texts in the worker's language."""
        tick(self.consents, [(purpose.value, text.spoken(language)) for purpose, text in CONSENT_TEXTS.items()])

    def validate_phone(self, field: Any) -> None:
        """Refuse what cannot be a telephone number."""
        if not _PHONE.fullmatch(field.data):
            raise ValidationError(_("Enter a telephone number with its country code"))

    def validate_email(self, field: Any) -> None:
        """Refuse what cannot be an e-mail address."""
        if not _EMAIL.fullmatch(field.data):
            raise ValidationError(_("Enter an e-mail address such as name@example.org"))

    def identity(self) -> dict[str, Any]:
        """Return who the person is, as the terms take it."""
        nationalities = [self.nationality.data, self.second_nationality.data]
        return {
            "given_names": self.given_names.data,
            "family_names": self.family_names.data,
            "name_latin": self.name_latin.data or None,
            "born_on": self.born_on.data,
            "sex": Sex(self.sex.data),
            "nationalities": list(dict.fromkeys(code for code in nationalities if code)),
            "paper": self.paper(),
            "same_name_confirmed": self.same_name_confirmed.data,
        }

    def details(self) -> dict[str, Any]:
        """Return everything else about the person, as the terms take it."""
        return {
            "residence_country": self.residence_country.data,
            **{name: self[name].data or None for name in MAY_BE_BLANK},
            "skills": self._levels(SKILL, self.skill_fields),
            "languages": self._levels("language_", [self[f"language_{code}"] for code in reference.LANGUAGES]),
            **{name: self[name].data or [] for name in ANY_NUMBER},
            "education_years": self.education_years.data,
            "reads_and_writes": self.reads_and_writes.data,
            "assisted": self.assisted.data,
            "employments": [_past_work(row.form) for row in self.work if row.form.occupation.code],
            "earliest_start": self.earliest_start.data,
            "months_away_max": self.months_away_max.data,
            "pay_floor_hourly": self.pay_floor_hourly.data,
            "pay_floor_currency": (self.pay_floor_currency.data or None) if self.pay_floor_hourly.data else None,
        }

    @staticmethod
    def _levels(stem: str, fields: Iterable[Any]) -> dict[str, int]:
        """Return the level of each skill or language of which one was chosen, by code."""
        return {field.name.removeprefix(stem): int(field.data) for field in fields if field.data}

    def terms(self, language: str) -> WorkerTerms:
        """Return what was entered; ``language`` is that in which the consents were read out."""
        consents = [ConsentPurpose(value) for value in self.consents.data or []]
        return WorkerTerms(**self.identity(), **self.details(), consents=consents, consent_language=language)


def _past_work(row: Any) -> PastWork:
    return PastWork(
        occupation=row.occupation.code,
        concept=row.occupation.concept,
        country=row.country.data,
        months=row.months.data,
        ended_on=row.ended_on.data,
        returned_on_time={"yes": True, "no": False}.get(row.returned.data),
    )
