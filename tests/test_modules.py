from pathlib import Path

import mobility
from mobility.modules import modules_of
from mobility.views.blueprints import BLUEPRINTS, DEMO_BLUEPRINTS

HOUSE = Path(mobility.__file__).parent


def test_every_file_of_a_package_is_found_and_no_folder():
    files = sorted(
        ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
        for path in (HOUSE / "rules").rglob("*.py")
        if path.stem != "__init__"
    )
    assert [each.__name__ for each in modules_of("mobility.rules")] == files


def test_those_that_lack_a_name_are_left_out():
    found = modules_of("mobility.rules", having="LIFECYCLE")
    assert len(found) > 8
    assert all(hasattr(each, "LIFECYCLE") for each in found)


def test_every_blueprint_that_a_file_of_views_defines_is_found_once():
    defined = [path for path in (HOUSE / "views").rglob("*.py") if "\nblueprint = " in path.read_text()]
    names = [each.name for each in (*BLUEPRINTS, *DEMO_BLUEPRINTS)]
    assert len(defined) == len(names) == len(set(names))
    assert [each.name for each in DEMO_BLUEPRINTS] == ["demo"]
