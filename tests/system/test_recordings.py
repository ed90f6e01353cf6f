"""A creator's recording becomes an answer that cites the second."""

import pytest

from tests.support.http_client import Client, client
from tests.support.recordings import LARGE, MP3, Studio
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


@pytest.fixture(scope="module")
def creator(running_system: RunningSystem) -> Client:
    return client(running_system, "speaker", "creator")


def studio(system: RunningSystem, document: dict[str, str], **numbers: int) -> Studio:
    return Studio(system, "speaker", document["document_id"], **numbers)


def test_what_is_said_is_cited_at_its_second(running_system: RunningSystem, creator: Client) -> None:
    announced = creator.announce("harbour.mp3", "audio/mpeg", size=len(MP3))
    creator.put(announced, MP3)
    one = studio(running_system, announced)
    one.hear()
    seen = creator.call("GET", f"/v1/documents/{announced['document_id']}")
    assert seen["status"] == "extracting"
    for _ in range(3):
        one.say_so()
    document = creator.settled(announced["document_id"])
    assert (document["status"], document["version"]) == ("ready", 1), document["error"]
    user = client(running_system, "speaker", "user")
    reply = user.ask(user.converse(), "For how many slow breaths does one stand still before moving?")
    (citation, *_) = reply["citations"]
    assert "seven slow breaths" in citation["quote"]
    assert citation["place"]["start_seconds"] == pytest.approx(11.47)
    one.say_so()
    assert creator.call("GET", f"/v1/documents/{announced['document_id']}")["status"] == "ready"


def test_a_large_recording_is_sent_in_parts(running_system: RunningSystem, creator: Client) -> None:
    announced = creator.announce("large.m4a", "audio/x-m4a", size=len(LARGE))
    upload = announced["upload"]
    assert (upload["url"], upload["headers"]) == (None, {})
    assert [part["number"] for part in upload["parts"]] == [1, 2]
    parts = creator.put_parts(announced, LARGE)
    path = f"/v1/documents/{announced['document_id']}/upload"
    assert creator.send("POST", path, {"parts": parts[:1]}).status_code == 422
    first = creator.send("POST", path, {"parts": parts[::-1]})
    assert first.status_code == 202
    assert creator.send("POST", path, {"parts": parts}).status_code == 202
    one = studio(running_system, announced)
    one.hear()
    one.say_so()
    document = creator.settled(announced["document_id"])
    assert (document["status"], document["version"], document["size_bytes"]) == ("ready", 1, len(LARGE))
    assert creator.send("POST", path, {"parts": parts}).status_code == 202


def test_another_version_of_a_recording_is_transcribed_anew(running_system: RunningSystem, creator: Client) -> None:
    announced = creator.announce("twice.mp3", "audio/mpeg", size=len(MP3))
    creator.put(announced, MP3)
    studio(running_system, announced).hear()
    studio(running_system, announced).say_so()
    creator.settled(announced["document_id"])
    again = creator.call("POST", f"/v1/documents/{announced['document_id']}/versions", {"size_bytes": len(LARGE)})
    parts = creator.put_parts(again, LARGE)
    creator.call("POST", f"/v1/documents/{announced['document_id']}/upload", {"parts": parts})
    two = studio(running_system, announced, version=2)
    two.hear()
    two.say_so()
    assert creator.settled(announced["document_id"], version=2)["status"] == "ready"


def test_a_transcript_that_cannot_be_read_is_not_paid_for_again_by_a_retry(
    running_system: RunningSystem, creator: Client
) -> None:
    announced = creator.announce("broken.wav", "audio/wav", size=len(MP3))
    creator.put(announced, MP3)
    one = studio(running_system, announced)
    one.hear(b"not json")
    one.say_so()
    assert creator.settled(announced["document_id"])["error"]["code"] == "corrupt"
    creator.call("POST", f"/v1/documents/{announced['document_id']}/retry")
    again = creator.settled(announced["document_id"], attempt=2)
    assert (again["attempt"], again["error"]["code"]) == (2, "corrupt")


def test_silence_fails_with_a_sentence_about_it(running_system: RunningSystem, creator: Client) -> None:
    announced = creator.announce("silence.mp4", "video/mp4", size=len(MP3))
    creator.put(announced, MP3)
    one = studio(running_system, announced)
    one.hear(b'{"status": "COMPLETED", "results": {"transcripts": [{"transcript": ""}], "items": []}}')
    one.say_so()
    error = creator.settled(announced["document_id"])["error"]
    assert error["code"] == "no_speech"
    assert "recording" in error["message"]


def test_a_recording_deleted_while_it_is_transcribed_leaves_nothing(
    running_system: RunningSystem, creator: Client
) -> None:
    announced = creator.announce("gone.mp3", "audio/mpeg", size=len(MP3))
    creator.put(announced, MP3)
    one = studio(running_system, announced)
    one.await_begun()
    creator.call("DELETE", f"/v1/documents/{announced['document_id']}")
    creator.gone(announced["document_id"])
    one.hear()
    assert one.left()
    one.say_so()
    one.await_forgotten()


def test_an_upload_in_parts_is_thrown_away_with_its_document(running_system: RunningSystem, creator: Client) -> None:
    announced = creator.announce("never.mp3", "audio/mpeg", size=len(LARGE))
    parts = creator.put_parts(announced, LARGE)
    creator.call("DELETE", f"/v1/documents/{announced['document_id']}")
    creator.gone(announced["document_id"])
    path = f"/v1/documents/{announced['document_id']}/upload"
    assert creator.send("POST", path, {"parts": parts}).status_code == 404
    listed = running_system.aws.s3.list_multipart_uploads(Bucket="uploads")
    assert announced["document_id"] not in str(listed.get("Uploads", []))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [{"number": 0, "etag": "a"}],
        [{"number": 1}],
        [{"number": 1, "etag": "a"}, {"number": 1, "etag": "b"}],
        [{"number": 1, "etag": "x" * 101}],
    ],
)
def test_parts_that_are_none_are_refused(creator: Client, parts: list[dict[str, object]]) -> None:
    announced = creator.announce("refused.mp3", "audio/mpeg", size=len(LARGE))
    answer = creator.send("POST", f"/v1/documents/{announced['document_id']}/upload", {"parts": parts})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/parts")


def test_a_small_file_has_nothing_to_complete(creator: Client) -> None:
    announced = creator.announce("small.md")
    assert announced["upload"]["parts"] == []
    path = f"/v1/documents/{announced['document_id']}/upload"
    assert creator.send("POST", path, {"parts": [{"number": 1, "etag": "a"}]}).status_code == 409


def test_recordings_have_a_limit_of_their_own(creator: Client) -> None:
    largest = 2 * 1024**3
    creator.announce("largest.mp4", "video/mp4", size=largest)
    for content_type, size in (("video/mp4", largest + 1), ("text/plain", 26 * 1024 * 1024)):
        body = {"name": "a", "content_type": content_type, "size_bytes": size}
        assert creator.send("POST", "/v1/documents", body).status_code == 413
