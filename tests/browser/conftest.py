"""A real browser on a real server: Debian's Chromium, a small demo world, loopback only."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from mobility.app import create_app
from mobility.db import make_engine, make_sessions
from mobility.security.keyring import Keyring
from mobility.settings import Settings
from tests.browser.place import Place

NO_CHROMIUM = "no Chromium: apt-get install -y chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_BUILT = "the front end is not built: run the tests by `python3 start.py test`"


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names)]
    return next((path for path in found if path and os.access(path, os.X_OK)), None)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """Run Chromium; without one, skip loudly, or fail where CI is set."""
    path = chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Place]:
    """Serve a world of its own for each test module."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copy(sqlite_template, folder / "mobility.db")
    settings = Settings(instance_dir=folder, mode="demo", session_idle_minutes=600)
    if not (Path(__file__).parents[2] / "mobility/static/dist/mobility.css").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NOT_BUILT)
    sessions = make_sessions(make_engine(settings.url, pool_size=20), keyring=Keyring.generate(demo=True))
    app = create_app(settings, sessions)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Place(f"http://127.0.0.1:{server.server_port}", app, sessions, settings)
    server.shutdown()
    thread.join()


@pytest.fixture
def open_page(chrome: Browser, place: Place) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a fresh browser window; what its pages complain about fails the test."""
    contexts, complaints = [], []

    def open_one(*, javascript: bool = True, width: int = 1280, locale: str = "en-US") -> Page:
        context = chrome.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": 900}, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []
