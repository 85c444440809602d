"""Forms of schemes: a draft that starts from an example, and a later version of its rules."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.forms.fields import (
    date_field,
    long_text_field,
    number_field,
    offer,
    offer_kind,
    select_field,
    text_field,
)
from mobility.rules.cases.schemes import ReviewOrder, SchemeKind
from mobility.rules.law.example_schemes import ExampleScheme
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension, open_remainder
from mobility.rules.quotas.places import Places, check_places, is_derived_apart
from mobility.rules.quotas.terms import CONDITIONS
from mobility.services.schemes.entries import QuotaTerms, SchemeTerms, terms_of_example
from mobility.services.schemes.schemes import LONGEST_STAY

MOST_PLACES = 1_000_000
LONGEST_RULES = 200_000
#: Further quotas that a draft has room for.
FURTHER = 3


class OriginForm(Form):
    """One agreement: whether its country takes part, and the places that it gets at most."""

    agreement = HiddenField()
    takes_part = BooleanField()
    cap = number_field(
        _l("Places at most"),
        least=0,
        most=MOST_PLACES,
        description=_l("Leave it empty if only the places in all count."),
    )


class FurtherForm(Form):
    """One more quota: places for those who meet everything that is chosen."""

    cap = number_field(_l("Places at most"), least=0, most=MOST_PLACES)
    origin = select_field(_l("Country of origin"))
    sector = select_field(_l("Sector"))
    region = text_field(_l("Region of work"), limit=6, description=_l("ISO code, such as US-FL; US for all of it."))
    employer = text_field(_l("Employer"), limit=16, description=_l("Its reference, such as E-7K3M-9QXA-4."))
    returning = select_field(_l("Returning workers"))

    def read(self) -> list[tuple[QuotaDimension, str]]:
        """Return what was chosen, dimension by dimension."""
        fields = ((dimension, self[dimension.value].data) for dimension in CONDITIONS)
        return [(dimension, value) for dimension, value in fields if value]


class SchemeForm(FlaskForm):
    """A scheme's terms, its countries of origin and its quotas."""

    title_en = text_field(_l("Title in English"), limit=300, required=_l("Enter a title in English"))
    title_es = text_field(_l("Title in Spanish"), limit=300, required=_l("Enter a title in Spanish"))
    title_fr = text_field(_l("Title in French"), limit=300, required=_l("Enter a title in French"))
    kind = select_field(_l("Kind"), required=_l("Choose a kind"))
    review_order = select_field(_l("Order of decisions"), required=_l("Choose an order of decisions"))
    max_stay_months = number_field(
        _l("Longest stay in months"), least=1, most=LONGEST_STAY, required=_l("Enter the longest stay")
    )
    rules_from = date_field(
        _l("The rules apply from"),
        required=_l("Enter the first day of the rules"),
        description=_l("The scheme can start on that day or later."),
    )
    agreements = FieldList(FormField(OriginForm), label=_l("Agreements"))
    period_from = date_field(_l("Places count from"), required=_l("Enter the first day of the quota"))
    period_to = date_field(_l("Places count to"), required=_l("Enter the last day of the quota"))
    cap = number_field(
        _l("Places in all"),
        least=0,
        most=MOST_PLACES,
        required=_l("Enter the number of places"),
        description=_l("One place is one person whose first day of work lies in the period."),
    )
    kept_for_women = number_field(
        _l("Places kept for women"), least=0, most=MOST_PLACES, description=_l("Leave it empty if none are kept.")
    )
    second_from = date_field(
        _l("The second half begins on"),
        description=_l("Only if the year has two halves. The places above then are those of the first half."),
    )
    second = number_field(_l("Places in the second half"), least=0, most=MOST_PLACES)
    carry_on = date_field(
        _l("Unused places of the first half go over on"),
        description=_l("Leave it empty if they lapse."),
    )
    supplement = number_field(
        _l("More places, for returning workers only"),
        least=0,
        most=MOST_PLACES,
        description=_l("Beside the places above, which are open to everybody."),
    )
    set_aside = number_field(
        _l("Of these, places set aside for some countries"),
        least=0,
        most=MOST_PLACES,
        description=_l("Their nationals need not return: they may come for the first time."),
    )
    set_aside_for = text_field(
        _l("Countries of the set-aside"), limit=400, description=_l("ISO codes, such as GT, HN, HT, SV.")
    )
    further = FieldList(FormField(FurtherForm), label=_l("Further quotas"), min_entries=FURTHER, max_entries=FURTHER)

    def offer_choices(
        self,
        agreements: Iterable[tuple[str, str, str]],
        origins: Sequence[tuple[str, str]],
        sectors: Sequence[tuple[str, str]],
    ) -> None:
        """Give the drop-downs their choices, and each agreement (reference, country's name, title) its entry.

        ``origins`` and ``sectors`` are codes with names.
        """
        offer_kind(self.kind, SchemeKind, empty=_l("Choose"))
        offer_kind(self.review_order, ReviewOrder, empty=_l("Choose"))
        known = {ref: (country, title) for ref, country, title in agreements}
        for entry in self.further:
            offer(entry.form.origin, origins, empty=_l("Any"))
            offer(entry.form.sector, sectors, empty=_l("Any"))
            offer(entry.form.returning, [("yes", _("Yes")), ("no", _("No"))], empty=_l("Any"))
        sent = {entry.form.agreement.data for entry in self.agreements}
        for ref in known:
            if ref not in sent:
                self.agreements.append_entry({"agreement": ref, "takes_part": False})
        for entry in self.agreements:
            country, title = known.get(entry.form.agreement.data, ("", ""))
            entry.form.takes_part.label.text = _("%(country)s: %(title)s", country=country, title=title)
            entry.form.cap.label.text = _("Places for %(country)s at most", country=country)

    @property
    def halves_given(self) -> bool:
        """Whether anything was entered about halves, or is wrong there."""
        return any(each.data or each.errors for each in (self.second_from, self.second, self.carry_on))

    @property
    def supplement_given(self) -> bool:
        """Whether anything was entered about a supplement or a set-aside, or is wrong there."""
        return any(each.data or each.errors for each in (self.supplement, self.set_aside, self.set_aside_for))

    @property
    def further_given(self) -> bool:
        """Whether anything was entered in a further quota, or is wrong there."""
        entered = (entry.form.cap.data is not None or entry.form.read() for entry in self.further)
        return bool(self.further.errors) or any(entered)

    def start_from(self, example: ExampleScheme, today: date) -> None:
        """Fill the form with an example's terms and the places of its latest period."""
        for language in LANGUAGES:
            self[f"title_{language}"].data = example.titles[language]
        self.kind.data, self.review_order.data = example.kind.value, example.review_order.value
        self.max_stay_months.data, self.rules_from.data = example.max_stay_months, today
        if example.places is not None:
            self._start_from(example.places)
            return
        whole = max((quota for quota in example.quotas if quota.dimension is None), key=lambda each: each.valid_from)
        self.period_from.data, self.period_to.data, self.cap.data = whole.valid_from, whole.valid_to, whole.cap
        floors = [quota.cap for quota in example.quotas if quota.dimension is QuotaDimension.SEX_FLOOR]
        self.kept_for_women.data = floors[0] if floors else None

    def _start_from(self, places: Places) -> None:
        self.period_from.data, self.period_to.data, self.cap.data = places.period_from, places.period_to, places.regular
        for name in ("second_from", "second", "carry_on", "supplement", "set_aside"):
            self[name].data = getattr(places, name)
        self.set_aside_for.data = ", ".join(places.set_aside_for)

    def terms(self, example: ExampleScheme, origins: dict[str, str]) -> SchemeTerms:
        """Return what was entered, with the example's rules; ``origins`` gives the country of each agreement.

        Raises
        ------
        InvalidError
            ``quota.floor_above_total``, ``scheme.cap_without_agreement``: places for a country that is not chosen, or
            ``quota.further_incomplete``: places for nobody in particular, or nobody's number.
        """
        entries = [entry.form for entry in self.agreements]
        chosen = [entry.agreement.data for entry in entries if entry.takes_part.data]
        if any(entry.cap.data is not None and not entry.takes_part.data for entry in entries):
            raise InvalidError("scheme.cap_without_agreement", field="agreements")
        plain = terms_of_example(example, chosen, self.rules_from.data, self._quotas(origins))
        entered: dict[str, Any] = {
            "kind": SchemeKind(self.kind.data),
            "titles": {language: self[f"title_{language}"].data for language in LANGUAGES},
            "review_order": ReviewOrder(self.review_order.data),
            "max_stay_months": self.max_stay_months.data,
        }
        apart = self.places()
        return SchemeTerms(**{**vars(plain), **entered, "places": [apart] if is_derived_apart(apart) else []})

    def places(self) -> Places:
        """Return the places with their halves, supplement and set-aside, as they were entered: not checked yet."""
        return Places(
            period_from=self.period_from.data,
            period_to=self.period_to.data,
            regular=self.cap.data,
            second_from=self.second_from.data,
            second=self.second.data or 0,
            carry_on=self.carry_on.data,
            supplement=self.supplement.data or 0,
            set_aside=self.set_aside.data or 0,
            set_aside_for=tuple(sorted(set(re.findall(r"[^\s,;]+", (self.set_aside_for.data or "").upper())))),
        )

    def _quotas(self, origins: dict[str, str]) -> list[QuotaTerms]:
        period, places = (self.period_from.data, self.period_to.data), self.places()
        check_places(places)
        quotas = [] if is_derived_apart(places) else [QuotaTerms(*period, self.cap.data)]
        for entry in self.agreements:
            cap, ref = entry.form.cap.data, entry.form.agreement.data
            if cap is not None and ref in origins:
                quotas.append(QuotaTerms(*period, cap, QuotaDimension.ORIGIN, origins[ref]))
        if self.kept_for_women.data:
            whole = places.regular + places.second + places.supplement
            rest = open_remainder(whole, self.kept_for_women.data)
            quotas.append(QuotaTerms(*period, rest, QuotaDimension.SEX_FLOOR, "female"))
        return [*quotas, *self._further(period)]

    def _further(self, period: tuple[date, date]) -> Iterator[QuotaTerms]:
        for entry in self.further:
            cap, chosen = entry.form.cap.data, entry.form.read()
            if (cap is None) is not (not chosen):
                raise InvalidError("quota.further_incomplete", field="further")
            if chosen:
                (dimension, value), *rest = chosen
                conditions = tuple(QuotaCondition(each, (code,)) for each, code in rest)
                yield QuotaTerms(*period, cap, dimension, value, conditions)


class VersionForm(FlaskForm):
    """A later version of a scheme's rules, as the JSON that the rules are kept in."""

    valid_from = date_field(
        _l("The new rules apply from"),
        required=_l("Enter the first day of the new rules"),
        description=_l("A day ahead, so that all ministries can sign before it."),
    )
    rules = long_text_field(
        _l("Rules"), limit=LONGEST_RULES, required=_l("Enter the rules"), description=_l("The rules as JSON.")
    )

    def start_from(self, rules: list[dict[str, Any]]) -> None:
        """Fill the form with the rules in force."""
        self.rules.data = json.dumps(rules, indent=2, ensure_ascii=False)

    def parsed(self) -> object:
        """Return the rules as JSON gives them.

        Raises
        ------
        InvalidError
            ``rules.not_json``, with the line.
        """
        try:
            return json.loads(self.rules.data)
        except json.JSONDecodeError as error:
            raise InvalidError("rules.not_json", field="rules", line=error.lineno) from None
        except RecursionError:
            raise InvalidError("rules.not_json", field="rules", line=1) from None
