"""The crowd that fights for quotas, from several processes: nothing oversold, all sold, and a control that oversells."""

from collections import Counter

import pytest
from click.testing import CliRunner

from bench.quota_crowd import Race, Sold, attempt, crowd_of, naive, race, shop, sold
from bench.quotas import caps_of, command, row_of
from tests.conftest import NOW
from tests.factories import Make

pytestmark = pytest.mark.slow

ANSWERS = {"sold", "full", "twice"}


def wishes_of(sessions, caps, attempts):
    with sessions() as session:
        session.connection(execution_options={"write": True})
        return shop(Make(session, NOW), caps, attempts)


def test_two_processes_sell_every_quota_to_the_last_unit_and_no_further(database_url, sessions):
    wishes = wishes_of(sessions, caps_of(200), 200)

    done = race(database_url, wishes, attempt, processes=2, threads=4)

    whole, *parts = sold(sessions)
    assert [each.cap for each in parts] == [60, 20, 10, 4]
    assert all(each.cap == each.counter == each.units for each in parts)
    assert whole.counter == whole.units == done.outcome["sold"] == 94
    assert set(done.outcome) <= ANSWERS
    assert done.outcome.total() == 210


def test_a_wish_that_is_sent_twice_is_sold_once(sessions):
    first, *_ = wishes_of(sessions, [5], 20)
    assert [attempt(sessions, first), attempt(sessions, first)] == ["sold", "twice"]
    assert [each.units for each in sold(sessions)] == [1, 1]


def test_counting_first_and_writing_later_oversells_in_the_same_crowd(database_url, sessions):
    """The control: without it a race that never happens would prove nothing."""
    wishes = wishes_of(sessions, [6], 60)

    done = race(database_url, wishes, naive, processes=2, threads=8)

    assert sold(sessions)[1].units == done.outcome["sold"] > 6


def test_half_of_a_crowd_want_the_hot_quota_and_one_in_twenty_asks_twice(sessions):
    wishes = wishes_of(sessions, [1, 1, 1, 1], 400)
    hot = sum(wish.facts.origin == "HN" for wish in wishes)
    crowd = crowd_of(wishes)
    assert 200 <= hot <= 300
    assert (len(crowd), len(set(crowd))) == (420, 400)


def test_the_table_counts_what_is_beyond_a_cap_and_every_answer_that_is_an_error():
    done = Race(Counter(sold=9, full=2, OperationalError=1), 2.0)
    line = row_of("SQLite", "any", 32, done, [Sold(100, 9, 9), Sold(5, 5, 7), Sold(3, 2, 2)])
    assert line == ["SQLite", "any", "32", "12", "9", "2", "0", "1", "2", "7 of 5", "6"]


def test_the_benchmark_runs_small_and_says_that_nothing_was_oversold():
    done = CliRunner().invoke(
        command,
        ["--attempts", "60", "--naive-attempts", "40", "--processes", "2", "--threads", "2", "--database", "SQLite"],
    )
    assert done.exit_code == 0, done.output
    line = next(line for line in done.output.splitlines() if "services.quotas.take" in line and line.startswith("|"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[7:9] == ["0", "0"]
    assert cells[9] == "18 of 18"


@pytest.mark.long
def test_thirty_two_clients_and_thirty_thousand_attempts_oversell_nothing(database_url, sessions):
    wishes = wishes_of(sessions, caps_of(30_000), 30_000)
    done = race(database_url, wishes, attempt, processes=4, threads=8)
    whole, *parts = sold(sessions)
    assert all(each.cap == each.counter == each.units for each in parts)
    assert whole.units == done.outcome["sold"] == sum(caps_of(30_000))
    assert set(done.outcome) <= ANSWERS
