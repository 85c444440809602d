"""Pages of notices: what an organisation, and through a consular post its workers, are told."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.forms.words import sentence
from mobility.models.notices import Notice
from mobility.queries.lists import notice_lists
from mobility.services import notices
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import page_number

blueprint = Blueprint("notices", __name__, url_prefix="/notices")
#: Where the subject of a notice is shown.
PAGES = {
    "agreement": "agreements.show",
    "employer": "employers.show",
    "proposal": "proposals.show",
    "scheme": "schemes.show",
    "shortage": "shortages.show",
    "vacancy": "vacancies.show",
    "worker": "workers.show",
}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the notices of the actor's organisation."""
    session, actor = db_session(), current_actor()
    unread = request.args.get("state", "") == "unread"
    page = notice_lists.listed(session, actor, unread=unread, page=page_number())
    return render_template(
        "notices/index.html",
        page=page,
        unread=unread,
        waiting=notice_lists.unread_count(session, actor),
        workers=notice_lists.references_of_workers(session, page),
        says={notice.id: _says(notice) for notice in page.rows},
        links={notice.id: _link(notice) for notice in page.rows},
    )


def _says(notice: Notice) -> str:
    """Return what a notice says, with the cause of the step that it tells of, if one was given."""
    codes = [f"notice.{notice.kind}", *(["notice.cause"] if "cause" in notice.params else [])]
    return " ".join(sentence(code, notice.params) for code in codes)


def _link(notice: Notice) -> str:
    return url_for(PAGES[notice.subject_kind], ref=notice.subject_ref) if notice.subject_kind in PAGES else ""


@blueprint.post("/<ref>/read")
def read(ref: str) -> ResponseReturnValue:
    """Mark a notice as read."""
    notices.mark_read(db_session(), current_actor(), ref, at=request_time())
    return redirect(url_for(".index", state="unread"))


@blueprint.post("/read")
def read_all() -> ResponseReturnValue:
    """Mark every notice as read."""
    count = notices.mark_all_read(db_session(), current_actor(), at=request_time())
    flash(_("Notices marked as read: %(count)s.", count=count), "success")
    return redirect(url_for(".index"))
