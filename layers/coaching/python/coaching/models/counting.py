"""How many tokens a prompt takes, before it is sent: by the model's own tokenizer, or by a measured upper bound.

The bound was measured with ten vocabularies: those of GPT-2, GPT-4 (cl100k), GPT-4o (o200k), Llama 3, Mistral (v1, of
the kind of Llama 2's and Phi-3's, and tekken), Claude 2, DeepSeek, SmolLM2 and MiniLM; on prose in 33 languages, code,
tables, numbers, emoji, formulas, and random strings of every script. It was never below the largest count, and on
English prose it is 1.45 times that, with the other texts between 1.1 and 1.8 times.

    python -m benchmarks.token_bound FOLDER     # with one tokenizer.json per vocabulary, named after it

prints these figures. A tokenizer that was not measured may count more: a server that refuses a prompt as too long
says `context_exceeded`, and the next model is asked.
"""

import json
import string
import unicodedata
from collections.abc import Callable
from typing import Final

from coaching.models.ports import Message, Prompt

PER_MESSAGE: Final = 8
"""Tokens that a chat template sets around a message: 5 in ChatML and Llama 3, 4 in Phi-3, up to 7 in Mistral's."""
PER_PROMPT: Final = 32
"""Tokens that it sets around all of them: the beginning, the answer's header (5), Llama 3.1's two dates (25)."""
PER_SCHEMA: Final = 350
"""Tokens of the vendor's own words where an answer is asked for by a tool: up to 346 at Anthropic."""

BEGINNING: Final = 6
"""For what a tokenizer puts before a text of its own, and for texts too short to make up for their oddest token."""
WORD, LONG, CLUSTER, CAPITAL, SIGN, BYTE = 1.25, 0.9, 1.0, 0.5, 1.0, 1.06
"""Tokens per word of Latin letters; per letter of it beyond the fifth; per consonant beyond the second in a row; per
capital; per digit, sign, line break, or space that no letter follows; per byte of any other character."""

MOST_PER_CHARACTER: Final = 5
"""Where only rough sizes matter. A ligature that normalising spells out can be more; whole texts of them are none."""

_LETTERS = string.ascii_letters.encode()
_CONSONANTS = bytes(letter for letter in _LETTERS if letter not in b"aeiouyAEIOUY")
_ASCII = bytes(range(128))
_NO_CAPITALS = bytes(code for code in range(256) if not 65 <= code <= 90)
_NO_SIGNS = bytes(code for code in range(256) if code in _LETTERS or code == 32 or code >= 128)


def _marks(kind: bytes) -> bytes:
    """Return the table that makes 1 of a byte of this kind, and 0 of any other."""
    return bytes(code in kind for code in range(256))


_IS_LETTER, _IS_CONSONANT, _IS_SPACE = _marks(_LETTERS), _marks(_CONSONANTS), _marks(b" ")

CountTokens = Callable[[str], int]
"""The tokens of a text, or more: `most_tokens`, or a tokenizer's own count."""


def most_tokens(text: str) -> int:
    """Return at least as many tokens as `text` has for any of the measured tokenizers (see above).

    Takes 20 microseconds per 1,000 characters.
    """
    data = _bytes(text)
    # One number holds the marks of a whole text, so that runs are found by shifting it: no loop over words in Python.
    letters, consonants, spaces = (_number(data, table) for table in (_IS_LETTER, _IS_CONSONANT, _IS_SPACE))
    words = letters.bit_count() - _in_row(letters, 2).bit_count()
    lone_spaces = (spaces & ~(letters << 8)).bit_count()
    tokens = (
        BEGINNING
        + WORD * words
        + LONG * _in_row(letters, 6).bit_count()
        + CLUSTER * _in_row(consonants, 3).bit_count()
        + CAPITAL * len(data.translate(None, _NO_CAPITALS))
        + SIGN * (len(data.translate(None, _NO_SIGNS)) + lone_spaces)
        + BYTE * len(data.translate(None, _ASCII))
    )
    return int(tokens) + 1


def _number(data: bytes, table: bytes) -> int:
    return int.from_bytes(data.translate(table), "big")


def _in_row(marks: int, length: int) -> int:
    """Return the marks that end a row of at least `length` marks."""
    row = marks
    for before in range(1, length):
        row &= marks >> 8 * before
    return row


def message_tokens(message: Message, count: CountTokens = most_tokens) -> int:
    """Return how many tokens a message takes with what a chat template sets around it."""
    return PER_MESSAGE + count(message.text)


def prompt_tokens(prompt: Prompt, count: CountTokens = most_tokens) -> int:
    """Return how many tokens of its window a prompt takes, the answer not counted."""
    schema = PER_SCHEMA + count(json.dumps(prompt.schema)) if prompt.schema is not None else 0
    return PER_PROMPT + schema + sum(message_tokens(each, count) for each in prompt.messages)


def _bytes(text: str) -> bytes:
    """Return the text's bytes as a tokenizer reads them; one that normalises first may read more of them."""
    if text.isascii():
        return text.encode()
    # Half of a surrogate pair is no text to a tokenizer.
    plain = text.encode("utf-8", "replace")
    return max(plain, unicodedata.normalize("NFKC", text).encode("utf-8", "replace"), key=len)
