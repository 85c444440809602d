"""A served world, and how a person enters it."""

from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

from mobility.clock import now
from mobility.db import SessionFactory, write_tx
from mobility.models.accounts.users import User
from mobility.security import browser_sessions
from mobility.settings import Settings


@dataclass
class Place:
    """A server's address and what stands behind it."""

    address: str
    app: Flask
    sessions: SessionFactory
    settings: Settings

    def enter(self, page: Page, user_id: int, *, language: str = "en") -> None:
        """Give the browser a signed-in session of a user."""
        with write_tx(self.sessions) as session:
            user = session.get_one(User, user_id)
            token = browser_sessions.create(session, at=now(), user_id=user.id, state={"language": language})
        page.context.add_cookies([{"name": "sid", "value": token, "url": self.address}])
