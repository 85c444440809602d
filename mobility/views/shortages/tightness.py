"""Pages of the composite of tightness: every part with its source, and the weights, which a ministry states."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError
from mobility.forms.shortages.publications import WeightsForm
from mobility.forms.words import label
from mobility.queries.figures import tightness_figures
from mobility.rules.basics.permissions import Permission
from mobility.rules.figures.tightness import SCALES, IndicatorKind
from mobility.security.policy import allowed
from mobility.services.shortages import tightness
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import region_name, title_of
from mobility.views.frame.forms import expected_version, fail_form
from mobility.views.frame.identity import current_actor
from mobility.views.frame.spreadsheets import csv_answer

blueprint = Blueprint("tightness", __name__, url_prefix="/tightness")
SHOWN = 200


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the composite of every occupation that figures speak of."""
    actor = current_actor()
    found = tightness_figures.readings(db_session(), actor, actor.organisation_id)
    return render_template(
        "tightness/index.html",
        readings=found[:SHOWN],
        count=len(found),
        weighing=tightness_figures.weighing(db_session(), actor.organisation_id),
        indicators=IndicatorKind,
        scales=SCALES,
        may_weigh=allowed(actor, Permission.TIGHTNESS_WEIGH),
    )


@blueprint.get("/table.csv")
def table() -> ResponseReturnValue:
    """Return every composite with its parts as a table."""
    actor = current_actor()
    headings = [_("Occupation"), _("ISCO-08 unit group"), _("Region"), _("Composite"), _("Reading")]
    for indicator in IndicatorKind:
        headings += [label(indicator), _("%(name)s: weight", name=label(indicator))]
        headings += [_("%(name)s: points", name=label(indicator)), _("%(name)s: source", name=label(indicator))]
    rows = [_row(each) for each in tightness_figures.readings(db_session(), actor, actor.organisation_id)]
    return csv_answer("tightness", headings, rows)


def _row(reading: tightness_figures.Reading) -> list[object]:
    row: list[object] = [title_of(reading.occupation), reading.occupation.code, region_name(reading.region)]
    row += [reading.composite.score, label(reading.composite.reading)]
    for part in reading.composite.components:
        known = reading.figures.get(part.indicator)
        source = f"{known.publication.title}. {known.publication.source}" if known else ""
        row += [part.figure, part.weight, part.points, source]
    return row


@blueprint.route("/weights", methods=["GET", "POST"])
def weights() -> ResponseReturnValue:
    """State how much each indicator counts."""
    actor = current_actor()
    now_stated = tightness_figures.weighing(db_session(), actor.organisation_id)
    form = WeightsForm()
    if not form.is_submitted():
        for indicator in IndicatorKind:
            form[indicator.value].data = now_stated.weights[indicator]
        return render_template("tightness/weights.html", form=form, stated=now_stated.stated)
    if not form.validate():
        return render_template("tightness/weights.html", form=form, stated=now_stated.stated), 422
    try:
        tightness.weigh(
            db_session(), actor, form.weights(), form.reason.data, version=expected_version(), at=request_time()
        )
    except InvalidError as error:
        fail_form(form, error)
        return render_template("tightness/weights.html", form=form, stated=now_stated.stated), 422
    flash(_("The weights are stored. Every composite is worked out with them from now on."), "success")
    return redirect(url_for(".index"))
