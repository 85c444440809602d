"""Pages of a quota: its counters and what they mean for the next approval, its cap, the places that it follows from."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.data import reference
from mobility.errors import ConflictError, InvalidError
from mobility.forms.schemes.quotas import CapForm, PlacesForm
from mobility.forms.words import label
from mobility.models.schemes.quotas import Quota
from mobility.queries.lists.quota_lists import counters_of, follows_from, places_of
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.quotas.counters import QuotaDimension, read_conditions
from mobility.security.policy import allowed, require
from mobility.services.schemes import quota_places, quotas
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import country_name, number, region_name
from mobility.views.frame.forms import expected_version, fail_form
from mobility.views.frame.identity import current_actor, language

blueprint = Blueprint("quotas", __name__, url_prefix="/quotas")


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show a quota's counters, and what they mean for the next approval."""
    session, actor = db_session(), current_actor()
    quota = quotas.get(session, actor, ref)
    row = follows_from(session, quota)
    edits = quota.scheme.state is not SchemeState.CLOSED and allowed(actor, Permission.QUOTA_EDIT, quota)
    return render_template(
        "quotas/show.html",
        quota=quota,
        counted=counted(quota),
        counters=counters_of(quota),
        places=None if row is None else places_of(row),
        countries=[] if row is None else [country_name(code) for code in places_of(row).set_aside_for],
        may_edit=edits,
    )


@blueprint.route("/<ref>/places", methods=["GET", "POST"])
def places(ref: str) -> ResponseReturnValue:
    """Change the places that a quota follows from, and with them all that follow."""
    session, actor = db_session(), current_actor()
    quota = quotas.get(session, actor, ref)
    require(actor, Permission.QUOTA_EDIT, quota)
    row = follows_from(session, quota)
    if row is None:
        raise ConflictError("quota.stands_alone")
    now, scheme, version = places_of(row), quota.scheme.ref, row.version
    form = PlacesForm(obj=now)
    form.fit(now)
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            quota_places.change(session, actor, ref, form.figures(), version=expected_version(), at=request_time())
        except InvalidError as error:
            fail_form(form, error)
            quota = quotas.get(session, actor, ref)
        else:
            flash(_("The places are changed, and with them every quota that follows from them."), "success")
            return redirect(url_for("schemes.show", ref=scheme))
    return render_template("quotas/places.html", form=form, quota=quota, places=now, version=version), status


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
    """Say what a quota counts, with its further conditions."""
    values = [part.strip() for part in quota.value.split(",") if part.strip()]
    said = [_part(label(quota.dimension), quota.dimension, values)]
    for each in read_conditions(quota.conditions):
        what = label(each.dimension)
        said.append(_part(_("%(what)s, all but", what=what) if each.outside else what, each.dimension, each.values))
    return "; ".join(said)


def _part(what: str, dimension: QuotaDimension, values: Sequence[str]) -> str:
    names = [_name(dimension, value) for value in values]
    return _("%(what)s: %(which)s", what=what, which=", ".join(names)) if names else what


def _name(dimension: QuotaDimension, value: str) -> str:
    match dimension:
        case QuotaDimension.ORIGIN:
            return country_name(value)
        case QuotaDimension.REGION:
            return region_name(value)
        case QuotaDimension.SECTOR:
            known = {sector.slug: sector.names[language()] for sector in reference.sectors()}
            return known.get(value, value)
        case QuotaDimension.SEX_FLOOR:
            return {"female": _("women"), "male": _("men")}.get(value, value)
        case QuotaDimension.RETURNING:
            return {"yes": _("Yes"), "no": _("No")}.get(value, value)
        case _:
            return value
