"""The main menu of each role, made from the policy: what a person may not open is not offered."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from mobility.forms.words import spoken
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.taxonomies import TaxonomyKind
from mobility.security.actors import Actor
from mobility.security.policy import allowed
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor_or_none, language
from mobility.views.frame.installation import installation
from mobility.wording.taxonomies import ESCO_NOTICE

MENU: tuple[tuple[str, Permission, LazyString], ...] = (
    ("home.index", Permission.HOME_VIEW, _l("To do")),
    ("shortages.index", Permission.SHORTAGE_LIST, _l("Shortages")),
    ("schemes.index", Permission.SCHEME_LIST, _l("Schemes")),
    ("employers.index", Permission.EMPLOYER_LIST, _l("Employers")),
    ("vacancies.index", Permission.VACANCY_LIST, _l("Vacancies")),
    ("workers.index", Permission.WORKER_LIST, _l("Workers")),
    ("match_runs.index", Permission.MATCH_RUN_LIST, _l("Match runs")),
    ("proposals.index", Permission.PROPOSAL_LIST, _l("Proposals")),
    ("notices.index", Permission.NOTICE_LIST, _l("Notices")),
    ("audit.index", Permission.AUDIT_VIEW, _l("Audit log")),
    ("accounts.show", Permission.ACCOUNT_MANAGE, _l("Account")),
)


def menu(actor: Actor | None) -> list[dict[str, Any]]:
    """Return the entries that the actor may open; the one of the present page is marked."""
    if actor is None:
        return []
    room = (request.endpoint or "").partition(".")[0]
    return [
        {"text": str(text), "href": url_for(endpoint), "active": endpoint.partition(".")[0] == room}
        for endpoint, permission, text in MENU
        if allowed(actor, permission)
    ]


def frame() -> dict[str, Any]:
    """Return what the frame of every page needs."""
    try:
        actor = current_actor_or_none()
        account, notice = None, ""
        if actor is not None:
            account = {
                "name": actor.name,
                "organisation": actor.organisation_name,
                "sign_out_url": url_for("accounts.sign_out"),
            }
            notice = spoken(ESCO_NOTICE) if taxonomy_lists.uses(db_session(), TaxonomyKind.ESCO) else ""
    except Exception:  # noqa: BLE001  an error page must render even when the database is away
        actor, account, notice = None, None, ""
    return {
        "language": language(),
        "navigation": menu(actor),
        "account": account,
        "taxonomy_notice": notice,
        "sign_in_url": None if account else url_for("accounts.sign_in"),
        "home_url": url_for("home.index"),
        "demo_mode": installation().settings.mode == "demo",
    }


def init(app: Flask) -> None:
    """Wire the frame into the application's templates."""
    app.context_processor(frame)
