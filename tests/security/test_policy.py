"""The policy against a table written by hand from domain.md §2 and §4, and whether that table would notice a slip."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from mobility.errors import ForbiddenError
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.rules.basics.permissions import Permission
from mobility.security import policy
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import AWAITED, POLICY, Predicate, allowed, holds, require

ME, MY_OFFICE, MY_MINISTRY, MINE = 7, 70, 71, "GT"
ELSE, OTHER = 8, "HN"
DESTINATION, ORIGIN, POST = Kind.DESTINATION_MINISTRY, Kind.ORIGIN_MINISTRY, Kind.CONSULAR_POST
EMPLOYER, OVERSIGHT, OPERATOR = Kind.EMPLOYER, Kind.OVERSIGHT_BODY, Kind.OPERATOR
GOVERNMENTS = (DESTINATION, ORIGIN, POST)
ALL_BUT_OPERATOR = (*GOVERNMENTS, EMPLOYER, OVERSIGHT)
ANY = tuple(Role)
RECRUITING = (Role.EMPLOYER_ADMINISTRATOR, Role.RECRUITER)
WATCHING = (Role.AUDITOR, Role.APPEALS_OFFICER)

#: What an object may have to do with the actor; each is true or false of it, whatever else it is.
TIES = (
    "organisation",
    "destination",
    "origin_party",
    "employer",
    "country",
    "origin",
    "post",
    "registered",
    "party",
    "vacancy_party",
    "run_scheme",
    "worker_national",
    "vacancy_country",
    "endorsed",
)


@dataclass(frozen=True)
class May:
    """People of these kinds with one of these roles may, if all of ``ties`` hold and none of ``never``."""

    kinds: tuple[Kind, ...]
    roles: tuple[Role, ...] = ANY
    ties: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


def may(kinds: Kind | tuple[Kind, ...], roles: Role | tuple[Role, ...] = ANY, *ties: str, never: str = "") -> May:
    return May(
        (kinds,) if isinstance(kinds, Kind) else kinds,
        (roles,) if isinstance(roles, Role) else roles,
        frozenset(ties),
        frozenset({never} - {""}),
    )


SYSTEM_ONLY: tuple[May, ...] = ()
EVERYBODY_WITH_AN_ORGANISATION = (may(tuple(Kind)),)
#: The table. A line a permission; what is not said is refused.
TABLE: dict[str, tuple[May, ...]] = {
    "home_view": EVERYBODY_WITH_AN_ORGANISATION,
    "account_manage": EVERYBODY_WITH_AN_ORGANISATION,
    "shortage_list": (may(ALL_BUT_OPERATOR),),
    "shortage_view": (may(ALL_BUT_OPERATOR),),
    "shortage_draft": (may(DESTINATION, Role.SHORTAGE_OFFICER),),
    "shortage_edit": (may(DESTINATION, Role.SHORTAGE_OFFICER, "organisation"),),
    "shortage_declare": (may(DESTINATION, Role.SHORTAGE_OFFICER, "organisation"),),
    "shortage_suspend": (may(DESTINATION, Role.SHORTAGE_OFFICER, "organisation"),),
    "shortage_cover": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "publication_list": (may(DESTINATION), may(OVERSIGHT, WATCHING)),
    "publication_view": (may(DESTINATION), may(OVERSIGHT, WATCHING)),
    "publication_take_in": (may(DESTINATION, Role.SHORTAGE_OFFICER),),
    "publication_use": (may(DESTINATION, Role.SHORTAGE_OFFICER, "organisation"),),
    "suggestion_list": (may(DESTINATION), may(OVERSIGHT, WATCHING)),
    "suggestion_view": (may(DESTINATION), may(OVERSIGHT, WATCHING)),
    "suggestion_use": (may(DESTINATION, Role.SHORTAGE_OFFICER, "organisation"),),
    "tightness_view": (may(DESTINATION), may(OVERSIGHT, WATCHING)),
    "tightness_weigh": (may(DESTINATION, Role.SHORTAGE_OFFICER),),
    "agreement_list": (may(GOVERNMENTS), may(OVERSIGHT, WATCHING)),
    "agreement_view": (may(GOVERNMENTS), may(OVERSIGHT, WATCHING)),
    "agreement_enter": (may(DESTINATION, Role.SCHEME_OFFICER),),
    "agreement_record": (may(DESTINATION, Role.SCHEME_OFFICER, "destination"),),
    "agreement_steer": (
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "destination"),
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "origin_party"),
    ),
    "agreement_expire": SYSTEM_ONLY,
    "scheme_list": (may(ALL_BUT_OPERATOR),),
    "scheme_view": (may(ALL_BUT_OPERATOR),),
    "scheme_draft": (may(DESTINATION, Role.SCHEME_OFFICER),),
    "scheme_edit": (may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),),
    "scheme_submit": (may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),),
    "scheme_sign": (
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "party"),
        may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),
        may(ORIGIN, Role.SCHEME_OFFICER, "organisation"),
    ),
    "scheme_sign_as_destination": (may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),),
    "scheme_sign_as_origin": (
        may(ORIGIN, Role.SCHEME_OFFICER, "party"),
        may(ORIGIN, Role.SCHEME_OFFICER, "organisation"),
    ),
    "scheme_run": (may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),),
    "quota_view": (may(ALL_BUT_OPERATOR),),
    "quota_edit": (may(DESTINATION, Role.SCHEME_OFFICER, "run_scheme"),),
    "rules_compare": (may(ALL_BUT_OPERATOR),),
    "rules_impact": (
        may((DESTINATION, ORIGIN), ANY, "party"),
        may((DESTINATION, ORIGIN), ANY, "organisation"),
        may(OVERSIGHT, WATCHING),
    ),
    "rules_supersede": SYSTEM_ONLY,
    "scheme_simulate": (
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "party"),
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "organisation"),
        may(OVERSIGHT, WATCHING),
    ),
    "scenario_list": (
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "party"),
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "organisation"),
        may(OVERSIGHT, WATCHING),
    ),
    "scenario_view": (may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER), may(OVERSIGHT, WATCHING)),
    "scenario_save": (
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "party"),
        may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "organisation"),
    ),
    "scenario_edit": (may((DESTINATION, ORIGIN), Role.SCHEME_OFFICER, "organisation"),),
    "employer_list": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "employer_view": (
        may((DESTINATION, ORIGIN)),
        may(OVERSIGHT, WATCHING),
        may(EMPLOYER, RECRUITING, "organisation"),
    ),
    "employer_register": (may(DESTINATION, Role.SCHEME_OFFICER),),
    "employer_vet": (may(DESTINATION, Role.SCHEME_OFFICER, "country"),),
    "vacancy_list": (may(ALL_BUT_OPERATOR),),
    "vacancy_view": (may(ALL_BUT_OPERATOR),),
    "vacancy_post": (may(EMPLOYER, RECRUITING),),
    "vacancy_edit": (may(EMPLOYER, RECRUITING, "employer"),),
    "vacancy_submit": (may(EMPLOYER, RECRUITING, "employer"),),
    "vacancy_certify": (may(DESTINATION, Role.SCHEME_OFFICER, "country"),),
    "vacancy_attest": (may(POST, ANY, "vacancy_party"),),
    "vacancy_open": (may(DESTINATION, Role.SCHEME_OFFICER, "country"),),
    "vacancy_withdraw": (may(EMPLOYER, RECRUITING, "employer"),),
    "vacancy_revoke": (may(DESTINATION, Role.SCHEME_OFFICER, "country"),),
    "vacancy_expire": SYSTEM_ONLY,
    "vacancy_import": SYSTEM_ONLY,
    "worker_list": (may((POST, ORIGIN)),),
    "worker_view": (may(GOVERNMENTS),),
    "worker_register": (may(POST, Role.REGISTRATION_OFFICER),),
    "worker_edit": (may(POST, Role.REGISTRATION_OFFICER, "post"),),
    "worker_check": (may(POST, Role.SCREENING_OFFICER, "post"),),
    "worker_confirm_identity": (may(POST, Role.SCREENING_OFFICER, "post", never="registered"),),
    "worker_make_ready": (may(POST, Role.SCREENING_OFFICER, "post"),),
    "worker_mark_ineligible": (
        may(POST, (Role.REGISTRATION_OFFICER, Role.SCREENING_OFFICER), "post"),
        may(ORIGIN, Role.SCHEME_OFFICER, "origin"),
    ),
    "match_run_list": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "match_run_view": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "match_run_prepare": (may(DESTINATION, Role.SCHEME_OFFICER),),
    "match_run_start": (may(DESTINATION, Role.SCHEME_OFFICER, "organisation"),),
    "match_run_cancel": (may(DESTINATION, Role.SCHEME_OFFICER, "run_scheme"),),
    "scorecard_list": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "scorecard_view": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "scorecard_store": (*SYSTEM_ONLY, may(OPERATOR, Role.OPERATOR)),
    "scorecard_use": (*SYSTEM_ONLY, may(OPERATOR, Role.OPERATOR)),
    "fairness_view": (may((DESTINATION, ORIGIN), (Role.REVIEWER, Role.SCHEME_OFFICER)), may(OVERSIGHT, Role.AUDITOR)),
    "fairness_measure": SYSTEM_ONLY,
    "proposal_list": (may((DESTINATION, ORIGIN)), may(OVERSIGHT, WATCHING)),
    "proposal_view": (may(GOVERNMENTS), may(OVERSIGHT, WATCHING)),
    "proposal_endorse": (may(ORIGIN, Role.REVIEWER, "worker_national"),),
    "proposal_not_endorse": (may(ORIGIN, Role.REVIEWER, "worker_national"),),
    "proposal_approve": (may(DESTINATION, Role.REVIEWER, "vacancy_country", never="endorsed"),),
    "proposal_refuse": (may(DESTINATION, Role.REVIEWER, "vacancy_country"),),
    "waiver_give": (
        may(ORIGIN, Role.REVIEWER, "worker_national"),
        may(DESTINATION, Role.REVIEWER, "vacancy_country"),
    ),
    "waiver_withdraw": (may((DESTINATION, ORIGIN), Role.REVIEWER, "organisation"),),
    "notice_list": (may(ALL_BUT_OPERATOR),),
    "concept_search": (may(ALL_BUT_OPERATOR),),
    "taxonomy_import": SYSTEM_ONLY,
    "notice_read": (may(ALL_BUT_OPERATOR),),
    "audit_view": (may(OVERSIGHT, WATCHING), may((DESTINATION, ORIGIN), Role.ADMINISTRATOR)),
    "reading_list": (may(OVERSIGHT, WATCHING), may((DESTINATION, ORIGIN), Role.ADMINISTRATOR)),
}
#: What no person does but the system: expiry by date, imports and agreements by the operator's command.
SYSTEM_MAY = {
    "vacancy_expire",
    "vacancy_import",
    "agreement_record",
    "agreement_expire",
    "fairness_measure",
    "rules_supersede",
    "scorecard_store",
    "scorecard_use",
    "taxonomy_import",
}


def person(kind: Kind | None, *roles: Role) -> Actor:
    office, ref = (MY_OFFICE, "O-1") if kind else (None, "")
    ministry = {None: None, POST: MY_MINISTRY}.get(kind, MY_OFFICE)
    return Actor(ME, "U-1", "", office, ref, "", kind, MINE if kind else "", frozenset(roles), ministry)


#: Everybody: each kind of organisation with each role, its own or not, and with none.
PEOPLE = [person(kind, *roles) for kind, roles in product((*Kind, None), [(), *((role,) for role in Role)])]


def thing(actor: Actor, ties: frozenset[str]) -> Any:
    """Return an object of which exactly these ties hold; it is of every kind at once."""

    def scheme(tie: str) -> Any:
        party = SimpleNamespace(agreement=SimpleNamespace(origin_id=actor.ministry_id if tie in ties else ELSE))
        owner = {"party": "organisation", "vacancy_party": "run_scheme"}[tie]
        own = actor.organisation_id if owner in ties else ELSE
        return SimpleNamespace(agreements=[party], organisation_id=own)

    both = scheme("party")
    return SimpleNamespace(
        organisation_id=both.organisation_id,
        agreements=both.agreements,
        scheme=scheme("vacancy_party"),
        origin_id=actor.organisation_id if "origin_party" in ties else ELSE,
        destination_id=actor.organisation_id if "destination" in ties else ELSE,
        employer=SimpleNamespace(organisation_id=actor.organisation_id if "employer" in ties else ELSE),
        country=actor.country if "country" in ties else OTHER,
        origin_country=actor.country if "origin" in ties else OTHER,
        post_id=actor.organisation_id if "post" in ties else ELSE,
        registered_by_id=actor.user_id if "registered" in ties else ELSE,
        worker=SimpleNamespace(origin_country=actor.country if "worker_national" in ties else OTHER),
        vacancy=SimpleNamespace(country=actor.country if "vacancy_country" in ties else OTHER),
        endorsed_by_id=actor.user_id if "endorsed" in ties else ELSE,
    )


FULL = frozenset(TIES)
CONTEXTS = [
    frozenset[str](),
    FULL,
    FULL - {"registered", "endorsed"},
    *(FULL - {tie} for tie in TIES),
    *(frozenset({tie}) for tie in TIES),
    *(FULL - {"registered", "endorsed", tie} for tie in TIES),
]


def expected(actor: Actor, permission: Permission, ties: frozenset[str]) -> bool:
    return any(
        actor.kind in line.kinds
        and (line.roles == ANY or actor.has(*line.roles))
        and line.ties <= ties
        and not line.never & ties
        for line in TABLE[permission.value]
    )


CASES = [(actor, ties, thing(actor, ties)) for actor in PEOPLE for ties in CONTEXTS]


def slips(permission: Permission) -> Iterator[tuple[Actor, frozenset[str]]]:
    """Yield each case in which the policy says other than the table."""
    for actor, ties, item in CASES:
        if allowed(actor, permission, item) != expected(actor, permission, ties):
            yield actor, ties


def test_the_table_speaks_of_every_permission():
    assert set(TABLE) == {permission.value for permission in Permission if permission not in AWAITED}


def test_what_awaits_its_feature_is_granted_to_nobody_and_says_whose_it_will_be():
    assert not set(AWAITED) & set(POLICY)
    assert set(AWAITED) | set(POLICY) == set(Permission)
    assert all(AWAITED.values())
    for permission in AWAITED:
        assert not any(allowed(actor, permission, thing(actor, FULL)) for actor in (*PEOPLE, SYSTEM))


@pytest.mark.parametrize("permission", POLICY)
def test_the_policy_is_the_table(permission):
    assert next(slips(permission), None) is None


@pytest.mark.parametrize("permission", Permission)
def test_the_system_does_only_what_no_person_does(permission):
    item = thing(person(DESTINATION), FULL)
    assert allowed(SYSTEM, permission, item) is (permission.value in SYSTEM_MAY)


def test_the_system_is_not_a_stranger_without_an_office():
    """Objects whose columns are empty belong to nobody, not to an actor without an organisation."""
    for permission in Permission:
        if permission.value in SYSTEM_MAY:
            continue
        for actor in (SYSTEM, person(None, Role.WORKER), person(None, *Role)):
            assert not allowed(actor, permission, thing(actor, FULL)), permission


Mutant = Callable[[Predicate], Predicate | None]


def kept_but(predicate: Predicate, change: Callable[[Actor, bool], bool]) -> Predicate:
    return lambda actor, item: change(actor, predicate(actor, item))


def mutants(permission: Permission) -> Iterator[tuple[str, tuple[tuple[Predicate, ...], ...]]]:
    """Yield the policy of a permission with one slip: a predicate dropped, a role or kind too many or too few."""
    clauses = POLICY[permission]
    for role in Role:
        yield f"anybody with {role}", (*clauses, (holds(role),))
    for kind in Kind:
        yield f"anybody at {kind}", (*clauses, (policy.at(kind),))
    for number, clause in enumerate(clauses):
        others = (*clauses[:number], *clauses[number + 1 :])
        yield f"clause {number} gone", others
        for place, predicate in enumerate(clause):
            name = predicate.__qualname__.partition(".")[0]
            rest = (*clause[:place], *clause[place + 1 :])
            yield f"clause {number} without {name}", (*others, rest or (lambda _actor, _item: True,))
            yield f"clause {number} with {name} turned", (*others, (*rest, kept_but(predicate, lambda _, was: not was)))
            if name == "holds":
                for role in Role:
                    flipped = kept_but(predicate, lambda actor, was, role=role: was != actor.has(role))
                    yield f"clause {number}, {role} flipped", (*others, (*rest, flipped))
            if name == "at":
                for kind in Kind:
                    flipped = kept_but(predicate, lambda actor, was, kind=kind: was != (actor.kind is kind))
                    how = "left out" if predicate(person(kind), None) else "let in"
                    yield f"clause {number}, {kind} {how}", (*others, (*rest, flipped))


def caught(permission: Permission) -> bool:
    system = allowed(SYSTEM, permission, thing(person(DESTINATION), FULL)) != (permission.value in SYSTEM_MAY)
    return system or next(slips(permission), None) is not None


def is_no_slip(permission: Permission, name: str) -> bool:
    """Tell whether a mutant says what the table says already: a kind all of whose people may do it to anything.

    That is so of a whole clause for such a kind, and of such a kind let into a clause that is about others; a kind
    that is put out of its own clause is a slip.
    """
    lines = TABLE[permission.value]
    open_kinds = {kind for line in lines if line.roles == ANY and not line.ties for kind in line.kinds}
    return name.endswith(tuple(way for kind in open_kinds for way in (f"anybody at {kind}", f", {kind} let in")))


def test_the_table_notices_nearly_every_slip_in_the_policy(monkeypatch):
    told, missed = 0, []
    for permission in POLICY:
        for name, clauses in list(mutants(permission)):
            if is_no_slip(permission, name):
                continue
            with monkeypatch.context() as patch:
                patch.setitem(POLICY, permission, clauses)
                told += 1
                if not caught(permission):
                    missed.append(f"{permission}: {name}")
    share = 1 - len(missed) / told
    assert told > 900
    assert share >= 0.99, missed


def test_the_endorser_may_not_approve_and_the_registrar_not_confirm():
    reviewer = person(DESTINATION, Role.REVIEWER)
    proposal = SimpleNamespace(vacancy=SimpleNamespace(country=MINE), endorsed_by_id=ME)
    assert not allowed(reviewer, Permission.PROPOSAL_APPROVE, proposal)
    assert allowed(reviewer, Permission.PROPOSAL_REFUSE, proposal)
    proposal.endorsed_by_id = ELSE
    assert allowed(reviewer, Permission.PROPOSAL_APPROVE, proposal)

    screener = person(POST, Role.SCREENING_OFFICER, Role.REGISTRATION_OFFICER)
    worker = SimpleNamespace(post_id=MY_OFFICE, registered_by_id=ME)
    assert not allowed(screener, Permission.WORKER_CONFIRM_IDENTITY, worker)
    worker.registered_by_id = ELSE
    assert allowed(screener, Permission.WORKER_CONFIRM_IDENTITY, worker)


def test_a_permission_without_a_clause_is_never_granted(monkeypatch):
    monkeypatch.delitem(POLICY, Permission.HOME_VIEW)
    assert not any(allowed(actor, Permission.HOME_VIEW) for actor in (*PEOPLE, SYSTEM))


def test_an_empty_clause_grants_nothing(monkeypatch):
    monkeypatch.setitem(POLICY, Permission.AUDIT_VIEW, ((),))
    assert not allowed(person(OVERSIGHT, Role.AUDITOR), Permission.AUDIT_VIEW)


def test_a_predicate_that_cannot_answer_raises_and_grants_nothing():
    with pytest.raises(AttributeError):
        allowed(person(DESTINATION, Role.SHORTAGE_OFFICER), Permission.SHORTAGE_DECLARE, object())


def test_require_names_the_permission_and_not_the_person():
    with pytest.raises(ForbiddenError, match="^scheme_run$"):
        require(person(OPERATOR, Role.OPERATOR), Permission.SCHEME_RUN, thing(person(OPERATOR), FULL))


def test_the_operator_sees_no_business_at_all():
    operator = person(OPERATOR, Role.OPERATOR)
    granted = {permission for permission in Permission if allowed(operator, permission, thing(operator, FULL))}
    upkeep = {Permission.SCORECARD_STORE, Permission.SCORECARD_USE}
    assert granted == {Permission.HOME_VIEW, Permission.ACCOUNT_MANAGE} | upkeep
