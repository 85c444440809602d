"""Who may do what: one table of pure predicates on (actor, object); deny by default, no queries."""

from collections.abc import Callable, Mapping
from typing import Any

from mobility.errors import ForbiddenError
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.rules.basics.permissions import Permission
from mobility.security.actors import Actor

Predicate = Callable[[Actor, Any], bool]
Clause = tuple[Predicate, ...]


def is_staff(actor: Actor, _: Any) -> bool:
    """A signed-in user of an organisation."""
    return actor.organisation_id is not None


def holds(*roles: Role) -> Predicate:
    """Return the predicate: the actor holds one of the roles."""

    def predicate(actor: Actor, _: Any) -> bool:
        return actor.has(*roles)

    return predicate


def at(*kinds: Kind) -> Predicate:
    """Return the predicate: the actor's organisation is of one of the kinds."""

    def predicate(actor: Actor, _: Any) -> bool:
        return actor.kind in kinds

    return predicate


def own_organisation(actor: Actor, thing: Any) -> bool:
    """The object belongs to the actor's organisation."""
    return actor.organisation_id is not None and thing.organisation_id == actor.organisation_id


def party_to_agreement(actor: Actor, agreement: Any) -> bool:
    """The actor's ministry is one of the two parties of the agreement."""
    return actor.organisation_id in {agreement.destination_id, agreement.origin_id}


def own_agreement(actor: Actor, agreement: Any) -> bool:
    """The actor's ministry is the agreement's destination."""
    return actor.organisation_id is not None and agreement.destination_id == actor.organisation_id


def is_system(actor: Actor, _: Any) -> bool:
    """No person acts: a command of the operator, or background work."""
    return actor.user_id is None


def own_vacancy(actor: Actor, vacancy: Any) -> bool:
    """The vacancy was posted by the actor's own employer."""
    return actor.organisation_id is not None and vacancy.employer.organisation_id == actor.organisation_id


def own_scheme(actor: Actor, thing: Any) -> bool:
    """The object belongs to a scheme of the actor's organisation (scheme loaded)."""
    return actor.organisation_id is not None and thing.scheme.organisation_id == actor.organisation_id


def own_country(actor: Actor, thing: Any) -> bool:
    """The object lies in the actor's country."""
    return bool(actor.country) and thing.country == actor.country


def own_national(actor: Actor, worker: Any) -> bool:
    """The worker is registered with the actor's country."""
    return bool(actor.country) and worker.origin_country == actor.country


def own_post(actor: Actor, worker: Any) -> bool:
    """The worker was registered at the actor's consular post."""
    return actor.organisation_id is not None and worker.post_id == actor.organisation_id


def party_to_scheme(actor: Actor, scheme: Any) -> bool:
    """The actor's ministry is destination or origin of the scheme (agreements loaded)."""
    origins = {taking_part.agreement.origin_id for taking_part in scheme.agreements}
    return actor.ministry_id is not None and actor.ministry_id in origins | {scheme.organisation_id}


def party_to_vacancy(actor: Actor, vacancy: Any) -> bool:
    """The actor's ministry is a party to the vacancy's scheme."""
    return party_to_scheme(actor, vacancy.scheme)


def did_not_register(actor: Actor, worker: Any) -> bool:
    """Four eyes: whoever registered a worker may not also confirm who they are."""
    return actor.user_id != worker.registered_by_id


def reviews_for_origin(actor: Actor, proposal: Any) -> bool:
    """The actor reviews for the worker's country."""
    return at(Kind.ORIGIN_MINISTRY)(actor, None) and own_national(actor, proposal.worker)


def reviews_for_destination(actor: Actor, proposal: Any) -> bool:
    """The actor reviews for the vacancy's country."""
    return at(Kind.DESTINATION_MINISTRY)(actor, None) and own_country(actor, proposal.vacancy)


def did_not_endorse(actor: Actor, proposal: Any) -> bool:
    """Four eyes: whoever endorsed a proposal may not also approve it."""
    return actor.user_id != proposal.endorsed_by_id


