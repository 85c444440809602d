"""The README's tour, walked as it is written: from a shortage to an approved proposal, in Spanish, without JavaScript."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.accounts.organisations import Organisation
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.places import day_in
from mobility.security import audit_verification
from mobility.security.actors import Actor
from mobility.services.platform import reference_data
from mobility.services.schemes.entries import QuotaTerms
from tests.browser.officer import officer
from tests.factories import Make
from tests.tour import tour

pytestmark = pytest.mark.browser

TODAY = day_in("GT", now())
FIRST, LAST = TODAY + timedelta(days=65), TODAY + timedelta(days=230)
HARVEST = "9211"
PLANNED = "Recolección en Ontario"
STEPS = (
    "publication.take_in",
    "shortage.declare",
    "scheme.submit",
    "scheme.sign",
    "scheme.activate",
    "vacancy.submit",
    "vacancy.certify",
    "vacancy.attest",
    "vacancy.open",
    "worker.register",
    "worker.confirm_identity",
    "worker.check",
    "worker.make_ready",
    "match_run.start",
    "match_run.finish",
    "proposal.endorse",
    "proposal.approve",
)


@dataclass
class People:
    """Everybody who takes a step."""

    shortages: Actor
    schemes: Actor
    origin_schemes: Actor
    planner: Actor
    employer: Actor
    registration: Actor
    screening: Actor
    endorser: Actor
    approver: Actor
    auditor: Actor


@pytest.fixture
def people(place):
    """Prepare what stands before the walk: organisations, people, an agreement, a verified employer, occupations."""
    with write_tx(place.sessions) as session:
        make = Make(session, now())
        reference_data.load(session)
        ministry = make.organisation(OrganisationKind.DESTINATION_MINISTRY, "US", name="Department of Labor")
        origin = make.organisation(OrganisationKind.ORIGIN_MINISTRY, "GT", name="Ministerio de Trabajo")
        post = make.organisation(OrganisationKind.CONSULAR_POST, "GT", parent=origin, name="Consulado en Miami")
        made = People(
            shortages=_person(make, ministry, Role.SHORTAGE_OFFICER),
            schemes=_person(make, ministry, Role.SCHEME_OFFICER),
            origin_schemes=_person(make, origin, Role.SCHEME_OFFICER),
            planner=_planner(make),
            employer=make.employer_actor(make.employer()),
            registration=_person(make, post, Role.REGISTRATION_OFFICER),
            screening=_person(make, post, Role.SCREENING_OFFICER),
            endorser=_person(make, origin, Role.REVIEWER),
            approver=_person(make, ministry, Role.REVIEWER),
            auditor=make.actor(OrganisationKind.OVERSIGHT_BODY, "US", Role.AUDITOR),
        )
        make.agreement(made.schemes, made.origin_schemes)
        make.record_people()
    return made


def _person(make: Make, home: Organisation, role: Role) -> Actor:
    return make.actor(home.kind, home.country, role, of=home)


def _planner(make: Make) -> Actor:
    """Make the scheme officer of a corridor with ready workers, an open vacancy and rules that wait for signatures."""
    destination, origin = make.scheme_officer("CA"), make.scheme_officer("MX", origin=True)
    quota = QuotaTerms(date(TODAY.year, 1, 1), date(TODAY.year + 1, 12, 31), 100)
    scheme = make.scheme(destination, origin, code="ca_sawp_like", quotas=[quota])
    make.open_vacancy(
        scheme,
        positions=2,
        region="CA-ON",
        currency="CAD",
        wage_floors={"prevailing": "16.20"},
        starts_on=FIRST,
        ends_on=LAST,
    )
    ministry = make.session.get_one(Organisation, origin.organisation_id)
    consulate = make.organisation(OrganisationKind.CONSULAR_POST, "MX", parent=ministry)
    post = _person(make, consulate, Role.SCREENING_OFFICER)
    for _ in range(3):
        make.worker(post)
    make.later_version(destination, scheme, make.changed_rules(scheme, "age", min=20), first_day=FIRST)
    return destination


def test_the_tour_of_the_readme_is_walked_as_it_is_written(place, people, open_page):
    steps, desks = tour(), {}
    assert [step.number for step in steps] == list(WALK)
    for step in steps:
        assert _is_taken_by(step.person, getattr(people, WALK[step.number][0][0])), step
        used = set()
        for name, act in WALK[step.number]:
            if name not in desks:
                desks[name] = officer(place, open_page(javascript=False, locale="es-DO"), getattr(people, name))
            desks[name].used = used
            act(desks[name])
            Runner(place.sessions, MatchHandlers().handlers(), now).until_empty()
        assert set(step.labels) <= used, step
    with read_tx(place.sessions) as session:
        assert audit_verification.verify(session, None).faults == ()


def _is_taken_by(person: str, actor: Actor) -> bool:
    role = person.rstrip(".").partition(",")[0].lower().replace(" ", "_")
    return any(each.value.startswith(role) for each in actor.roles)


def take_in_list(me):
    me.go("Shortages")
    me.follow("Published lists")
    me.follow("Take in a list or figures")
    me.choose("What does the file hold?", "shortage_list")
    me.fill("Name of the list", "Ocupaciones en escasez")
    me.fill("Source", "Oficina estatal, boletín 4")
    me.day("Published on", TODAY - timedelta(days=20))
    me.field("File").set_input_files(
        {"name": "lista.csv", "mimeType": "text/csv", "buffer": f"Code,Job,Region\n{HARVEST},Cosecha,US-FL\n".encode()}
    )
    me.choose("Which codes does it use?", "isco08")
    me.fill("Column of the codes", "Code")
    me.fill("Column of the job titles", "Job")
    me.fill("Column of the regions", "Region")
    me.press("Show what it comes to")
    assert "Cosecha" in me.row("What the lines come to")
    me.press("Take it in")
    me.done("Suggestions made: %(count)s. Nothing is declared: an officer decides on each.", count=1)
    me.go("Shortages")
    me.follow("How tight labour markets are")
    me.sees("No weights are stated yet, so every indicator counts the same.")


def declare_shortage(me):
    me.go("Shortages")
    me.follow("Declare a shortage")
    me.fill("Occupation", HARVEST)
    me.choose("Region", "US-FL")
    me.fill("How many people are missing?", 40)
    me.day("From", TODAY)
    me.day("To", TODAY + timedelta(days=360))
    me.choose("Kind of evidence", "vacancy_rate")
    me.fill("Figure", "7.5")
    me.fill("Source", "Encuesta de empleo, tabla 3")
    me.day("As of", TODAY - timedelta(days=30))
    me.day("Measured from", TODAY - timedelta(days=120))
    me.day("Measured to", TODAY - timedelta(days=31))
    me.press("Store the draft")
    me.press("Declare this shortage")
    me.done("The shortage is declared. Vacancies can now be tied to it.")


def draft_scheme(me):
    me.go("Schemes")
    me.follow("Draft a scheme")
    me.page.locator("main").get_by_role("link").filter(has_text="H-2A").or_(
        me.page.locator("main a[href*=us_h2a_like]")
    ).first.click()
    me.day("Places count from", TODAY)
    me.day("Places count to", TODAY + timedelta(days=360))
    me.fill("Places in all", 10)
    me.fill("Places kept for women", "")
    me.page.get_by_role("checkbox").first.check()
    me.press("Store the draft")
    me.press("Submit for signature")
    me.follow("Simulate changes")
    me.sees(
        "No worker of this scheme's countries of origin is ready to be matched, so there is nobody to simulate with."
    )
    me.go("Schemes")
    me.open_first()
    me.press("Sign for my ministry")
    me.done("Your ministry has signed.")


def simulate(me):
    me.page.set_default_timeout(60_000)  # the first answer of a fresh checkout compiles
    me.go("Schemes")
    me.open_first()
    me.follow("Simulate changes")
    me.page.locator("summary", has_text=me.say("Quotas")).click()
    me.page.locator("[name=cap_0]").fill("1")
    me.press("Show what it would bring")
    filled = me.page.get_by_role("table", name=me.say("In short")).get_by_role("row").last
    assert filled.get_by_role("cell").last.inner_text() == "-1"
    me.fill("Name of the scenario", PLANNED)
    me.press("Save the scenario")
    me.done("The scenario is saved. Your ministry sees it; others only once you attach it.")
    me.press("Attach it to the version to be signed")
    me.done("The scenario is attached. All ministries that sign the newest version see it.")
    me.go("Schemes")
    me.open_first()
    assert PLANNED in me.row("Scenarios attached to this version")
    me.press("Sign for my ministry")
    me.done("Your ministry has signed.")


def sign_scheme(me):
    me.go("To do")
    me.page.locator("main .app-card--waiting a", has_text=me.say("Schemes to sign")).click()
    me.open_first()
    me.press("Sign for my ministry")
    me.done("Your ministry has signed.")


def start_scheme(me):
    me.go("Schemes")
    me.open_first()
    me.press("Start the scheme")
    me.done("The scheme is active. Employers can post vacancies under it.")


def post_vacancy(me):
    me.go("Vacancies")
    me.follow("Post a vacancy")
    for name in ("Scheme", "Declared shortage"):
        me.field(name).select_option(index=1)
    me.fill("Occupation", HARVEST)
    me.press("Continue")
    me.fill("Job title", "Cosecha de cítricos")
    me.choose("Region of the worksite", "US-FL")
    me.fill("Positions", 2)
    me.day("First day of work", FIRST)
    me.day("Last day of work", LAST)
    me.fill("Hours a week", 40)
    me.fill("Gross pay", "17.50")
    me.choose("The pay is for one", "hour")
    me.choose("Currency", "USD")
    me.fill("Guaranteed share of the hours, in percent", 75)
    me.tick("Housing without charge", "Travel to the country and back is paid", "Insurance against accidents at work")
    me.page.locator("[name=essential_skills]").first.check()
    me.choose("Level of the essential skills", "2")
    me.tick("No worker pays any fee, deposit or cost of recruitment to anybody")
    me.press("Store the draft")
    me.press("Submit to the ministry")
    me.done("The vacancy is submitted. The ministry looks at it now.")


def certify(me):
    me.go("Vacancies")
    me.open_first()
    me.follow("Certify this vacancy")
    me.fill("Positions to certify", 2)
    me.page.locator("[name=floor_aewr]").fill("16.20")
    me.press("Check with these figures")
    me.sees("Nothing stands against certifying it.")
    me.press("Certify")


def attest(me):
    me.go("Vacancies")
    me.open_first()
    me.press("Attest that this offer is real")


def open_for_matching(me):
    me.go("Vacancies")
    me.open_first()
    me.press("Open it for matching")


def register_worker(me):
    me.go("Workers")
    me.follow("Register a person")
    me.fill("What work does the person do?", HARVEST)
    me.press("Continue")
    me.choose("Kind of document", "passport")
    me.choose("Issued by", "GT")
    me.fill("Number", "P01234567")
    me.day("Valid until", TODAY + timedelta(days=3000))
    me.fill("Given names", "Ana María")
    me.fill("Family names", "Núñez")
    me.day("Birth date", TODAY - timedelta(days=11000))
    me.tick("Female")
    me.choose("Nationality", "GT")
    me.choose("Country where they live", "GT")
    for asked in me.page.locator("select[name^=skill_]:visible").all():
        asked.select_option("3")
    for box in me.page.locator("[name=consents]").all():
        box.check()
    me.press("Register")
    me.done("The person is registered. A second officer now confirms who they are.")


def check_worker(me):
    me.go("Workers")
    me.open_first()
    me.tick("I compared the document with the person and answer for it")
    me.press("Confirm the identity")
    for kind in ("police", "medical", "orientation"):
        me.follow("Record a check")
        me.choose("What was checked?", kind)
        me.choose("Result", "passed")
        me.fill("Who checked it?", "Oficina nacional")
        me.day("Day of the check", TODAY)
        me.press("Record the check")
        me.done("The check is recorded.")
    me.press("Make ready to be proposed")
    me.done("The worker is ready. The next match run can propose them.")


def start_match(me):
    me.go("Match runs")
    me.follow("Start a match run")
    me.field("Scheme").select_option(index=1)
    me.press("Start the run")
    me.done("The run is started. This page shows how far it is.")


def read_match(me):
    me.go("Match runs")
    me.open_first()
    me.sees("Reviewers of the country of origin decide on the proposals next.")
    me.follow("Show the proposals of this run")
    me.sees("Proposed")


def endorse(me):
    _decide(me, "Endorse", "Endorsed")


def approve(me):
    _decide(me, "Approve", "Approved")


def _decide(me, decision, state):
    me.go("Proposals")
    me.open_first()
    me.tick(decision)
    me.press("Record the decision")
    me.done("Your decision is recorded.")
    me.sees(state)


def quota_is_taken(me):
    me.go("Schemes")
    me.open_first()
    cells = me.page.get_by_role("table", name=me.say("Quotas")).get_by_role("row").nth(1).get_by_role("cell")
    assert [cell.inner_text() for cell in cells.all()][-6:-1] == ["10", "0", "1", "0", "9"]


def log_shows_every_step(me):
    me.go("Audit log")
    offered = me.field("Step").locator("option").evaluate_all("options => options.map(option => option.value)")
    assert set(STEPS) <= set(offered)
    for step in STEPS:
        me.choose("Step", step)
        me.press("Show")
        assert me.page.get_by_role("table").get_by_role("row").count() > 1, step


#: By the number of a step in the README: who acts, and how, in order.
WALK = {
    1: (("shortages", take_in_list), ("shortages", declare_shortage)),
    2: (("schemes", draft_scheme), ("planner", simulate)),
    3: (("origin_schemes", sign_scheme), ("schemes", start_scheme)),
    4: (("employer", post_vacancy),),
    5: (("schemes", certify), ("screening", attest), ("schemes", open_for_matching)),
    6: (("registration", register_worker),),
    7: (("screening", check_worker),),
    8: (("schemes", start_match), ("schemes", read_match)),
    9: (("endorser", endorse),),
    10: (("approver", approve), ("schemes", quota_is_taken)),
    11: (("auditor", log_shows_every_step),),
}
