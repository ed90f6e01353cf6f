"""A creator's document becomes a cited answer."""

import io
import zipfile

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.support.http_client import MARKDOWN, Client, client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GUIDE = (
    b"# The lantern method\n\n## Rest\n\nA lantern week has two full rest days, on Monday and on Friday.\n\n"
    b"## Long walks\n\nThe long walk grows by seven minutes every week until it lasts ninety minutes.\n"
)


def pdf(*pages: str, password: str | None = None) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=password)
    for page in pages:
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word(heading: str, text: str) -> bytes:
    document = docx.Document()
    document.add_heading(heading, 1)
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def zip_bomb() -> bytes:
    buffer = io.BytesIO(word("Bomb", "A text."))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.png", b"\0" * 250_000_000)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def creator(running_system: RunningSystem) -> Client:
    return client(running_system, "spine", "creator")


@pytest.fixture(scope="module")
def user(running_system: RunningSystem) -> Client:
    return client(running_system, "spine", "user")


@pytest.fixture(scope="module")
def guide(creator: Client) -> dict[str, object]:
    return creator.upload("lantern.md", GUIDE, metadata={"topic": "walking", "level": 2})


def test_an_upload_becomes_ready(guide: dict[str, object]) -> None:
    assert (guide["status"], guide["version"], guide["error"]) == ("ready", 1, None)
    assert guide["passages"] == 2
    assert set(guide["timings"]) == {"extract", "split", "embed", "index"}  # type: ignore[call-overload]  # JSON


def test_a_question_gets_a_reply_that_cites_the_document(user: Client, guide: dict[str, object]) -> None:
    reply = user.ask(user.converse(), "On which days does a lantern week have its full rest days?")
    assert reply["kind"] == "quote"
    assert "two full rest days, on Monday and on Friday" in reply["text"]
    [citation, *_] = reply["citations"]
    assert citation["document_id"] == guide["document_id"]
    assert citation["quote"].encode() in GUIDE
    assert f"[{citation['marker']}]" in reply["text"]
    assert reply["grounded"] is True
    assert 0 < reply["confidence"] <= 1


def test_the_same_as_a_stream(user: Client, guide: dict[str, object]) -> None:
    names, data = zip(*user.stream(user.converse(), "How does the long walk grow every week?"), strict=True)
    assert names[0] == "status"
    assert (names[-2], names[-1]) == ("citations", "done")
    shown = "".join(text["text"] for name, text in zip(names, data, strict=True) if name == "token")
    assert shown.strip() == data[-1]["text"].strip()
    assert "seven minutes every week" in shown


def test_what_the_material_does_not_cover_is_said_so(user: Client, guide: dict[str, object]) -> None:
    reply = user.ask(user.converse(), "Which tax form do I need for a company car?")
    assert (reply["kind"], reply["citations"]) == ("abstain", [])


def test_search_finds_passages_with_place_and_metadata(user: Client, guide: dict[str, object]) -> None:
    body = {"query": "rest days", "k": 3, "filter": {"topic": "walking", "level": {"range": {"gte": 2}}}}
    found, other = user.call("POST", "/v1/search", body)["items"]
    assert found["document_id"] == other["document_id"] == guide["document_id"]
    assert found["metadata"] == {"topic": "walking", "level": 2}
    assert found["place"]["heading"][0] == "The lantern method"
    assert other["place"]["link"] == "#long-walks"
    body["filter"] = {"topic": {"in": ["running", "swimming"]}}
    assert user.call("POST", "/v1/search", body)["items"] == []


@pytest.mark.parametrize(
    ("name", "content_type", "data", "place"),
    [
        ("amber.txt", "text/plain", b"The amber rule asks for nine slow breaths.", {}),
        (
            "birch.html",
            "text/html",
            b"<h1 id='a1'>Amber</h1><p>The birch rule asks for ten slow breaths.</p>",
            {"heading": ["Amber"], "link": "#a1"},
        ),
        (
            "cedar.pdf",
            "application/pdf",
            pdf("The first page.", "The cedar rule asks for eleven slow breaths."),
            {"page": 2, "link": "#page=2"},
        ),
        (
            "elder.docx",
            DOCX,
            word("Trees", "The elder rule asks for twelve slow breaths."),
            {"heading": ["Trees"], "link": "#trees"},
        ),
        (
            "fir.vtt",
            "text/vtt",
            b"WEBVTT\n\n00:01:23.500 --> 00:01:26.000\nThe fir rule asks for thirteen slow breaths.\n",
            {"start_seconds": 83.5, "link": "?t=83"},
        ),
        (
            "hazel.srt",
            "application/x-subrip",
            b"1\n00:00:07,250 --> 00:00:09,000\nThe hazel rule asks for fourteen slow breaths.\n",
            {"start_seconds": 7.25, "link": "?t=7"},
        ),
    ],
)
def test_every_format_is_cited_at_its_place(
    creator: Client, user: Client, name: str, content_type: str, data: bytes, place: dict[str, object]
) -> None:
    document = creator.upload(name, data, content_type)
    assert document["status"] == "ready", document["error"]
    tree = name.split(".")[0]
    reply = user.ask(user.converse(), f"For how many slow breaths does the {tree} rule ask?")
    [citation] = [found for found in reply["citations"] if found["document_id"] == document["document_id"]]
    assert tree in citation["quote"]
    assert place.items() <= citation["place"].items()


