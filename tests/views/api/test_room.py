from mobility.views.api.room import cut


def test_the_last_part_has_no_cursor_and_the_others_name_their_last_item():
    assert cut(["a", "b", "c"], 2, str) == (["a", "b"], "b")
    assert cut(["a", "b"], 2, str) == (["a", "b"], None)
    assert cut([], 2, str) == ([], None)


def test_an_address_that_does_not_exist_is_refused_as_a_problem(visitor):
    answer = visitor.client.get("/api/v1/nothing")
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (404, "application/problem+json", 404)
