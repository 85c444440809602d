"""The form in which a registration is changed afterwards: the one of the registration without what is settled."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField

from mobility.data.reference import LANGUAGES
from mobility.forms.workers.workers import PastWorkForm, WorkerForm
from mobility.security.worker_views import WorkerView
from mobility.services.workers.registration import Details, Identity

#: What nobody changes any more once a second officer has confirmed who somebody is.
IDENTITY = (
    "document_kind",
    "document_issuer",
    "document_number",
    "document_issued_on",
    "document_expires_on",
    "mrz",
    "given_names",
    "family_names",
    "name_latin",
    "born_on",
    "sex",
    "nationality",
    "second_nationality",
    "same_name_confirmed",
)
_SAME = (
    "phone",
    "email",
    "address",
    "residence_country",
    "residence_region",
    "displaced_by",
    "education_years",
    "reads_and_writes",
    "assisted",
    "licences",
    "destinations",
    "sectors",
    "earliest_start",
    "months_away_max",
    "pay_floor_hourly",
    "pay_floor_currency",
    "vulnerability",
    "given_names",
    "family_names",
    "name_latin",
    "born_on",
    "sex",
)


class RegistrationForm(WorkerForm):
    """What an officer may change; consents have a page of their own, and one further job is added at a time."""

    consents = None
    work = FieldList(FormField(PastWorkForm), label=_l("One more job"), min_entries=1, max_entries=1)

    def settle_identity(self) -> None:
        """Take the questions about who the person is out of the form."""
        for name in IDENTITY:
            del self[name]

    def changes(self, spoken: Mapping[str, int]) -> Details:
        """Return what may change in a life; of the languages ``spoken`` those that the form does not ask for stay."""
        given = self.details()
        unasked = {code: level for code, level in spoken.items() if code not in LANGUAGES}
        return Details(**{**given, "languages": {**unasked, **given["languages"]}})

    def correction(self) -> Identity | None:
        """Return who the person is, or None where that is settled."""
        return Identity(**self.identity()) if "given_names" in self else None


def as_entered(view: WorkerView) -> dict[str, Any]:
    """Return what is on file as the form takes it (``WorkerView`` of the worker's own post)."""
    data: dict[str, Any] = {name: getattr(view, name) for name in _SAME}
    data |= {f"language_{code}": str(level) for code, level in view.languages.items()}
    data |= {f"skill_{skill.code}": str(skill.level) for skill in view.skills}
    data["licences"] = list(view.licences)
    data["nationality"], data["second_nationality"] = [*(view.nationalities or []), "", ""][:2]
    if view.documents:
        paper = max(view.documents, key=lambda each: each.expires_on)
        for name in ("kind", "issuer", "number", "issued_on", "expires_on"):
            data[f"document_{name}"] = getattr(paper, name)
    return data
