import numpy as np
import pytest

from bench.world import SKILLS, world
from mobility.matching.allocation.quotas import no_quotas
from mobility.matching.runs.run import digest, match
from mobility.matching.scoring.features import all_asked


def made(dense=False, seed=1, workers=600, vacancies=12):
    return world(workers, vacancies, seed=seed, dense=dense)


def run(drawn):
    run_settings = drawn.run_settings._replace(top=5, near=2)
    return digest(match(drawn.pool, drawn.demand, no_quotas(len(drawn.demand), len(drawn.pool)), run_settings))


def test_equal_seeds_draw_equal_worlds_and_other_seeds_other_ones():
    assert run(made()) == run(made())
    assert run(made()) != run(made(seed=2))


@pytest.mark.parametrize(("dense", "least", "most"), [(False, 11, 15), (True, 13, 17)])
def test_workers_have_about_as_many_skills_as_the_world_says(dense, least, most):
    drawn = made(dense=dense)
    assert least < drawn.pool.profile.skills.nnz / 600 < most
    assert drawn.pool.profile.skills.shape[1] == SKILLS


def test_common_skills_are_more_common_in_the_dense_world():
    postings = []
    for dense in (False, True):
        drawn = made(dense=dense, workers=3_000)
        held = np.bincount(drawn.pool.profile.skills.indices, minlength=SKILLS)
        postings.append(held[all_asked(drawn.demand).indices].sum())
    assert postings[1] > 2 * postings[0]