@pytest.mark.parametrize(
    ("name", "content_type", "data", "code"),
    [
        ("empty.md", MARKDOWN, b"", "empty_file"),
        ("blank.md", MARKDOWN, b" \n\n ", "no_text"),
        ("hidden.html", "text/html", b"<html><body><p style='display:none'>secret</p></body></html>", "no_text"),
        ("locked.pdf", "application/pdf", pdf("A text.", password="secret"), "encrypted"),
        ("broken.pdf", "application/pdf", b"%PDF-1.7\nbroken", "corrupt"),
        ("wrong.pdf", "application/pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "wrong_type"),
        ("bomb.docx", DOCX, zip_bomb(), "unpacks_too_large"),
        ("noise.txt", "text/plain", bytes(range(256)) * 40, "not_text"),
        ("large.txt", "text/plain", b"words " * (26 * 1024 * 1024 // 6), "too_large"),
    ],
)
def test_a_file_that_cannot_be_used_ends_in_failed_with_a_reason(
    creator: Client, name: str, content_type: str, data: bytes, code: str
) -> None:
    announced = creator.announce(name, content_type, size=100)
    creator.put(announced, data)
    document = creator.settled(announced["document_id"])
    assert (document["status"], document["error"]["code"]) == ("failed", code)
    assert document["error"]["message"].endswith(".")
    assert len(document["error"]["message"]) > 20


def test_text_that_is_not_utf8_is_read(creator: Client) -> None:
    text = "Die Übung für müde Füße dauert fünf Minuten, täglich und überall. Später genügen größere Abstände."
    assert creator.upload("latin.txt", text.encode("latin-1"), "text/plain")["status"] == "ready"


def test_hidden_text_of_a_page_is_never_found(creator: Client) -> None:
    page = b"<p>The juniper rule asks for calm.</p><p style='display:none'>The hidden rule asks for xylophones.</p>"
    assert creator.upload("page.html", page, "text/html")["status"] == "ready"
    found = creator.call("POST", "/v1/search", {"query": "xylophones hidden rule", "k": 50})["items"]
    assert not [passage for passage in found if "xylophones" in passage["text"]]


def test_a_failed_document_can_be_retried_and_others_cannot(creator: Client, guide: dict[str, object]) -> None:
    failed = creator.upload("empty-again.md", b"")
    retried = creator.send("POST", f"/v1/documents/{failed['document_id']}/retry")
    assert (retried.status_code, retried.json()["status"]) == (202, "received")
    again = creator.settled(failed["document_id"], attempt=2)
    assert (again["status"], again["attempt"]) == ("failed", 2)
    assert creator.send("POST", f"/v1/documents/{guide['document_id']}/retry").status_code == 409


def test_the_same_upload_event_three_times_is_one_ingestion(creator: Client) -> None:
    announced = creator.announce("thrice.md")
    for _ in range(3):
        creator.put(announced, b"The willow rule asks for patience.")
    document = creator.settled(announced["document_id"])
    assert (document["status"], document["version"], document["passages"]) == ("ready", 1, 1)


def test_other_bytes_for_the_same_document_take_the_place_of_the_old(creator: Client) -> None:
    announced = creator.announce("twice.md")
    creator.put(announced, b"The old spruce rule asks for haste.")
    creator.settled(announced["document_id"])
    creator.put(announced, b"The new spruce rule asks for leisure.")
    document = creator.settled(announced["document_id"], version=2)
    assert document["status"] == "ready"
    found = creator.call("POST", "/v1/search", {"query": "spruce rule asks", "k": 50})["items"]
    texts = [passage["text"] for passage in found if passage["document_id"] == document["document_id"]]
    assert texts == ["The new spruce rule asks for leisure."]


def test_a_deleted_document_is_not_found_and_its_bytes_are_gone(running_system: RunningSystem, creator: Client) -> None:
    document = creator.upload("goes.md", b"The yew rule asks for silence.")
    answer = creator.send("DELETE", f"/v1/documents/{document['document_id']}")
    assert (answer.status_code, answer.json()["status"]) == (202, "deleting")
    creator.gone(document["document_id"])
    found = creator.call("POST", "/v1/search", {"query": "yew rule asks silence", "k": 50})["items"]
    assert document["document_id"] not in {passage["document_id"] for passage in found}
    kept = running_system.aws.s3.list_object_versions(
        Bucket="uploads", Prefix=f"uploads/spine/{document['document_id']}/"
    )
    assert not kept.get("Versions")


def test_an_upload_without_a_document_starts_nothing(running_system: RunningSystem, creator: Client) -> None:
    key = "uploads/spine/01JB0000000000000000000009/stray.md"
    running_system.aws.s3.put_object(Bucket="uploads", Key=key, Body=b"The stray rule.")
    creator.upload("after.md", b"What comes after the stray is ready.")
    assert creator.send("GET", "/v1/documents/01JB0000000000000000000009").status_code == 404


def test_documents_are_listed_newest_first_page_by_page(running_system: RunningSystem) -> None:
    creator = client(running_system, "lister", "creator")
    ids = [creator.announce(f"{number}.md")["document_id"] for number in range(5)]
    seen, cursor = [], ""
    while True:
        page = creator.call("GET", f"/v1/documents?limit=2&cursor={cursor}")
        seen += [document["document_id"] for document in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ids[::-1]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "../../etc/passwd"}, 422),
        ({"content_type": "image/png"}, 415),
        ({"size_bytes": 26 * 1024 * 1024}, 413),
        ({"size_bytes": 0}, 422),
        ({"surprise": True}, 422),
    ],
)
def test_a_document_that_cannot_be_taken_is_refused_at_once(
    creator: Client, change: dict[str, object], status: int
) -> None:
    body = {"name": "a.md", "content_type": MARKDOWN, "size_bytes": 10} | change
    answer = creator.send("POST", "/v1/documents", body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
