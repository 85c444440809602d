"""How templates show values: labels, dates, numbers and money by locale."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from flask import Flask
from flask_babel import format_currency, format_date, format_datetime, format_decimal, format_percent

from mobility.data import reference
from mobility.data.reference import OWN_NAMES
from mobility.forms.words import label, sentence, term_name
from mobility.rules.basics.places import day_in
from mobility.views.frame.browser_session import request_time
from mobility.views.frame.forms import idempotency_key
from mobility.views.frame.identity import language


def day(value: date | datetime | None) -> str | None:
    """Show a date in words, such as 4 May 2026."""
    return None if value is None else format_date(value, "long")


def moment(value: datetime | None) -> str | None:
    """Show a moment by the reader's clock, and say which one that is."""
    return None if value is None else format_datetime(value, "d MMM y, HH:mm z")


def number(value: Decimal | float | None) -> str | None:
    """Show a number with the locale's separators."""
    return None if value is None else format_decimal(value)


def share(value: Decimal | float | None) -> str | None:
    """Show a share as a whole percent."""
    return None if value is None else format_percent(value)


def money(value: Decimal | None, currency: str) -> str | None:
    """Show an amount with its currency code, since two dollars may be confused."""
    return None if value is None else f"{format_currency(value, currency, '#,##0.00')} {currency}"


def title_of(thing: Any, stem: str = "title") -> str:
    """Return the title (or label) of an object that has one in each language."""
    return str(getattr(thing, f"{stem}_{language()}"))


def country_name(code: str) -> str:
    """Return a country's name in the page's language."""
    found = _countries().get(code)
    return found.names[language()] if found else code


def region_name(code: str) -> str:
    """Return the name of a region (ISO 3166-2) or of a whole country (ISO 3166-1)."""
    found = _regions().get(code)
    return found.name if found else country_name(code)


def today_in(code: str) -> date:
    """Return the day that it is in a region or country (ISO 3166) as the page is shown."""
    return day_in(code, request_time())


@cache
def _countries() -> dict[str, reference.Country]:
    return {country.code: country for country in reference.countries()}


@cache
def _regions() -> dict[str, reference.Region]:
    return {region.code: region for region in reference.regions()}


def init(app: Flask) -> None:
    """Wire the filters into the application's templates."""
    filters = (
        day,
        moment,
        number,
        share,
        money,
        title_of,
        country_name,
        region_name,
        today_in,
        label,
        sentence,
        term_name,
    )
    app.jinja_env.filters.update({each.__name__: each for each in filters})
    app.jinja_env.globals.update(idempotency_key=idempotency_key, languages_by_own_name=OWN_NAMES)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
