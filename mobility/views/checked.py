"""Check pages: a step that cannot be taken back, or that touches people who are proposed, is shown before it is taken.

The page says what follows and whom it touches, and carries a mark of that; if that changes meanwhile it comes again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from mobility.forms.words import sentence
from mobility.rules.cases.agreements import AgreementEvent
from mobility.rules.cases.checks import CheckKind
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.employers import EmployerEvent
from mobility.rules.cases.schemes import SchemeEvent
from mobility.rules.cases.shortages import ShortageEvent
from mobility.rules.cases.workers import WorkerEvent
from mobility.services import employers
from mobility.services.proposals.endings import Touched
from mobility.services.schemes import agreements, schemes
from mobility.services.shortages import shortages
from mobility.services.workers import checks, consents, workers
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.forms import SEEN, seen
from mobility.views.frame.identity import current_actor

#: The field that says that the check page was seen, and its value.
CHECKED_FIELD, CHECKED = "checked", "yes"
#: Never written into a page again.
SECRET_FIELDS = frozenset({"password", "csrf_token"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is checked first.

    Attributes
    ----------
    button : LazyString
        What the button says that takes the step.
    follows : LazyString
        What happens then.
    back : str
        Endpoint of the page to which one returns without the step.
    proved : bool
        Whether a password may be asked for with it, which is a check of its own.
    touched : callable or None
        Returns, by the reference in the address, what the step does to open proposals; None where it does nothing,
        and needs no check.
    final : bool
        Whether it cannot be taken back.
    """

    button: LazyString
    follows: LazyString
    back: str
    proved: bool = False
    touched: Callable[[str], Touched | None] | None = None
    final: bool = True


def _of(service: Any, event: StrEnum) -> Callable[[str], Touched | None]:
    """Return what an event does, as the service of its resource says it (``get`` and ``touched_by``)."""

    def touched(ref: str) -> Touched | None:
        session, actor = db_session(), current_actor()
        found: Touched | None = service.touched_by(session, actor, service.get(session, actor, ref), event)
        return found

    return touched


def _consent(ref: str) -> Touched | None:
    purpose, session, actor = request.form.get("purpose"), db_session(), current_actor()
    if purpose not in list(ConsentPurpose):
        return None
    return consents.touched_by(session, actor, workers.get(session, actor, ref), ConsentPurpose(purpose))


def _failed_check(ref: str) -> Touched | None:
    kind, session, actor = request.form.get("kind"), db_session(), current_actor()
    if kind not in list(CheckKind):
        return None
    return checks.touched_by(session, actor, workers.get(session, actor, ref), CheckKind(kind))


