"""Words for rules, the facts that they look at, and what they find."""

from collections.abc import Iterator, Mapping
from enum import Enum

from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.law.differences import ChangeKind
from mobility.rules.law.durations import WINDOWS
from mobility.rules.law.facts import FactKind
from mobility.rules.law.operators import OPERATORS
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
    Verdict.PASS: _l("Met"),
    Verdict.FAIL: _l("Not met"),
    Verdict.UNKNOWN: _l("Not known"),
    Severity.BLOCK: _l("Must be met"),
    Severity.WARN: _l("Warns only"),
    ChangeKind.SAME: _l("Unchanged"),
    ChangeKind.ADDED: _l("Added"),
    ChangeKind.CHANGED: _l("Changed"),
    ChangeKind.REMOVED: _l("Removed"),
    FactKind.INTEGER: _l("Whole number"),
    FactKind.DECIMAL: _l("Number"),
    FactKind.BOOLEAN: _l("Yes or no"),
    FactKind.DATE: _l("Date"),
    FactKind.CODE: _l("Code"),
    FactKind.CODES: _l("Several codes"),
    FactKind.LEVEL: _l("Language level"),
    FactKind.PERIODS: _l("Several periods"),
    **{window: Text(text) for window, text in WINDOWS.items()},
}

#: What each fact is called; floors of pay are called after the floor (see ``WAGE_FLOOR``).
FACTS: Mapping[str, Text] = {
    "worker.age": _l("age on the first day of work"),
    "worker.nationalities": _l("nationality"),
    "worker.residence_country": _l("country of residence"),
    "worker.residence_region": _l("region of residence"),
    "worker.experience_months": _l("months of experience in such work"),
    "worker.experience_months_total": _l("months of experience in all"),
    "worker.language.en": _l("spoken English"),
    "worker.language.es": _l("spoken Spanish"),
    "worker.language.fr": _l("spoken French"),
    "worker.document_valid_until": _l("last day of the identity document"),
    "worker.check.identity_valid_until": _l("last day of the identity check"),
    "worker.check.police_valid_until": _l("last day of the police check"),
    "worker.check.medical_valid_until": _l("last day of the medical check"),
    "worker.check.language_valid_until": _l("last day of the language test"),
    "worker.check.trade_test_valid_until": _l("last day of the trade test"),
    "worker.check.reference_valid_until": _l("last day of the reference check"),
    "worker.check.migration_record_valid_until": _l("last day of the check of the migration record"),
    "worker.check.orientation_valid_until": _l("last day of the orientation"),
    "worker.seasons_completed": _l("seasons completed"),
    "worker.last_returned_on_time": _l("return on time from the last season"),
    "worker.years_since_last_season": _l("years since the last season"),
    "worker.months_abroad_last_12": _l("months abroad in the last twelve"),
    "worker.stays": _l("earlier stays"),
    "worker.displaced": _l("displacement by a declared disaster"),
    "worker.licences": _l("licences"),
    "worker.education_years": _l("years of education"),
    "worker.reads_and_writes": _l("reading and writing"),
    "worker.earliest_start": _l("earliest start"),
    "vacancy.occupation": _l("occupation"),
    "vacancy.country": _l("country of work"),
    "vacancy.region": _l("region of work"),
    "vacancy.sector": _l("sector"),
    "vacancy.start": _l("first day of work"),
    "vacancy.end": _l("last day of work"),
    "vacancy.months": _l("months of work"),
    "vacancy.filed_on": _l("day of submission"),
    "vacancy.hours_week": _l("hours a week"),
    "vacancy.full_time": _l("full-time work"),
    "vacancy.pay_hourly": _l("pay per hour"),
    "vacancy.currency": _l("currency"),
    "vacancy.housing_free": _l("free housing"),
    "vacancy.transport_paid": _l("paid transport"),
    "vacancy.insurance": _l("insurance"),
    "vacancy.worker_fees": _l("fees that the worker pays"),
    "vacancy.guarantee_share": _l("guaranteed share of the hours"),
    "vacancy.positions": _l("positions"),
    "vacancy.agreement_names_occupation": _l("an agreement that names the occupation"),
    "agreement": _l("the agreement between the governments"),
}
WAGE_FLOOR = _l("wage floor (%(name)s)")

