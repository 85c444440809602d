"""Which permission each endpoint needs; an endpoint that is not listed here does not exist. No code decides here."""

from collections.abc import Mapping
from dataclasses import dataclass

from mobility.models.base import Base
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun, StoredScorecard
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.models.scenarios import Scenario
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import Scheme
from mobility.models.schemes.waivers import Waiver
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.permissions import Permission


@dataclass(frozen=True)
class Needs:
    """The permission that an endpoint asks for, and the model of the object in its address, if it has one."""

    permission: Permission
    of: type[Base] | None = None


#: Open to everybody, signed in or not.
PUBLIC = Needs(Permission.HOME_VIEW)

ACCESS: Mapping[str, Needs] = {
    "static": PUBLIC,
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
    "preferences.language": PUBLIC,
    "accounts.sign_in": PUBLIC,
    "accounts.code": PUBLIC,
    "accounts.sign_out": PUBLIC,
    "api_document.show": PUBLIC,
    "api_occupations.listed": PUBLIC,
    "api_shortages.listed": Needs(Permission.SHORTAGE_LIST),
    "demo.personas": PUBLIC,
    "demo.sign_in": PUBLIC,
    "demo.enter": PUBLIC,
    "accounts.show": Needs(Permission.ACCOUNT_MANAGE),
    "accounts.confirm": Needs(Permission.ACCOUNT_MANAGE),
    "accounts.password": Needs(Permission.ACCOUNT_MANAGE),
    "accounts.factor": Needs(Permission.ACCOUNT_MANAGE),
    "home.index": Needs(Permission.HOME_VIEW),
    "shortages.index": Needs(Permission.SHORTAGE_LIST),
    "shortages.new": Needs(Permission.SHORTAGE_DRAFT),
    "shortages.show": Needs(Permission.SHORTAGE_VIEW, Shortage),
    "shortages.declare": Needs(Permission.SHORTAGE_DECLARE, Shortage),
    "shortages.suspend": Needs(Permission.SHORTAGE_SUSPEND, Shortage),
    "shortages.end": Needs(Permission.SHORTAGE_SUSPEND, Shortage),
    "shortages.resume": Needs(Permission.SHORTAGE_SUSPEND, Shortage),
    "shortages.add_evidence": Needs(Permission.SHORTAGE_EDIT, Shortage),
    "shortages.review": Needs(Permission.SHORTAGE_DECLARE, Shortage),
    "shortages.cover": Needs(Permission.SHORTAGE_COVER),
    "shortages.cover_table": Needs(Permission.SHORTAGE_COVER),
    "publications.index": Needs(Permission.PUBLICATION_LIST),
    "publications.new": Needs(Permission.PUBLICATION_TAKE_IN),
    "publications.show": Needs(Permission.PUBLICATION_VIEW, Publication),
    "publications.report": Needs(Permission.PUBLICATION_VIEW, Publication),
    "publications.take_in": Needs(Permission.PUBLICATION_USE, Publication),
    "publications.discard": Needs(Permission.PUBLICATION_USE, Publication),
    "suggestions.index": Needs(Permission.SUGGESTION_LIST),
    "suggestions.show": Needs(Permission.SUGGESTION_VIEW, ShortageSuggestion),
    "suggestions.set_aside": Needs(Permission.SUGGESTION_USE, ShortageSuggestion),
    "suggestions.reopen": Needs(Permission.SUGGESTION_USE, ShortageSuggestion),
    "tightness.index": Needs(Permission.TIGHTNESS_VIEW),
    "tightness.table": Needs(Permission.TIGHTNESS_VIEW),
    "tightness.weights": Needs(Permission.TIGHTNESS_WEIGH),
    "schemes.index": Needs(Permission.SCHEME_LIST),
    "schemes.new": Needs(Permission.SCHEME_DRAFT),
    "schemes.show": Needs(Permission.SCHEME_VIEW, Scheme),
    "schemes.submit": Needs(Permission.SCHEME_SUBMIT, Scheme),
    "schemes.sign": Needs(Permission.SCHEME_SIGN, Scheme),
    "schemes.activate": Needs(Permission.SCHEME_RUN, Scheme),
    "schemes.suspend": Needs(Permission.SCHEME_RUN, Scheme),
    "schemes.resume": Needs(Permission.SCHEME_RUN, Scheme),
    "schemes.new_version": Needs(Permission.SCHEME_EDIT, Scheme),
    "schemes.close": Needs(Permission.SCHEME_RUN, Scheme),
    "quotas.show": Needs(Permission.QUOTA_VIEW, Quota),
    "quotas.places": Needs(Permission.QUOTA_EDIT, Quota),
    "quotas.cap": Needs(Permission.QUOTA_EDIT, Quota),
    "rules.draft": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.begin": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.add": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.change": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.end": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.issue": Needs(Permission.SCHEME_EDIT, Scheme),
    "rules.discard": Needs(Permission.SCHEME_EDIT, Scheme),
    "rule_versions.compare": Needs(Permission.RULES_COMPARE, Scheme),
    "rule_versions.affected": Needs(Permission.RULES_IMPACT, Scheme),
    "rule_versions.affected_table": Needs(Permission.RULES_IMPACT, Scheme),
    "rule_versions.example": Needs(Permission.SCHEME_EDIT, Scheme),
    "rule_versions.drop_example": Needs(Permission.SCHEME_EDIT, Scheme),
    "simulations.show": Needs(Permission.SCHEME_SIMULATE, Scheme),
    "simulations.progress": Needs(Permission.SCHEME_SIMULATE, Scheme),
    "simulations.table": Needs(Permission.SCHEME_SIMULATE, Scheme),
    "simulations.renew": Needs(Permission.SCHEME_SIMULATE, Scheme),
    "scenarios.index": Needs(Permission.SCENARIO_LIST, Scheme),
    "scenarios.compare": Needs(Permission.SCENARIO_LIST, Scheme),
    "scenarios.save": Needs(Permission.SCENARIO_SAVE, Scheme),
    "scenarios.show": Needs(Permission.SCENARIO_VIEW, Scenario),
    "scenarios.attach": Needs(Permission.SCENARIO_EDIT, Scenario),
    "scenarios.detach": Needs(Permission.SCENARIO_EDIT, Scenario),
    "scenarios.delete": Needs(Permission.SCENARIO_EDIT, Scenario),
    "agreements.index": Needs(Permission.AGREEMENT_LIST),
    "agreements.new": Needs(Permission.AGREEMENT_ENTER),
    "agreements.show": Needs(Permission.AGREEMENT_VIEW, Agreement),
    "agreements.suspend": Needs(Permission.AGREEMENT_STEER, Agreement),
    "agreements.resume": Needs(Permission.AGREEMENT_STEER, Agreement),
    "agreements.end": Needs(Permission.AGREEMENT_STEER, Agreement),
    "notices.index": Needs(Permission.NOTICE_LIST),
    "notices.read": Needs(Permission.NOTICE_READ, Notice),
    "notices.read_all": Needs(Permission.NOTICE_LIST),
    "waivers.give": Needs(Permission.WAIVER_GIVE, MatchProposal),
    "waivers.withdraw": Needs(Permission.WAIVER_WITHDRAW, Waiver),
    "employers.index": Needs(Permission.EMPLOYER_LIST),
    "employers.new": Needs(Permission.EMPLOYER_REGISTER),
    "employers.show": Needs(Permission.EMPLOYER_VIEW, Employer),
    "employers.vet": Needs(Permission.EMPLOYER_VET, Employer),
    "vacancies.index": Needs(Permission.VACANCY_LIST),
    "vacancies.new": Needs(Permission.VACANCY_POST),
    "vacancies.show": Needs(Permission.VACANCY_VIEW, Vacancy),
    "vacancies.edit": Needs(Permission.VACANCY_EDIT, Vacancy),
    "vacancies.submit": Needs(Permission.VACANCY_SUBMIT, Vacancy),
    "vacancies.certify": Needs(Permission.VACANCY_CERTIFY, Vacancy),
    "vacancies.send_back": Needs(Permission.VACANCY_CERTIFY, Vacancy),
    "vacancies.refuse": Needs(Permission.VACANCY_CERTIFY, Vacancy),
    "vacancies.attest": Needs(Permission.VACANCY_ATTEST, Vacancy),
    "vacancies.open_matching": Needs(Permission.VACANCY_OPEN, Vacancy),
    "vacancies.withdraw": Needs(Permission.VACANCY_WITHDRAW, Vacancy),
    "vacancies.revoke": Needs(Permission.VACANCY_REVOKE, Vacancy),
    "workers.index": Needs(Permission.WORKER_LIST),
    "workers.new": Needs(Permission.WORKER_REGISTER),
    "workers.show": Needs(Permission.WORKER_VIEW, Worker),
    "workers.check": Needs(Permission.WORKER_CHECK, Worker),
    "workers.confirm_identity": Needs(Permission.WORKER_CONFIRM_IDENTITY, Worker),
    "workers.make_ready": Needs(Permission.WORKER_MAKE_READY, Worker),
    "workers.search": Needs(Permission.WORKER_LIST),
    "workers.document": Needs(Permission.WORKER_EDIT, Worker),
    "workers.pause": Needs(Permission.WORKER_EDIT, Worker),
    "workers.resume": Needs(Permission.WORKER_EDIT, Worker),
    "workers.withdraw": Needs(Permission.WORKER_EDIT, Worker),
    "workers.mark_ineligible": Needs(Permission.WORKER_MARK_INELIGIBLE, Worker),
    "workers.reinstate": Needs(Permission.WORKER_MARK_INELIGIBLE, Worker),
    "registrations.edit": Needs(Permission.WORKER_EDIT, Worker),
    "consents.show": Needs(Permission.WORKER_EDIT, Worker),
    "consents.change": Needs(Permission.WORKER_EDIT, Worker),
    "match_runs.index": Needs(Permission.MATCH_RUN_LIST),
    "match_runs.new": Needs(Permission.MATCH_RUN_PREPARE),
    "match_runs.show": Needs(Permission.MATCH_RUN_VIEW, MatchRun),
    "match_runs.progress": Needs(Permission.MATCH_RUN_VIEW, MatchRun),
    "match_runs.cancel": Needs(Permission.MATCH_RUN_CANCEL, MatchRun),
    "scorecards.index": Needs(Permission.SCORECARD_LIST),
    "scorecards.show": Needs(Permission.SCORECARD_VIEW, StoredScorecard),
    "proposals.index": Needs(Permission.PROPOSAL_LIST),
    "proposals.show": Needs(Permission.PROPOSAL_VIEW, MatchProposal),
    "proposals.decide": Needs(Permission.PROPOSAL_VIEW, MatchProposal),
    "readings.index": Needs(Permission.READING_LIST),
    "audit.index": Needs(Permission.AUDIT_VIEW),
    "concepts.occupations": Needs(Permission.CONCEPT_SEARCH),
    "concepts.skills": Needs(Permission.CONCEPT_SEARCH),
}
