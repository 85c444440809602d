"""The page on which a ministry raises or lowers a quota's cap; the quotas themselves stand on their scheme's page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import ConflictError, InvalidError
from mobility.forms.quotas import CapForm
from mobility.forms.wording import label
from mobility.models.quotas import Quota
from mobility.queries.quotas import counters_of
from mobility.rules.quotas import QuotaDimension
from mobility.services import quotas
from mobility.views.browser_session import db_session, request_time
from mobility.views.filters import country_name, number, region_name
from mobility.views.forms import fail_form
from mobility.views.identity import current_actor, language

blueprint = Blueprint("quotas", __name__, url_prefix="/quotas")


@blueprint.route("/<ref>/cap", methods=["GET", "POST"])
def cap(ref: str) -> ResponseReturnValue:
    """Set the cap; below what is taken it is refused, with the figures."""
    session, actor = db_session(), current_actor()
    quota = quotas.get(session, actor, ref)
    form = CapForm(data={"cap": quota.cap, "seen": quota.cap})
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        seen = form.read()
        if seen is None:
            raise ConflictError("stale")
        before = quota.cap
        try:
            quotas.set_cap(session, actor, ref, form.cap.data, seen=seen, at=request_time())
        except InvalidError as error:
            fail_form(form, error)
        else:
            flash(
                _("The quota has %(cap)s places now; before it had %(before)s.", **_figures(quota, before)), "success"
            )
            return redirect(url_for("schemes.show", ref=quota.scheme.ref))
    counters = counters_of(quota)
    return render_template("quotas/cap.html", form=form, quota=quota, counted=counted(quota), counters=counters), status


def _figures(quota: Quota, before: int) -> dict[str, str | None]:
    return {"cap": number(quota.cap), "before": number(before)}


def counted(quota: Quota) -> str:
    """Say what a quota counts."""
    names = [part.strip() for part in quota.value.split(",") if part.strip()]
    match quota.dimension:
        case QuotaDimension.ORIGIN:
            names = [country_name(name) for name in names]
        case QuotaDimension.REGION:
            names = [region_name(name) for name in names]
        case QuotaDimension.SECTOR:
            known = {sector.slug: sector.names[language()] for sector in reference.sectors()}
            names = [known.get(name, name) for name in names]
        case QuotaDimension.SEX_FLOOR:
            names = [{"female": _("women"), "male": _("men")}.get(name, name) for name in names]
        case QuotaDimension.RETURNING:
            names = [{"yes": _("Yes"), "no": _("No")}.get(name, name) for name in names]
    what = label(quota.dimension)
    return _("%(what)s: %(which)s", what=what, which=", ".join(names)) if names else what
