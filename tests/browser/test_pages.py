"""Every page of every persona: axe finds nothing, nothing is wider than a phone, no script and no policy complains."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy.orm import joinedload

from mobility.data.reference import LANGUAGES
from mobility.db import read_tx
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.rules.basics.organisations import Role
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.views.checked import STEPS
from tests.browser import demo_world
from tests.browser.place import Place

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 1280
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PERSONAS = (
    (Role.SHORTAGE_OFFICER, "US"),
    (Role.SCHEME_OFFICER, "US"),
    (Role.SCHEME_OFFICER, "GT"),
    (Role.EMPLOYER_ADMINISTRATOR, "US"),
    (Role.REGISTRATION_OFFICER, "GT"),
    (Role.SCREENING_OFFICER, "GT"),
    (Role.REVIEWER, "GT"),
    (Role.REVIEWER, "US"),
    (Role.ADMINISTRATOR, "US"),
    (Role.AUDITOR, "US"),
    (Role.OPERATOR, "US"),
)
#: Every page stands below at least one of these in every language.
EXPECTED = {
    "home.index",
    "shortages.index",
    "shortages.new",
    "shortages.show",
    "shortages.cover",
    "publications.index",
    "publications.new",
    "suggestions.index",
    "tightness.index",
    "tightness.weights",
    "agreements.index",
    "agreements.new",
    "agreements.show",
    "rules.draft",
    "rule_versions.compare",
    "rule_versions.affected",
    "simulations.show",
    "scenarios.index",
    "notices.index",
    "schemes.index",
    "schemes.new",
    "schemes.show",
    "quotas.show",
    "schemes.new_version",
    "employers.index",
    "employers.new",
    "employers.show",
    "vacancies.index",
    "vacancies.new",
    "vacancies.show",
    "vacancies.certify",
    "workers.index",
    "workers.new",
    "workers.show",
    "match_runs.index",
    "match_runs.new",
    "match_runs.show",
    "proposals.index",
    "proposals.show",
    "audit.index",
    "accounts.show",
}
#: Width of what sticks out, and the first few elements that do.
STICKS_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const wide = [...document.querySelectorAll("main *, header *, footer *")]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
  return wide.slice(0, 4).map((element) => element.outerHTML.slice(0, 160)).join("\\n") || "?";
}"""


#: Of each two buttons that post, where each posts to, and how many pixels part them.
APART = """() => {
  const buttons = [...document.querySelectorAll("main form[method=post] button, main form[method=post] [type=submit]")]
    .map((button) => [button.formAction || button.form.action, button.value, button.getBoundingClientRect()])
    .filter(([, , box]) => box.width && box.height);
  return buttons.flatMap(([to, value, box], place) => buttons.slice(place + 1)
    .filter(([other, another]) => other !== to || another !== value)
    .map(([other, , next]) => [to, other, Math.max(
      Math.max(box.left, next.left) - Math.min(box.right, next.right),
      Math.max(box.top, next.top) - Math.min(box.bottom, next.bottom))]));
}"""
#: Pixels between any two buttons, and where one of them takes a step that cannot be taken back.
NEAREST, NEAREST_TO_FINAL = 10, 24


@pytest.fixture(scope="module", autouse=True)
def built(place):
    demo_world.build(place, workers=200)


@pytest.fixture(scope="module")
def by_axe():
    """Pages that axe has seen in any language."""
    return set()


