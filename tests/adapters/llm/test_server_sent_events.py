from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.adapters.llm.server_sent_events import ServerSentEvent, server_sent_events
from coaching.errors import ModelUnavailable

WHOLE = (
    "data: Grüße\n\n: a comment\nevent: tick\r\ndata: one\rdata:two\r\n\r\nid: 7\nretry\ndata\n\ndata: 你好 😀\n\n"
).encode()
EVENTS = [
    ServerSentEvent("Grüße".encode()),
    ServerSentEvent(b"one\ntwo", "tick"),
    ServerSentEvent(b""),
    ServerSentEvent("你好 😀".encode()),
]


def events(*pieces: bytes) -> list[ServerSentEvent]:
    return list(server_sent_events(pieces))


@given(st.sets(st.integers(1, len(WHOLE) - 1)))
def test_may_be_cut_anywhere(cuts: set[int]) -> None:
    places = [0, *sorted(cuts), len(WHOLE)]
    assert events(*(WHOLE[start:end] for start, end in pairwise(places))) == EVENTS


def test_comes_as_soon_as_it_is_complete() -> None:
    read = 0

    def pieces() -> object:
        nonlocal read
        for piece in (b"data: 1\n", b"\n", b"data: 2\n\n"):
            read += 1
            yield piece

    arriving = server_sent_events(pieces())  # type: ignore[arg-type]
    assert next(arriving).data == b"1"
    assert read == 2


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (b"data: last", [b"last"]),
        (b"data: last\n", [b"last"]),
        (b"data: last\r", [b"last"]),
        (b"\xef\xbb\xbfdata: marked\n\n", [b"marked"]),
        (b"\xef\xbb\xbfdata: marked", [b"marked"]),
        (b"data:  two spaces\n\n", [b" two spaces"]),
        (b"event: nothing\n\n: only a comment\n\n\n\n", []),
        (b"\x00\xffgarbage\n\ndatabase: 1\n\n", []),
        (b"", []),
    ],
)
def test_reads_what_the_standard_says(raw: bytes, data: list[bytes]) -> None:
    assert [event.data for event in events(raw)] == data


def test_a_name_is_forgotten_with_its_event() -> None:
    assert [event.name for event in events(b"event: a\ndata: 1\n\ndata: 2\n\n")] == ["a", "message"]


@pytest.mark.parametrize("piece", [b"x" * 65_536, b"data: " + b"x" * 1000 + b"\n"])
def test_ends_what_has_no_end(piece: bytes) -> None:
    with pytest.raises(ModelUnavailable) as failed:
        events(*[piece] * 2000)
    assert failed.value.code == "malformed_answer"
