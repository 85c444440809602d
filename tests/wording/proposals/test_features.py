"""A term of a score has a name in each language, whether one feature counts or two together."""

import pytest

from mobility.matching.scoring.features import FEATURES
from mobility.wording.proposals.features import SENTENCES, term_name


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_has_a_name(feature):
    assert f"feature.{feature}" in SENTENCES


@pytest.mark.parametrize(
    ("language", "alone", "together"),
    [
        ("en", "Experience in such work", "Together: Experience in such work; Languages"),
        ("es", "Experiencia en ese trabajo", "En conjunto: Experiencia en ese trabajo; Idiomas"),
        ("fr", "Expérience dans ce travail", "Ensemble\u202f: Expérience dans ce travail\u202f; Langues"),
    ],
)
def test_a_pair_is_named_by_both_its_features(language, alone, together):
    assert term_name("experience", language) == alone
    assert term_name("experience*language", language) == together