#: By endpoint, with the value of the field that tells its steps apart where an address takes several.
STEPS: Mapping[str, Step] = {
    "shortages.suspend": Step(
        _l("Suspend"),
        _l("No further vacancy is certified against it, and nobody decides on its open proposals until it is resumed."),
        "shortages.show",
        touched=_of(shortages, ShortageEvent.SUSPEND),
        final=False,
    ),
    "shortages.end": Step(
        _l("End this shortage"),
        _l("No vacancy stands on it any more: those that are certified are revoked. Filled ones stay."),
        "shortages.show",
        touched=_of(shortages, ShortageEvent.END),
    ),
    "agreements.suspend": Step(
        _l("Suspend"),
        _l("Nobody is proposed under this agreement, and no proposal under it goes on, until it is resumed."),
        "agreements.show",
        touched=_of(agreements, AgreementEvent.SUSPEND),
        final=False,
    ),
    "agreements.end": Step(
        _l("End this agreement"),
        _l("Nobody is proposed under this agreement any more. People who are placed go on under their contracts."),
        "agreements.show",
        touched=_of(agreements, AgreementEvent.END),
    ),
    "schemes.suspend": Step(
        _l("Suspend"),
        _l("Nobody is proposed under this scheme, and no proposal goes on, until it is resumed."),
        "schemes.show",
        touched=_of(schemes, SchemeEvent.SUSPEND),
        final=False,
    ),
    "shortages.declare": Step(
        _l("Declare this shortage"),
        _l("Employers can post vacancies against this shortage from now on. Its figures stay as they are."),
        "shortages.show",
    ),
    "schemes.sign": Step(
        _l("Sign for my ministry"),
        _l("Your ministry agrees to these rules and places. Other rules need a new version, signed by all again."),
        "schemes.show",
    ),
    "schemes.activate": Step(
        _l("Start the scheme"),
        _l("Employers can post vacancies under this scheme, and match runs can propose workers."),
        "schemes.show",
    ),
    "schemes.close": Step(
        _l("Close"),
        _l("Nobody is proposed under this scheme any more. It cannot be started again; its cases stay readable."),
        "schemes.show",
        touched=_of(schemes, SchemeEvent.CLOSE),
    ),
    "rules.issue": Step(
        _l("Issue this version for signature"),
        _l("The ministries are asked to sign this version. Its rules cannot be changed any more."),
        "rules.draft",
    ),
    "rules.discard": Step(
        _l("Put this version away"), _l("What was changed in this version is deleted."), "rules.draft"
    ),
    "scenarios.delete": Step(
        _l("Delete this scenario"), _l("The scenario and its figures are deleted."), "scenarios.show"
    ),
    "match_runs.cancel": Step(
        _l("Cancel this run"), _l("The run stops and proposes nobody. Another run can be started."), "match_runs.show"
    ),
    "vacancies.attest": Step(
        _l("Attest that this offer is real"),
        _l("Your office answers for this offer with its name. The vacancy can be opened for matching."),
        "vacancies.show",
    ),
    "vacancies.refuse": Step(
        _l("Refuse for good"),
        _l("The vacancy ends here. Its employer sees your reasons and can post another one."),
        "vacancies.show",
    ),
    "employers.vet debar": Step(
        _l("Debar this employer"),
        _l("The employer may not take part any more. Its open proposals end, and everybody concerned is told."),
        "employers.show",
        touched=_of(employers, EmployerEvent.DEBAR),
    ),
    "employers.vet suspend": Step(
        _l("Suspend"),
        _l("Nothing of this employer moves on until it is reinstated. Nobody decides on its open proposals."),
        "employers.show",
        touched=_of(employers, EmployerEvent.SUSPEND),
        final=False,
    ),
    "proposals.decide": Step(
        _l("Record the decision"),
        _l("The decision stands with your name. An approval takes a unit of each quota that it touches."),
        "proposals.show",
        proved=True,
    ),
    "workers.withdraw": Step(
        _l("Take off the register"),
        _l("The person is not proposed any more and leaves the register."),
        "workers.show",
        touched=_of(workers, WorkerEvent.WITHDRAW),
    ),
    "workers.pause": Step(
        _l("Pause"),
        _l("The person is not proposed any more until they are back."),
        "workers.show",
        touched=_of(workers, WorkerEvent.PAUSE),
        final=False,
    ),
    "workers.check failed": Step(
        _l("Record the check"),
        _l("A required check was not passed. What rests on it ends, until a later check is passed."),
        "workers.show",
        touched=_failed_check,
    ),
    "consents.change withdraw": Step(
        _l("Record that the consent is withdrawn"),
        _l("What rests on this consent ends at once. The person can agree again later."),
        "consents.show",
        touched=_consent,
    ),
    "workers.mark_ineligible": Step(
        _l("Shut out for now"),
        _l("The person may not take part until the day on which this is looked at again."),
        "workers.show",
        touched=_of(workers, WorkerEvent.MARK_INELIGIBLE),
    ),
}


#: Changing the terms of a certified vacancy, whose page asks itself: only other terms say whom they touch.
AMENDING = Step(
    _l("Change the terms"),
    _l("The vacancy goes back to the ministry, which certifies it anew. Nobody is proposed for it until then."),
    "vacancies.show",
)
#: Fields that tell the steps of an address apart.
_NAMING = ("step", "answer", "result")


def ask() -> ResponseReturnValue | None:
    """Show the check page of a step that was asked for and not checked yet; what was typed goes along."""
    step = _step()
    if step is None:
        return None
    checked = request.form.get(CHECKED_FIELD) == CHECKED
    if step.touched is None:
        return None if checked else page(step)
    touched = step.touched((request.view_args or {})["ref"])
    return None if touched is None or (checked and seen() == touched.mark) else page(step, touched)


def page(step: Step, touched: Touched | None = None) -> ResponseReturnValue:
    """Return the check page of a step; if what it touches changed since the person looked, it says so."""
    changed = touched is not None and seen() not in {None, touched.mark}
    apart = {*SECRET_FIELDS, CHECKED_FIELD, SEEN}
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in apart]
    shown = render_template(
        "checked/check.html",
        step=step,
        typed=typed,
        back=url_for(step.back, **request.view_args or {}),
        touched=touched,
        changed=sentence("ending.changed") if changed else "",
    )
    return (shown, 409) if changed else shown


def _step() -> Step | None:
    """Return the step that the request takes, unless a password that came with it is its check."""
    if request.method != "POST":
        return None
    endpoint = request.endpoint or ""
    names = [endpoint, *(f"{endpoint} {request.form[field]}" for field in _NAMING if field in request.form)]
    step = next((STEPS[name] for name in names if name in STEPS), None)
    return None if step is None or (step.proved and request.form.get("password")) else step


def init(app: Flask) -> None:
    """Ask after access is checked and before any view."""
    app.before_request(ask)
