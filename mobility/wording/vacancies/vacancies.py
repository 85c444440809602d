"""Words for vacancies: states, reasons, findings before certification, and what happened to one."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.vacancies import Deficiency, VacancyState
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        VacancyState.DRAFT: _l("Draft"),
        VacancyState.SUBMITTED: _l("Submitted"),
        VacancyState.DEFICIENT: _l("Sent back"),
        VacancyState.CERTIFIED: _l("Certified"),
        VacancyState.PARTIALLY_CERTIFIED: _l("Partly certified"),
        VacancyState.REFUSED: _l("Refused"),
        VacancyState.ATTESTED: _l("Attested"),
        VacancyState.OPEN: _l("Open for matching"),
        VacancyState.FILLED: _l("Filled"),
        VacancyState.EXPIRED: _l("Expired"),
        VacancyState.WITHDRAWN: _l("Withdrawn"),
        VacancyState.REVOKED: _l("Revoked"),
    },
    {
        PayPeriod.HOUR: _l("Hour"),
        PayPeriod.DAY: _l("Day"),
        PayPeriod.WEEK: _l("Week"),
        PayPeriod.MONTH: _l("Month"),
        PayPeriod.YEAR: _l("Year"),
    },
    {
        Deficiency.SHORTAGE_NOT_COVERED: _l("No declared shortage covers it"),
        Deficiency.PAY_BELOW_FLOOR: _l("The pay is below a floor"),
        Deficiency.FEES_CHARGED: _l("Workers are charged a fee"),
        Deficiency.TERMS_INCOMPLETE: _l("The terms are incomplete"),
        Deficiency.HOURS_UNCLEAR: _l("The hours are unclear"),
        Deficiency.HOUSING_UNFIT: _l("The housing is unfit"),
        Deficiency.INSURANCE_MISSING: _l("The insurance is missing"),
        Deficiency.REQUIREMENTS_UNFOUNDED: _l("The requirements are unfounded"),
        Deficiency.DATES_UNFOUNDED: _l("The dates are unfounded"),
        Deficiency.EMPLOYER_NOT_VERIFIED: _l("The employer is not verified"),
        Deficiency.RECRUITER_UNKNOWN: _l("A recruiter is unknown"),
        Deficiency.TERMS_BROKEN: _l("The certified terms were broken"),
    },
)

_FINDINGS: Mapping[str, Text] = {
    "vacancy_period.met": _l("The work runs from %(start)s to %(end)s."),
    "vacancy_period.reversed": _l("The work ends (%(end)s) on or before the day it begins (%(start)s)."),
    "vacancy_period.past": _l("The work was over on %(end)s."),
    "vacancy_positions.met": _l("Positions asked for: %(positions)s."),
    "vacancy_positions.not_positive": _l("Ask for at least one position."),
    "vacancy_certified.met": _l("Positions to certify: %(certified)s of %(positions)s."),
    "vacancy_certified.not_positive": _l("Certify at least one position, or refuse the vacancy."),
    "vacancy_certified.more_than_asked": _l("No more than the %(positions)s positions asked for can be certified."),
    "vacancy_hours.met": _l("Hours a week: %(hours)s."),
    "vacancy_hours.out_of_range": _l("A week has more than 0 and at most 168 hours."),
    "vacancy_pay.met": _l("The pay is more than zero."),
    "vacancy_pay.not_positive": _l("The pay must be more than zero."),
    "vacancy_rule.failed": _l("A rule of the scheme is not met: %(rule)s (%(source)s)."),
    "zero_fees.met": _l("Workers pay no fee."),
    "zero_fees.charged": _l("Workers must not pay any fee for recruitment or placement."),
    "employer_verified.met": _l("The employer is verified."),
    "employer_verified.not_verified": _l("The employer is not verified."),
    "scheme_active.met": _l("The scheme is active."),
    "scheme_active.not_active": _l("The scheme is not active."),
    "shortage_match.met": _l("A shortage in force covers occupation, region and dates."),
    "shortage_match.none": _l("The vacancy names no shortage."),
    "shortage_match.not_in_force": _l("The shortage is not in force."),
    "shortage_match.other_occupation": _l("The shortage is for another occupation than %(occupation)s."),
    "shortage_match.other_region": _l("The shortage is for another region than %(region)s."),
    "shortage_match.other_dates": _l("The shortage does not cover all of %(start)s to %(end)s."),
    "shortage_left.met": _l("The shortage has %(left)s people left, and %(positions)s are asked for."),
    "shortage_left.too_few": _l("The shortage has only %(left)s people left, and %(positions)s are asked for."),
}

_REFUSALS: Mapping[str, Text] = {
    "vacancy.deficiency_missing": _l("Choose at least one reason."),
    "vacancy.positions_promised": _l(
        "%(promised)s positions are promised to people already. Enter at least as many, or withdraw the vacancy."
    ),
    "vacancy.unknown_scheme": _l("This scheme is not open to you. Choose one from the list."),
    "vacancy.unknown_shortage": _l("This shortage is not in force. Choose one from the list."),
    "vacancy.unknown_skill": _l("A skill is not in the vocabulary. Choose from the list."),
    "vacancy.unknown_currency": _l("Choose a currency from the list."),
    "vacancy.region_abroad": _l("Choose a region of your own country."),
    "vacancy.experience_out_of_range": _l("Enter the months of experience, from 0 to %(most)s."),
    "vacancy.too_precise": _l("Give at most %(places)s places behind the decimal point."),
    "import.other_country": _l("This file is of another country than the scheme leads to (%(country)s)."),
    "import.reference_missing": _l("Occupations are not loaded. Run: mobility reference load"),
}

#: What was recorded, as the history of a vacancy tells it.
_ACTIONS: Mapping[str, Text] = {
    "vacancy.draft": _l("Drafted"),
    "vacancy.amend": _l("Terms changed"),
    "vacancy.submit": _l("Submitted"),
    "vacancy.find_deficient": _l("Sent back with reasons"),
    "vacancy.certify": _l("Certified"),
    "vacancy.certify_partially": _l("Partly certified"),
    "vacancy.refuse": _l("Refused"),
    "vacancy.attest": _l("Attested by the consular post"),
    "vacancy.open": _l("Opened for matching"),
    "vacancy.fill": _l("Filled"),
    "vacancy.reopen": _l("Opened again"),
    "vacancy.expire": _l("Expired"),
    "vacancy.withdraw": _l("Withdrawn by the employer"),
    "vacancy.revoke": _l("Certification revoked"),
    "vacancy.import": _l("Imported with its certification"),
    "vacancy.post": _l("Posted"),
}

SENTENCES: Mapping[str, Text] = {**_FINDINGS, **_REFUSALS, **_ACTIONS}
