"""Drive everything once: every page as each person of the demo, every form, command, job and day; tell what ran."""

import io
import json
import os
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.structure.reached import functions, seams
from tests.structure.reached.answers import Manner, Pen
from tests.structure.reached.html import Form, Page

#: What people press last, since it ends what others still work on.
HARSH = re.compile(
    "withdraw|revoke|suspend|close|discard|delete|refuse|ineligible|debar|cancel|end|drop|detach|send_back|set_aside"
)
#: Signing out, and the language: tried once by themselves.
ASIDE = {"accounts.sign_out", "preferences.language", "demo.enter", "accounts.password", "accounts.factor"}
PAGES_OF_AN_ADDRESS = 2
#: Pages of things in many states, of which those who act on them open more, by role.
DEEP = {
    "shortage_officer": {"shortages.show": 8, "publications.show": 4, "suggestions.show": 6, "shortages.index": 4},
    "scheme_officer": {
        "schemes.show": 8, "vacancies.show": 16, "vacancies.index": 14, "quotas.show": 8, "scenarios.show": 4,
        "employers.show": 6, "match_runs.show": 4, "rules.change": 3, "workers.show": 6, "workers.index": 6,
        "scenarios.index": 4, "employers.index": 5,
    },
    "reviewer": {"proposals.show": 10, "proposals.index": 8},
    "registration_officer": {"workers.show": 14, "workers.index": 14},
    "screening_officer": {"workers.show": 18, "workers.index": 14, "vacancies.show": 8, "vacancies.index": 8},
    "employer_administrator": {"vacancies.show": 10, "vacancies.index": 10},
}  # fmt: skip
WORKERS = "150"
FIRST_DAY = datetime(2026, 6, 3, 15, tzinfo=UTC)
#: What is pressed more often, since one answer leads to many ends.
OFTEN = {"proposals.decide", "workers.check", "vacancies.certify", "workers.new", "schemes.new", "publications.new"}
TWO_OF = {"employer_administrator", "registration_officer", "screening_officer"}


class Clock:
    """The one clock of the product, which the walk may move."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moment in the walk: it begins on the same day whenever it is walked."""
        return FIRST_DAY + (datetime.now(UTC) - self._began) + self.ahead


@dataclass(frozen=True)
class Found:
    """A form on a page."""

    page: str
    action: str
    endpoint: str


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str
    location: str | None
    page: Page