#: What each field of a rule is called, parameters aside.
FIELDS: Mapping[str, Text] = {
    "operator": _l("Kind of rule"),
    "severity": _l("What if it is not met"),
    "source": _l("Source"),
    "valid_from": _l("Applies from"),
    "valid_to": _l("Last day"),
    "waiver": _l("Who may waive it"),
    "sentence": _l("Wording"),
}

_FINDINGS: Mapping[str, Text] = {
    "waived": _l("Waived by: %(authority)s."),
    "fact.missing": _l("Not known yet: %(missing)s."),
    "wage_floor.met": _l("The hourly pay of %(offered)s reaches the highest floor, %(floor)s."),
    "wage_floor.below": _l("The hourly pay of %(offered)s is below the highest floor, %(floor)s."),
    "wage_floor.missing": _l("A wage floor is not known yet: %(missing)s."),
    "health_worker_safeguard.not_listed": _l("No safeguard for health workers concerns the case."),
    "health_worker_safeguard.named": _l("Agreements name this occupation for health workers of %(countries)s."),
    "health_worker_safeguard.not_named": _l(
        "%(countries)s: no agreement names this occupation, and the country needs its health workers."
    ),
    "health_worker_safeguard.missing": _l("Whether agreements name this occupation is not known: %(countries)s."),
}

