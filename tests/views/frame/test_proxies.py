"""Behind a reverse proxy: whose address counts, and that nobody chooses their own."""

import threading
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa
from flask import request
from waitress import wasyncore

from mobility.app import create_app
from mobility.cli.platform.server import bound_server
from mobility.models.accounts.sessions import SignInAttempt
from mobility.security.throttle import ALLOWED_FROM_ADDRESS
from mobility.settings import Settings

PROXY = "10.0.0.9"


@pytest.fixture
def behind(sessions, tmp_path):
    """Return a function that makes the application behind so many proxies."""

    def make(proxies):
        app = create_app(Settings(instance_dir=tmp_path / "i", mode="demo", trusted_proxies=proxies), sessions)
        app.config.update(WTF_CSRF_ENABLED=False)
        return app

    return make


def seen(app, forwarded, **headers):
    """Return the address and the scheme that the application sees."""
    told = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", **headers}
    with app.test_client() as client:
        client.get("/healthz", headers=told, environ_base={"REMOTE_ADDR": PROXY})
        return request.remote_addr, request.scheme


def sign_in_from(app, forwarded, account):
    told = {"X-Forwarded-For": forwarded}
    sent = {"email": f"{account}@example.org", "password": "wrong"}
    client = app.test_client()
    return client.post("/sign-in", data=sent, headers=told, environ_base={"REMOTE_ADDR": PROXY}).status_code


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address", "scheme"),
    [
        (0, "203.0.113.7", PROXY, "http"),
        (1, "203.0.113.7", "203.0.113.7", "https"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7", "https"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.8", "203.0.113.7", "http"),
        (2, "203.0.113.7", PROXY, "http"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_saw(behind, proxies, forwarded, address, scheme):
    assert seen(behind(proxies), forwarded) == (address, scheme)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_forwarded_host_is_not_believed(behind):
    client = behind(1).test_client()
    assert client.get("/sign-in", headers={"X-Forwarded-Host": "evil.example"}).status_code == 200
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_one_busy_office_does_not_lock_out_another_behind_the_same_proxy(behind):
    app = behind(1)
    busy = [sign_in_from(app, "203.0.113.7", f"clerk{number}") for number in range(ALLOWED_FROM_ADDRESS + 1)]
    assert busy == [422] * ALLOWED_FROM_ADDRESS + [429]
    assert sign_in_from(app, "203.0.113.8", "other") == 422


def test_naming_another_address_does_not_escape_the_count(behind, sessions):
    """Whoever attacks can only prepend to the header; the proxy appends what it saw."""
    app = behind(1)
    tried = [sign_in_from(app, f"198.51.100.{n}, 203.0.113.7", f"clerk{n}") for n in range(ALLOWED_FROM_ADDRESS + 1)]
    assert tried[-1] == 429
    with sessions() as session:  # one row for each account tried, and one for the address; the refused one counted too
        rows = session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt))
    assert rows == ALLOWED_FROM_ADDRESS + 1 + 1


def test_without_trusted_proxies_the_header_changes_nothing(behind):
    app = behind(0)
    tried = [sign_in_from(app, f"203.0.113.{n}", f"clerk{n}") for n in range(ALLOWED_FROM_ADDRESS + 1)]
    assert tried[-1] == 429


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_shipped_server_passes_the_header_on_only_where_a_proxy_is_trusted(behind, proxies, address):
    app, found = behind(proxies), []
    app.before_request(lambda: found.append(request.remote_addr))
    server = bound_server(app, Settings(trusted_proxies=proxies), 0)

    def ask():
        told = Request(f"http://127.0.0.1:{server.effective_port}/healthz", headers={"X-Forwarded-For": "203.0.113.7"})
        with urlopen(told, timeout=30) as answer:
            answer.read()

    asking = threading.Thread(target=ask)
    asking.start()
    while asking.is_alive():
        wasyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)
    server.task_dispatcher.shutdown()
    wasyncore.close_all(server._map)
    assert found == [address]
