"""Signing in and out, and one's own account."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mobility.errors import InvalidError
from mobility.forms.accounts import CodeForm, PasswordForm, ProofForm, SignInForm
from mobility.forms.words import sentence
from mobility.models.accounts.users import User
from mobility.security import one_time_codes
from mobility.services import accounts
from mobility.services.accounts import ThrottledError
from mobility.views.accounts import proofs
from mobility.views.accounts.qr import qr_svg
from mobility.views.frame import identity
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import fail_field

blueprint = Blueprint("accounts", __name__)

#: How long a right password waits for its code; the cookie that says so lies with the browser and could be kept.
HALF_SIGNED_IN = timedelta(minutes=5)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for email and password; with an enrolled authenticator, go on to its code."""
    form = SignInForm()
    if request.method == "GET":
        return render_template("accounts/sign_in.html", form=form)
    g.keep_changes = True  # a counted attempt stays counted
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form), 422
    try:
        address = request.remote_addr or ""
        user = accounts.check_password(
            db_session(), form.email.data or "", form.password.data or "", address=address, at=request_time()
        )
    except ThrottledError:
        return render_template("errors/429.html"), 429
    if user is None:
        fail_field(form.password, _("The email address or the password is wrong."))
        return render_template("accounts/sign_in.html", form=form), 422
    session["next"] = local_path(request.args.get("next"))
    if user.totp_secret is None:
        return _enter(user, "password")
    session["half"] = {"user": user.ref, "at": request_time().isoformat()}
    return redirect(url_for(".code"))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for the authenticator's code."""
    user = _half_signed_in()
    if user is None:
        return redirect(url_for(".sign_in"))
    form = CodeForm()
    if request.method == "GET":
        return render_template("accounts/code.html", form=form)
    g.keep_changes = True
    try:
        if form.validate() and accounts.check_code(db_session(), user, form.code.data or "", at=request_time()):
            return _enter(user, "password+code")
    except ThrottledError:
        return render_template("errors/429.html"), 429
    if not form.code.errors:
        fail_field(form.code, _("This code is wrong, or was used before. Wait for the next one."))
    return render_template("accounts/code.html", form=form), 422


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    identity.sign_out()
    answer = redirect(url_for(".sign_in"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    """Show one's own account."""
    return render_template("accounts/show.html", actor=identity.current_actor())


@blueprint.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change one's own password."""
    form = PasswordForm()
    try:
        if form.validate_on_submit() and _password_changed(form):
            g.signed_out = True
            flash(_("Your password was changed. Sign in with it now."), "success")
            return redirect(url_for(".sign_in"))
    except ThrottledError:
        return render_template("errors/429.html"), 429
    return render_template("accounts/password.html", form=form), 422 if request.method == "POST" else 200


def _password_changed(form: Any) -> bool:
    g.keep_changes = True  # a counted attempt stays counted
    try:
        changed = accounts.set_password(
            db_session(), identity.current_actor(), form.old.data, form.password.data, at=request_time()
        )
    except InvalidError as error:
        fail_field(form.password, sentence(error.code, error.params))
        return False
    if not changed:
        fail_field(form.old, _("This is not your present password."))
    return changed


@blueprint.route("/account/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """Ask for the password once more, then go on to where it was needed."""
    form = ProofForm()
    try:
        if form.validate_on_submit():
            if proofs.given(form.password.data or ""):
                proofs.renew()
                return redirect(local_path(request.args.get("next")) or url_for(".show"))
            fail_field(form.password, _("This is not your password."))
    except ThrottledError:
        return render_template("errors/429.html"), 429
    return render_template("accounts/confirm.html", form=form), 422 if request.method == "POST" else 200


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
def factor() -> ResponseReturnValue:
    """Enrol an authenticator: show its secret as a QR code, store it once a right code is shown."""
    if proofs.needed(proofs.FOR_ACCOUNT):
        return redirect(url_for(".confirm", next=url_for(".factor")))
    actor = identity.current_actor()
    secret = session.setdefault("new_factor", one_time_codes.new_secret())
    form = CodeForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            if accounts.enrol_factor(db_session(), actor, secret, form.code.data or "", at=request_time()):
                g.signed_out = True
                flash(_("Your authenticator is set up. Sign in with it now."), "success")
                return redirect(url_for(".sign_in"))
            fail_field(form.code, _("This code is wrong. Check that the clock of your phone is right."))
    uri = one_time_codes.enrolment_uri(secret, actor.user_ref)
    return render_template("accounts/factor.html", form=form, secret=secret, qr=qr_svg(uri)), status


def _half_signed_in() -> User | None:
    half = session.get("half")
    if not half or request_time() - datetime.fromisoformat(half["at"]) > HALF_SIGNED_IN:
        return None
    by_ref = select(User).where(User.ref == half["user"], User.disabled_at.is_(None))
    return db_session().scalar(by_ref.options(joinedload(User.organisation)))


def _enter(user: User, how: str) -> ResponseReturnValue:
    target = session.get("next") or url_for("home.index")
    accounts.complete_sign_in(db_session(), user, how=how, at=request_time())
    identity.sign_in(user)
    return redirect(target)


def local_path(target: str | None) -> str | None:
    """Return the target if it is a path of this site, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    return target if target.isprintable() else None