@dataclass
class Crawl:
    """Opens one page of each kind that a person can reach, and keeps what is wrong with it."""

    place: Place
    page: Page
    by_axe: set[object]
    seen: set[object] = field(default_factory=set)
    endpoints: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def kind_of(self, address: str) -> tuple[str, bool] | None:
        """Return the endpoint of an address and whether it asks for something; None for what is no page of ours."""
        parts = urlsplit(address)
        if parts.netloc != urlsplit(self.place.address).netloc:
            return None
        try:
            endpoint, _ = self.place.app.url_map.bind("").match(parts.path, method="GET")
        except Exception:  # noqa: BLE001  a page that is not there is a kind of its own
            return (parts.path, False)
        return (endpoint, bool(parts.query))

    def walk(self, who: str, *first: str) -> None:
        """Follow links from the first pages until no new kind of page comes up."""
        waiting = [self.place.address + path for path in first]
        while waiting:
            address = waiting.pop(0)
            kind = self.kind_of(address)
            if kind is None or kind in self.seen or kind[0] == "static":
                continue
            self.seen.add(kind)
            self.endpoints.add(kind[0])
            if urlsplit(address).path.endswith(".csv"):
                self.fetch(f"{who}: {urlsplit(address).path}", address)
                continue
            self.page.goto(address)
            self.inspect(f"{who}: {urlsplit(address).path}", kind)
            waiting += self.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        self.seen.discard(("home.index", False))  # it differs from person to person

    def fetch(self, what: str, address: str) -> None:
        """Fetch a table to download: no page, but a link that must lead somewhere."""
        answer = self.page.request.get(address)
        if not answer.ok or not answer.headers["content-type"].startswith("text/csv"):
            self.faults.append(f"{what} is no table: {answer.status}")

    def inspect(self, what: str, kind: object) -> None:
        """Look at the page that is open."""
        wide = self.page.evaluate(STICKS_OUT)
        if wide:
            self.faults.append(f"{what} is wider than {PHONE} px:\n{wide}")
        if kind not in self.by_axe:
            self.by_axe.add(kind)
            self.faults += [f"{what} {line}" for line in self.touching()]
            self.faults += [f"{what} {line}" for line in violations(self.page)]

    def touching(self) -> Iterator[str]:
        """Yield buttons that a finger may take for each other, on a phone and on a desk."""
        for width in (DESK, PHONE):
            self.page.set_viewport_size({"width": width, "height": 900})
            for first, second, gap in self.page.evaluate(APART):
                ends = [self.posts_to(address) for address in (first, second)]
                least = NEAREST_TO_FINAL if any(is_final(each) for each in ends) else NEAREST
                if gap < least:
                    yield f"{ends[0]} and {ends[1]} stand {gap:.0f} px apart at {width} px"

    def posts_to(self, address: str) -> str:
        """Return the endpoint that a form posts to."""
        endpoint: str = self.place.app.url_map.bind("").match(urlsplit(address).path, method="POST")[0]
        return endpoint


def is_final(endpoint: str) -> bool:
    """Tell whether a step cannot be taken back."""
    return endpoint in STEPS and STEPS[endpoint].final


def violations(page: Page) -> list[str]:
    """Return what axe finds, a line for each rule with its first element."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def pages_of_steps(place: Place) -> dict[Role, list[str]]:
    """Return pages that links alone do not lead to at once: second steps, and steps that only one role may take."""
    with read_tx(place.sessions) as session:
        running = sa.select(Scheme.ref).where(Scheme.country == "US", Scheme.state == SchemeState.ACTIVE)
        scheme = session.scalars(running).first()
        waiting = sa.select(Vacancy.ref).where(Vacancy.country == "US", Vacancy.state == VacancyState.SUBMITTED)
        vacancy = session.scalars(waiting).first()
        declared = sa.select(Shortage).where(Shortage.country == "US", Shortage.state == ShortageState.DECLARED)
        shortage = session.scalars(declared.options(joinedload(Shortage.occupation))).first()
        tie = f"scheme={scheme}&shortage={shortage.ref}&occupation={shortage.occupation.code}"
    return {
        Role.SCHEME_OFFICER: [
            "/match-runs/new",
            "/agreements/new",
            f"/schemes/{scheme}/rules/new",
            f"/schemes/{scheme}/rules/draft",
            f"/schemes/{scheme}/rules/compare",
            f"/schemes/{scheme}/rules/affected",
            f"/schemes/{scheme}/simulation",
            f"/vacancies/{vacancy}/certify",
        ],
        Role.EMPLOYER_ADMINISTRATOR: ["/audit/", f"/vacancies/new?{tie}"],
        Role.REGISTRATION_OFFICER: ["/workers/new?occupation=9211&second_occupation=&language=es"],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_fits_a_phone(place, open_page: Callable[..., Page], by_axe, language):
    page = open_page(width=PHONE, locale=f"{language}-GT")
    crawl = Crawl(place, page, by_axe)
    crawl.walk("visitor", "/sign-in", "/demo/", "/nowhere")
    further = pages_of_steps(place)
    for role, country in PERSONAS:
        place.enter(page, demo_world.person(place, role, country), language=language)
        crawl.walk(f"{role} {country}", "/", *further.pop(role, []))

    assert crawl.faults == []
    assert crawl.endpoints >= EXPECTED, EXPECTED - crawl.endpoints
    assert page.locator("html").get_attribute("lang").startswith(language)
