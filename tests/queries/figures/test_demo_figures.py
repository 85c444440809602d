from mobility.queries.figures import demo_figures


def test_an_empty_database_counts_nothing(session):
    found = demo_figures.counts(session)
    assert found["users"] == 0
    assert found["eligible pairs"] == 0
    assert found["quota units"] == {"cap": 0, "held": 0, "committed": 0, "used": 0}


def test_rows_are_counted_by_state(session, make):
    made = make.corridor()
    session.flush()
    found = demo_figures.counts(session)
    assert found["schemes"] == {made.scheme.state.value: 1}
    assert found["users"] >= 2
    assert found["quota units"]["cap"] > 0


def test_the_table_has_a_total_and_the_parts():
    shown = demo_figures.lines(
        {"users": 1234, "workers": {"ready": 1000, "paused": 34}, "quota units": {"cap": 5, "held": 1}}
    )
    assert shown[0].split() == ["users", "1,234"]
    assert shown[1].split() == ["workers", "1,034", "ready", "1,000,", "paused", "34"]
    assert shown[2].split() == ["quota", "units", "cap", "5,", "held", "1"]
