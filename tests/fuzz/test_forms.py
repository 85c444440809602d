"""Every form of every page, sent by everybody with what nobody should send: no crash, no leak, a log that stays true."""

import random
from collections import Counter
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from mobility.models.accounts.sessions import UserSession
from mobility.models.platform.jobs import IdempotencyKey, Job
from mobility.models.schemes.quotas import Quota
from mobility.models.workers.workers import Worker
from mobility.rules.cases.workers import WorkerState
from mobility.security.audit_verification import verify
from mobility.views.frame.access import ACCESS, PUBLIC
from tests.forms_on_pages import forms, held
from tests.structure.test_access import routes
from tests.structure.world import World
from tests.web import Browser

pytestmark = pytest.mark.slow

#: Stands in every personal field of the world and in what is sent; where it turns up, something leaks.
CANARY = "Zzcanaryzz"
MARKUP = f"<svg onload=alert(1)>{CANARY}"
NASTY = (
    "",
    " ",
    MARKUP,
    CANARY * 900,
    f"{CANARY}'; DROP TABLE worker; --",
    f'{CANARY}"\\',
    "%00%s%n%(name)s{{7*7}}${7*7}",
    f"{CANARY}\r\nSet-Cookie: sid=x",
    "\x00",
    "\x1b[2J",
    "\u202etxet",
    "\U0001f600",
    "e\u0301" * 300,
    "0",
    "-1",
    "1.5",
    "1e309",
    "NaN",
    "999999999999999999999999999",
    "２０",
    "١٢",
    "0x10",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "31",
    "true",
    "null",
    "[" * 2000,
    '{"a":' * 500,
    '[{"id":"age","rule":"range"}]',
    "../../etc/passwd",
    "//evil.example",
    "W-7K3M-9QXA-4",
    "female",
    "certified",
    "approve",
)
#: What a form never asks for and a careless one would take.
UNASKED = {"state": "ready", "id": "1", "version": "1", "organisation_id": "1", "user_id": "1", "approved_by_id": "1"}
#: Bytes that are no text in any encoding.
BROKEN = (b"\xff\xfe", b"%ED%A0%80", b"name=%C3%28", b"a" * 3000 + b"=1", b"&&&=&=", b"version=1;version=2")


#: Addresses that answer with a piece of a page.
FRAGMENTS = {"match_runs.progress", "simulations.progress"}


@pytest.fixture
def people(session, make):
    """Make the world of the access matrix, with a canary in every field of every worker, and files in many states."""
    world = World.build(make)
    registrar = world.people["registrar"]
    sealed = ("given_names", "family_names", "name_latin", "email", "address", "vulnerability")
    canaries = {name: f"{CANARY} {name}" for name in sealed}
    for state in (WorkerState.REGISTERED, WorkerState.SCREENING, WorkerState.PAUSED, WorkerState.READY):
        make.worker(registrar, state, note=CANARY, number=f"{CANARY}{state}", **canaries)
    make.record_people()
    session.commit()
    return world


def addresses(app, sessions):
    """Return every address that may show a form: those without an object, and one for each object of a model."""
    found = []
    with sessions() as session:
        for route in routes(app):
            needed = ACCESS[route.endpoint]
            if route.method != "GET" or needed is PUBLIC or route.endpoint in FRAGMENTS:
                continue
            refs = session.scalars(sa.select(needed.of.ref).order_by(needed.of.id)) if needed.of else [""]
            found += [route.path(ref) for ref in refs]
    extra = ["/workers/new?occupation=9211&language=es", "/vacancies/new", "/schemes/new?example=us_h2a_like"]
    return [*found, *extra, "/sign-in", "/account/confirm"]


def mutated(chance, sent):
    """Return what is held in a form with some of it spoilt."""
    spoilt = {name: list(values) for name, values in sent.items()}
    names = sorted(spoilt) or ["x"]
    for name in chance.sample(names, k=min(len(names), chance.choice((0, 1, 1, 2, 4)))):
        match chance.randrange(6):
            case 0:
                spoilt.pop(name, None)
            case 1:
                spoilt[name] = [chance.choice(NASTY) for _ in range(3)]
            case _:
                spoilt[name] = [chance.choice(NASTY)]
    if chance.random() < 0.2:
        spoilt |= {name: [value] for name, value in chance.sample(sorted(UNASKED.items()), k=2)}
    return spoilt


