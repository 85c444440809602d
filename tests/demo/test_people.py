from mobility.demo.people import NAMES


def test_each_language_area_has_enough_names_none_twice():
    assert {"es", "en", "fr"} <= NAMES.keys()
    for names in NAMES.values():
        for some in (names.female, names.male, names.family):
            assert len(some) == len(set(some)) >= 20
            assert all(name == name.strip() and name[0].isupper() for name in some)


def test_people_of_spanish_names_carry_two_family_names():
    assert NAMES["es"].family_names == 2
    assert NAMES["en"].family_names == 1