_SHORTAGE_OFFICER = (at(Kind.DESTINATION_MINISTRY), holds(Role.SHORTAGE_OFFICER))
_SCHEME_OFFICER = (at(Kind.DESTINATION_MINISTRY), holds(Role.SCHEME_OFFICER))
_EITHER_SCHEME_OFFICER = (at(Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY), holds(Role.SCHEME_OFFICER))
_EMPLOYER = (at(Kind.EMPLOYER), holds(Role.EMPLOYER_ADMINISTRATOR, Role.RECRUITER))
_REGISTRATION = (at(Kind.CONSULAR_POST), holds(Role.REGISTRATION_OFFICER))
_SCREENING = (at(Kind.CONSULAR_POST), holds(Role.SCREENING_OFFICER))
_REVIEWER = (holds(Role.REVIEWER),)
_DESTINATION = (at(Kind.DESTINATION_MINISTRY),)
_MINISTRY = (at(Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY),)
_OVERSIGHT = (at(Kind.OVERSIGHT_BODY), holds(Role.AUDITOR, Role.APPEALS_OFFICER))
_OPERATOR = (at(Kind.OPERATOR), holds(Role.OPERATOR))
_ANYBODY_BUT_OPERATOR = (
    at(Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY, Kind.CONSULAR_POST, Kind.EMPLOYER, Kind.OVERSIGHT_BODY),
)
_GOVERNMENT = (at(Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY, Kind.CONSULAR_POST),)

