"""Forms of vacancies: what it is tied to, its terms, and the ministry's answers."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from mobility.data.reference import LANGUAGES
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
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import SkillLevel
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.vacancies import Deficiency
from mobility.services.vacancies.certification import floors_of
from mobility.services.vacancies.terms import LONGEST_EXPERIENCE, LanguageNeed, SkillNeed, VacancyTerms

MOST_POSITIONS = 10_000
MOST_PAY = 10_000_000
PERCENT = Decimal(100)
LEVEL_NAMES = tuple((str(int(level)), level.name) for level in Cefr if level is not Cefr.NONE)


class CheckboxesField(SelectMultipleField):
    """Several of a list, each with its box; works without JavaScript."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TieForm(FlaskForm):
    """First step: the scheme and the shortage that a vacancy stands on, and its occupation. Sent by GET."""

    class Meta:
        """Nothing changes in this step, so no token is needed."""

        csrf = False

    scheme = select_field(_l("Scheme"), required=_l("Choose a scheme"))
    shortage = select_field(
        _l("Declared shortage"),
        required=_l("Choose a shortage"),
        description=_l("The vacancy must be for its occupation, in its region and within its dates."),
    )
    occupation = OccupationField(
        _l("Occupation"), required=_l("Choose an occupation"), description=_l("In your own words, or its ISCO-08 code.")
    )


class DutiesSearchForm(Form):
    """Words in which skills are looked for before the page knows which skills to offer."""

    duties = SkillTextField(_l("What does the worker do?"), limit=4000)
    more_skills = SkillWordsField(_l("Another skill"), description=_l("By any name, such as MIG welding."))


class TermsForm(FlaskForm):
    """Second step: the terms of the work and what it asks for."""

    title = text_field(_l("Job title"), limit=300, required=_l("Enter the job title"))
    duties = DutiesSearchForm.duties
    region = select_field(_l("Region of the worksite"), required=_l("Choose a region"))
    worksite = text_field(_l("Place of work"), limit=200, description=_l("Town and address."))
    positions = number_field(
        _l("Positions"), least=1, most=MOST_POSITIONS, required=_l("Enter how many people you need")
    )
    starts_on = date_field(
        _l("First day of work"), required=_l("Enter the first day"), description=_l("For example, 1 4 2026")
    )
    ends_on = date_field(
        _l("Last day of work"), required=_l("Enter the last day"), description=_l("For example, 30 11 2026")
    )
    hours_week = decimal_field(
        _l("Hours a week"), least=1, most=168, places=1, required=_l("Enter the hours of one week")
    )
    pay = decimal_field(
        _l("Gross pay"), least=0, most=MOST_PAY, places=2, required=_l("Enter the pay before deductions")
    )
    pay_period = select_field(_l("The pay is for one"), required=_l("Choose what the pay is for"))
    currency = select_field(_l("Currency"), required=_l("Choose a currency"))
    overtime_pay = decimal_field(_l("Pay for an hour of overtime"), least=0, most=MOST_PAY, places=2)
    deductions = long_text_field(
        _l("Deductions from the pay"),
        limit=1000,
        description=_l("What, how much, and why. Leave empty if there are none."),
    )
    guarantee = decimal_field(
        _l("Guaranteed share of the hours, in percent"),
        least=0,
        most=100,
        places=2,
        description=_l("The share of all hours that is paid even if there is less work. Many schemes ask for 75."),
    )
    housing_free = BooleanField(_l("Housing without charge"))
    transport_paid = BooleanField(_l("Travel to the country and back is paid"))
    meals_provided = BooleanField(_l("Meals are provided"))
    insurance = BooleanField(_l("Insurance against accidents at work"))
    experience_months = number_field(_l("Months of experience asked for"), least=0, most=LONGEST_EXPERIENCE)
    essential_skills = CheckboxesField(_l("Skills that are essential"), validators=[Optional()])
    essential_level = select_field(_l("Level of the essential skills"), required=_l("Choose a level"))
    optional_skills = CheckboxesField(_l("Skills that are useful"), validators=[Optional()])
    optional_level = select_field(_l("Level of the useful skills"), required=_l("Choose a level"))
    more_skills = DutiesSearchForm.more_skills
    language_en = select_field(_l("English"))
    language_es = select_field(_l("Spanish"))
    language_fr = select_field(_l("French"))
    recruiter = text_field(
        _l("Recruiters and agents"),
        limit=200,
        description=_l("Everybody between you and the worker. Leave empty if none."),
    )
    no_fees = BooleanField(
        _l("No worker pays any fee, deposit or cost of recruitment to anybody"),
        validators=[InputRequired(_l("Confirm that no worker pays a fee. A vacancy with a fee cannot be posted."))],
    )

    def offer_choices(
        self, regions: Iterable[tuple[str, str]], currencies: Iterable[tuple[str, str]], skills: list[tuple[str, str]]
    ) -> None:
        """Give the drop-downs and boxes their choices; all skills stand in both lists."""
        offer(self.region, regions, empty=_l("Choose"))
        offer(self.currency, currencies)
        offer_kind(self.pay_period, PayPeriod, empty=_l("Choose"))
        for boxes in (self.essential_skills, self.optional_skills):
            boxes.choices = [SelectChoice(code, text) for code, text in skills]
        for level in (self.essential_level, self.optional_level):
            offer(level, [(str(int(each)), label(each)) for each in SkillLevel])
        for code in LANGUAGES:
            offer(self[f"language_{code}"], LEVEL_NAMES, empty=_l("Not asked for"))

    @property
    def has_unseen(self) -> bool:
        """Whether skills were found that the employer has not had before them yet."""
        return self.duties.is_unseen or self.more_skills.is_unseen

    def reasons(self) -> dict[str, str]:
        """Return, by the code of a skill, why it is offered: the words of the duties, or the name that was searched."""
        said = {each.key: why_offered(each) for each in self.more_skills.suggestions}
        return said | {each.code: _("In the text: “%(words)s”", words=each.words) for each in self.duties.mentions}

    def terms(self, *, scheme: str, shortage: str, occupation: str, concept: str | None = None) -> VacancyTerms:
        """Return what was entered."""
        share = (self.guarantee.data or Decimal(0)) / PERCENT
        return VacancyTerms(
            scheme=scheme,
            shortage=shortage,
            occupation=occupation,
            concept=concept,
            title=self.title.data,
            duties=self.duties.data or None,
            region=self.region.data,
            worksite=self.worksite.data or None,
            positions=self.positions.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            hours_week=self.hours_week.data,
            pay=self.pay.data,
            pay_period=PayPeriod(self.pay_period.data),
            currency=self.currency.data,
            overtime_pay=self.overtime_pay.data,
            deductions=self.deductions.data or None,
            guarantee_share=share,
            housing_free=self.housing_free.data,
            transport_paid=self.transport_paid.data,
            meals_provided=self.meals_provided.data,
            insurance=self.insurance.data,
            experience_months=self.experience_months.data or 0,
            recruiter=self.recruiter.data or None,
            skills=self._skills(),
            languages=self._languages(),
        )

    def _skills(self) -> list[SkillNeed]:
        """A skill that is ticked in both lists is essential."""
        essential = self.essential_skills.data or []
        useful = [code for code in self.optional_skills.data or [] if code not in essential]
        needed, wished = SkillLevel(int(self.essential_level.data)), SkillLevel(int(self.optional_level.data))
        return [SkillNeed(code, needed) for code in essential] + [
            SkillNeed(code, wished, essential=False) for code in useful
        ]

    def _languages(self) -> list[LanguageNeed]:
        given = {code: self[f"language_{code}"].data for code in LANGUAGES}
        return [LanguageNeed(code, Cefr(int(level))) for code, level in given.items() if level]


