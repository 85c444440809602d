"""What nobody finds by following links: signing in, a failing job, the server, a machine without numba, other days."""

import json
import os
import random
import re
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyotp
import sqlalchemy as sa

from tests.structure.reached import functions
from tests.structure.reached.answers import Manner
from tests.structure.reached.commands import Terminal
from tests.structure.reached.walk import Walk, Walker, say, wanted_people

GONE = "gone:1"
PASSWORD, NEW_PASSWORD = "correct horse battery staple 7", "seven grey geese fly over the lake"
#: Addresses that scripts of pages and machines ask for.
FOR_MACHINES = (
    "/healthz",
    "/readyz",
    "/concepts/occupations?q=harvest",
    "/concepts/occupations?q=welder&within=7,72",
    "/concepts/skills?q=pick+fruit",
    "/no-such-page",
    "/api/v1/openapi.json",
    "/api/v1/occupations?cursor=9211&limit=2",
    "/api/v1/shortages?limit=1",
    "/api/v1/shortages?limit=0",
)


class Trips:
    """The walk, step by step."""

    def __init__(self, walk: Walk, terminal: Terminal, sessions: Any, folder: Path) -> None:
        self.walk, self.terminal, self.sessions, self.folder = walk, terminal, sessions, folder

    def everything(self) -> None:
        """Take every step; what goes wrong is told at the end, beside what was not reached."""
        from mobility.models.base import references_from

        dice = random.Random(3)
        for name, step in self.steps():
            try:
                with references_from(dice.randbytes):
                    step()
            except Exception as error:  # noqa: BLE001
                self.walk.failures.append(f"{name}: {error!r}")
            say(name, sum(self.walk.answers.values()), "answers")

    def steps(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each part of the walk with its name."""
        sensible = (Manner.SENSIBLE, Manner.SENSIBLE, Manner.SENSIBLE, Manner.OTHERWISE)
        yield "first round", lambda: self.walk.round(sensible, most=6)
        yield "jobs", lambda: self.terminal.run("jobs", "run", "--until-empty")
        yield "second round", lambda: self.walk.round((*sensible, *Manner), most=8)
        yield "screening", self.screen
        yield "a run that is cancelled", self.cancel
        yield "addresses for machines", self.machines
        yield "signing in", self.sign_in
        yield "commands", lambda: self.terminal.everything(self.sessions, self.folder)
        yield "a server", self.serve
        yield "without numba", self.without_numba
        for days in (20, 45, 200, 400):
            yield f"day {days}", lambda days=days: self.later(days)
        yield "last round", lambda: self.walk.round(sensible, most=4, pages=1)
        yield "a job that fails", self.failing_job  # last: whoever works until no job is left waits for it

    def screen(self) -> None:
        """Confirm who people are, record what is asked of them, and make them ready."""
        for name, walker in self.walk.people.items():
            if name.startswith("screening_officer"):
                for ref in sorted(
                    set(re.findall(r"/workers/(W-[\w-]+)", walker.ask("/workers/?state=screening").text))
                ):
                    page = f"/workers/{ref}"
                    for kind in ("police", "medical", "orientation"):
                        values = {"kind": kind, "result": "passed"}
                        self._try(walker, page, f"{page}/check", values)
                    self._try(walker, page, f"{page}/make-ready", {})

    def cancel(self) -> None:
        """Start a run and cancel it before anything works on it."""
        officer = self.walk.people["scheme_officer US 0"]
        officer.send("/match-runs/new", "/match-runs/new", {}, Manner.SENSIBLE)
        newest = re.findall(r"/match-runs/(R-[\w-]+)", officer.ask("/match-runs/").text)
        for ref in dict.fromkeys(newest):
            if self._try(officer, f"/match-runs/{ref}", f"/match-runs/{ref}/cancel", {}):
                break

    @staticmethod
    def _try(walker: Walker, page: str, action: str, values: dict[str, str]) -> bool:
        """Send a form if the page has it."""
        try:
            walker.send(page, action, values, Manner.SENSIBLE)
        except LookupError:
            return False
        return True

    def machines(self) -> None:
        """Ask what scripts ask for, in three languages."""
        someone = self.walk.people["scheme_officer US 0"]
        for path in FOR_MACHINES:
            someone.ask(path)
        for language in ("es", "fr", "en"):
            self.walk.people["auditor US 0"].send("/", "/language", {"language": language})
            self.walk.people["auditor US 0"].look_around(1)
        with self.sessions() as session:
            running = session.scalars(sa.text("SELECT ref FROM match_run")).all()
        for ref in running[-2:]:
            someone.ask(f"/match-runs/{ref}/progress")

    def sign_in(self) -> None:
        """Sign in by password, change it, set up an authenticator, sign in by both, prove it again, sign out."""
        from mobility.security import passwords

        email = self._give_password(passwords.hash_password(PASSWORD))
        walker = Walker(self.walk, "with password")
        walker.send("/sign-in", "/sign-in", {"email": email, "password": "wrong"})
        walker.send("/sign-in", "/sign-in", {"email": email, "password": PASSWORD})
        walker.send("/account/password", "/account/password", {"old": PASSWORD, "password": "short"})
        walker.send("/account/password", "/account/password", {"old": PASSWORD, "password": NEW_PASSWORD})
        walker.send("/sign-in", "/sign-in", {"email": email, "password": NEW_PASSWORD})
        walker.look_around(1)
        shown = walker.ask("/account/authenticator").text
        secret = max(re.findall(r"[A-Z2-7]{16,}", shown), key=len)
        walker.send("/account/authenticator", "/account/authenticator", {"code": "000000"})
        self._with_code(walker, "/account/authenticator", secret)
        walker.send("/sign-in", "/sign-in", {"email": email, "password": NEW_PASSWORD})
        self.walk.clock.ahead += timedelta(seconds=60)
        self._with_code(walker, "/sign-in/code", secret)
        self.walk.clock.ahead += timedelta(minutes=14)
        walker.ask("/")
        self.walk.clock.ahead += timedelta(minutes=14)
        walker.ask("/")
        self.walk.clock.ahead += timedelta(minutes=14)
        walker.ask("/account/authenticator")
        walker.send("/account/confirm?next=/account", "/account/confirm?next=/account", {"password": NEW_PASSWORD})
        walker.send("/account", "/sign-out", {})

    def _with_code(self, walker: Walker, path: str, secret: str) -> None:
        code = pyotp.TOTP(secret).at(self.walk.clock.now())
        walker.send(path, path, {"code": code})

    def _give_password(self, hashed: str) -> str:
        """Let an administrator have a password: nothing of the product gives one yet."""
        row = sa.text('SELECT id, email FROM "user" WHERE ref = :ref')
        ref = wanted_people(self.sessions)["scheme_officer CA 0"]
        with self.sessions() as session:
            user, email = session.execute(row, {"ref": ref}).one()
            session.execute(sa.text('UPDATE "user" SET password_hash = :h WHERE id = :i'), {"h": hashed, "i": user})
            session.commit()
        return str(email)

    def failing_job(self) -> None:
        """Leave a job whose run is gone: it fails, and is tried again later."""
        from mobility.db import write_tx
        from mobility.services.match_runs import match_runs
        from mobility.services.platform import jobs

        with write_tx(self.sessions) as session:
            given = {"run": "M-0000-0000-0", "chunk": 1}
            jobs.enqueue(session, match_runs.SCORE, GONE, given, at=self.walk.clock.now())
        self.terminal.run("jobs", "run", "--once")

    def later(self, days: int) -> None:
        """Let days go by, and do what each new day asks for."""
        self.walk.clock.ahead = timedelta(days=days)
        self.terminal.run("jobs", "run", "--until-empty")
        self.walk.enter(wanted_people(self.sessions))

    def serve(self) -> None:
        """Serve in a process of its own, look at a page, and stop it."""
        self._apart(self._served)

    def _served(self) -> None:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:  # the server, in what is a process of its own already
            os.dup2(write, 1)
            self._stopped_and_told()
        os.close(write)
        with os.fdopen(read) as lines:
            address = re.search(r"http://\S+", lines.readline())
            assert address is not None
            with urlopen(f"{address.group()}healthz", timeout=30) as page:
                page.read()
            os.kill(child, signal.SIGINT)
            os.waitpid(child, 0)

    def _stopped_and_told(self) -> None:
        from mobility.cli.main import commands

        sys.stdout = os.fdopen(1, "w", buffering=1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            commands.main(["serve", "--port", "0"], obj=self.terminal.application, standalone_mode=False)
        except BaseException:  # noqa: BLE001  told to stop
            pass
        finally:
            self._leave_marks()
            os._exit(0)

    def without_numba(self) -> None:
        """Match on a machine without numba: the plain twin scores."""
        self._apart(self._plain)

    def _plain(self) -> None:
        from mobility.matching.kernels import engines

        for name in [each for each in sys.modules if each.startswith("mobility.matching.kernels.")]:
            if name.rpartition(".")[2] in {"kernel", "counting"}:
                sys.modules[name] = None  # type: ignore[assignment]
        engines._compiled.cache_clear()
        from tests.structure.reached.commands import active_scheme

        self.terminal.run("match", "run", "--scheme", active_scheme(self.sessions, "CA"), "--seed", "6")

    def _apart(self, step: Callable[[], None]) -> None:
        """Do something in a copy of this process, and learn which functions ran there."""
        from mobility.models.base import references_from

        child = os.fork()
        if child == 0:
            try:
                with references_from(random.Random(os.getpid()).randbytes):
                    step()
            finally:
                self._leave_marks()
                os._exit(0)
        os.waitpid(child, 0)
        for file in self.folder.glob("marks-*"):
            ran, read = json.loads(file.read_text())
            functions.driven.apart.update(ran)
            self.walk.touched.settings.update(read)
            file.unlink()

    def _leave_marks(self) -> None:
        ran = sorted(functions.driven.functions())
        (self.folder / f"marks-{os.getpid()}").write_text(json.dumps([ran, sorted(self.walk.touched.settings)]))
