"""What every answer keeps: headers, nonce, tokens against forged forms, clear errors."""

import json
import re

import pytest

from mobility.app import create_app
from mobility.db import make_engine, make_sessions
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.settings import Settings

PATHS = ["/sign-in", "/healthz", "/readyz", "/nowhere", "/", "/static/nothing.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_security_headers(app, path):
    headers = app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "max-age" in headers["Strict-Transport-Security"]


def test_the_nonce_is_fresh_and_on_every_script(app):
    answers = [app.test_client().get("/sign-in") for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", a.headers["Content-Security-Policy"]).group(1) for a in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        scripts = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_pages_are_never_cached(app):
    assert app.test_client().get("/sign-in").headers["Cache-Control"] == "no-store"


def test_a_form_without_token_is_refused_clearly(sessions, tmp_path):
    app = create_app(Settings(instance_dir=tmp_path / "i"), sessions)
    answer = app.test_client().post("/sign-in", data={"email": "a@b.c", "password": "x"})
    assert answer.status_code == 400
    assert "The form was open for too long" in answer.get_data(as_text=True)


def test_a_foreign_host_is_refused(app):
    assert app.test_client().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_foreign_host_is_named_in_the_log_with_the_setting_that_lists_those_served(app, capsys):
    app.test_client().get("/sign-in", headers={"Host": "ministry.example:8443"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [line] = [line for line in lines if line["event"] == "host not served"]
    assert (line["host"], line["setting"]) == ("ministry.example:8443", "MOBILITY_TRUSTED_HOSTS")
    field = line["setting"].removeprefix("MOBILITY_").lower()
    assert field in Settings.model_fields


def test_a_lost_database_is_told_to_the_log_in_the_drivers_one_line(tmp_path, capsys):
    sessions = make_sessions(make_engine("postgresql+psycopg://nobody:s3cret@127.0.0.1:1/none", pool_size=2))
    app = create_app(Settings(instance_dir=tmp_path / "i"), sessions)
    client = app.test_client()
    client.set_cookie("sid", "x" * 43)
    answer = client.get("/")
    logged = capsys.readouterr().err
    reasons = [line["reason"] for line in map(json.loads, logged.splitlines()) if line["event"] == "database refused"]
    assert answer.status_code == 503
    assert reasons
    assert all("refused" in reason and len(reason.splitlines()) == 1 for reason in reasons)
    assert "s3cret" not in logged
    assert "x" * 43 not in logged


def test_demo_pages_exist_in_demo_mode_only(sessions, tmp_path):
    app = create_app(Settings(instance_dir=tmp_path / "i"), sessions)
    assert app.test_client().get("/demo/").status_code == 404


def test_an_unknown_page_and_a_wrong_method_are_not_found(visitor):
    assert visitor.get("/nowhere").status == 404
    assert visitor.get("/sign-out").status == 404 or visitor.get("/sign-out").status == 405


def test_too_large_a_body_is_refused(visitor):
    assert visitor.post("/sign-in", {"email": "x" * 6_000_000}).status == 413


def test_a_demo_link_signs_in_and_a_forged_one_does_not(app, session, make, visitor):
    from mobility.views.demo import sign_in_token
    from mobility.views.frame.installation import EXTENSION

    user = make.user(make.organisation(OrganisationKind.OPERATOR, "US"), Role.OPERATOR)
    user.email = user.email_folded = "ana@demo.example"
    session.commit()
    token = sign_in_token(app.extensions[EXTENSION].secret, user.ref)

    assert user.name in visitor.get("/demo/").text
    assert visitor.get(f"/demo/sign-in/{token}").status == 200
    assert visitor.post(f"/demo/sign-in/{token[:-1]}x").status == 404
    assert visitor.post(f"/demo/sign-in/{token}").location == "/"
    assert visitor.get("/").heading == "To do"


def test_a_real_user_cannot_be_reached_by_a_demo_link(app, session, make, visitor):
    from mobility.views.demo import sign_in_token
    from mobility.views.frame.installation import EXTENSION

    user = make.user(make.organisation(OrganisationKind.OPERATOR, "US"), Role.OPERATOR)
    session.commit()
    token = sign_in_token(app.extensions[EXTENSION].secret, user.ref)
    assert visitor.post(f"/demo/sign-in/{token}").status == 404
