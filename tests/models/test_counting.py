"""The bound on tokens is never below what a tokenizer counts, and not far above it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from benchmarks.token_bound import written
from coaching.models.counting import (
    PER_MESSAGE,
    PER_PROMPT,
    PER_SCHEMA,
    message_tokens,
    most_tokens,
    prompt_tokens,
)
from coaching.models.ports import Message, Prompt
from training.minilm_onnx import build

TEXTS = [text for of_kind in written().values() for text in of_kind]
COUNTS = {
    text[:12]: count
    for text, count in zip(
        TEXTS,
        [
            *(68, 64, 118, 97, 82, 69, 71, 103, 109, 95, 83, 107, 168, 76, 67, 203, 185, 178, 146, 159, 133, 216, 202),
            *(311, 250, 257, 255, 233, 233, 139, 141, 131, 89, 149, 197, 118, 128, 101, 89, 82, 81, 147, 151, 66, 106),
        ],
        strict=True,
    )
}
"""The largest count of ten vocabularies (see `coaching.models.counting`), in the order of the file."""
STRANGE = [
    ("3c47600a6d0539559b3881ccf720e1ef48d1b60fc6c13b55", 46),
    ("vsYp4]aZ:K/i,-Z|lD", 16),
    ("qqxzjvkwQXZJVKW", 15),
    ("gubjyjewm qyjr iub m   mosud  bcvmyzfbak", 24),
    ("0123456789" * 10, 101),
    (" " * 50 + "\n" * 50 + "\t" * 50, 125),
    ("A" * 64, 32),
    ("\ufdfa" * 5, 75),
    ("\ud7a3\uac01" * 20, 120),
    ("\U0001f3f4\U000e0067\U000e0062\U000e007f" * 5, 81),
    ("é" * 40, 40),
    ("x", 1),
    ("", 0),
]


class TestTheBound:
    @pytest.mark.parametrize("text", TEXTS, ids=[text[:12] for text in TEXTS])
    def test_is_not_below_the_largest_count_and_at_most_twice_it(self, text: str) -> None:
        assert COUNTS[text[:12]] <= most_tokens(text) <= 2 * COUNTS[text[:12]]

    @pytest.mark.parametrize(("text", "count"), STRANGE, ids=range(len(STRANGE)))
    def test_holds_for_what_is_no_prose(self, text: str, count: int) -> None:
        assert count <= most_tokens(text)

    @given(st.text(), st.text())
    def test_grows_with_the_text(self, text: str, more: str) -> None:
        assert most_tokens(text) <= most_tokens(f"{text}\n{more}")

    def test_takes_half_of_a_surrogate_pair(self) -> None:
        assert most_tokens("\ud83d") > 0


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    folder = build(Path(__file__).parents[2] / ".cache" / "minilm")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.mark.minilm
class TestBesideARealTokenizer:
    @settings(deadline=None)
    @given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
    def test_it_holds_for_any_text(self, tokenizer: Tokenizer, text: str) -> None:
        assert len(tokenizer.encode(text, add_special_tokens=False).ids) <= most_tokens(text)

    def test_a_tokenizers_own_count_can_stand_in_for_it(self, tokenizer: Tokenizer) -> None:
        def count(text: str) -> int:
            return len(tokenizer.encode(text, add_special_tokens=False).ids)

        message = Message("user", TEXTS[0])
        assert message_tokens(message, count) == PER_MESSAGE + count(TEXTS[0]) < message_tokens(message)


class TestAPrompt:
    def test_takes_its_messages_with_what_a_template_sets_around_them(self) -> None:
        prompt = Prompt((Message("system", "a b"), Message("user", "c")))
        assert prompt_tokens(prompt, lambda text: len(text.split())) == PER_PROMPT + 2 * PER_MESSAGE + 3

    def test_takes_its_schema_too(self) -> None:
        plain, strict = Prompt(()), Prompt((), schema={"type": "object"})
        assert prompt_tokens(strict, len) == prompt_tokens(plain, len) + PER_SCHEMA + len('{"type": "object"}')
