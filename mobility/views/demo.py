"""One-click sign-in as an invented person; wired in demo mode only."""

import hmac
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mobility.forms.words import label
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.security.demo_doors import DOMAIN, sign_in_token
from mobility.services import accounts
from mobility.views.frame import identity
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.installation import installation

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@dataclass(frozen=True)
class Persona:
    """An invented person whom one can be with one click."""

    name: str
    organisation: str
    kind: str
    roles: str
    token: str


@blueprint.get("/")
def personas() -> ResponseReturnValue:
    """List the people whom one can be, by organisation."""
    found = db_session().scalars(
        select(User)
        .join(Organisation)
        .where(User.email_folded.like(f"%@{DOMAIN}"))
        .options(joinedload(User.organisation))
        .order_by(Organisation.kind, Organisation.name, User.email_folded)
    )
    return render_template("demo/personas.html", personas=[persona_of(user) for user in found])


def persona_of(user: User) -> Persona:
    """Return what the list shows of a user."""
    roles = ", ".join(label(held.role) for held in user.roles)
    home = user.organisation
    return Persona(user.name, home.name, label(home.kind), roles, sign_in_token(installation().secret, user.ref))


@blueprint.get("/sign-in/<token>")
def sign_in(token: str) -> ResponseReturnValue:
    """Sign in as the persona of a token."""
    ref = token.partition(".")[0]
    if not hmac.compare_digest(sign_in_token(installation().secret, ref).encode(), token.encode()):
        abort(404)
    user = db_session().scalar(
        select(User)
        .where(User.ref == ref, User.email_folded.like(f"%@{DOMAIN}"), User.disabled_at.is_(None))
        .options(joinedload(User.organisation))
    )
    if user is None:
        abort(404)
    return render_template("demo/sign_in.html", token=token, persona=persona_of(user))


@blueprint.post("/sign-in/<token>")
def enter(token: str) -> ResponseReturnValue:
    """Be the persona."""
    sign_in(token)
    user = (
        db_session()
        .scalars(select(User).where(User.ref == token.partition(".")[0]).options(joinedload(User.organisation)))
        .one()
    )
    accounts.complete_sign_in(db_session(), user, how="demo", at=request_time())
    identity.sign_in(user)
    return redirect(url_for("home.index"))