#: Granted if every predicate of any one clause holds; a permission that is not listed is never granted. Which objects
#: an actor can see at all (and so be asked about) stands in scopes.py.
POLICY: Mapping[Permission, tuple[Clause, ...]] = {
    Permission.HOME_VIEW: ((is_staff,),),
    Permission.ACCOUNT_MANAGE: ((is_staff,),),
    Permission.SHORTAGE_LIST: (_ANYBODY_BUT_OPERATOR,),
    Permission.SHORTAGE_VIEW: (_ANYBODY_BUT_OPERATOR,),
    Permission.SHORTAGE_DRAFT: (_SHORTAGE_OFFICER,),
    Permission.SHORTAGE_EDIT: ((*_SHORTAGE_OFFICER, own_organisation),),
    Permission.SHORTAGE_DECLARE: ((*_SHORTAGE_OFFICER, own_organisation),),
    Permission.SHORTAGE_SUSPEND: ((*_SHORTAGE_OFFICER, own_organisation),),
    Permission.SHORTAGE_COVER: (_MINISTRY, _OVERSIGHT),
    Permission.PUBLICATION_LIST: (_DESTINATION, _OVERSIGHT),
    Permission.PUBLICATION_VIEW: (_DESTINATION, _OVERSIGHT),
    Permission.PUBLICATION_TAKE_IN: (_SHORTAGE_OFFICER,),
    Permission.PUBLICATION_USE: ((*_SHORTAGE_OFFICER, own_organisation),),
    Permission.SUGGESTION_LIST: (_DESTINATION, _OVERSIGHT),
    Permission.SUGGESTION_VIEW: (_DESTINATION, _OVERSIGHT),
    Permission.SUGGESTION_USE: ((*_SHORTAGE_OFFICER, own_organisation),),
    Permission.TIGHTNESS_VIEW: (_DESTINATION, _OVERSIGHT),
    Permission.TIGHTNESS_WEIGH: (_SHORTAGE_OFFICER,),
    Permission.AGREEMENT_LIST: (_GOVERNMENT, _OVERSIGHT),
    Permission.AGREEMENT_VIEW: (_GOVERNMENT, _OVERSIGHT),
    Permission.AGREEMENT_ENTER: (_SCHEME_OFFICER,),
    Permission.AGREEMENT_RECORD: ((*_SCHEME_OFFICER, own_agreement), (is_system,)),
    Permission.AGREEMENT_STEER: ((*_EITHER_SCHEME_OFFICER, party_to_agreement),),
    Permission.AGREEMENT_EXPIRE: ((is_system,),),
    Permission.SCHEME_LIST: (_ANYBODY_BUT_OPERATOR,),
    Permission.SCHEME_VIEW: (_ANYBODY_BUT_OPERATOR,),
    Permission.SCHEME_DRAFT: (_SCHEME_OFFICER,),
    Permission.SCHEME_EDIT: ((*_SCHEME_OFFICER, own_organisation),),
    Permission.SCHEME_SUBMIT: ((*_SCHEME_OFFICER, own_organisation),),
    Permission.SCHEME_SIGN: ((*_EITHER_SCHEME_OFFICER, party_to_scheme),),
    Permission.SCHEME_SIGN_AS_DESTINATION: ((*_SCHEME_OFFICER, own_organisation),),
    Permission.SCHEME_SIGN_AS_ORIGIN: ((at(Kind.ORIGIN_MINISTRY), holds(Role.SCHEME_OFFICER), party_to_scheme),),
    Permission.SCHEME_RUN: ((*_SCHEME_OFFICER, own_organisation),),
    Permission.QUOTA_VIEW: (_ANYBODY_BUT_OPERATOR,),
    Permission.QUOTA_EDIT: ((*_SCHEME_OFFICER, own_scheme),),
    Permission.RULES_COMPARE: (_ANYBODY_BUT_OPERATOR,),
    Permission.RULES_IMPACT: ((*_MINISTRY, party_to_scheme), _OVERSIGHT),
    Permission.RULES_SUPERSEDE: ((is_system,),),
    Permission.SCHEME_SIMULATE: ((*_EITHER_SCHEME_OFFICER, party_to_scheme), _OVERSIGHT),
    Permission.SCENARIO_LIST: ((*_EITHER_SCHEME_OFFICER, party_to_scheme), _OVERSIGHT),
    Permission.SCENARIO_VIEW: (_EITHER_SCHEME_OFFICER, _OVERSIGHT),
    Permission.SCENARIO_SAVE: ((*_EITHER_SCHEME_OFFICER, party_to_scheme),),
    Permission.SCENARIO_EDIT: ((*_EITHER_SCHEME_OFFICER, own_organisation),),
    Permission.EMPLOYER_LIST: (_MINISTRY, _OVERSIGHT),
    Permission.EMPLOYER_VIEW: (_MINISTRY, _OVERSIGHT, (*_EMPLOYER, own_organisation)),
    Permission.EMPLOYER_REGISTER: (_SCHEME_OFFICER,),
    Permission.EMPLOYER_VET: ((*_SCHEME_OFFICER, own_country),),
    Permission.VACANCY_LIST: (_ANYBODY_BUT_OPERATOR,),
    Permission.VACANCY_VIEW: (_ANYBODY_BUT_OPERATOR,),
    Permission.VACANCY_POST: (_EMPLOYER,),
    Permission.VACANCY_EDIT: ((*_EMPLOYER, own_vacancy),),
    Permission.VACANCY_SUBMIT: ((*_EMPLOYER, own_vacancy),),
    Permission.VACANCY_CERTIFY: ((*_SCHEME_OFFICER, own_country),),
    Permission.VACANCY_ATTEST: ((at(Kind.CONSULAR_POST), party_to_vacancy),),
    Permission.VACANCY_OPEN: ((*_SCHEME_OFFICER, own_country),),
    Permission.VACANCY_WITHDRAW: ((*_EMPLOYER, own_vacancy),),
    Permission.VACANCY_REVOKE: ((*_SCHEME_OFFICER, own_country),),
    Permission.VACANCY_EXPIRE: ((is_system,),),
    Permission.VACANCY_IMPORT: ((is_system,),),
    Permission.WORKER_LIST: ((at(Kind.CONSULAR_POST),), (at(Kind.ORIGIN_MINISTRY),)),
    Permission.WORKER_VIEW: (_GOVERNMENT,),
    Permission.WORKER_REGISTER: (_REGISTRATION,),
    Permission.WORKER_EDIT: ((*_REGISTRATION, own_post),),
    Permission.WORKER_CHECK: ((*_SCREENING, own_post),),
    Permission.WORKER_CONFIRM_IDENTITY: ((*_SCREENING, own_post, did_not_register),),
    Permission.WORKER_MAKE_READY: ((*_SCREENING, own_post),),
    Permission.WORKER_MARK_INELIGIBLE: (
        (*_REGISTRATION, own_post),
        (*_SCREENING, own_post),
        (at(Kind.ORIGIN_MINISTRY), holds(Role.SCHEME_OFFICER), own_national),
    ),
    Permission.MATCH_RUN_LIST: (_MINISTRY, _OVERSIGHT),
    Permission.MATCH_RUN_VIEW: (_MINISTRY, _OVERSIGHT),
    Permission.MATCH_RUN_PREPARE: (_SCHEME_OFFICER,),
    Permission.MATCH_RUN_START: ((*_SCHEME_OFFICER, own_organisation),),
    Permission.MATCH_RUN_CANCEL: ((*_SCHEME_OFFICER, own_scheme),),
    Permission.SCORECARD_LIST: (_MINISTRY, _OVERSIGHT),
    Permission.SCORECARD_VIEW: (_MINISTRY, _OVERSIGHT),
    Permission.SCORECARD_STORE: ((is_system,), _OPERATOR),
    Permission.SCORECARD_USE: ((is_system,), _OPERATOR),
    Permission.FAIRNESS_VIEW: (
        (*_MINISTRY, holds(Role.REVIEWER, Role.SCHEME_OFFICER)),
        (at(Kind.OVERSIGHT_BODY), holds(Role.AUDITOR)),
    ),
    Permission.FAIRNESS_MEASURE: ((is_system,),),
    Permission.PROPOSAL_LIST: (_MINISTRY, _OVERSIGHT),
    Permission.PROPOSAL_VIEW: (_GOVERNMENT, _OVERSIGHT),
    Permission.PROPOSAL_ENDORSE: ((*_REVIEWER, reviews_for_origin),),
    Permission.PROPOSAL_NOT_ENDORSE: ((*_REVIEWER, reviews_for_origin),),
    Permission.PROPOSAL_APPROVE: ((*_REVIEWER, reviews_for_destination, did_not_endorse),),
    Permission.PROPOSAL_REFUSE: ((*_REVIEWER, reviews_for_destination),),
    Permission.WAIVER_GIVE: ((*_REVIEWER, reviews_for_origin), (*_REVIEWER, reviews_for_destination)),
    Permission.WAIVER_WITHDRAW: ((*_MINISTRY, *_REVIEWER, own_organisation),),
    Permission.NOTICE_LIST: (_ANYBODY_BUT_OPERATOR,),
    Permission.NOTICE_READ: (_ANYBODY_BUT_OPERATOR,),
    Permission.AUDIT_VIEW: (_OVERSIGHT, (holds(Role.ADMINISTRATOR), *_MINISTRY)),
    Permission.CONCEPT_SEARCH: (_ANYBODY_BUT_OPERATOR,),
    Permission.TAXONOMY_IMPORT: ((is_system,),),
    Permission.READING_LIST: (_OVERSIGHT, (holds(Role.ADMINISTRATOR), *_MINISTRY)),
}

