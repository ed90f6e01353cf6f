import sys

import pytest

from coaching.adapters.llm.transformers import TransformersChatModel
from coaching.adapters.llm.transformers_engine import Pieces
from coaching.errors import ModelUnavailable


def test_says_which_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModelUnavailable, match="pip install transformers torch") as failed:
        TransformersChatModel("any").load(10)
    assert failed.value.code == "package_missing"


def test_a_character_is_shown_when_it_is_whole() -> None:
    def decode(tokens: list[int]) -> str:
        return bytes(tokens).decode(errors="replace")

    pieces = Pieces(decode)
    shown = [pieces.add(byte) for byte in "aü😀b".encode() + b"\xc3"]
    assert shown == ["a", "", "ü", "", "", "", "😀", "b", ""]
    assert pieces.rest() == "\ufffd"


def test_a_space_before_a_word_is_kept() -> None:
    words = {1: "one", 2: "two", 3: ","}

    def decode(tokens: list[int]) -> str:
        return " ".join(words[token] for token in tokens).replace(" ,", ",")

    pieces = Pieces(decode)
    assert [pieces.add(token) for token in (1, 2, 3, 1)] == ["one", " two", ",", " one"]
