"""What pages carry along and nobody teaches."""

import pytest

from coaching.knowledge.clean import clean
from coaching.knowledge.ports import Block, BlockKind


def kept(text: str, kind: BlockKind = "paragraph") -> bool:
    return bool(clean([Block(text, kind)]))


@pytest.mark.parametrize(
    "text",
    [
        "Skip to main content",
        "Back to top ↑",
        "Read more »",
        "Share on Facebook",
        "Accept all cookies",
        "We use cookies to give you the best experience on our site.",
        "This website uses cookies.",
        "© 2024 The Hearth",
        "Copyright © 2019-2024 The Hearth. All rights reserved.",
        "(c) 2024 Orla Fennimore",
        "All rights reserved.",
    ],
)
def test_boilerplate_goes(text: str) -> None:
    assert not kept(text)


@pytest.mark.parametrize(
    "text",
    [
        "Read more of what you already own before you buy another book.",
        "Share this with the people you live with, so that they know why you are quiet at seven.",
        "(c) Drink a glass of water.",
        "Copyright law is not what this course is about.",
        "We use cookies as a reward, and only on Sundays. " + "They are baked on Saturday, by whoever lost. " * 3,
        "The rights of the people that you coach are all reserved to them.",
        "Sign up is where most people stop.",
    ],
)
def test_sentences_of_such_words_stay(text: str) -> None:
    assert kept(text)


@pytest.mark.parametrize("kind", ["heading", "list_item", "table", "code", "speech"])
def test_headings_lists_tables_code_and_speech_stay(kind: BlockKind) -> None:
    assert kept("Read more", kind)
