"""The macros for what is not a form: tables, tags, pages of lists, timelines, summaries, scores, progress, figures."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility import rules
from tests.structure.pages import call, classes, environment, marked, render, show, spoken_words, text_of


def test_every_cell_of_a_table_knows_its_column() -> None:
    headers = ["Reference", {"text": "Used", "numeric": True}]
    page = call("tables", "table", "Quota", headers, rows=[["Q-1", 7], ["Q-2", None]], total=["Total", 7])
    cells = [each for each in page.iter() if each.get("role") in {"cell", "rowheader"}]

    assert [each.get("data-label") for each in cells] == ["Reference", "Used"] * 3
    assert [text_of(each) for each in cells] == ["Q-1", "7", "Q-2", "\N{EN DASH}", "Total", "7"]
    assert ["govuk-table__cell--numeric" in classes(each) for each in cells] == [False, True] * 3
    assert text_of(page.find(".//caption")) == "Quota"


def test_a_table_without_rows_says_so() -> None:
    page = call("tables", "table", "Shortages", ["Reference"], rows=[], empty="None yet.")

    assert page.find(".//table") is None
    assert text_of(page) == "Shortages None yet."


def test_a_caller_writes_the_rows_of_things() -> None:
    source = """{% from "macros/tables.html" import cell, table %}{% set headers = ["Name"] %}
      {% call(thing) table("Things", headers, items=things) %}{{ cell(headers[0], thing, heading=true) }}{% endcall %}"""
    page = show(source, things=["<b>one", "two"])

    assert [text_of(each) for each in page.iter("th")] == ["Name", "<b>one", "two"]


def states() -> Iterator[str]:
    """Every state of every lifecycle in the rules."""
    for module in walk_packages(rules.__path__, f"{rules.__name__}."):
        for name, kind in vars(import_module(module.name)).items():
            if name.endswith("State") and isinstance(kind, type):
                yield from (state.value for state in kind)


def test_every_state_of_every_lifecycle_has_a_colour() -> None:
    colours = environment().get_template("macros/tags.html").module.COLOURS

    assert sorted(set(states()) - set(colours)) == []
    assert set(colours.values()) <= {"grey", "blue", "teal", "green", "purple", "yellow", "orange", "red"}


def test_a_tag_is_coloured_by_state_and_worded_by_the_caller() -> None:
    refused = call("tags", "state_tag", "refused", "Denegada").find(".//strong")
    unknown = call("tags", "state_tag", "never heard of", "?").find(".//strong")

    assert (text_of(refused), classes(refused)) == ("Denegada", {"govuk-tag", "govuk-tag--red"})
    assert "govuk-tag--grey" in classes(unknown)
    assert [text_of(call("tags", "verdict_tag", verdict)) for verdict in ("pass", "fail", "unknown")] == [
        marked("Pass"),
        marked("Fail"),
        marked("Not known"),
    ]


@given(page=st.integers(1, 60), more=st.integers(0, 60))
def test_pages_of_a_list_can_all_be_reached(page: int, more: int) -> None:
    pages = page + more
    links = [link.get("href") for link in call("pagination", "pagination", "x", page, pages, q="a b").iter("a")]

    if pages == 1:
        assert links == []
    else:
        expected = {1, pages, page} | {near for near in (page - 1, page + 1) if 1 <= near <= pages}
        assert set(links) == {f"/x?q=a+b&page={number}" for number in expected}


def test_a_timeline_keeps_the_order_and_its_times() -> None:
    events = [
        {"title": "Approved", "at": "today", "at_iso": "2026-05-04", "by": "Ana", "text": "one place"},
        {"title": "Endorsed", "at": "yesterday", "at_iso": "2026-05-03"},
    ]
    page = call("timeline", "timeline", events)

    assert [text_of(each) for each in page.iter("h3")] == ["Approved", "Endorsed"]
    assert [each.get("datetime") for each in page.iter("time")] == ["2026-05-04", "2026-05-03"]
    assert text_of(page) == "Approved today · Ana one place Endorsed yesterday"


def test_a_summary_says_what_is_missing_and_what_can_be_changed() -> None:
    rows = [("Name", "Ana <b>"), ("Born", None), {"key": "Pay", "value": 0, "href": "/pay"}]
    page = call("summary", "summary", rows, card_title="Worker")

    assert [text_of(each) for each in page.iter("dd")] == [
        "Ana <b>",
        marked("Not given"),
        "0",
        f"{marked('Change')} Pay (Worker)",
    ]
    assert page.find(".//a").get("href") == "/pay"


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=6))
def test_bars_of_a_score_stay_inside_and_are_as_long_as_their_values(values: list[int]) -> None:
    parts = [{"name": f"part {number}", "value": value} for number, value in enumerate(values)]
    page = call("score", "score", "Why", parts, sum(values))
    bars = [each for each in page.iter() if classes(each) & {"app-bar__plus", "app-bar__minus"}]
    span = max(*values, 0) - min(*values, 0) or 1

    assert text_of(page.findall(".//tr")[-1]).endswith(str(sum(values)))
    for bar, value in zip(bars, values, strict=True):
        start, length = float(bar.get("x")), float(bar.get("width"))
        assert -0.01 <= start <= start + length <= 100.01
        assert length == pytest.approx(abs(value) / span * 100, abs=0.001)
        assert ("app-bar__minus" in classes(bar)) == (value < 0)


def test_a_score_shows_numbers_as_the_reader_writes_them_and_what_they_rest_on() -> None:
    parts = [{"name": "Skills", "value": 1200, "shown": "1.200", "note": "5 of 6"}]
    page = call("score", "score", "Why", parts, 1200, total_shown="1.200")

    assert [text_of(row) for row in page.iter("tr")][1:] == ["Skills 5 of 6 1.200", f"{marked('Score')} 1.200"]


def test_progress_asks_again_only_while_the_work_runs() -> None:
    running = call("progress", "progress", "run-1", "/runs/1", "Match run", "3 of 9", 3, 9).find(".//div")
    ended = call("progress", "progress", "run-1", "/runs/1", "Match run", "done", 9, 9, running=False).find(".//div")

    assert (running.get("id"), running.get("hx-get")) == ("run-1", "/runs/1")
    assert (ended.get("id"), ended.get("hx-get"), ended.find(".//noscript")) == ("run-1", None, None)
    assert (running.find(".//progress").get("value"), running.find(".//progress").get("max")) == ("3", "9")
    assert running.find(".//p[@role='status']").text == "3 of 9"


def test_a_page_without_javascript_loads_again_only_while_the_work_runs() -> None:
    source = '{% from "macros/progress.html" import reload %}{{ reload(running) }}'

    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in render(source, running=True)
    assert render(source, running=False).strip() == ""


def test_figures_and_queues_lead_to_their_lists() -> None:
    numbers = [{"value": "62 %", "label": "used", "href": "/q"}, {"value": "4", "label": "open"}]
    queues = [{"title": "To endorse", "count": 2, "href": "/e"}, {"title": "To certify", "count": 0, "href": "/c"}]
    figures, cards = call("figures", "figures", numbers), call("figures", "cards", queues)

    assert [text_of(each) for each in figures.iter("dt")] == ["used", "open"]
    assert [link.get("href") for link in figures.iter("a")] == ["/q"]
    assert ["app-card--waiting" in classes(each) for each in cards.iter("li")] == [True, False]
    assert [link.get("href") for link in cards.iter("a")] == ["/e", "/c"]


def test_nothing_of_the_other_macros_stays_english() -> None:
    source = """{% from "macros/navigation.html" import back_link, breadcrumbs %}
      {% from "macros/pagination.html" import pagination, shown, steps %}
      {% from "macros/progress.html" import progress %}
      {% from "macros/score.html" import score %}{% from "macros/summary.html" import summary %}
      {{ back_link("/") }}{{ breadcrumbs([{"text": "0", "href": "/"}]) }}
      {{ pagination("x", 7, 20) }}{{ steps("/a", "/b") }}{{ shown(1, 2, 3) }}
      {{ progress("p", "/p", "0", "0") }}{{ score("0", [{"name": "0", "value": 1}], 1) }}
      {{ summary([("0", none), {"key": "0", "value": "0", "href": "/"}]) }}"""

    assert spoken_words(render(source)) == []
