"""What the tests of templates share: an environment that marks what is translated, and ways to read a rendered piece."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import html5lib
import jinja2

from mobility.data.reference import OWN_NAMES

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "mobility" / "static"
DIST = STATIC / "dist"

#: Marks what went through gettext, so that a text which did not stands out.
OPEN, CLOSE = "⟦", "⟧"
#: Attributes whose words a person meets.
SPOKEN = {"aria-label", "alt", "title", "placeholder"}


def marked(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def without_marked(text: str) -> str:
    """Take out what is marked, the innermost first: a marked text may hold a marked value."""
    inner = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
    while inner.search(text):
        text = inner.sub("", text)
    return text


class Spoken(HTMLParser):
    """Collects what a person reads or hears of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in SPOKEN or name.startswith("data-i18n")]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def spoken_words(html: str) -> list[str]:
    parser = Spoken()
    parser.feed(html)
    parser.close()
    return [text.strip() for text in parser.found if re.search(r"[^\W\d_]{2,}", without_marked(text))]


@cache
def environment() -> jinja2.Environment:
    """Return templates and macros as the application loads them, with stand-ins for what a request supplies."""
    wheel = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(TEMPLATES), wheel]),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(marked, lambda one, many, n: marked(one if n == 1 else many), newstyle=True)
    env.globals.update(
        csp_nonce=lambda: "n0nce",
        csrf_token=lambda: "t0ken",
        static_url=lambda name: f"/static/{name}?v=1",
        url_for=lambda endpoint, **values: f"/{endpoint.replace('.', '/')}?{urlencode(values)}",
        get_flashed_messages=lambda **_kwargs: [],
        languages_by_own_name=OWN_NAMES,
        request=SimpleNamespace(method="GET", path="/here", query_string=b"state=open"),
    )
    return env


def render(source: str, **context: Any) -> str:
    return environment().from_string(source).render(**context)


def show(source: str, **context: Any) -> Any:
    """Render a piece of a page and parse it strictly, so that broken HTML fails."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(render(source, **context))


def call(module: str, macro: str, *args: Any, **kwargs: Any) -> Any:
    """Return what one macro gives for these arguments."""
    source = f'{{% from "macros/{module}.html" import {macro} %}}{{{{ {macro}(*args, **kwargs) }}}}'
    return show(source, args=args, kwargs=kwargs)


def text_of(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def by_id(node: Any, wanted: str) -> Any:
    return next(each for each in node.iter() if each.get("id") == wanted)


def classes(node: Any) -> set[str]:
    return set((node.get("class") or "").split())
