"""The figures of the plan are counted as the plan counts them."""

import pytest

from tests.structure.measures import branched, circles


@pytest.mark.parametrize(
    ("body", "ways"),
    [
        ("return 1", 1),
        ("if a:\n        b()\n    else:\n        c()", 2),
        ("if a and b or c:\n        pass", 4),
        ("return [x for x in y if x if z]", 4),
        ("try:\n        a()\n    except E:\n        pass", 2),
        ("match a:\n        case 1:\n            pass\n        case _:\n            pass", 3),
        ("return a if b else c", 2),
        ("def g():\n        if a:\n            pass", 1),
    ],
)
def test_ways_through_a_function_are_counted_as_the_plan_counts_them(body, ways):
    assert branched(f"def f():\n    {body}\n")["f"] == ways


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
