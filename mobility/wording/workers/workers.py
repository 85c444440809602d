"""Words for workers: their state, skills, checks and consents."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import Evidence, SkillLevel
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

_STATES: Mapping[Enum, Text] = {
    WorkerState.DRAFT: _l("Draft"),
    WorkerState.REGISTERED: _l("Registered, identity to be confirmed"),
    WorkerState.IDENTITY_CHECKED: _l("Identity confirmed"),
    WorkerState.SCREENING: _l("In screening"),
    WorkerState.READY: _l("Ready to be proposed"),
    WorkerState.ACTION_NEEDED: _l("Something has to be renewed"),
    WorkerState.PROPOSED: _l("Proposed for a vacancy"),
    WorkerState.PLACED: _l("Placed"),
    WorkerState.ABROAD: _l("Abroad"),
    WorkerState.RETURNED: _l("Returned"),
    WorkerState.PAUSED: _l("Paused by the worker"),
    WorkerState.WITHDRAWN: _l("Left the register"),
    WorkerState.INELIGIBLE: _l("Not eligible for now"),
}

_SEXES: Mapping[Enum, Text] = {
    Sex.FEMALE: _l("Female"),
    Sex.MALE: _l("Male"),
    Sex.UNSPECIFIED: _l("Not specified"),
}

_CHECKS: Mapping[Enum, Text] = {
    CheckKind.IDENTITY: _l("Identity"),
    CheckKind.POLICE: _l("Police record"),
    CheckKind.MEDICAL: _l("Medical examination"),
    CheckKind.LANGUAGE: _l("Language test"),
    CheckKind.TRADE_TEST: _l("Trade test"),
    CheckKind.REFERENCE: _l("Reference of an employer"),
    CheckKind.MIGRATION_RECORD: _l("Migration record"),
    CheckKind.ORIENTATION: _l("Orientation before departure"),
}

_RESULTS: Mapping[Enum, Text] = {
    CheckResult.PASSED: _l("Passed"),
    CheckResult.FAILED: _l("Not passed"),
    CheckResult.PENDING: _l("Under way"),
    CheckResult.WAIVED: _l("Waived"),
}

_PURPOSES: Mapping[Enum, Text] = {
    ConsentPurpose.REGISTRATION: _l("Being on the register"),
    ConsentPurpose.MATCHING: _l("Being proposed for vacancies"),
    ConsentPurpose.SHARE_WITH_DESTINATION: _l("Name and papers to the destination after approval"),
    ConsentPurpose.SHARE_WITH_EMPLOYER: _l("Profile to the employer"),
    ConsentPurpose.STATISTICS: _l("Counting in statistics"),
}

_EVIDENCE: Mapping[Enum, Text] = {
    Evidence.CLAIMED: _l("Said by the worker"),
    Evidence.ATTESTED: _l("Attested by an employer"),
    Evidence.TESTED: _l("Shown in a test"),
    Evidence.CREDENTIAL: _l("Certified"),
}

_LEVELS: Mapping[Enum, Text] = {
    SkillLevel.BASIC: _l("Basic"),
    SkillLevel.INDEPENDENT: _l("Works alone"),
    SkillLevel.ADVANCED: _l("Advanced"),
    SkillLevel.EXPERT: _l("Can teach it"),
}

_CEFR: Mapping[Enum, Text] = {
    Cefr.NONE: _l("Not at all"),
    Cefr.A1: _l("A1: single words and greetings"),
    Cefr.A2: _l("A2: simple instructions"),
    Cefr.B1: _l("B1: everyday talk at work"),
    Cefr.B2: _l("B2: fluent in most talk"),
    Cefr.C1: _l("C1: fluent in any talk"),
    Cefr.C2: _l("C2: as a mother tongue"),
}

#: Several tables, since members of different enumerations have equal values.
LABELS = (_STATES, _SEXES, _CHECKS, _RESULTS, _PURPOSES, _EVIDENCE, _LEVELS, _CEFR)

#: What is read out before a worker agrees; a changed text needs a new services.registration.CONSENT_TEXT.
CONSENT_TEXTS: Mapping[ConsentPurpose, Text] = {
    ConsentPurpose.REGISTRATION: _l(
        "The ministry of my country keeps my data on the register of people who want to work abroad. I can leave the "
        "register at any time, at no cost."
    ),
    ConsentPurpose.MATCHING: _l(
        "My skills, experience, languages and checks may be compared with vacancies. People, not the computer, decide "
        "whether I am proposed. I can ask why."
    ),
    ConsentPurpose.SHARE_WITH_DESTINATION: _l(
        "When both governments have approved me for a vacancy, the ministry of the destination learns my name, my "
        "birth date and my nationality."
    ),
    ConsentPurpose.SHARE_WITH_EMPLOYER: _l(
        "When I am on the short list for a vacancy, the employer may read my skills and experience, and my name once I "
        "am approved."
    ),
    ConsentPurpose.STATISTICS: _l("I may be counted in statistics in which nobody can recognise me."),
}

SENTENCES: Mapping[str, Text] = {
    "check.current": _l("It is in force."),
    "check.waived": _l("It was waived."),
    "check.missing": _l("It is not on file yet."),
    "check.pending": _l("Its result is not known yet."),
    "check.failed": _l("It was not passed."),
    "check.expired": _l("It ran out."),
    "check.identity_apart": _l("Identity is confirmed with its own button, by a second officer."),
    "check.in_future": _l("This day is still to come."),
    "check.ends_before": _l("The last day lies before the day of the check."),
    "check.waiver_unexplained": _l("Say in the note who waived the check and why."),
    "check.no_skills": _l("Only a trade test or a reference that was passed speaks for skills."),
    "consent.met": _l("The worker agrees."),
    "consent.missing": _l("The worker was not asked yet."),
    "consent.withdrawn": _l("The worker does not agree any more."),
    "consent.needed": _l("Nobody is registered without agreeing to be on the register and to be proposed."),
    "consent.language": _l("The text does not exist in this language."),
    "consent.in_force": _l("The worker agrees to this already."),
    "consent.not_in_force": _l("The worker does not agree to this, so there is nothing to withdraw."),
    "identity_duplicates.met": _l("Nobody else of this name and birth date is on the register."),
    "identity_duplicates.overridden": _l("Somebody of the same name was found; an officer vouched for the difference."),
    "identity_duplicates.open": _l(
        "Somebody of the same name and birth date is on the register. Make sure that this is another person, and "
        "vouch for it."
    ),
    "identity_document.met": _l("An identity document is in force."),
    "identity_document.missing": _l("There is no identity document on file."),
    "identity_document.invalid": _l("The identity document has run out."),
    "identity_zone.met": _l("The machine-readable lines add up."),
    "identity_zone.overridden": _l("The machine-readable lines were not read; an officer vouched for the document."),
    "identity_zone.unreadable": _l("The machine-readable lines do not add up. Check the document and vouch for it."),
    "identity_zone.missing": _l("The machine-readable lines were not read. Compare the document and vouch for it."),
    "language.unknown_level": _l("%(level)s is not a language level."),
    "reason.missing": _l("Say why."),
    "unknown_skill": _l("This skill is not on the worker's list."),
    "worker.birth_impossible": _l("Nobody alive was born on this day."),
    "worker.currency_missing": _l("Choose the currency of the pay."),
    "worker.document_not_longer": _l("A document that is on file is valid as long as this one or longer."),
    "worker.erased": _l("The data of this person was erased. Nothing can be added."),
    "worker.identity_confirmed": _l("A second officer has confirmed who this is. It cannot be changed here any more."),
    "worker.issued_in_future": _l("The document was issued on a day that is still to come."),
    "worker.other_national": _l("A consular post registers nationals of its own country only."),
    "worker.override_by_same_person": _l("Another officer has to vouch for it."),
    "worker.placement_open": _l("A placement binds this worker. It has to end first."),
    "worker.region_elsewhere": _l("This region lies in another country."),
    "worker.review_date_missing": _l("Say on which day this is looked at again."),
    "worker.review_date_past": _l("The day of the review has gone by."),
    "worker.same_name": _l("%(refs)s has the same name and birth date. Make sure that this is another person."),
    "worker.same_name_elsewhere": _l(
        "Somebody of this name and birth date is registered at another post. Ask whether the person registered before."
    ),
    "worker.too_young": _l("Nobody under %(least)s is registered."),
    "worker.work_in_future": _l("This day is still to come."),
}
