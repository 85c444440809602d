"""The README's tour is numbered without a gap, and names menus and buttons as the product does."""

from pathlib import Path

from babel.messages.pofile import read_po

from tests.tour import tour

CATALOGUE = Path(__file__).parents[2] / "mobility/translations/es/LC_MESSAGES/messages.po"


def test_the_tour_is_numbered_from_one_without_a_gap_and_says_who_takes_each_step():
    steps = tour()
    assert steps
    assert all(step.person for step in steps)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))


def test_each_menu_and_button_that_the_tour_names_is_a_text_of_the_product():
    with CATALOGUE.open("rb") as file:
        texts = {message.id for message in read_po(file, locale="es") if isinstance(message.id, str)}
    named = [(step.number, label) for step in tour() for label in step.labels]
    assert len(named) >= len(tour())
    assert [found for found in named if found[1] not in texts] == []
