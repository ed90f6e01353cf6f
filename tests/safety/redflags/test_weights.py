"""The file with the weights is read whole or not at all."""

import pytest

from coaching.safety.redflags import weights
from coaching.safety.redflags.detector import DetectRedFlags
from coaching.safety.redflags.features import TOPICS
from coaching.safety.redflags.ports import NoMeanings
from coaching.safety.redflags.weights import Weights, WeightsUnusable, packed, shipped, unpacked


def test_the_weights_that_ship_fit_the_code() -> None:
    made = shipped()
    assert made.meaning.weights.shape == (384, 2 * len(TOPICS))
    assert all(0 < threshold < 1 for threshold in (*made.thresholds, *made.thresholds_without_meaning))


def test_the_weights_that_ship_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    read = weights.unpacked

    def counted(data: bytes) -> Weights:
        reads.append(len(data))
        return read(data)

    monkeypatch.setattr(weights, "unpacked", counted)
    shipped.cache_clear()
    detect = DetectRedFlags(NoMeanings(), shipped)
    for text in ("I want to kill myself", "How long should I rest?", "I cut myself again"):
        detect(text)
    assert len(reads) == 1
    assert reads[0] < 1_000_000


def test_the_same_weights_give_the_same_bytes() -> None:
    data = packed(shipped())
    assert packed(unpacked(data)) == data


@pytest.mark.parametrize("place", [0, 100, 5_000, -200, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    data = bytearray(packed(shipped()))
    data[place] ^= 0xFF
    try:
        read = unpacked(bytes(data))
    except WeightsUnusable:
        return
    assert packed(read) == packed(shipped())


@pytest.mark.parametrize("data", [b"", b"PK", b"not an archive", b"\x93NUMPY"])
def test_what_is_no_file_of_weights_is_refused(data: bytes) -> None:
    with pytest.raises(WeightsUnusable):
        unpacked(data)


def test_half_a_file_is_refused() -> None:
    data = packed(shipped())
    with pytest.raises(WeightsUnusable):
        unpacked(data[: len(data) // 2])


def test_weights_for_other_rules_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(shipped())
    monkeypatch.setattr(weights, "RULE_FEATURES", ("another rule",))
    with pytest.raises(WeightsUnusable, match="other rules"):
        unpacked(data)
