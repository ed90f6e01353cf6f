"""The calibrated score of support and its file."""

import json

import pytest

from coaching.safety import support
from coaching.safety.agreement import FEATURES, Said, agreement
from coaching.safety.groundedness import Evidence, judge
from coaching.safety.sources import read_source
from coaching.safety.support import Support, SupportUnusable, packed, plain_support, shipped, unpacked
from tests.conversation.conftest import found
from tests.safety.pairs import INVENTED, PASSAGES, SUPPORTED

SOURCES = [read_source(text) for text in PASSAGES]
EVIDENCE = Evidence.of([found(text, number) for number, text in enumerate(PASSAGES)])


def test_what_is_packed_is_what_is_unpacked() -> None:
    assert unpacked(packed(shipped())) == shipped()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", packed(shipped()).replace("-", "", 1), json.dumps({"sha256": "0", "format": 1})],
    ids=["empty", "list", "nothing", "changed", "other"],
)
def test_a_damaged_file_is_refused(text: str) -> None:
    with pytest.raises(SupportUnusable):
        unpacked(text)


def test_more_agreement_never_speaks_against_a_sentence() -> None:
    weights = dict(zip(FEATURES, shipped().weights, strict=True))
    against = {name for name in FEATURES if name.startswith(("unknown", "of oneself", "question"))}
    assert all(weight <= 0 if name in against else weight >= 0 for name, weight in weights.items())


def test_a_row_of_another_length_is_no_row() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Support((1.0, 2.0), 0.0)((1.0,))


def test_verbatim_words_agree_in_everything() -> None:
    row = dict(zip(FEATURES, agreement(Said.of("An ember takes four minutes."), SOURCES), strict=True))
    assert {row[name] for name in FEATURES[:8]} == {1.0}
    assert {row[name] for name in FEATURES[8:]} == {0.0}


def test_names_and_numbers_that_the_passages_lack_are_counted() -> None:
    row = dict(zip(FEATURES, agreement(Said.of("An ember by Napoleon takes 77 minutes."), SOURCES), strict=True))
    assert row["unknown names"] == 1.0
    assert row["unknown numbers"] > 0


@pytest.mark.parametrize("sentence", SUPPORTED[3:7])
def test_a_word_from_each_passage_is_no_support(sentence: str) -> None:
    scattered = "The sentence of a phone is Tuesday's target for forty keeper steps."
    assert judge(sentence, EVIDENCE).support > 0.5 > judge(scattered, EVIDENCE).support


def test_without_weights_words_decide_more_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Support:
        raise SupportUnusable("gone")

    monkeypatch.setattr("coaching.safety.groundedness.shipped", missing)
    assert judge("An ember takes four minutes.", EVIDENCE).supported
    assert not any(judge(sentence, EVIDENCE).supported for sentence in INVENTED)
    row = agreement(Said.of("An ember takes four minutes."), SOURCES)
    assert plain_support(row) < support.shipped()(row)
