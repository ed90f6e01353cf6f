"""A worker is killed before or after every single thing that it asks of the outside, and the step is run again."""

from pathlib import Path

import pytest

from tests.knowledge.mortal import Fate, MortalPipeline


def lived(folder: Path, fate: Fate) -> MortalPipeline:
    pipeline = MortalPipeline(folder, fate=fate)
    pipeline.run()
    return pipeline


@pytest.mark.parametrize("takes_effect", [False, True], ids=["before", "after"])
def test_nothing_is_lost_or_double_wherever_a_worker_is_killed(tmp_path: Path, takes_effect: bool) -> None:
    undisturbed = Fate()
    expected = lived(tmp_path / "undisturbed", undisturbed).outcome()
    assert undisturbed.calls > 30
    for at in range(1, undisturbed.calls + 1):
        killed = lived(tmp_path / str(at), Fate(at, takes_effect))
        assert (at, killed.outcome()) == (at, expected)
