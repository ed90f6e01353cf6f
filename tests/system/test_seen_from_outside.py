"""What a whole life leaves behind: AWS calls that the plan grants, and logs without anybody's words."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from coaching.adapters.aws.current_model import DynamoDBCurrentModels
from coaching.adapters.aws.documents import DynamoDBDocuments
from coaching.adapters.aws.table import DynamoDBTable
from coaching.knowledge.document import PATIENCE, Document
from coaching.knowledge.fair_share import SLOTS
from coaching.vocabulary import CreatorId, DocumentId, new_ulid, now
from infra.plan import PASSAGES, SEGMENTS, Capability
from infra.system import SYSTEM
from tests.support.http_client import Client, client
from tests.support.recordings import DEADLINE_SECONDS, LARGE, MP3, Studio
from tests.support.running_system import RunningSystem, serving
from tests.system.crew import DANGER, GRAVE, Crew, sub_of, until
from tests.system.words import CREATOR_WORDS, USER_WORDS

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

RESOURCES = {SYSTEM.table.name: "table"}


@pytest.fixture(scope="module")
def lived_system(running_system: RunningSystem) -> RunningSystem:
    """The system after a creator and a user did everything that can be done, successfully and not."""
    a_creators_life(running_system)
    a_recordings_life(running_system)
    a_users_life(running_system)
    a_life_in_danger(running_system)
    an_admins_life(running_system)
    a_life_without_search(running_system)
    return running_system


@pytest.fixture(scope="module")
def system_with_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Another, whose models are away, after an admin switched from one to the other."""
    models = {"CHAT_MODELS": "ollama:llama3:8b,ollama:mistral:7b", "OLLAMA_URL": "http://127.0.0.1:9"}
    with serving(tmp_path_factory.mktemp("models"), models=models) as system:
        an_admins_life(system)
        what_breaks_off(system)
        yield system


def an_admins_life(system: RunningSystem) -> None:
    admin = client(system, "life", "admin")
    before = admin.call("GET", "/v1/models/current")
    for model in (*before["models"], "ollama:nothing"):
        admin.send("POST", "/v1/models/current", {"model": model}, headers=keyed())
    deadline = time.monotonic() + DEADLINE_SECONDS
    while admin.call("GET", "/v1/models/current")["state"] == "loading":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def what_breaks_off(system: RunningSystem) -> None:
    records = DynamoDBCurrentModels(DynamoDBTable(lambda: system.aws.dynamodb, SYSTEM.table.name))
    switch_id = new_ulid()
    asked = records.get().begun("ollama:b", of="ollama:a", switch_id=switch_id, by="ada", moment=now())
    records.save(asked)
    invoke(system, "fail_switch", {"switch_id": switch_id, "error": {"Error": "States.Timeout", "Cause": ""}})
    assert records.get().state == "failed"


def a_life_without_search(system: RunningSystem) -> None:
    """What could not be answered gives its idempotency key up."""
    creator, user = client(system, "unlucky", "creator"), client(system, "unlucky", "user")
    before = set(system.vectors.iterdir()) if system.vectors.exists() else set()
    creator.upload("life.md", CREATOR_WORDS.encode())
    [folder] = set(system.vectors.iterdir()) - before
    [manifest] = folder.glob("manifest-*.json")
    manifest.write_text("damaged")
    for path, body in (
        ("/v1/search", {"query": "rest"}),
        (f"/v1/conversations/{user.converse()}/messages", {"text": "Hi"}),
    ):
        assert user.send("POST", path, body, headers=keyed()).status_code == 503


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": new_ulid()}


def a_creators_life(system: RunningSystem) -> None:
    creator = client(system, "life", "creator")
    creator.call("PUT", "/v1/creator", {"name": "Life", "methodology": CREATOR_WORDS})
    creator.call("GET", "/v1/creator")
    creator.call("GET", "/v1/usage")
    announced = {"name": "k.md", "content_type": "text/markdown", "size_bytes": 1}
    creator.call("POST", "/v1/documents", announced, headers=keyed())
    # What the caller should try again gives its key up.
    failed = creator.upload("broken.pdf", f"%PDF-1.7 {CREATOR_WORDS}".encode(), "application/pdf")
    retry = f"/v1/documents/{failed['document_id']}/retry"
    creator.call("POST", retry, headers=keyed())
    creator.settled(failed["document_id"], attempt=2)
    document = creator.upload("life.md", f"# Life\n\nDo {CREATOR_WORDS} on Mondays for nine minutes.".encode())
    creator.send("POST", f"/v1/documents/{document['document_id']}/retry", headers=keyed())
    creator.call("GET", "/v1/documents")
    creator.call("POST", "/v1/search", {"query": CREATOR_WORDS}, headers=keyed())
    gone = creator.upload("gone.md", CREATOR_WORDS.encode())
    # An ingestion that was cut off leaves its work behind.
    system.aws.s3.put_object(Bucket="work", Key=f"work/life/{gone['document_id']}/v1/text.json", Body=b"{}")
    creator.call("DELETE", f"/v1/documents/{gone['document_id']}")
    creator.gone(gone["document_id"])
    # Sent under a permit that outlived its document.
    late = creator.announce("late.md")
    creator.call("DELETE", f"/v1/documents/{late['document_id']}")
    creator.gone(late["document_id"])
    creator.put(late, CREATOR_WORDS.encode())
    creator.call("POST", f"/v1/documents/{document['document_id']}/versions", {"size_bytes": 9}, headers=keyed())
    several_at_once(creator)
    what_gets_lost(system, "life")


