"""Field kinds that several forms share; a form never queries."""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation

from mobility.forms.dates import DayField
from mobility.forms.numbers import OwnDecimalField, OwnIntegerField
from mobility.forms.words import choices

_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ODD_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def stripped(text: str | None) -> str:
    """Return the text without spaces at its ends, in the normal form in which it is stored and counted."""
    return unicodedata.normalize("NFC", text or "").strip()


def one_line(_form: Any, field: Any) -> None:
    """Refuse control characters, line ends among them, which a single line cannot hold."""
    _refuse(_ODD, field)


def many_lines(_form: Any, field: Any) -> None:
    """Refuse control characters other than line ends and tabs."""
    _refuse(_ODD_IN_LINES, field)


def _refuse(odd: re.Pattern[str], field: Any) -> None:
    if odd.search(field.data or ""):
        raise StopValidation(_l("Remove the invisible characters, and write the text again"))


def at_most(places: int) -> Any:
    """Return the validator: no more decimal places than are kept, since none may be rounded away."""

    def check(_form: Any, field: Any) -> None:
        if field.data is not None and field.data != round(field.data, places):
            raise StopValidation(_l("Enter at most %(places)s decimal places", places=places))

    return check


def date_field(text: Any, *, required: str | Any = None, description: Any = "") -> DayField:
    """Return a field for a date in three boxes: day, month, year. ``required`` is the error when it is empty."""
    first = InputRequired(required) if required else Optional()
    return DayField(text, description=description, validators=[first])


def text_field(text: Any, *, limit: int, required: Any = None, description: Any = "", **options: Any) -> StringField:
    """Return a field for one line."""
    first = [InputRequired(required)] if required else [Optional()]
    return StringField(
        text, description=description, filters=[stripped], validators=[*first, one_line, Length(max=limit)], **options
    )


def long_text_field(text: Any, *, limit: int, required: Any = None, description: Any = "") -> TextAreaField:
    """Return a field for several lines."""
    first = [InputRequired(required)] if required else [Optional()]
    checks = [*first, many_lines, Length(max=limit)]
    return TextAreaField(text, description=description, filters=[stripped], validators=checks)


def reason_field(question: Any, *, limit: int = 2000, description: Any = "") -> TextAreaField:
    """Return the field that asks why a step is taken; without a reason it is not."""
    return long_text_field(question, limit=limit, required=_l("Say why"), description=description)


def source_field(*, required: Any) -> StringField:
    """Return the field that asks where figures or a file come from."""
    hint = _l("Office, title, table, date of issue.")
    return text_field(_l("Source"), limit=500, required=required, description=hint)


def number_field(
    text: Any, *, least: int, most: int, required: Any = None, description: Any = "", **options: Any
) -> OwnIntegerField:
    """Return a field for a whole number between two bounds."""
    first = [InputRequired(required)] if required else [Optional()]
    bounds = NumberRange(least, most, _l("Enter a whole number from %(min)s to %(max)s"))
    return OwnIntegerField(text, description=description, validators=[*first, bounds], **options)


def decimal_field(
    text: Any, *, least: float, most: float, places: int, required: Any = None, description: Any = ""
) -> OwnDecimalField:
    """Return a field for a decimal number between two bounds, with at most ``places`` decimals."""
    first = [InputRequired(required)] if required else [Optional()]
    bounds = NumberRange(least, most, _l("Enter a number from %(min)s to %(max)s"))
    checks = [*first, bounds, at_most(places)]
    return OwnDecimalField(text, places=places, description=description, validators=checks)


def select_field(text: Any, *, required: Any = None, description: Any = "", **options: Any) -> SelectField:
    """Return a drop-down whose choices the view passes with ``offer``."""
    first = [InputRequired(required)] if required else [Optional()]
    return SelectField(text, description=description, validators=first, **options)


def offer(field: SelectField, pairs: Iterable[tuple[str, str]], *, empty: Any = None) -> None:
    """Give a drop-down its (value, label) pairs; ``empty`` is shown while nothing is chosen."""
    first = [SelectChoice("", str(empty))] if empty is not None else []
    field.choices = [*first, *(SelectChoice(value, text) for value, text in pairs)]


def offer_kind(field: SelectField, kind: type[Enum], *, empty: Any = None) -> None:
    """Give a drop-down the members of an enumeration."""
    offer(field, choices(kind), empty=empty)
