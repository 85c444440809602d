"""A browser without a screen: every page it opens is parsed strictly and held to the rules of all pages."""

from dataclasses import dataclass, field
from typing import Any

import html5lib
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from mobility.clock import now
from mobility.models.accounts.users import User
from mobility.security import browser_sessions

HTML = "{http://www.w3.org/1999/xhtml}"


def compile_addresses_once() -> None:
    """Keep the compiled builder of each address: every test has an application of its own, all with the same ones."""
    compiled: dict[object, Any] = {}
    compile_one = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_one(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = kept  # type: ignore[method-assign]


@dataclass
class Answer:
    """What came back: status, address, text and the parsed page."""

    status: int
    location: str | None
    text: str
    page: Any = field(repr=False)

    @property
    def heading(self) -> str:
        """Return the text of the page's one h1."""
        return "".join(self.page.find(f".//{HTML}h1").itertext()).strip()

    def hidden(self, name: str) -> str | None:
        """Return the value of a hidden field; None where the page has none of that name."""
        if self.page is None:
            return None
        found = self.page.find(f".//{HTML}input[@type='hidden'][@name='{name}']")
        return None if found is None else str(found.get("value"))

    @property
    def errors(self) -> list[str]:
        """Return the messages of the error summary."""
        summary = self.page.findall(f".//{HTML}div[@data-module='govuk-error-summary']//{HTML}li")
        return ["".join(item.itertext()).strip() for item in summary]


class Browser:
    """Opens pages of an application, as a visitor or signed in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in(self, session: Session, user: User) -> "Browser":
        """Be this user from now on; the session must be committed before the next page is opened."""
        token = browser_sessions.create(session, at=now(), user_id=user.id, state={"language": "en"})
        self.client.set_cookie("sid", token)
        return self

    def get(self, path: str, **options: Any) -> Answer:
        """Open a page."""
        return self._answer(self.client.get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Answer:
        """Send a form, from its check page where it has one."""
        sent = {"checked": "yes", **(data or {})}
        answer = self._answer(self.client.post(path, data=sent, **options))
        mark = answer.hidden("seen") if answer.hidden("checked") and "seen" not in sent else None
        return answer if mark is None else self._answer(self.client.post(path, data={**sent, "seen": mark}, **options))

    def post_unchecked(self, path: str, data: dict[str, Any] | None = None) -> Answer:
        """Send a form as its own page does."""
        return self._answer(self.client.post(path, data=data or {}))

    def _answer(self, response: Any) -> Answer:
        text = response.get_data(as_text=True)
        page = None
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            page = html5lib.HTMLParser(strict=True).parse(text)
            check_page(page, text)
        return Answer(response.status_code, response.headers.get("Location"), text, page)


def check_page(page: Any, text: str) -> None:
    """Hold a page to what every page keeps: one h1 that the title repeats, labelled inputs, nothing inline."""
    headings = page.findall(f".//{HTML}h1")
    assert len(headings) == 1, "a page has exactly one h1"
    title = "".join(page.find(f".//{HTML}title").itertext())
    heading = " ".join("".join(headings[0].itertext()).split())
    assert heading in " ".join(title.split()), f"title {title!r} does not repeat {heading!r}"
    labels = {label.get("for") for label in page.iter(f"{HTML}label")}
    for kind in ("input", "select", "textarea"):
        for control in page.iter(f"{HTML}{kind}"):
            if control.get("type") not in {"hidden", "submit"}:
                assert control.get("id") in labels or control.get("aria-label"), f"{control.get('name')} has no label"
    for script in page.iter(f"{HTML}script"):
        assert script.get("nonce"), "a script without nonce"
    for element in page.iter():
        assert element.get("style") is None, "inline style"
    assert "{{" not in text, "an unrendered expression"
