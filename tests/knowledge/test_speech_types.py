"""Which recordings are accepted, and where."""

import pytest

from coaching.adapters.memory.documents import MemoryDocuments
from coaching.adapters.memory.files import MemoryUploads
from coaching.errors import TooLarge, UnsupportedType
from coaching.knowledge.document import Document
from coaching.knowledge.speech_types import RECORDING_LIMIT_BYTES, RECORDINGS, is_recording, media_format
from coaching.knowledge.uploading import AnnounceDocument
from coaching.settings import Settings
from coaching.vocabulary import CreatorId
from local.environment import Models


def announce(content_type: str, size_bytes: int = 10, *, hears: bool = True) -> Document:
    announcing = AnnounceDocument(MemoryDocuments(), MemoryUploads(), hears=hears)
    creator, about = CreatorId("demo"), {"title": "", "metadata": {}}
    return announcing(creator, name="talk", content_type=content_type, size_bytes=size_bytes, **about)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("content_type", [*RECORDINGS, "Audio/MPEG; rate=44100"])
def test_recordings_of_up_to_2_gigabytes_are_accepted_where_speech_is_heard(content_type: str) -> None:
    assert announce(content_type, RECORDING_LIMIT_BYTES).status == "awaiting_upload"
    with pytest.raises(TooLarge, match="2,048 MB"):
        announce(content_type, RECORDING_LIMIT_BYTES + 1)


@pytest.mark.parametrize("content_type", RECORDINGS)
def test_elsewhere_they_are_refused_at_once_with_the_advice_to_upload_a_transcript(content_type: str) -> None:
    with pytest.raises(UnsupportedType, match=r"on AWS only.*\.vtt or \.srt") as refused:
        announce(content_type, hears=False)
    assert refused.value.code == "speech_unavailable"


@pytest.mark.parametrize(
    ("content_type", "called"),
    [
        ("audio/mpeg", "mp3"),
        ("audio/mp4", "m4a"),
        ("audio/x-m4a", "m4a"),
        ("audio/x-wav; codecs=1", "wav"),
        ("video/mp4", "mp4"),
    ],
)
def test_a_recording_has_one_format_however_clients_name_it(content_type: str, called: str) -> None:
    assert media_format(content_type) == called


def test_what_is_no_recording_is_told_which_are_where_they_are_taken() -> None:
    assert not is_recording("audio/ogg")
    with pytest.raises(UnsupportedType, match=r"audio/mpeg \(\.mp3\).*video/mp4 \(\.mp4\)"):
        announce("audio/ogg")
    with pytest.raises(UnsupportedType) as refused:
        announce("audio/ogg", hears=False)
    assert "audio/mpeg" not in refused.value.message


def test_nothing_is_heard_where_nobody_says_so() -> None:
    assert (Settings().speech_provider, Models().speech_provider) == ("none", "none")
