from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.shortages import ShortageState

ADDRESS = "/api/v1/shortages"


def test_a_program_without_sign_in_is_told_so_and_sent_nowhere(visitor):
    answer = visitor.client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert (answer.json["title"], answer.json["status"]) == ("Unauthorized", 401)
    assert "Location" not in answer.headers


def test_an_officer_reads_the_ministrys_own_part_by_part(session, make, browser_for):
    officer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    stranger = make.actor(OrganisationKind.DESTINATION_MINISTRY, "CA", Role.SHORTAGE_OFFICER)
    mine = sorted(make.shortage(officer, state).ref for state in (ShortageState.DRAFT, ShortageState.DECLARED))
    make.shortage(stranger)
    session.commit()

    first = browser_for(officer).client.get(f"{ADDRESS}?limit=1").json
    second = browser_for(officer).client.get(f"{ADDRESS}?limit=1&cursor={first['next']}").json

    assert [item["ref"] for item in (*first["items"], *second["items"])] == mine
    assert second["next"] is None
    assert set(first["items"][0]) == {"ref", "occupation", "region", "headcount", "valid_from", "valid_to", "state"}


def test_an_employer_reads_only_what_is_declared_in_its_country(session, make, browser_for):
    officer = make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)
    employer = make.actor(OrganisationKind.EMPLOYER, "US", Role.RECRUITER)
    declared = make.shortage(officer, ShortageState.DECLARED)
    make.shortage(officer, ShortageState.DRAFT)
    session.commit()
    assert [item["ref"] for item in browser_for(employer).client.get(ADDRESS).json["items"]] == [declared.ref]


def test_an_operator_is_answered_as_if_there_were_nothing(session, make, browser_for):
    operator = make.actor(OrganisationKind.OPERATOR, "US", Role.OPERATOR)
    session.commit()
    answer = browser_for(operator).client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