def filled(chance, sent):
    """Return a form with something plausible in what was left empty, so that it gets past the first check."""
    words = ("1", "12", "US", "GT", "2026", "Reason enough", CANARY, "es", "passport")
    return {
        name: values if any(values) or chance.random() < 0.3 else [chance.choice(words)]
        for name, values in sent.items()
    }


def fuzz(app, sessions, browsers, chance, cases):
    """Send ``cases`` forms, and return how often each (status) was answered, and which endpoints were reached."""
    told, reached = Counter(), Counter()
    places = addresses(app, sessions)
    while sum(told.values()) < cases:
        name = chance.choice(sorted(browsers))
        browser, place = browsers[name], chance.choice(places)
        page = browser.get(place)
        assert page.status < 500, (name, place)
        for form in forms(page) if page.page is not None else []:
            action = form.get("action") or place
            for _ in range(3):
                sent = mutated(chance, filled(chance, held(form)))
                if chance.random() < 0.05:
                    body, kind = chance.choice(BROKEN), "application/x-www-form-urlencoded"
                    response = browser.client.post(action, data=body, content_type=kind)
                else:
                    response = browser.client.post(
                        action,
                        data=urlencode(sent, doseq=True, errors="replace"),
                        content_type="application/x-www-form-urlencoded",
                    )
                text = response.get_data(as_text=True)
                assert response.status_code < 500, (name, action, sent)
                assert "<svg onload" not in text, (name, action, sent)
                assert "Traceback" not in text
                assert not any("\n" in value for _, value in response.headers)
                told[response.status_code] += 1
                reached[action.rsplit("/", 1)[-1]] += 1
    return told, reached


def check_nothing_leaked(sessions, logged):
    assert CANARY.lower() not in logged.lower()
    with sessions() as session:
        for model in (Job, IdempotencyKey, UserSession):
            for row in session.execute(sa.select(model.__table__)):
                assert CANARY.lower() not in repr(tuple(row)).lower(), model


def check_all_is_true(sessions):
    with sessions() as session:
        assert verify(session, None).faults == ()
        for quota in session.scalars(sa.select(Quota)):
            assert quota.held + quota.committed + quota.used <= quota.cap


def run(app, people, sessions, browser_for, capfd, *, seed, cases):
    browsers = {name: browser_for(actor) for name, actor in people.people.items()}
    browsers["visitor"] = Browser(app)
    told, reached = fuzz(app, sessions, browsers, random.Random(seed), cases)
    check_nothing_leaked(sessions, capfd.readouterr().err)
    check_all_is_true(sessions)
    return told, reached


def test_forms_sent_by_everybody_crash_nothing_leak_nothing_and_leave_a_true_log(
    app, people, sessions, browser_for, capfd
):
    told, reached = run(app, people, sessions, browser_for, capfd, seed=1, cases=240)
    assert told[422] > 20, told
    assert told[302] > 5, told
    assert len(reached) > 8, reached


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_forms(app, people, sessions, browser_for, capfd, seed):
    """Four seeds of 1,500 on each database: 12,000 cases."""
    told, reached = run(app, people, sessions, browser_for, capfd, seed=seed, cases=1500)
    assert told[302] > 50, told
    assert len(reached) > 20, reached


def test_nothing_personal_is_logged_on_the_way_through_every_page(app, people, sessions, browser_for, capfd, in_turn):
    """Every GET of everybody, and every search, over files that hold a canary in each field."""
    for actor in in_turn(people.people).values():
        browser = browser_for(actor)
        for place in addresses(app, sessions):
            browser.client.get(place)
        browser.client.post("/workers/search", data={"text": f"{CANARY} given_names {CANARY} family_names"})
        browser.client.get(f"/audit/?object={CANARY}&action={CANARY}")
        browser.client.get(f"/{CANARY}?{CANARY}={CANARY}")
    logged = capfd.readouterr().err
    assert logged.count('"event": "request"') > 500
    check_nothing_leaked(sessions, logged)


def test_the_canary_is_seen_where_it_may_be_seen(people, browser_for, sessions):
    """The test above would prove nothing if no page ever opened the fields."""
    with sessions() as session:
        ref = session.scalars(sa.select(Worker.ref).order_by(Worker.id.desc()).limit(1)).one()
    assert browser_for(people.people["registrar"]).get(f"/workers/{ref}").text.count(CANARY) >= 6
