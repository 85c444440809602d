import pytest

from mobility.data import reference

ADDRESS = "/api/v1/occupations"


def test_anybody_reads_the_groups_by_code_in_every_language(visitor):
    answer = visitor.client.get(f"{ADDRESS}?limit=3")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert [item["code"] for item in answer.json["items"]] == ["0", "01", "011"]
    assert set(answer.json["items"][0]["titles"]) == set(reference.LANGUAGES)
    assert (answer.json["items"][1]["parent"], answer.json["items"][1]["level"]) == ("0", 2)


def test_following_the_cursor_reads_each_group_once(visitor):
    codes, cursor = [], ""
    while cursor is not None:
        answer = visitor.client.get(f"{ADDRESS}?limit=200&cursor={cursor}").json
        codes += [item["code"] for item in answer["items"]]
        cursor = answer["next"]
    assert codes == [group.code for group in reference.occupation_groups()]


@pytest.mark.parametrize(("query", "field"), [("limit=0", "limit"), ("limit=201", "limit"), ("surprise=1", "surprise")])
def test_what_does_not_fit_is_named_and_not_repeated(visitor, query, field):
    answer = visitor.client.get(f"{ADDRESS}?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [fault["field"] for fault in answer.json["errors"]] == [field]
    assert "201" not in answer.text
