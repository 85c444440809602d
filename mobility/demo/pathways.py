"""The demo's agreements and schemes, drafted, signed and started by the ministries' own people."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from mobility.demo.calendar import COMING_SEASON, LAST_SEASON, Calendar
from mobility.demo.geography import ORIGINS
from mobility.demo.ministries import Cast
from mobility.models.schemes.schemes import Scheme
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.rules.law.example_schemes import example_schemes
from mobility.rules.quotas.counters import QuotaDimension
from mobility.security.actors import SYSTEM, Actor
from mobility.services.schemes import agreements, schemes
from mobility.services.schemes.agreements import AgreementTerms
from mobility.services.schemes.entries import QuotaTerms, terms_of_example

COSTS = {
    **dict.fromkeys(
        (CostKind.RECRUITMENT, CostKind.VISA, CostKind.TRAVEL_OUT, CostKind.TRAVEL_BACK, CostKind.INSURANCE),
        CostBearer.EMPLOYER,
    ),
    **dict.fromkeys((CostKind.PASSPORT, CostKind.TRAINING), CostBearer.ORIGIN),
}
#: destination, example, who takes part, units a season, how far it has come.
PLAN = (
    ("US", "us_h2a_like", ("GT", "HN", "SV", "JM", "HT"), 400, "active"),
    ("US", "us_h2b_like", ("GT", "HN", "SV", "JM", "HT"), 8000, "active"),
    ("CA", "ca_sawp_like", ("JM",), 60, "active"),
    ("CA", "skilled_corridor", ("GT", "HN", "SV", "JM", "HT"), 40, "active"),
    ("US", "disaster_response", ("HN", "JM", "GT"), 80, "one_signature"),
    ("CA", "disaster_response", ("JM", "HT"), 30, "suspended"),
)


def sign_all(session: Session, cast: Cast, calendar: Calendar) -> Mapping[tuple[str, str], Scheme]:
    """Make the agreements and schemes; returns the schemes by (destination, example)."""
    pacts = {
        (destination, origin.country): _agree(session, cast, calendar, destination, origin.country)
        for destination in ("US", "CA")
        for origin in ORIGINS
    }
    made = {}
    for destination, code, origins, units, stage in PLAN:
        refs = [pacts[destination, origin] for origin in origins]
        made[destination, code] = _scheme(session, cast, calendar, (destination, code, origins, units, stage), refs)
    return made


def _agree(session: Session, cast: Cast, calendar: Calendar, destination: str, origin: str) -> str:
    terms = AgreementTerms(
        title=f"{destination}-{origin}: regular labour mobility (demonstration)",
        destination=cast.actors[destination, Role.SCHEME_OFFICER].organisation_ref,
        origin=cast.actors[origin, Role.SCHEME_OFFICER].organisation_ref,
        valid_from=calendar.day(-445),
        costs=COSTS,
    )
    return agreements.create(session, SYSTEM, terms, at=calendar.moment(-445)).ref


def _scheme(
    session: Session,
    cast: Cast,
    calendar: Calendar,
    plan: tuple[str, str, tuple[str, ...], int, str],
    pacts: list[str],
) -> Scheme:
    destination, code, origins, units, stage = plan
    officer = cast.actors[destination, Role.SCHEME_OFFICER]
    example = next(each for each in example_schemes() if each.code == code)
    late = stage == "one_signature"
    at = calendar.moment(-6) if late else calendar.signed
    terms = terms_of_example(example, pacts, calendar.day(30 if late else -425), _quotas(calendar, origins, units))
    made = schemes.draft(session, officer, terms, at=at)
    schemes.submit(session, officer, made.ref, version=made.version, at=at)
    signers: list[Actor] = [officer, *(cast.actors[origin, Role.SCHEME_OFFICER] for origin in origins)]
    for signer in signers[:2] if late else signers:
        schemes.sign(session, signer, made.ref, version=made.version, at=at)
    if not late:
        schemes.activate(session, officer, made.ref, version=made.version, at=calendar.moment(-424))
    if stage == "suspended":
        why = Why(Cause.UNDER_REVIEW, "The emergency was declared over; no new departures under this scheme.")
        schemes.suspend(session, officer, made.ref, why, version=made.version, at=calendar.moment(-40))
    return schemes.get(session, officer, made.ref)


def _quotas(calendar: Calendar, origins: tuple[str, ...], units: int) -> list[QuotaTerms]:
    found = []
    for first, last in (LAST_SEASON, COMING_SEASON):
        period = (calendar.day(first), calendar.day(last))
        found.append(QuotaTerms(*period, units))
        if len(origins) > 1:
            share = max(4, units * 2 // 5)
            found += [QuotaTerms(*period, share, QuotaDimension.ORIGIN, origin) for origin in origins]
    return found
