"""The first page: what waits for the person who signed in."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from mobility.forms.words import label, sentence
from mobility.queries.lists import home
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.identity import current_actor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show each kind of work with its count, the fullest first."""
    actor = current_actor()
    tasks = [
        {
            "title": sentence(f"task.{task.code}"),
            "count": task.count,
            "href": url_for(task.endpoint, state=task.state),
        }
        for task in sorted(home.tasks(db_session(), actor), key=lambda task: -task.count)
    ]
    roles = [label(role) for role in sorted(actor.roles)]
    return render_template("home/index.html", tasks=tasks, actor=actor, roles=roles)