#: Permissions of steps whose feature is still to come, each with who will hold it: granted to nobody until then.
AWAITED: Mapping[Permission, str] = {
    Permission.SCHEME_RETURN: "scheme officers of either ministry",
    Permission.PROPOSAL_ANSWER: "the worker",
    Permission.PROPOSAL_SELECT: "the employer",
    Permission.PROPOSAL_APPEAL: "the worker",
    Permission.APPEAL_DECIDE: "appeals officers who had no part in the decision",
    Permission.PLACEMENT_PROCESS: "scheme officers and reviewers of the destination",
    Permission.PLACEMENT_CLEAR: "scheme officers of the origin, screening officers of its posts",
    Permission.PLACEMENT_REPORT: "the employer's administrator",
    Permission.PLACEMENT_CONFIRM: "the worker, the employer's administrator",
    Permission.PLACEMENT_TRAVEL: "the worker, scheme officers of the origin, officers of its posts",
    Permission.PLACEMENT_TERMINATE: "the worker, the employer's administrator; once absent, the destination",
    Permission.JOB_STEER: "the operator",
}


def allowed(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Tell whether the policy grants a permission; a predicate that raises denies nothing quietly, it raises."""
    return any(clause and all(predicate(actor, thing) for predicate in clause) for clause in POLICY.get(permission, ()))


def require(actor: Actor, permission: Permission, thing: Any = None) -> None:
    """Refuse unless the policy grants the permission.

    Raises
    ------
    ForbiddenError
        The actor may see the object but not do this to it.
    """
    if not allowed(actor, permission, thing):
        raise ForbiddenError(permission.value)
