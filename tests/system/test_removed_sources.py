"""An old reply whose source its creator has deleted since."""

import pytest

from tests.support.http_client import client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]


def test_a_citation_says_that_its_source_was_removed_and_shows_its_words_no_more(running_system: RunningSystem) -> None:
    creator, user = client(running_system, "removed", "creator"), client(running_system, "removed", "user")
    gone = creator.upload("gone.md", b"# Tea\n\nThe evening ritual begins with a cup of tea at nine o'clock.")
    kept = creator.upload("kept.md", b"# Walks\n\nThe morning walk lasts for twenty minutes along the river.")
    conversation = user.converse()
    asked = [
        user.ask(conversation, text)
        for text in ("When does the evening ritual begin?", "How long does the morning walk last?")
    ]
    assert [reply["citations"][0]["document_id"] for reply in asked] == [gone["document_id"], kept["document_id"]]
    assert not any(citation["removed"] for reply in asked for citation in reply["citations"])
    creator.call("DELETE", f"/v1/documents/{gone['document_id']}")
    # At once: the creator need not wait for the deletion to end.
    first, second = user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]
    for citation in first["reply"]["citations"]:
        assert (citation["removed"], citation["quote"]) == (True, "")
        assert (citation["document_id"], citation["title"]) == (gone["document_id"], "Tea")
        assert citation["place"]["heading"] == []
    assert second["reply"] == asked[1]
    creator.gone(gone["document_id"])
    again, _ = user.call("GET", f"/v1/conversations/{conversation}/messages")["items"]
    assert again == first


def test_no_idempotency_key_brings_deleted_words_back(running_system: RunningSystem) -> None:
    creator, user = client(running_system, "undead", "creator"), client(running_system, "undead", "user")
    gone = creator.upload("gone.md", b"# Tea\n\nThe evening ritual begins with a cup of tea at nine o'clock.")
    conversation = user.converse()
    question, keyed = "When does the evening ritual begin?", {"Idempotency-Key": "search"}
    assert "cup of tea" in user.send("POST", "/v1/search", {"query": question}, headers=keyed).text
    assert user.ask(conversation, question, key="asked")["citations"][0]["quote"]
    creator.call("DELETE", f"/v1/documents/{gone['document_id']}")
    creator.gone(gone["document_id"])
    assert user.call("POST", "/v1/search", {"query": question}, headers=keyed)["items"] == []
    path, streamed = f"/v1/conversations/{conversation}/messages", {"Accept": "text/event-stream"}
    asked = {"Idempotency-Key": "asked"}
    again = user.send("POST", path, {"text": question}, headers=asked)
    stream = user.send("POST", path, {"text": question}, headers={**asked, **streamed})
    [first] = user.call("GET", path)["items"]
    assert again.headers["idempotent-replayed"] == stream.headers["idempotent-replayed"] == "true"
    assert all((citation["removed"], citation["quote"]) == (True, "") for citation in first["reply"]["citations"])
    assert again.json() == first["reply"]
    assert stream.text == f"event: done\ndata: {again.text}\n\n"
    user.call("DELETE", path.removesuffix("/messages"))
    assert user.send("POST", path, {"text": question}, headers=asked).status_code == 404
