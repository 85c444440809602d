"""Field kinds that several forms share; a form never queries."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from mobility.forms.wording import choices

DATE_FORMATS = ["%d %m %Y", "%Y-%m-%d", "%d/%m/%Y"]


def stripped(text: str | None) -> str:
    """Return the text without spaces at its ends."""
    return (text or "").strip()


def date_field(text: Any, *, required: str | Any = None, description: Any = "") -> DateField:
    """Return a field for a date in three boxes: day, month, year. ``required`` is the error when it is empty."""
    first = InputRequired(required) if required else Optional()
    return DateField(text, format=DATE_FORMATS, description=description, validators=[first])


def text_field(text: Any, *, limit: int, required: Any = None, description: Any = "", **options: Any) -> StringField:
    """Return a field for one line."""
    first = [InputRequired(required)] if required else [Optional()]
    return StringField(
        text, description=description, filters=[stripped], validators=[*first, Length(max=limit)], **options
    )


def long_text_field(text: Any, *, limit: int, required: Any = None, description: Any = "") -> TextAreaField:
    """Return a field for several lines."""
    first = [InputRequired(required)] if required else [Optional()]
    return TextAreaField(text, description=description, filters=[stripped], validators=[*first, Length(max=limit)])


def number_field(
    text: Any, *, least: int, most: int, required: Any = None, description: Any = "", **options: Any
) -> IntegerField:
    """Return a field for a whole number between two bounds."""
    first = [InputRequired(required)] if required else [Optional()]
    bounds = NumberRange(least, most, _l("Enter a whole number from %(min)s to %(max)s"))
    return IntegerField(text, description=description, validators=[*first, bounds], **options)


def decimal_field(
    text: Any, *, least: float, most: float, places: int, required: Any = None, description: Any = ""
) -> DecimalField:
    """Return a field for a decimal number between two bounds; either decimal sign is understood."""
    first = [InputRequired(required)] if required else [Optional()]
    bounds = NumberRange(least, most, _l("Enter a number from %(min)s to %(max)s"))
    return DecimalField(
        text, places=places, description=description, validators=[*first, bounds], filters=[], use_locale=False
    )


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
