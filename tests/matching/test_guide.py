"""What the researchers' guide shows is run as it stands there."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/matching-library.md"


def test_the_first_example_of_the_guide_gives_what_it_says(tmp_path):
    first, second = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    names = {"folder": tmp_path / "pool"}
    exec(compile(first, "guide", "exec"), names)
    batch = names["batch"]
    assert batch.eligible.worker.tolist() == [11]
    assert batch.eligible.contributions.sum() == batch.eligible.score[0]
    assert (batch.near.worker.tolist(), batch.near.obstacle.tolist()) == ([12], [0])
    assert batch.waterfalls[0].sole.tolist() == [1]
    names["settings"] = names["RunSettings"]([names["adult"]], names["expert_scorecard"](), names["today"], seed=7)
    exec(compile(second, "guide", "exec"), names)
    assert names["batch"].eligible.score.tolist() == batch.eligible.score.tolist()