_REFUSALS: Mapping[str, Text] = {
    "rules.not_an_object": _l("A group of names and values is expected here."),
    "rules.not_a_list": _l("A list is expected here."),
    "rules.required": _l("Something that must be given is missing here."),
    "rules.unknown_parameter": _l("There is no parameter %(parameter)s here. Most like it: %(nearest)s."),
    "rules.wrong_kind": _l("A fact of another kind is expected here, not: %(name)s."),
    "rules.not_a_number": _l("A number is expected here."),
    "rules.not_an_integer": _l("A whole number is expected here."),
    "rules.not_a_date": _l("A date such as 2026-04-30 (or 04-30 for a season) is expected here."),
    "rules.not_a_flag": _l("True or false is expected here."),
    "rules.not_a_text": _l("A text of at most %(most)s characters is expected here."),
    "rules.not_a_code": _l("This code does not fit here: %(name)s."),
    "rules.not_a_level": _l("A language level from A1 to C2 is expected here."),
    "rules.not_a_name": _l("The name of a rule has small letters, digits and underscores only."),
    "rules.out_of_bounds": _l("This number is out of bounds. It must be at least %(least)s."),
    "rules.empty": _l("This list must not be empty."),
    "rules.too_many": _l("This list is too long. At most %(most)s entries are allowed."),
    "rules.too_deep": _l("Conditions stand too deep inside each other. At most %(most)s levels are allowed."),
    "rules.duplicate": _l("This is given twice: %(value)s."),
    "rules.contradiction": _l("No case could ever meet this: two bounds or two rules exclude each other."),
    "rules.unknown_operator": _l("There is no operator %(name)s. Most like it: %(nearest)s."),
    "rules.dates_reversed": _l("The last day lies before the first one."),
    "rules.dates_overlap": _l("Two versions of rule %(rule)s apply on %(day)s."),
    "rules.dates_gap": _l("After %(day)s no version of rule %(rule)s applies until the next one."),
    "rules.sentence_incomplete": _l("Rule %(rule)s lacks its sentence in one of the three languages."),
    "rules.name_taken": _l("There is a rule %(rule)s already. Change that one, or choose another name."),
    "rules.no_such_rule": _l("There is no rule %(name)s. Most like it: %(nearest)s."),
    "rules.starts_too_early": _l("Choose %(day)s or later: rules never change backwards."),
    "rules.ended_already": _l("Rule %(rule)s has ended by that day already."),
    "rules.last_one": _l("A rule set needs at least one rule. Rule %(rule)s is the last one."),
    "rules.draft_begun": _l("Someone began a next version meanwhile. Work on that one."),
    "rules.no_draft": _l("There is no next version to work on. Begin one first."),
    "examples.name_taken": _l("There is an example with this name already: %(example)s."),
    "examples.unknown_rule": _l("There is no rule %(name)s. Most like it: %(nearest)s."),
    "examples.expects_nothing": _l("Say of at least one rule what it must answer."),
    "examples.too_many": _l("At most %(most)s examples are kept."),
    "examples.fails": _l(
        "The worked example “%(example)s” does not hold: rule %(rule)s must answer “%(expected)s” and answers "
        "“%(found)s”. Nothing was signed or issued."
    ),
    "waiver.nobody_may": _l("Nobody may waive rule %(rule)s."),
    "waiver.other_authority": _l("Another authority may waive this rule."),
    "waiver.not_in_force": _l("No rule %(name)s is in force. Most like it: %(nearest)s."),
    "waiver.met_already": _l("Rule %(rule)s is met. There is nothing to waive."),
    "waiver.not_ahead": _l("The waiver would be over on %(day)s."),
    "waiver.too_long": _l("A waiver holds for at most %(months)s months."),
    "waiver.given_already": _l("This rule is waived for this person already."),
    "verdict.pass": _l("met"),
    "verdict.fail": _l("not met"),
    "verdict.unknown": _l("not known"),
    "verdict.not_in_force": _l("not in force on that day"),
    "rules.not_json": _l("This is not JSON. Look at line %(line)s."),
    "facts.unknown": _l("There is no fact %(name)s. Most like it: %(nearest)s."),
    "facts.discriminatory": _l("No rule may use %(name)s. %(reason)s"),
    "facts.wrong_type": _l("A value of another type is expected: %(expected)s, not %(found)s."),
    "discrimination.sex": _l("Sex decides nobody's chances; a floor for women is a quota."),
    "discrimination.gender_identity": _l("Gender identity decides nobody's chances."),
    "discrimination.sexual_orientation": _l("Sexual orientation decides nobody's chances."),
    "discrimination.marital_status": _l("Whether somebody is married decides nobody's chances."),
    "discrimination.family_ties": _l("Family ties decide nobody's chances."),
    "discrimination.dependants": _l("Whether somebody has dependants decides nobody's chances."),
    "discrimination.pregnancy": _l("Pregnancy decides nobody's chances."),
    "discrimination.disability": _l("Disability decides nobody's chances."),
    "discrimination.health_status": _l("A medical check says whether somebody is fit for work; nothing more counts."),
    "discrimination.religion": _l("Religion decides nobody's chances."),
    "discrimination.ethnicity": _l("Ethnicity decides nobody's chances."),
    "discrimination.birth_place": _l("The place of birth decides nobody's chances."),
    "discrimination.political_opinion": _l("Political opinion decides nobody's chances."),
    "discrimination.trade_union": _l("Belonging to a trade union decides nobody's chances."),
    "discrimination.name": _l("A name decides nobody's chances."),
    "discrimination.photo": _l("A photo decides nobody's chances."),
    "pay.not_positive": _l("The pay must be more than zero."),
    "hours.not_positive": _l("The hours must be more than zero."),
    "share.not_a_share": _l("A share lies between 0 and 1."),
    "language.unknown_level": _l("There is no language level %(level)s. Levels go from A1 to C2."),
    "period.ends_before_start": _l("The period ends (%(end)s) before it begins (%(start)s)."),
    "season.unknown_day": _l("There is no such day of the year: %(day)s."),
    "reason.missing": _l("Say why."),
}


class Sentences(Mapping[str, Text]):
    """Sentences by code: written ones, and those that operators declare with their findings and refusals."""

    def __init__(self, written: Mapping[str, Text]) -> None:
        self._written = written

    def __getitem__(self, code: str) -> Text:
        return self._written[code] if code in self._written else Text(_declared()[code])

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._written, *_declared()]))

    def __len__(self) -> int:
        return len({*self._written, *_declared()})


def _declared() -> Mapping[str, str]:
    declared: dict[str, str] = {}
    for name, kind in OPERATORS.items():
        declared |= {f"{name}.{finding}": text for finding, text in kind.findings.items()} | dict(kind.refusals)
    return declared


SENTENCES = Sentences({**_FINDINGS, **_REFUSALS})


def operator_name(operator: str) -> Text:
    """Return what people call an operator where they choose one."""
    return Text(OPERATORS[operator].title)
