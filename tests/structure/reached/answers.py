"""What somebody sensible, hasty or careless writes into a form, by the names of its fields."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from itertools import count

from tests.structure.reached.html import Control, Form

#: Days from today for dates, by the end of a field's name; the first that fits counts.
DAYS = {
    "born_on": -11_000,
    "issued_on": -500,
    "expires_on": 3_400,
    "checked_on": 0,
    "valid_until": 900,
    "review_on": 30,
    "evidence_date": -30,
    "evidence_period_from": -120,
    "evidence_period_to": -31,
    "period_from": 0,
    "period_to": 364,
    "published_on": -10,
    "ended_on": -200,
    "starts_on": 65,
    "ends_on": 230,
    "earliest_start": 10,
    "second_from": 180,
    "carry_on": 300,
    "next_on": 90,
    "rules_from": 0,
    "first_day": 1,
    "last": 200,
    "valid_from": 0,
    "valid_to": 350,
    "until": 30,
    "on": 0,
    "from": 0,
    "to": 360,
}
WORDS = {
    "occupation": "9211",
    "second_occupation": "6111",
    "email": "ana@example.org",
    "phone": "+502 5550 1234",
    "document_number": "P0{number:07d}",
    "given_names": "Ana María {number}",
    "family_names": "Núñez Ajú",
    "name_latin": "ANA MARIA",
    "mrz": "",
    "registration_number": "US-{number}",
    "code": "000000",
    "region": "",
    "employer": "",
    "residence_region": "",
    "displaced_by": "",
    "hours_week": "40",
    "pay": "19.50",
    "overtime_pay": "29.25",
    "guarantee": "75",
    "housing_cost": "0",
    "pay_floor_hourly": "9.50",
    "floor_aewr": "16.20",
    "headcount": "40",
    "evidence_figure": "7.5",
    "months": "14",
    "education_years": "8",
    "experience_months": "3",
    "months_away_max": "9",
    "positions": "2",
    "text": "Ana Núñez",
    "duties": "Pick oranges from ladders and load crates on trucks",
    "experience": "I picked coffee and drove a tractor",
    "more_skills": "harvest crops",
    "deductions": "",
    "set_aside_for": "",
    "cap": "60",
    "second": "",
    "second_from": "",
    "carry_on": "",
    "kept_for_women": "10",
    "supplement": "",
    "set_aside": "",
    "worksite": "Lake Wales, FL",
    "recruiter": "",
    "code_column": "Code",
    "title_column": "Title",
    "region_column": "",
    "headcount_column": "Jobs",
    "note_column": "",
    "value_column": "",
    "seed": "11",
    "per_position": "2",
    "a_worker": "2",
    "days": "40",
    "top": "20",
}
CHOICES = {
    "result": "passed",
    "pay_period": "hour",
    "currency": "USD",
    "document_kind": "passport",
    "document_issuer": "GT",
    "nationality": "GT",
    "residence_country": "GT",
    "second_nationality": "",
    "pay_floor_currency": "USD",
    "region": "US-FL",
    "evidence_kind": "vacancy_rate",
    "sex": "female",
    "residence_region": "",
    "codes": "isco08",
}
#: Boxes that nobody ticks without a reason of their own.
LEFT_OPEN = {"same_name_confirmed", "leave_out", "skills"}
_numbers = count(1)


class Manner(Enum):
    """How a form is filled in."""

    SENSIBLE = auto()
    OTHERWISE = auto()
    AS_IT_IS = auto()
    EMPTY = auto()
    ODD = auto()


@dataclass
class Pen:
    """Fills in forms; ``today`` moves with the clock of the walk."""

    today: date
    dice: random.Random

    def fill(self, form: Form, manner: Manner) -> list[tuple[str, str]]:
        """Return what is sent, the pressed button left out."""
        number, sent = next(_numbers), []
        places: Counter[str] = Counter()
        boxes = Counter(control.name for control in form.controls if control.kind in {"text", "number"})
        picked: set[str] = set()
        for control in form.controls:
            place = places[control.name]
            places[control.name] += 1
            value = self._value(form, control, manner, number, place if boxes[control.name] == 3 else None, picked)
            if value is not None:
                sent.append((control.name, value))
        return sent

    def _value(
        self, form: Form, control: Control, manner: Manner, number: int, place: int | None, picked: set[str]
    ) -> str | None:
        kind = control.kind
        if kind in {"file", "submit", "button"}:
            return None
        if kind in {"checkbox", "radio"}:
            return control.value if self._ticked(control, manner, picked) else None
        if kind == "select":
            return self._chosen(control, manner)
        if kind == "hidden" or manner is Manner.AS_IT_IS:
            return control.value
        if manner is Manner.EMPTY:
            return ""
        if manner is Manner.ODD:
            return self.dice.choice(("31", "0", "-1", "x", "99999999999", "2", "Zoë\x07"))
        return control.value or self._answer(form, control, number, place)

    def _answer(self, form: Form, control: Control, number: int, place: int | None) -> str:
        if WORDS.get(control.name.rpartition("-")[2]) == "":
            return ""
        return self._written(control, number) if place is None else self._day(control.name, form)[place]

    def _ticked(self, control: Control, manner: Manner, picked: set[str]) -> bool:
        if manner in {Manner.EMPTY, Manner.AS_IT_IS}:
            return control.chosen
        if control.kind == "checkbox":
            end = control.name.rpartition("-")[2]
            if end == "takes_part" and "-0-" not in control.name and manner is Manner.SENSIBLE:
                return control.chosen  # one agreement for each country of origin
            ticked = end not in LEFT_OPEN if manner is Manner.SENSIBLE else self.dice.random() < 0.6
            return control.chosen or ticked
        wanted = CHOICES.get(control.name)
        if control.name in picked:
            return False
        take = control.value == wanted if wanted else manner is Manner.SENSIBLE or self.dice.random() < 0.5
        if take:
            picked.add(control.name)
        return take

    def _chosen(self, control: Control, manner: Manner) -> str:
        values = [value for value, _ in control.options]
        held = next((value for value, selected in control.options if selected), values[0] if values else "")
        if manner in {Manner.AS_IT_IS, Manner.EMPTY} or not values:
            return held
        wanted = CHOICES.get(control.name.rpartition("-")[2])
        if wanted in values and manner is Manner.SENSIBLE:
            return str(wanted)
        if manner is Manner.SENSIBLE:
            return held or next((value for value in values if value), "")
        return self.dice.choice(values)

    def _day(self, name: str, form: Form) -> tuple[str, str, str]:
        end = name.rpartition("-")[2]
        ahead = next((days for known, days in DAYS.items() if end == known), None)
        if ahead is None:
            ahead = next((days for known, days in DAYS.items() if end.endswith(known)), 30)
        if "/rules/" in form.action and end == "valid_from":
            ahead = 1  # rules never change backwards
        day = self.today + timedelta(days=ahead)
        return str(day.day), str(day.month), str(day.year)

    @staticmethod
    def _written(control: Control, number: int) -> str:
        end = control.name.rpartition("-")[2]
        if end.startswith("floor_"):
            return "16.20"
        if end in WORDS:
            return WORDS[end].format(number=number)
        if control.kind == "textarea":
            return f"Reason enough, number {number}"
        if control.kind == "number" or end.isdigit():
            return "3"
        if control.kind == "password":
            return "correct horse battery staple 7"
        return f"Text {number}"
