"""The people and objects of the access matrix: two countries on each side, so that everything has a stranger."""

from dataclasses import dataclass
from typing import NamedTuple

from mobility.models.base import Base
from mobility.models.shortages import Shortage
from mobility.rules.organisations import OrganisationKind as Kind
from mobility.rules.organisations import Role
from mobility.rules.shortages import ShortageState
from mobility.security.actors import Actor
from tests.factories import Make


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
        """Make everybody and everything."""
        people = _people(make)
        objects: dict[type[Base], dict[str, str]] = {
            Shortage: {
                "draft": make.shortage(people["us_shortage_officer"], ShortageState.DRAFT).ref,
                "declared": make.shortage(people["us_shortage_officer"]).ref,
                "foreign": make.shortage(people["ca_shortage_officer"]).ref,
            }
        }
        return cls(people, objects)


def _people(make: Make) -> dict[str, Actor]:
    us, ca = (make.organisation(Kind.DESTINATION_MINISTRY, country) for country in ("US", "CA"))
    gt, hn = (make.organisation(Kind.ORIGIN_MINISTRY, country) for country in ("GT", "HN"))
    post, other_post = (make.organisation(Kind.CONSULAR_POST, "GT", parent=gt) for _ in range(2))
    foreign_post = make.organisation(Kind.CONSULAR_POST, "HN", parent=hn)
    employer, rival = (make.organisation(Kind.EMPLOYER, "US") for _ in range(2))
    oversight, operator = make.organisation(Kind.OVERSIGHT_BODY, "US"), make.organisation(Kind.OPERATOR, "US")
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
        "hn_scheme_officer": (hn, Role.SCHEME_OFFICER),
        "hn_reviewer": (hn, Role.REVIEWER),
        "registrar": (post, Role.REGISTRATION_OFFICER),
        "screener": (post, Role.SCREENING_OFFICER),
        "other_registrar": (other_post, Role.REGISTRATION_OFFICER),
        "foreign_screener": (foreign_post, Role.SCREENING_OFFICER),
        "employer": (employer, Role.EMPLOYER_ADMINISTRATOR),
        "rival": (rival, Role.RECRUITER),
        "auditor": (oversight, Role.AUDITOR),
        "operator": (operator, Role.OPERATOR),
    }
    return {name: make.actor(home.kind, home.country, role, of=home) for name, (home, role) in homes.items()}


VISIBLE = (
    Seen("us_shortage_officer", Shortage, "draft", seen=True),
    Seen("us_reviewer", Shortage, "declared", seen=True),
    Seen("ca_shortage_officer", Shortage, "declared", seen=False),
    Seen("employer", Shortage, "declared", seen=True),
    Seen("employer", Shortage, "draft", seen=False),
    Seen("employer", Shortage, "foreign", seen=False),
    Seen("gt_reviewer", Shortage, "draft", seen=False),
    Seen("registrar", Shortage, "draft", seen=False),
    Seen("auditor", Shortage, "draft", seen=True),
    Seen("operator", Shortage, "declared", seen=False),
)
