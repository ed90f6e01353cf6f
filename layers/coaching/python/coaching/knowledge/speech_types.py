"""The kinds of recording whose speech can become passages."""

from coaching.errors import UnsupportedType
from coaching.knowledge.content_types import ContentType, media_type

RECORDING_LIMIT_BYTES = 2 * 1024**3
"""Amazon Transcribe takes files of up to 2 GB.

Source: docs.aws.amazon.com/transcribe/latest/dg/limits-guidelines.html
"""
NEEDS_AWS = (
    "Speech is turned into text on AWS only, and not here. "
    "Upload the recording's transcript instead: a .vtt or .srt file, with its times."
)

_MP3 = ContentType("audio/mpeg", "an MP3 recording", (".mp3",))
_M4A = ContentType("audio/mp4", "an M4A recording", (".m4a",))
_WAV = ContentType("audio/wav", "a WAV recording", (".wav",))
_MP4 = ContentType("video/mp4", "an MP4 video", (".mp4",))
KINDS = (_MP3, _M4A, _WAV, _MP4)
RECORDINGS = {
    "audio/mpeg": _MP3,
    "audio/mp3": _MP3,
    "audio/mp4": _M4A,
    "audio/m4a": _M4A,
    "audio/x-m4a": _M4A,
    "audio/wav": _WAV,
    "audio/wave": _WAV,
    "audio/x-wav": _WAV,
    "audio/vnd.wave": _WAV,
    "video/mp4": _MP4,
}
"""By every media type that clients send for them."""


def is_recording(content_type: str) -> bool:
    return media_type(content_type) in RECORDINGS


def media_format(content_type: str) -> str:
    """Return what a recording is called among formats: mp3, m4a, wav or mp4."""
    return RECORDINGS[media_type(content_type)].suffixes[0].removeprefix(".")


def require_speech(*, hears: bool) -> None:
    """Raises: UnsupportedType(speech_unavailable) where no speech is recognised, which says what to upload instead."""
    if not hears:
        raise UnsupportedType(NEEDS_AWS, code="speech_unavailable")
