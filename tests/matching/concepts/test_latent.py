import numpy as np
import pytest

from mobility.matching.concepts.latent import LatentSpace, build_latent_space
from mobility.matching.concepts.postings import build_postings

ROWS = [
    ["buzo", "mar", "barco"],
    ["barco", "mar", "pesca"],
    ["pesca", "red", "mar"],
    ["pan", "horno", "harina"],
    ["horno", "pastel", "harina"],
]


def likeness(words, dimensions=2):
    postings = build_postings(ROWS)
    space = build_latent_space(postings, dimensions)
    return space.likeness(space.place(*postings.query(words)), np.arange(len(ROWS)))


def test_rows_in_the_same_company_are_alike_though_they_share_no_word():
    found = likeness(["red"])
    assert "red" not in ROWS[0]
    assert found[0] > 0.8
    assert abs(found[3]) < 0.2


def test_the_same_postings_give_the_same_space():
    one, other = (build_latent_space(build_postings(ROWS)) for _ in range(2))
    assert one.term.tolist() == other.term.tolist()
    assert one.row.tolist() == other.row.tolist()


def test_rows_have_unit_length():
    space = build_latent_space(build_postings(ROWS))
    assert np.linalg.norm(space.row.astype(float), axis=1) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("rows", [[["one"]], [["one"], ["one"]], [[], []]])
def test_too_few_words_or_rows_give_a_space_without_directions(rows):
    postings = build_postings(rows)
    space = build_latent_space(postings)
    assert space.likeness(space.place(*postings.query(["one"])), np.arange(len(rows))).tolist() == [0] * len(rows)


def test_a_text_without_a_known_word_is_like_nothing():
    assert likeness(["zzz"]).tolist() == [0] * len(ROWS)


def test_a_space_survives_being_stored():
    space = build_latent_space(build_postings(ROWS))
    again = LatentSpace.of(space.arrays("some"), "some")
    assert again.term.tolist() == space.term.tolist()