class Walker:
    """Somebody who opens whatever is offered, and presses whatever can be pressed."""

    def __init__(self, walk: "Walk", name: str) -> None:
        self.walk, self.name = walk, name
        self.client = walk.app.test_client()

    def ask(self, path: str, data: list[tuple[str, str]] | None = None, files: dict[str, Any] | None = None) -> Answer:
        """Open an address, or send a form, with files or without."""
        method = "GET" if data is None and files is None else "POST"
        options: dict[str, Any] = {}
        if files is not None:
            options = {"data": files, "content_type": "multipart/form-data"}
        elif data is not None:
            data = [*data, ("checked", "yes")]
            options = {"data": urlencode(data, errors="replace"), "content_type": "application/x-www-form-urlencoded"}
        response = self.client.open(path, method=method, **options)
        text = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        self.walk.note(self.name, method, path, response.status_code)
        html = response.mimetype == "text/html" and response.status_code not in {301, 302, 303}
        return Answer(response.status_code, text, response.headers.get("Location"), Page(text if html else ""))

    def look_around(self, pages: int = PAGES_OF_AN_ADDRESS) -> list[Found]:
        """Follow links from the home page, a few of each address; return the forms that were found."""
        waiting, known, opened = ["/"], {"/"}, Counter[str]()
        found: dict[Found, None] = {}
        while waiting:
            path = waiting.pop(0)
            endpoint = self.walk.endpoint(path, "GET")
            if endpoint is None or endpoint == "static" or opened[endpoint] >= self._most(endpoint, pages):
                continue
            opened[endpoint] += 1
            answer = self.ask(path)
            for link in self.walk.dice(f"{self.name} {endpoint}").sample(answer.page.links, k=len(answer.page.links)):
                there = local(link, path)
                if there and there not in known:
                    known.add(there)
                    waiting.append(there)
            for form in answer.page.forms:
                target = local(form.action or path, path)
                if target is None:
                    continue
                if form.method == "get":
                    filled = self.walk.pen("look").fill(form, Manner.SENSIBLE)
                    asked = f"{target.partition('?')[0]}?{urlencode(filled)}"
                    if asked not in known:
                        known.add(asked)
                        waiting.append(asked)
                elif (post := self.walk.endpoint(target, "POST")) and post not in ASIDE:
                    found[Found(path, target, post)] = None
        return list(found)

    def _most(self, endpoint: str, pages: int) -> int:
        return max(pages, DEEP.get(self.name.partition(" ")[0], {}).get(endpoint, 0) if pages > 1 else 0)

    def press(self, found: Found, manner: Manner) -> int:
        """Fill in and send a form of a page, and whatever form it leads to."""
        answer = self.ask(found.page)
        for form in answer.page.forms:
            if form.method == "post" and local(form.action or found.page, found.page) == found.action:
                return self._send(form, found.action, manner, 3)
        return 0

    def _send(self, form: Form, action: str, manner: Manner, further: int) -> int:
        form.action, purpose = action, f"{self.walk.endpoint(action, 'POST')} {manner}"
        data = self.walk.pen(purpose).fill(form, manner)
        buttons = form.buttons or [("", "")]
        pressed = self.walk.dice(purpose).choice(buttons) if manner is Manner.OTHERWISE else buttons[-1]
        data += [pressed] if pressed[0] else []
        answer = self.ask(action, data, self._with_files(form, data) if form.files else None)
        if manner is Manner.SENSIBLE and answer.status >= 400:
            self.walk.refusals[
                f"{answer.status} {action.partition('?')[0]}: {' | '.join(answer.page.refusals)[:300]}"
            ] += 1
        if answer.status in {302, 303} and answer.location:
            there = local(answer.location, action) or "/"
            shown = self.ask(there)
            if there.startswith("/account/confirm") and further:
                self._prove(shown, there)
        elif answer.status in {200, 422} and further and manner is Manner.SENSIBLE:
            for each in answer.page.forms:
                target = local(each.action or action, action)
                if each.method == "post" and target == action:
                    return self._send(each, action, Manner.SENSIBLE if further > 1 else Manner.OTHERWISE, further - 1)
        return answer.status

    def send(self, page: str, action: str, values: dict[str, str], manner: Manner = Manner.AS_IT_IS) -> Answer:
        """Open a page and send a form of it with some values of one's own."""
        for form in self.ask(page).page.forms:
            target = local(form.action or page, page)
            if form.method == "post" and target and target.partition("?")[0] == action.partition("?")[0]:
                filled = self.walk.pen("send").fill(form, manner)
                held = [each for each in filled if each[0] not in values]
                answer = self.ask(target, [*held, *values.items()])
                return self.ask(local(answer.location, action) or "/") if answer.location else answer
        raise LookupError(f"{page} has no form for {action}")

    def _prove(self, shown: Answer, there: str) -> None:
        for form in shown.page.forms:
            if form.method == "post" and local(form.action or there, there) == there:
                self._send(form, there, Manner.SENSIBLE, 0)

    def _with_files(self, form: Form, data: list[tuple[str, str]]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in data:
            fields.setdefault(name, []).append(value)
        for control in form.controls:
            if control.kind == "file":
                fields[control.name] = self.walk.file_for(control.name)
        return fields


def local(link: str, here: str) -> str | None:
    """Return the address within the site that a link leads to, or None."""
    parts = urlsplit(link)
    if parts.scheme not in {"", "http"} or (parts.netloc and parts.netloc != "localhost") or link.startswith("#"):
        return None
    path = parts.path or urlsplit(here).path
    return f"{path}?{parts.query}" if parts.query else path


@dataclass
class Walk:
    """One world, everybody in it, and what was touched."""

    app: Any
    clock: Clock
    touched: seams.Touched
    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    people: dict[str, Walker] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    drawn: Counter[str] = field(default_factory=Counter)

    def dice(self, purpose: str) -> random.Random:
        """Return dice that fall the same way for the same purpose, whatever else changed."""
        self.drawn[purpose] += 1
        return random.Random(f"{purpose} {self.drawn[purpose]}")

    def pen(self, purpose: str) -> Pen:
        """Return a pen that writes the same for the same purpose."""
        return Pen(self.clock.now().date(), self.dice(purpose))

    def endpoint(self, path: str, method: str) -> str | None:
        try:
            return self.app.url_map.bind("localhost").match(path.partition("?")[0], method)[0]
        except Exception:  # noqa: BLE001  no such address, or another method
            return None

    def note(self, name: str, method: str, path: str, status: int) -> None:
        """Count an answer; a page that was shown, or a form that was taken, counts as reached."""
        from mobility.views.frame.access import ACCESS

        endpoint = self.endpoint(path, method) or "?"
        self.answers[method, endpoint, status] += 1
        if status >= 500:
            self.failures.append(f"{status} for {name}: {method} {path}")
        taken = {200} if method == "GET" else {200, 302, 303}
        if status in taken and endpoint in ACCESS:
            self.touched.pages.add(f"{method} {endpoint}")
            self.touched.permissions.add(ACCESS[endpoint].permission.value)

    def file_for(self, name: str) -> Any:
        if name == "code_map":
            return io.BytesIO(b""), ""
        if self.dice(name).random() < 0.2:
            return io.BytesIO(b"Code;Title;Jobs\n9211;Crop labour;many\n99;Nobody;-1\n"), "wrong.csv"
        listed = "".join(f"{code};Job {code};{code[-2:]}\n" for code in ("9211", "9213", "6111", "7212", "5120"))
        return io.BytesIO(f"Code;Title;Jobs\n{listed}".encode()), "list.csv"

    def enter(self, wanted: dict[str, str]) -> None:
        """Let people in by the doors of the demo: name in the walk, and reference."""
        listed = Walker(self, "visitor").ask("/demo/")
        doors = {form.action.rpartition("/")[2].partition(".")[0]: form for form in listed.page.forms}
        for name, ref in wanted.items():
            walker = self.people.setdefault(name, Walker(self, name))
            door = doors[ref].action
            for form in walker.ask(door).page.forms:
                if form.action in {door, ""}:
                    walker.ask(door, self.pen("hold").fill(form, Manner.AS_IT_IS))

    def round(self, manners: tuple[Manner, ...], *, most: int, pages: int = PAGES_OF_AN_ADDRESS) -> None:
        """Let everybody look around, then press what they found: gently first."""
        forms = {name: walker.look_around(pages) for name, walker in self.people.items()}
        sent: Counter[str] = Counter()
        for harsh in (False, True):
            for name, found in forms.items():
                own: Counter[str] = Counter()
                some = [each for each in found if bool(HARSH.search(each.endpoint)) is harsh]
                for each in self.dice(f"round {name}").sample(some, k=len(some)):
                    often = 3 if each.endpoint in OFTEN else 1
                    if own[each.endpoint] >= (1 if harsh else 2) * often or sent[each.endpoint] >= most * often:
                        continue
                    own[each.endpoint] += 1
                    manner = manners[sent[each.endpoint] % len(manners)]
                    sent[each.endpoint] += 1
                    self.people[name].press(each, manner)


def wanted_people(sessions: Any) -> dict[str, str]:
    """Return somebody of each role in each country that the demo gives one, two of employers, by a name."""
    import sqlalchemy as sa

    from mobility.models.accounts.organisations import Organisation
    from mobility.models.accounts.users import User, UserRole

    people = sa.select(UserRole.role, Organisation.country, User.ref).join(User, UserRole.user_id == User.id)
    people = people.join(Organisation, User.organisation_id == Organisation.id).order_by(User.id)
    with sessions() as session:
        rows = session.execute(people).all()
    found: dict[str, str] = {}
    for role, country, ref in rows:
        if country in {"US", "CA", "GT"}:
            for number in range(2 if role in TWO_OF else 1):
                if found.setdefault(f"{role.value} {country} {number}", ref) == ref:
                    break
    return found


def say(*words: object) -> None:
    """Tell how far the walk is, for somebody who watches it."""
    sys.stderr.write(f"{time.process_time():8.1f} {' '.join(map(str, words))}\n")


def found(walk: Walk, sessions: Any, ran: set[str]) -> dict[str, tuple[Any, Any]]:
    """Return what there is and what was touched, by kind."""
    from mobility.models.registry import METADATA
    from mobility.settings import Settings

    touched = walk.touched
    with sessions() as session:
        connection = session.connection()
        every, happened = seams.untouched_steps(connection, METADATA)
        filled = seams.filled_columns(connection, METADATA)
        told = set(connection.exec_driver_sql("SELECT DISTINCT kind FROM notice").scalars())
        dead = connection.exec_driver_sql("SELECT kind, error_code FROM job WHERE state = 'dead' AND key <> 'gone:1'")
        walk.failures += [f"job {kind} is dead: {code}" for kind, code in dead]
    return {
        "functions": (functions.every(), ran),
        "transitions": (every, happened),
        "permissions": (seams.members("Permission", "rules"), touched.permissions),
        "roles": (seams.members("Role", "rules"), touched.roles),
        "notices": (seams.members("NoticeKind", "rules"), told),
        "codes": (seams.all_codes(), touched.codes),
        "settings": (set(Settings.model_fields), touched.settings),
        "columns": (seams.columns(METADATA), filled & touched.read),
        "pages": (seams.pages(walk.app), touched.pages),
        "failures": (walk.failures, ()),
        "refusals": ([f"{number} {text}" for text, number in walk.refusals.items()], ()),
    }


def main(target: Path, folder: Path) -> None:
    """Walk, and write down what there is and what was touched."""
    os.environ |= {"MOBILITY_INSTANCE_DIR": str(folder), "MOBILITY_MODE": "demo"}
    functions.install()
    os.umask(0o077)
    clock, touched = Clock(), seams.Touched()
    import mobility.clock

    mobility.clock.now = clock.now
    seams.watch(touched)
    from mobility.app import create_app
    from mobility.models.registry import METADATA
    from mobility.security.installation import open_database
    from mobility.settings import Settings
    from tests.structure.reached.commands import Terminal
    from tests.structure.reached.trips import Trips

    terminal = Terminal(WORKERS)
    terminal.run("demo", "--no-serve", "--workers", WORKERS)
    touched.forget()  # the demo calls use cases by itself: that is no proof that anybody can
    settings = Settings.from_env()
    sessions = open_database(settings)
    with sessions() as session:
        seams.watch_states(session.connection(), METADATA)
        session.commit()
    walk = Walk(create_app(settings, sessions), clock, touched)
    walk.enter(wanted_people(sessions))
    with functions.driven:
        Trips(walk, terminal, sessions, folder).everything()
    walk.failures += terminal.failures
    kinds = found(walk, sessions, functions.driven.functions())
    target.write_text(json.dumps({kind: [sorted(every), sorted(some)] for kind, (every, some) in kinds.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
