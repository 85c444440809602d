"""Signing in, codes, throttling, sessions that end."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from mobility.clock import now
from mobility.db import write_tx
from mobility.models.accounts.sessions import SignInAttempt, UserSession
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security.keyring import keyring_of
from mobility.security.one_time_codes import new_secret
from mobility.security.passwords import hash_password
from mobility.security.sealing import seal_totp
from mobility.views.accounts.routes import local_path
from tests.web import Browser

PASSWORD = "four quiet herons over water"


@pytest.fixture
def officer(session, make):
    home = make.organisation(OrganisationKind.DESTINATION_MINISTRY, "US")
    user = make.user(home, Role.SHORTAGE_OFFICER)
    user.password_hash = hash_password(PASSWORD)
    session.commit()
    return user


def enter(browser, user, password=PASSWORD, **options):
    return browser.post("/sign-in", {"email": user.email.upper(), "password": password}, **options)


def test_the_right_password_opens_the_first_page_and_is_recorded(officer, visitor, sessions):
    answer = enter(visitor, officer)

    assert (answer.status, answer.location) == (302, "/")
    assert visitor.get("/").heading == "To do"
    with sessions() as session:
        assert session.scalars(sa.select(AuditEvent.action)).all() == ["user.sign_in"]


@pytest.mark.parametrize("password", ["wrong", PASSWORD + " "])
def test_unknown_people_and_wrong_passwords_get_the_same_answer(officer, visitor, app, password):
    wrong = enter(visitor, officer, password)
    unknown = Browser(app).post("/sign-in", {"email": "nobody@example.org", "password": password})
    assert wrong.status == unknown.status == 422
    assert wrong.errors == unknown.errors == ["Password: The email address or the password is wrong."]


def test_a_disabled_account_does_not_sign_in(officer, visitor, sessions):
    with write_tx(sessions) as session:
        session.execute(sa.update(User).values(disabled_at=now()))
    assert enter(visitor, officer).status == 422


def test_the_sixth_attempt_in_a_minute_is_refused_even_with_the_right_password(officer, visitor, app):
    for _ in range(5):
        assert enter(Browser(app), officer, "wrong").status == 422
    assert enter(visitor, officer).status == 429


def test_a_success_forgets_the_attempts_of_the_account(officer, app, sessions):
    for _ in range(3):
        enter(Browser(app), officer, "wrong")
    enter(Browser(app), officer)
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 1  # the address's


class TestOneTimeCodes:
    @pytest.fixture
    def enrolled(self, officer, sessions):
        secret = new_secret()
        with write_tx(sessions) as session:
            seal_totp(keyring_of(session), session.get_one(User, officer.id), secret)
        return secret

    def test_the_password_alone_does_not_sign_in(self, officer, enrolled, visitor):
        assert enter(visitor, officer).location == "/sign-in/code"
        assert visitor.get("/").status == 302

    def test_the_code_completes_it_once_only(self, officer, enrolled, app):
        code = pyotp.TOTP(enrolled).at(now())
        first, second = Browser(app), Browser(app)
        for browser in (first, second):
            enter(browser, officer)

        assert first.post("/sign-in/code", {"code": code}).location == "/"
        assert second.post("/sign-in/code", {"code": code}).status == 422

    @pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "١٢٣٤٥٦"])
    def test_a_wrong_code_is_refused(self, officer, enrolled, visitor, code):
        enter(visitor, officer)
        assert visitor.post("/sign-in/code", {"code": code}).status == 422

    def test_without_a_password_there_is_no_code_page(self, visitor, app):
        assert visitor.get("/sign-in/code").location == "/sign-in"

    def test_codes_are_throttled(self, officer, enrolled, visitor):
        enter(visitor, officer)
        answers = [visitor.post("/sign-in/code", {"code": "000000"}).status for _ in range(6)]
        assert answers == [422] * 5 + [429]


class TestSessions:
    def test_the_token_changes_at_sign_in_and_dies_at_sign_out(self, officer, visitor, app):
        enter(visitor, officer)
        token = visitor.client.get_cookie("sid").value
        assert visitor.post("/sign-out").status == 302

        thief = Browser(app)
        thief.client.set_cookie("sid", token)
        assert thief.get("/").status == 302

    def test_only_the_tokens_hash_is_stored(self, officer, visitor, sessions):
        enter(visitor, officer)
        token = visitor.client.get_cookie("sid").value
        with sessions() as session:
            stored = session.scalars(sa.select(UserSession.token_hash)).one()
        assert token not in stored
        assert len(stored) == 64

    @pytest.mark.parametrize(
        ("column", "age"), [("seen_at", timedelta(minutes=16)), ("created_at", timedelta(hours=13))]
    )
    def test_an_idle_or_old_session_is_over(self, officer, visitor, sessions, column, age):
        enter(visitor, officer)
        with write_tx(sessions) as session:
            session.execute(sa.update(UserSession).values({column: now() - age}))
        assert visitor.get("/").status == 302

    def test_a_disabled_user_is_out_at_once(self, officer, visitor, sessions):
        enter(visitor, officer)
        with write_tx(sessions) as session:
            session.execute(sa.update(User).values(disabled_at=now()))
        assert visitor.get("/").status == 302

    def test_reading_pages_writes_nothing_within_a_minute(self, officer, visitor, sessions):
        enter(visitor, officer)
        visitor.get("/")
        with sessions() as session:
            before = session.scalars(sa.select(UserSession.seen_at)).all()
        visitor.get("/")
        with sessions() as session:
            assert session.scalars(sa.select(UserSession.seen_at)).all() == before

    def test_the_cookie_is_kept_from_scripts_and_other_sites(self, officer, app):
        response = app.test_client().post("/sign-in", data={"email": officer.email, "password": PASSWORD})
        cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("sid="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_a_new_password_ends_every_session(self, officer, visitor, app):
        other = Browser(app)
        for browser in (visitor, other):
            enter(browser, officer)
        answer = visitor.post("/account/password", {"old": PASSWORD, "password": "seven loud geese under cloud"})
        assert answer.status == 302
        assert other.get("/").status == visitor.get("/").status == 302

    @pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "passwordpassword"])
    def test_a_weak_password_is_refused_with_the_reason(self, officer, visitor, weak):
        enter(visitor, officer)
        answer = visitor.post("/account/password", {"old": PASSWORD, "password": weak})
        assert answer.status == 422
        assert len(answer.errors) == 1

    def test_enrolling_asks_for_a_right_code(self, officer, visitor):
        enter(visitor, officer)
        page = visitor.get("/account/authenticator")
        secret = page.text.split('class="app-secret">')[1].split("<")[0]
        assert visitor.post("/account/authenticator", {"code": "000000"}).status == 422
        assert visitor.post("/account/authenticator", {"code": pyotp.TOTP(secret).at(now())}).status == 302
        assert enter(visitor, officer).location == "/sign-in/code"


class TestProof:
    """Whoever sits at an open browser is asked once more (ASVS 7.5.1)."""

    @pytest.fixture
    def began(self, sessions):
        """Return a function that makes all sessions so many minutes old; they were seen just now."""

        def age(minutes):
            with write_tx(sessions) as session:
                old = now() - timedelta(minutes=minutes)
                session.execute(sa.update(UserSession).values(created_at=old))

        return age

    def test_an_authenticator_is_not_set_up_in_a_session_of_six_minutes(self, officer, visitor, began, sessions):
        enter(visitor, officer)
        began(6)
        for answer in (visitor.get("/account/authenticator"), visitor.post("/account/authenticator", {"code": "1"})):
            assert (answer.status, answer.location) == (302, "/account/confirm?next=/account/authenticator")
        with sessions() as session:
            assert "new_factor" not in session.scalars(sa.select(UserSession.state)).one()

    def test_the_password_once_more_opens_it_under_a_new_token(self, officer, visitor, app, began):
        enter(visitor, officer)
        began(6)
        before = visitor.client.get_cookie("sid").value

        answer = visitor.post("/account/confirm?next=/account/authenticator", {"password": PASSWORD})

        assert (answer.status, answer.location) == (302, "/account/authenticator")
        assert visitor.client.get_cookie("sid").value != before
        assert visitor.get("/account/authenticator").status == 200
        thief = Browser(app)
        thief.client.set_cookie("sid", before)
        assert thief.get("/").status == 302

    def test_a_session_of_five_minutes_is_fresh_enough(self, officer, visitor, began):
        enter(visitor, officer)
        began(4.9)
        assert visitor.get("/account/authenticator").status == 200

    @pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " "])
    def test_a_wrong_password_opens_nothing(self, officer, visitor, began, password):
        enter(visitor, officer)
        began(6)
        answer = visitor.post("/account/confirm?next=/account/authenticator", {"password": password})
        assert answer.status == 422
        assert len(answer.errors) == 1
        assert visitor.get("/account/authenticator").status == 302

    def test_attempts_are_counted_together_with_those_to_change_it(self, officer, visitor, began):
        enter(visitor, officer)
        began(6)
        for _ in range(3):
            assert visitor.post("/account/confirm", {"password": "wrong"}).status == 422
        for _ in range(2):
            sent = {"old": "wrong", "password": "seven loud geese under cloud"}
            assert visitor.post("/account/password", sent).status == 422
        assert visitor.post("/account/confirm", {"password": PASSWORD}).status == 429

    def test_it_leads_to_no_other_site(self, officer, visitor):
        enter(visitor, officer)
        answer = visitor.post("/account/confirm?next=//evil.example", {"password": PASSWORD})
        assert answer.location == "/account"

    def test_the_language_and_what_was_said_survive_the_new_token(self, officer, visitor):
        enter(visitor, officer)
        visitor.post("/language", {"code": "fr", "next": "/"})
        visitor.post("/account/confirm", {"password": PASSWORD})
        assert 'lang="fr"' in visitor.get("/").text[:200]


class TestLanguage:
    @pytest.mark.parametrize(("code", "chosen"), [("es", "es"), ("fr", "fr"), ("xx", "en"), ("", "en")])
    def test_a_language_is_kept_for_the_person(self, officer, visitor, code, chosen):
        enter(visitor, officer)
        visitor.post("/language", {"code": code, "next": "/shortages/"})
        assert f'lang="{chosen}"' in visitor.get("/").text[:200]

    def test_the_browsers_language_is_the_first_guess(self, app, visitor):
        assert 'lang="es"' in visitor.get("/sign-in", headers={"Accept-Language": "es-GT,es;q=0.9"}).text[:200]


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/shortages/?page=2", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("/a\r\nSet-Cookie: x=1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_paths_of_this_site_are_gone_back_to(target, kept):
    assert local_path(target) == (target if kept else None)