def entered(vacancy: Vacancy) -> dict[str, Any]:
    """Return what a form about a stored vacancy shows at first (skills and languages loaded)."""
    essential = [need for need in vacancy.skills if need.essential]
    useful = [need for need in vacancy.skills if not need.essential]
    plain = {name: getattr(vacancy, name) for name in TermsForm.__dict__ if hasattr(Vacancy, name)}
    return plain | {
        "pay_period": vacancy.pay_period.value,
        "guarantee": vacancy.guarantee_share * PERCENT,
        "essential_skills": [need.skill.code for need in essential],
        "essential_level": _highest(essential),
        "optional_skills": [need.skill.code for need in useful],
        "optional_level": _highest(useful),
        **{f"language_{need.language}": str(need.level) for need in vacancy.languages},
        "no_fees": True,
    }


def _highest(needs: Sequence[VacancySkill]) -> str:
    """Return the level that a form shows for skills, which it asks for at one level."""
    return str(max((need.level for need in needs), default=int(SkillLevel.BASIC)))


class CertificationForm(FlaskForm):
    """How many positions are certified, and the hourly floors that the pay is held to."""

    positions = number_field(
        _l("Positions to certify"), least=1, most=MOST_POSITIONS, required=_l("Enter how many positions are certified")
    )

    def floors(self) -> dict[str, Decimal]:
        """Return the floors that were entered, by name."""
        fields = {field.name.removeprefix(_FLOOR): field for field in self if field.name.startswith(_FLOOR)}
        return {name: field.data for name, field in fields.items() if field.data is not None}


_FLOOR = "floor_"


def certification_form(vacancy: Vacancy, floors: Sequence[str], names: Mapping[str, str]) -> CertificationForm:
    """Return the form with one field for each floor that the scheme's rules name; ``names`` says what to call them."""
    fields = {
        f"{_FLOOR}{name}": decimal_field(
            names[name],
            least=0,
            most=MOST_PAY,
            places=4,
            description=_l("Per hour, in the currency of the pay. Enter 0 if none is set."),
        )
        for name in floors
    }
    kind = type("BoundCertificationForm", (CertificationForm,), fields)
    known = {f"{_FLOOR}{name}": amount for name, amount in floors_of(vacancy).items()}
    form: CertificationForm = kind(data={"positions": vacancy.positions, **known})
    for name in fields:
        form[name].flags.optional = False  # may be empty while checking, not when certifying
    return form


class ReasonsForm(FlaskForm):
    """Coded reasons for sending back, refusing or revoking, and a note."""

    deficiencies = CheckboxesField(_l("Reasons"), validators=[InputRequired(_l("Choose at least one reason"))])
    note = long_text_field(
        _l("What has to be changed, or why?"), limit=2000, description=_l("The employer reads this.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deficiencies.choices = [SelectChoice(value, text) for value, text in choices(Deficiency)]

    def codes(self) -> list[Deficiency]:
        """Return the reasons that were chosen."""
        return [Deficiency(value) for value in self.deficiencies.data]
