"""The front end as files and frame: nothing from other hosts, nothing inline, every text translatable."""

import json
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import html5lib
import pytest
from babel.messages.extract import extract

from tests.structure.pages import (
    DIST,
    ROOT,
    STATIC,
    TEMPLATES,
    classes,
    environment,
    marked,
    spoken_words,
    text_of,
)

PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
OWN_STATIC = sorted(
    path for path in STATIC.rglob("*.*") if DIST not in path.parents and path.suffix not in {".br", ".gz"}
)
STATUSES = (400, 403, 404, 409, 413, 422, 429, 500, 503)


@pytest.mark.parametrize("path", [*(TEMPLATES / page for page in PAGES), *OWN_STATIC], ids=lambda path: path.name)
def test_no_file_of_ours_names_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", text) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_template_holds_inline_style_or_script(page: str) -> None:
    source = (TEMPLATES / page).read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|hx-vals=.js", source) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", source) if " src=" not in tag or " nonce=" not in tag] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_template_turns_escaping_off(page: str) -> None:
    source = (TEMPLATES / page).read_text(encoding="utf-8")

    assert re.findall(r"\|\s*safe\b|autoescape\s+false", source) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_template_parses(page: str) -> None:
    environment().parse((TEMPLATES / page).read_text(encoding="utf-8"), page)


@pytest.mark.parametrize("page", PAGES)
def test_every_text_of_a_template_goes_through_gettext(page: str) -> None:
    """What stands outside Jinja's braces, as text or as a spoken attribute, holds no word."""
    tokens = environment().lex((TEMPLATES / page).read_text(encoding="utf-8"))
    html = "".join(value if kind == "data" else "0" for _line, kind, value in tokens if "comment" not in kind)

    assert spoken_words(html) == []


def test_a_bare_word_in_a_template_would_be_found() -> None:
    assert spoken_words("<p>0 Hello</p>") == ["0 Hello"]
    assert spoken_words('<a aria-label="Back">0</a>') == ["Back"]
    assert spoken_words(f"<p>{marked('Hello ' + marked('you'))} 7 + x</p>") == []


def test_extraction_finds_the_texts_of_templates() -> None:
    source = BytesIO((TEMPLATES / "base.html").read_bytes())
    found = {message for _line, message, *_rest in extract("jinja2", source, options={"extensions": "jinja2.ext.do"})}

    assert {"Skip to main content", "Sign out", "Menu"} <= found
    assert "[jinja2: templates/**.html]" in (ROOT / "babel.cfg").read_text(encoding="utf-8")


def test_lock_file_holds_no_address_and_a_hash_for_every_package() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert "://" not in text
    assert '"resolved"' not in text
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert packages[""]["dependencies"] == asked
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert (ROOT / ".npmrc").read_text(encoding="utf-8").split() == ["omit-lockfile-registry-resolved=true"]


def test_built_style_sheet_carries_nothing_of_its_parts_owner() -> None:
    sheet = DIST / "mobility.css"
    if not sheet.exists():
        assert not os.environ.get("CI"), "the front end is not built; python3 start.py test builds it"
        pytest.skip("the front end is not built; python3 start.py test builds it")
    css = sheet.read_text(encoding="utf-8")

    assert re.findall(r"(?i)transport|@font-face|crest|url\(|@import", css) == []
    assert re.search(r"--govuk-brand-colour:\s*#0b4f5c", css)
    assert {"mobility.css", "govuk-frontend.min.js", "htmx.min.js"} <= {path.name for path in DIST.iterdir()}


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("white", "navy"),
        ("white", "teal"),
        ("white", "teal-deep"),
        ("white", "green"),
        ("white", "red"),
        ("ink", "mist"),
        ("grey", "mist"),
        ("grey", "white"),
        ("teal", "white"),
        ("red", "white"),
        ("amber-deep", "mist"),
    ],
)
def test_our_colours_are_readable_on_each_other(text: str, ground: str) -> None:
    sheet = (STATIC / "scss" / "_colours.scss").read_text(encoding="utf-8")
    colours = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", sheet, re.MULTILINE))

    assert contrast(colours[text], colours[ground]) >= 4.5


