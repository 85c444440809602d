"""The rooms of matching have doors: what others may use stands in a room's ``__init__``, and they go through it."""

import ast
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MATCHING = ROOT / "mobility/matching"
ROOMS = sorted(folder.parent.name for folder in MATCHING.glob("*/__init__.py"))


def outside() -> list[Path]:
    return [file for file in (ROOT / "mobility").rglob("*.py") if MATCHING not in file.parents]


def imports(file: Path) -> list[tuple[str, str]]:
    """Return module and name of everything that a file takes from matching, wherever the import stands."""
    return [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mobility.matching")
        for alias in node.names
    ]


def test_there_are_eleven_rooms_and_each_names_its_door():
    assert len(ROOMS) == 11
    for room in ROOMS:
        door = import_module(f"mobility.matching.{room}")
        assert door.__all__, room
        assert [name for name in door.__all__ if not hasattr(door, name)] == []


def test_the_rest_of_the_product_goes_through_the_doors():
    past = [
        f"{file.relative_to(ROOT)}: {module}.{name}"
        for file in outside()
        for module, name in imports(file)
        if module.count(".") != 2 or name not in import_module(module).__all__
    ]
    assert past == []