def several_at_once(creator: Client) -> None:
    """Upload more than run at once: one that ends starts the next."""
    announced = [creator.announce(f"{number}.md") for number in range(2 * SLOTS)]
    for each in announced:
        creator.put(each, CREATOR_WORDS.encode())
    for each in announced:
        creator.settled(each["document_id"])


def what_gets_lost(system: RunningSystem, creator: str) -> None:
    """Steps that something must go wrong for: a sweep finds lost documents, an embedder is down, a deletion fails."""
    documents = DynamoDBDocuments(DynamoDBTable(lambda: system.aws.dynamodb, SYSTEM.table.name))
    moment = now() - timedelta(days=9)
    new = Document(DocumentId(new_ulid()), CreatorId(creator), "l.md", "text/markdown", 9, moment, moment)
    for status in PATIENCE:
        documents.save(replace(new, document_id=DocumentId(new_ulid()), status=status, version=1, attempt=1))
    invoke(system, "sweep_documents", {})
    job = asdict(documents.save(replace(new, document_id=DocumentId(new_ulid()), status="embedding")).job)
    invoke(system, "postpone_embedding", job)
    invoke(system, "fail_deletion", {**job, "error": {"Error": "StillFound", "Cause": CREATOR_WORDS}})


def invoke(system: RunningSystem, capability: str, event: object) -> None:
    answer = system.aws.functions.invoke(FunctionName=capability, Payload=json.dumps(event).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()


def a_recordings_life(system: RunningSystem) -> None:
    creator = client(system, "life", "creator")
    # In parts, completed twice.
    announced = creator.announce("talk.mp3", "audio/mpeg", size=len(LARGE))
    path = f"/v1/documents/{announced['document_id']}"
    parts = creator.put_parts(announced, LARGE)
    talk = Studio(system, "life", announced["document_id"])
    # A try before this one was cut off after it had begun the transcription.
    talk.begin()
    creator.call("POST", f"{path}/upload", {"parts": parts}, headers=keyed())
    # Only then: a try that finds the transcript written asks nobody.
    await_call(system, "start_transcription", "GetTranscriptionJob")
    talk.hear(b"not json")
    talk.say_so()
    creator.settled(announced["document_id"])
    creator.call("POST", f"{path}/upload", {"parts": parts})
    # The transcript that is there is read again.
    creator.call("POST", f"{path}/retry", headers=keyed())
    creator.settled(announced["document_id"], attempt=2)
    # Written after its document was gone.
    announced = creator.announce("gone.mp3", "audio/mpeg", size=len(MP3))
    creator.put(announced, MP3)
    gone = Studio(system, "life", announced["document_id"])
    gone.await_begun()
    creator.call("DELETE", f"/v1/documents/{announced['document_id']}")
    creator.gone(announced["document_id"])
    gone.hear()
    gone.say_so()
    gone.await_forgotten()
    # Thrown away by the bucket before it was complete.
    announced = creator.announce("late.mp3", "audio/mpeg", size=len(LARGE))
    late = creator.put_parts(announced, LARGE)
    for upload in system.aws.s3.list_multipart_uploads(Bucket="uploads")["Uploads"]:
        system.aws.s3.abort_multipart_upload(Bucket="uploads", Key=upload["Key"], UploadId=upload["UploadId"])
    assert creator.send("POST", f"/v1/documents/{announced['document_id']}/upload", {"parts": late}).status_code == 409
    # Thrown away by its creator.
    announced = creator.announce("never.mp3", "audio/mpeg", size=len(LARGE))
    creator.call("DELETE", f"/v1/documents/{announced['document_id']}")
    creator.gone(announced["document_id"])


def await_call(system: RunningSystem, capability: str, operation: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (capability, operation) not in {(call.capability, call.operation) for call in system.calls()}:
        assert time.monotonic() < deadline, f"{capability} never called {operation}"
        time.sleep(0.05)


def a_users_life(system: RunningSystem) -> None:
    user = client(system, "life", "user")
    user.call("POST", "/v1/search", {"query": USER_WORDS}, headers=keyed())
    user.send("POST", "/v1/search", {"query": USER_WORDS, "k": USER_WORDS}, headers=keyed())
    user.call("PATCH", "/v1/profile", {"display_name": USER_WORDS})
    user.call("GET", "/v1/profile")
    goal = user.call("POST", "/v1/goals", {"title": USER_WORDS}, headers=keyed())
    user.call("GET", "/v1/goals")
    user.call("GET", f"/v1/goals/{goal['goal_id']}")
    user.call("PATCH", f"/v1/goals/{goal['goal_id']}", {"progress": 1})
    user.call("DELETE", f"/v1/goals/{goal['goal_id']}")
    begun = user.call("POST", "/v1/conversations", {}, headers=keyed())
    path = f"/v1/conversations/{begun['conversation_id']}"
    for _ in range(2):
        user.ask(begun["conversation_id"], f"When do I do {CREATOR_WORDS}? {USER_WORDS}", key="asked")
    # Sent again, a reply with citations asks whether their sources are still there.
    for _ in range(2):
        user.ask(begun["conversation_id"], f"When do I do {CREATOR_WORDS}?", key="cited")
    user.stream(begun["conversation_id"], USER_WORDS)
    user.call("GET", "/v1/models")
    user.call("GET", "/v1/models/life")
    completion = {"model": "life", "messages": [{"role": "user", "content": USER_WORDS}]}
    user.call("POST", "/v1/chat/completions", completion, headers=keyed())
    user.send("POST", "/v1/chat/completions", {**completion, "model": USER_WORDS, "tools": [USER_WORDS]})
    user.send("POST", f"{path}/messages", {"text": "\u0007", "note": USER_WORDS}, headers=keyed())
    user.send("POST", f"/v1/conversations/{USER_WORDS}/messages", {"text": USER_WORDS})
    user.call("GET", "/v1/conversations")
    user.call("GET", path)
    [answered, *_] = user.call("GET", f"{path}/messages")["items"]
    said = {"rating": "down", "comment": USER_WORDS, "better_answer": USER_WORDS}
    user.call("POST", f"{path}/messages/{answered['message_id']}/feedback", said, headers=keyed())
    user.send("POST", f"{path}/messages/{new_ulid()}/feedback", said, headers=keyed())
    user.call("DELETE", path)


def a_life_in_danger(system: RunningSystem) -> None:
    crew = Crew(system, "life").on_duty()
    anna, ben, user = crew.coach("anna"), crew.coach("ben"), crew.user()
    anna.call("GET", "/v1/rota")
    user.send("PUT", "/v1/rota", {"timezone": USER_WORDS})
    crew.creator.send("PUT", "/v1/rota", {"timezone": USER_WORDS})
    escalation_id = crew.flagged(f"{DANGER} {USER_WORDS}", user)
    crew.flagged(f"{GRAVE} {USER_WORDS}", user)
    crew.await_told(escalation_id)
    crew.overdue(escalation_id, by=timedelta(minutes=9))
    crew.invoke("sweep_escalations", {})
    until(lambda: len(crew.told(escalation_id)) > 1)
    path = f"/v1/escalations/{escalation_id}"
    anna.call("GET", "/v1/escalations")
    anna.call("GET", path)
    anna.call("POST", f"{path}/claim", headers=keyed())
    # What is refused gives its key up.
    ben.send("POST", f"{path}/claim", headers=keyed())
    anna.call("POST", f"{path}/message", {"text": USER_WORDS}, headers=keyed())
    anna.call("POST", f"{path}/hand-over", {"to": sub_of(ben)}, headers=keyed())
    ben.call("POST", f"{path}/resolve", {"outcome": "safe_now", "note": USER_WORDS}, headers=keyed())
    ben.send("POST", f"{path}/resolve", {"outcome": USER_WORDS, "note": USER_WORDS}, headers=keyed())
    anna.call("GET", "/v1/escalations?status=resolved")


def granted(capability: Capability) -> set[tuple[str, str]]:
    """What the plan grants beside the passages, which are in a folder here (see tests/adapters/search)."""
    return {
        (grant.resource, action)
        for grant in capability.grants
        if grant.resource not in {PASSAGES, SEGMENTS}
        for action in grant.actions
    }


@pytest.mark.parametrize("capability", SYSTEM.capabilities, ids=lambda capability: capability.name)
def test_a_function_is_granted_exactly_what_its_code_calls(
    lived_system: RunningSystem, system_with_models: RunningSystem, capability: Capability
) -> None:
    called = {
        (RESOURCES.get(call.resource, call.resource), call.operation)
        for call in lived_system.calls() | system_with_models.calls()
        if call.capability == capability.name
    }
    assert called == granted(capability)


def test_nobodys_words_reach_a_log(lived_system: RunningSystem) -> None:
    logs = lived_system.logs()
    for words in (USER_WORDS, CREATOR_WORDS, "zebra", "marmalade", "walrus", "eyJ"):
        assert words not in logs


def test_every_line_of_the_logs_is_json_with_a_request_id(lived_system: RunningSystem) -> None:
    lines = [json.loads(line) for line in lived_system.logs().splitlines()]
    assert len(lines) > 100
    assert [line for line in lines if "_aws" not in line and not line.get("request_id")] == []


def test_every_route_is_measured(lived_system: RunningSystem) -> None:
    lines = [json.loads(line) for line in lived_system.logs().splitlines()]
    measured = {line["operation"] for line in lines if "operation" in line}
    assert {route.key for route in SYSTEM.routes if route.roles} <= measured
