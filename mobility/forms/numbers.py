"""Fields for numbers: they read what people write in the language of the page, and what the product itself shows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, get_decimal_symbol
from flask_babel import gettext as _
from wtforms import DecimalField, Field, IntegerField
from wtforms.validators import StopValidation, ValidationError

from mobility.formats.numbers import Mark, WrittenNumber, written
from mobility.forms.words import page_language
from mobility.wording.texts import LOCALES

_LONGEST = 40
_PLAIN = "0.####"
#: Shown as examples.
_WHOLE, _BROKEN = Decimal(12), Decimal("12.5")
#: Signs that several currencies share name none of them.
_SHARED_SIGNS = frozenset({"", "%", "$"})
_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "C$": "CAD", "CA$": "CAD"}


class OwnDecimalField(DecimalField):
    """A decimal number; a text that may be read in two ways is refused with both readings."""

    data: Any
    unit = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        number = _typed(valuelist)
        self.data = None
        if number is None:
            return
        self.unit = number.unit
        self.data = _one_value(number, number.values, _BROKEN)

    def _value(self) -> str:
        """Return what was typed, or the stored number as the language of the page writes it."""
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        form = f"0.{'0' * self.places}" if self.places else _PLAIN
        return str(format_decimal(self.data, form, locale=LOCALES[page_language()]))

    def pre_validate(self, form: Any) -> None:
        """Refuse an amount that names another currency than the one chosen beside it."""
        _stop_if_unread(self)
        chosen = next((field.data for field in form if field.short_name.endswith("currency")), None)
        named = _SIGNS.get(self.unit, self.unit)
        if named not in _SHARED_SIGNS and chosen and named != chosen:
            raise ValidationError(
                _("The amount says %(named)s, and the currency chosen is %(chosen)s", named=named, chosen=chosen)
            )


class OwnIntegerField(IntegerField):
    """A whole number; thousands may be parted as the language of the page parts them."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        number = _typed(valuelist)
        self.data = None
        if number is None:
            return
        whole = [value for value in number.values if value == value.to_integral_value()]
        if number.values and not whole:
            raise ValueError(
                _("%(text)s is not a whole number, such as %(example)s", text=number.text, example=_plain(_WHOLE))
            )
        self.data = int(_one_value(number, whole, _WHOLE))

    def pre_validate(self, _form: Any) -> None:
        """Ask nothing more of what could not be read."""
        _stop_if_unread(self)

    def _value(self) -> str:
        """Return what was typed, or the stored number without signs between thousands."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)


def _stop_if_unread(field: Field) -> None:
    if field.process_errors:
        raise StopValidation


def _typed(texts: Sequence[str]) -> WrittenNumber | None:
    text = " ".join(texts[0].split()) if texts else ""
    return written(text) if text else None


def _one_value(number: WrittenNumber, values: Sequence[Decimal], example: Decimal) -> Decimal:
    """Return the one value that the text stands for in the language of the page.

    ``1,200`` is what an English page itself shows for 1200; ``1.200`` there is 1.2 for some people and 1200 for others.
    """
    if not values:
        text = number.text[:_LONGEST]
        raise ValueError(_("%(text)s is not a number, such as %(example)s", text=text, example=_plain(example)))
    if len(values) == 1:
        return values[0]
    mark = Mark(get_decimal_symbol(LOCALES[page_language()]))
    grouped = number.readings[mark]
    if grouped == grouped.to_integral_value() and mark not in number.text:
        return grouped
    first, second = (_plain(value) for value in sorted(values, reverse=True))
    raise ValueError(
        _(
            "%(text)s may mean %(first)s or %(second)s: write the one that you mean",
            text=number.text,
            first=first,
            second=second,
        )
    )


def _plain(value: Decimal) -> str:
    return str(format_decimal(value, _PLAIN, locale=LOCALES[page_language()]))
