"""A person at a browser: finds fields, buttons and links by the words that the page shows in their language."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask_babel import force_locale, gettext
from playwright.sync_api import Locator, Page, expect

from mobility.security.actors import Actor
from tests.browser.place import Place


def words(place: Place, language: str) -> Callable[..., str]:
    """Return the function that says an English text of the catalogue in a language."""

    def say(text: str, **values: object) -> str:
        with place.app.test_request_context(), force_locale(language):
            return gettext(text, **values)

    return say


@dataclass
class Officer:
    """Works through menus, forms and links only."""

    page: Page
    address: str
    say: Callable[..., str]
    #: Menus, links and buttons that were used, in English.
    used: set[str] = field(default_factory=set)

    def go(self, room: str) -> None:
        """Open a room of the main menu."""
        self.page.goto(self.address)
        menu = self.page.get_by_role("navigation", name=self.say("Main menu"))
        menu.get_by_role("link", name=self.say(room), exact=True).click()
        self.used.add(room)

    def follow(self, text: str, **values: object) -> None:
        """Follow a link, or a link that looks like a button, by its words."""
        self.page.locator("main a", has_text=self.say(text, **values)).first.click()
        self.used.add(text)

    def open_first(self) -> None:
        """Open the first object of a list."""
        self.page.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()

    def press(self, text: str) -> None:
        """Press a button, and that of its check page where it has one; the page that comes up must tell of no error."""
        self.page.get_by_role("button", name=self.say(text), exact=True).click()
        if self.page.get_by_role("heading", level=1).inner_text() == self.say("Check before you go on"):
            self.page.locator("main form button").click()
        self.used.add(text)
        errors = self.page.locator(".govuk-error-summary")
        assert errors.count() == 0, errors.inner_text()

    def done(self, text: str, **values: object) -> None:
        """Expect the banner of success."""
        expect(self.page.get_by_role("alert")).to_contain_text(self.say(text, **values))

    def sees(self, text: str) -> None:
        """Expect words of the catalogue on the page."""
        expect(self.page.locator("main")).to_contain_text(self.say(text))

    def field(self, text: str) -> Locator:
        """Return a field by its label, with or without a remark that it is optional."""
        return self.page.get_by_label(self._exactly(text)).first

    def fill(self, text: str, value: object) -> None:
        """Fill a text field."""
        self.field(text).fill(str(value))

    def choose(self, text: str, value: str) -> None:
        """Choose from a drop-down, by the value that stands for it."""
        self.field(text).select_option(value)

    def tick(self, *texts: str) -> None:
        """Tick boxes or radio buttons."""
        for text in texts:
            self.field(text).check()

    def day(self, text: str, day: date) -> None:
        """Fill the three boxes of a date."""
        boxes = self.page.get_by_role("group", name=self._exactly(text))
        for name, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(self.say(name), exact=True).fill(str(number))

    def row(self, caption: str) -> str:
        """Return the text of the first line of a table."""
        table = self.page.get_by_role("table", name=self._exactly(caption))
        return table.get_by_role("row").nth(1).inner_text()

    def _exactly(self, text: str) -> re.Pattern[str]:
        return re.compile(rf"^\s*{re.escape(self.say(text))}( \([^()]*\))?\s*$")


def officer(place: Place, page: Page, who: Actor, *, language: str = "es") -> Officer:
    """Sign a person in at a browser."""
    page.set_default_timeout(15_000)
    place.enter(page, who.user_id, language=language)
    return Officer(page, place.address, words(place, language))
