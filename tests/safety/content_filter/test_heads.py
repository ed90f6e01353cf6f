"""The file of the heads."""

import numpy as np
import pytest

from coaching.safety.content_filter import heads
from coaching.safety.content_filter.heads import chance, meant
from coaching.safety.weights_file import WeightsDamaged

SHIPPED = heads.shipped()


def test_what_is_stored_is_what_is_loaded() -> None:
    data = heads.stored(SHIPPED)
    again = heads.loaded(data)
    assert heads.stored(again) == data
    assert (again.threshold, again.whole.bias) == (SHIPPED.threshold, SHIPPED.whole.bias)


@pytest.mark.parametrize("damaged", [b"", b"no zip", heads.stored(SHIPPED)[:-9]], ids=["empty", "other", "cut"])
def test_a_damaged_file_is_refused(damaged: bytes) -> None:
    with pytest.raises(WeightsDamaged):
        heads.loaded(damaged)


def test_a_file_with_a_changed_weight_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coaching.safety.weights_file._checksum", lambda arrays: "another")
    data = heads.stored(SHIPPED)
    monkeypatch.undo()
    with pytest.raises(WeightsDamaged):
        heads.loaded(data)


def test_without_words_and_meaning_the_bias_alone_speaks() -> None:
    assert chance(SHIPPED.words, "", "") == pytest.approx(1 / (1 + np.exp(-SHIPPED.words.bias)))


def test_what_is_weighed_of_two_vectors_is_each_and_their_product() -> None:
    one = np.full(384, 1 / np.sqrt(384), dtype=np.float32)
    assert meant(one, one).shape == (3 * 384,)
    assert meant(one, one)[2 * 384 :].sum() == pytest.approx(heads.SHARED)