def test_contrast_is_counted_as_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def page_of(name: str, **context: Any) -> str:
    return environment().get_template(name).render(**context)


FRAME = {
    "language": "es",
    "navigation": [{"text": marked("Start"), "href": "/", "active": True}, {"text": marked("Audit"), "href": "/audit"}],
    "account": {"name": marked("Ana"), "organisation": marked("Ministry"), "sign_out_url": "/out"},
    "demo_mode": True,
    "footer_links": [{"text": marked("Accessibility"), "href": "/accessibility"}],
}


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_page_says_what_happened_what_to_do_and_that_nothing_was_lost(status: int) -> None:
    html = page_of(f"errors/{status}.html", message=marked("because"), request_id="R-1", **FRAME)
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    heading = text_of(page.find(".//h1"))

    assert page.find(".//title").text.strip() == f"{heading} \N{EN DASH} {marked('Mobility')}"
    assert [text_of(each) for each in page.findall(".//main//h2")] == [marked("What to do")]
    assert re.search(
        "nothing|undone|not recorded", text_of(page.find(".//*[@class='govuk-inset-text']")), re.IGNORECASE
    )
    assert marked("because") in html
    assert "R-1" in html


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_needs_no_context_at_all(status: int) -> None:
    assert "<h1" in page_of(f"errors/{status}.html")


@pytest.mark.parametrize("context", [FRAME, {}, {"sign_in_url": "/in", "language": "fr"}])
def test_nothing_of_the_frame_stays_english_whatever_is_shown(context: dict[str, Any]) -> None:
    html = page_of("errors/404.html", **context)
    body = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)

    assert spoken_words(body) == [name for name in ("English", "Español", "Français") if name in html]


def test_frame_names_its_language_and_offers_the_others_as_a_form() -> None:
    page = html5lib.parse(page_of("errors/404.html", **FRAME), namespaceHTMLElements=False)
    form = next(form for form in page.iter("form") if "app-languages" in classes(form))

    assert page.get("lang") == "es"
    assert form.get("method") == "post"
    assert [(button.get("value"), button.get("lang")) for button in form.iter("button")] == [("en", "en"), ("fr", "fr")]
    assert {each.get("name"): each.get("value") for each in form.iter("input")} == {
        "csrf_token": "t0ken",
        "next": "/here?state=open",
    }


def test_every_script_of_the_frame_carries_the_nonce() -> None:
    scripts = re.findall(r"<script[^>]*>", page_of("errors/404.html", **FRAME))

    assert scripts
    assert [tag for tag in scripts if 'nonce="n0nce"' not in tag] == []


def test_frame_links_only_files_that_exist() -> None:
    linked = set(re.findall(r"/static/([\w./-]+)\?", page_of("errors/404.html", **FRAME)))

    assert linked == {"mark.svg", "js/init.js", "dist/govuk-frontend.min.js", "dist/mobility.css"}
    assert all((STATIC / name).exists() for name in linked if not name.startswith("dist/"))


def test_flash_messages_are_banners_with_titles_of_their_own() -> None:
    overlay = environment().overlay()
    overlay.globals = {
        **environment().globals,
        "get_flashed_messages": lambda **_: [("success", "saved <b>"), ("info", "expires")],
    }
    page = html5lib.parse(overlay.get_template("errors/404.html").render(), namespaceHTMLElements=False)
    banners = [each for each in page.iter("div") if "govuk-notification-banner" in classes(each)]

    assert [banner.get("role") for banner in banners] == ["alert", "region"]
    assert [text_of(banner) for banner in banners] == ["⟦Done⟧ saved <b>", "⟦Please note⟧ expires"]
    assert len({banner.get("aria-labelledby") for banner in banners}) == 2
