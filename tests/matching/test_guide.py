"""What the researchers' guide shows is run as it stands there."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/matching-library.md"


def test_the_first_example_of_the_guide_gives_what_it_says(tmp_path):
    first, second = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    names = {"folder": tmp_path / "pool"}
    exec(compile(first, "guide", "exec"), names)
    chunk = names["chunk"]
    assert chunk.eligible.worker.tolist() == [11]
    assert chunk.eligible.contributions.sum() == chunk.eligible.score[0]
    assert (chunk.near.worker.tolist(), chunk.near.obstacle.tolist()) == ([12], [0])
    assert chunk.waterfalls[0].sole.tolist() == [1]
    names["terms"] = names["Terms"]([names["adult"]], names["expert_scorecard"](), names["today"], seed=7)
    exec(compile(second, "guide", "exec"), names)
    assert names["chunk"].eligible.score.tolist() == chunk.eligible.score.tolist()
