"""The people and objects of the access matrix: two countries on each side, so that everything has a stranger."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from mobility.models.accounts.organisations import Organisation
from mobility.models.base import Base
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun, StoredScorecard
from mobility.models.notices import Notice
from mobility.models.proposals import MatchProposal
from mobility.models.scenarios import Scenario
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import RuleSet, Scheme
from mobility.models.schemes.waivers import Waiver
from mobility.models.shortages.publications import Publication, ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.queries.lists import quota_lists
from mobility.rules.basics.organisations import OrganisationKind as Kind
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.quotas.places import Places
from mobility.security.actors import Actor
from mobility.services.match_runs import scorecards
from mobility.services.proposals import proposals
from tests.factories import Make
from tests.factories.proposals import Corridor
from tests.factories.publications import lines


class Seen(NamedTuple):
    """One line of the table of who sees what."""

    person: str
    model: type[Base]
    thing: str
    seen: bool


@dataclass
class World:
    """``people`` by name, and ``objects``: model → name → public reference."""

    people: dict[str, Actor]
    objects: dict[type[Base], dict[str, str]]

    @classmethod
    def build(cls, make: Make) -> "World":
        """Make a corridor with everybody in it, strangers to it, and something of every kind."""
        corridor = make.corridor(workers=2, vacancies=1, positions=2)
        people = _people(make, corridor)
        run = make.match(corridor)
        fresh, endorsed = make.proposals(run)
        proposals.endorse(make.session, corridor.endorser, endorsed.ref, version=endorsed.version, at=make.at)
        draft = make.open_vacancy(corridor.scheme, state=VacancyState.DRAFT)
        far_away = make.worker(people["foreign_screener"])
        declared = people["us_shortage_officer"]
        preview = make.publication(declared, lines({"code": "9211"}, {"code": "wrong"}))
        objects: dict[type[Base], dict[str, str]] = {
            Shortage: {
                "draft": make.shortage(declared, ShortageState.DRAFT).ref,
                "declared": make.shortage(declared).ref,
                "foreign": make.shortage(people["ca_shortage_officer"]).ref,
            },
            Publication: {"preview": preview.ref},
            ShortageSuggestion: {"open": make.suggestion(declared).ref},
            Scheme: {"active": corridor.scheme.ref},
            Scenario: {
                "own": make.scenario(corridor.destination, corridor.scheme).ref,
                "attached": _attached(make, corridor),
            },
            Quota: {
                "whole": quota_lists.of_scheme(make.session, corridor.scheme.id)[0].ref,
                "half": _half(make, corridor),
            },
            Agreement: {"own": make.session.scalars(sa.select(Agreement.ref).order_by(Agreement.id)).first()},
            Notice: {"own": make.notice(corridor.origin, corridor.scheme).ref},
            Waiver: {"own": make.waiver(corridor.endorser, endorsed).ref},
            Employer: {"own": corridor.vacancies[0].employer.ref},
            Vacancy: {"open": corridor.vacancies[0].ref, "draft": draft.ref},
            Worker: {
                "fresh": make.session.get_one(Worker, fresh.worker_id).ref,
                "endorsed": make.session.get_one(Worker, endorsed.worker_id).ref,
                "far_away": far_away.ref,
            },
            MatchRun: {"run": run.ref},
            StoredScorecard: {"experts": scorecards.in_force(make.session).ref},
            MatchProposal: {"fresh": fresh.ref, "endorsed": endorsed.ref},
        }
        return cls(people, objects)


def _attached(make: Make, corridor: Corridor) -> str:
    newest = make.session.scalars(sa.select(RuleSet).where(RuleSet.scheme_id == corridor.scheme.id)).one()
    values = {"rule_set_id": newest.id, "attached_at": make.at}
    return make.scenario(corridor.destination, corridor.scheme, "Attached", **values).ref


def _half(make: Make, corridor: Corridor) -> str:
    """Make a scheme in the same corridor whose year has two halves; return the quota of the first."""
    places = Places(date(2026, 1, 1), date(2026, 12, 31), 5, date(2026, 7, 1), 5)
    scheme = make.scheme(corridor.destination, corridor.origin, quotas=[], places=[places])
    return quota_lists.of_scheme(make.session, scheme.id)[0].ref


def _people(make: Make, corridor: Corridor) -> dict[str, Actor]:
    def home(actor: Actor) -> Organisation:
        return make.session.get_one(Organisation, actor.organisation_id)

    us, gt, post = (home(actor) for actor in (corridor.destination, corridor.origin, corridor.post))
    employer = make.session.get_one(Organisation, corridor.vacancies[0].employer.organisation_id)
    ca, hn = make.organisation(Kind.DESTINATION_MINISTRY, "CA"), make.organisation(Kind.ORIGIN_MINISTRY, "HN")
    homes = {
        "us_shortage_officer": (us, Role.SHORTAGE_OFFICER),
        "us_scheme_officer": (us, Role.SCHEME_OFFICER),
        "us_reviewer": (us, Role.REVIEWER),
        "us_administrator": (us, Role.ADMINISTRATOR),
        "ca_shortage_officer": (ca, Role.SHORTAGE_OFFICER),
        "ca_scheme_officer": (ca, Role.SCHEME_OFFICER),
        "ca_reviewer": (ca, Role.REVIEWER),
        "gt_scheme_officer": (gt, Role.SCHEME_OFFICER),
        "gt_reviewer": (gt, Role.REVIEWER),
        "gt_administrator": (gt, Role.ADMINISTRATOR),
        "hn_reviewer": (hn, Role.REVIEWER),
        "registrar": (post, Role.REGISTRATION_OFFICER),
        "screener": (post, Role.SCREENING_OFFICER),
        "other_registrar": (make.organisation(Kind.CONSULAR_POST, "GT", parent=gt), Role.REGISTRATION_OFFICER),
        "foreign_screener": (make.organisation(Kind.CONSULAR_POST, "HN", parent=hn), Role.SCREENING_OFFICER),
        "employer": (employer, Role.EMPLOYER_ADMINISTRATOR),
        "rival": (make.organisation(Kind.EMPLOYER, "US"), Role.RECRUITER),
        "auditor": (make.organisation(Kind.OVERSIGHT_BODY, "US"), Role.AUDITOR),
        "operator": (make.organisation(Kind.OPERATOR, "US"), Role.OPERATOR),
    }
    return {name: make.actor(place.kind, place.country, role, of=place) for name, (place, role) in homes.items()}


def _seen(model: type[Base], thing: str, *people: str) -> list[Seen]:
    """Return one line for each of these people, who see it, and for everybody else, who does not."""
    return [Seen(person, model, thing, seen=person in people) for person in EVERYBODY]


EVERYBODY = (
    "us_shortage_officer",
    "us_scheme_officer",
    "us_reviewer",
    "us_administrator",
    "ca_shortage_officer",
    "ca_scheme_officer",
    "ca_reviewer",
    "gt_scheme_officer",
    "gt_reviewer",
    "gt_administrator",
    "hn_reviewer",
    "registrar",
    "screener",
    "other_registrar",
    "foreign_screener",
    "employer",
    "rival",
    "auditor",
    "operator",
)
_US = ("us_shortage_officer", "us_scheme_officer", "us_reviewer", "us_administrator")
_CA = ("ca_shortage_officer", "ca_scheme_officer", "ca_reviewer")
_GT = ("gt_scheme_officer", "gt_reviewer", "gt_administrator")
_GT_POSTS = ("registrar", "screener", "other_registrar")
_OWN_POST = ("registrar", "screener")
_EMPLOYERS = ("employer", "rival")

#: Who sees what, from domain.md §2; whoever is not named does not.
VISIBLE = (
    *_seen(Shortage, "draft", *_US, "auditor"),
    *_seen(Shortage, "declared", *_US, *_GT, *_GT_POSTS, *_EMPLOYERS, "auditor"),
    *_seen(Shortage, "foreign", *_CA, "auditor"),
    *_seen(Publication, "preview", *_US, "auditor"),
    *_seen(ShortageSuggestion, "open", *_US, "auditor"),
    *_seen(Scheme, "active", *_US, *_GT, *_GT_POSTS, *_EMPLOYERS, "auditor"),
    *_seen(Scenario, "own", *_US, "auditor"),
    *_seen(Scenario, "attached", *_US, *_GT, "auditor"),
    *_seen(Quota, "whole", *_US, *_GT, *_GT_POSTS, *_EMPLOYERS, "auditor"),
    *_seen(Quota, "half", *_US, *_GT, *_GT_POSTS, *_EMPLOYERS, "auditor"),
    *_seen(Agreement, "own", *_US, *_GT, *_GT_POSTS, "auditor"),
    *_seen(Notice, "own", *_GT),
    *_seen(Waiver, "own", *_US, *_GT, *_OWN_POST, "auditor"),
    *_seen(Employer, "own", *_US, *_GT, "employer", "auditor"),
    *_seen(Vacancy, "open", *_US, *_GT, *_GT_POSTS, "employer", "auditor"),
    *_seen(Vacancy, "draft", "auditor"),
    *_seen(Worker, "fresh", *_GT, *_OWN_POST),
    *_seen(Worker, "endorsed", *_US, *_GT, *_OWN_POST),
    *_seen(Worker, "far_away", "hn_reviewer", "foreign_screener"),
    *_seen(StoredScorecard, "experts", *_US, *_CA, *_GT, "hn_reviewer", "auditor"),
    *_seen(MatchRun, "run", *_US, *_GT, "auditor"),
    *_seen(MatchProposal, "fresh", *_GT, *_OWN_POST, "auditor"),
    *_seen(MatchProposal, "endorsed", *_US, *_GT, *_OWN_POST, "auditor"),
)
