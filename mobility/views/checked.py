"""Check pages: a step that cannot be taken back is shown with what follows from it before it is taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from mobility.rules.cases.employers import EmployerEvent
from mobility.rules.cases.workers import WorkerEvent
from mobility.services.proposals.endings import Touched
from mobility.services.workers import workers
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor

#: The field that says that the check page was seen, and its value.
CHECKED_FIELD, CHECKED = "checked", "yes"
#: Never written into a page again.
SECRET_FIELDS = frozenset({"password", "csrf_token"})


@dataclass(frozen=True, slots=True)
class Step:
    """A step that cannot be taken back.

    Attributes
    ----------
    button : LazyString
        What the button says that takes the step.
    follows : LazyString
        What happens then.
    back : str
        Endpoint of the page to which one returns without the step.
    named : str or None
        The only value of the field ``step`` that counts, where an address takes several steps.
    proved : bool
        Whether a password may be asked for with it, which is a check of its own.
    leaving : WorkerEvent or None
        The event by which a worker's open proposals end, for those steps that end them.
    """

    button: LazyString
    follows: LazyString
    back: str
    named: str | None = None
    proved: bool = False
    leaving: WorkerEvent | None = None


#: By endpoint.
STEPS: Mapping[str, Step] = {
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
    "employers.vet": Step(
        _l("Debar this employer"),
        _l("The employer may not take part any more. Its open proposals end, and everybody concerned is told."),
        "employers.show",
        named=EmployerEvent.DEBAR.value,
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
        leaving=WorkerEvent.WITHDRAW,
    ),
    "workers.mark_ineligible": Step(
        _l("Shut out for now"),
        _l("The person may not take part until the day on which this is looked at again."),
        "workers.show",
        leaving=WorkerEvent.MARK_INELIGIBLE,
    ),
}


def ask() -> str | None:
    """Show the check page of a step that was asked for and not checked yet; what was typed goes along."""
    step = _unchecked()
    if step is None:
        return None
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in SECRET_FIELDS]
    back = url_for(step.back, **request.view_args or {})
    return render_template("checked/check.html", step=step, typed=typed, back=back, touched=_touched(step))


def _unchecked() -> Step | None:
    """Return the step that the request takes without having been checked."""
    step = STEPS.get(request.endpoint or "")
    if step is None or request.method != "POST" or request.form.get(CHECKED_FIELD) == CHECKED:
        return None
    if step.proved and request.form.get("password"):
        return None
    return step if step.named in {None, request.form.get("step")} else None


def _touched(step: Step) -> Touched | None:
    if step.leaving is None:
        return None
    session, actor = db_session(), current_actor()
    worker = workers.get(session, actor, (request.view_args or {})["ref"])
    return workers.touched_by(session, actor, worker, step.leaving)


def init(app: Flask) -> None:
    """Ask after access is checked and before any view."""
    app.before_request(ask)
