"""The official OpenAI client and plain curl, against the running system."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI, PermissionDeniedError

from tests.support.http_client import DEADLINE_SECONDS, client
from tests.support.running_system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

CREATOR = "opened"
QUESTION = "When does the evening ritual begin?"


@pytest.fixture(scope="module")
def taught(running_system: RunningSystem) -> RunningSystem:
    creator = client(running_system, CREATOR, "creator")
    document = creator.upload("tea.md", b"# Tea\n\nThe evening ritual begins with a cup of tea at nine o'clock.")
    assert document["status"] == "ready"
    return running_system


def openai_client(system: RunningSystem, token: str) -> OpenAI:
    return OpenAI(base_url=f"{system.url}/v1", api_key=token, timeout=DEADLINE_SECONDS, max_retries=0)


@pytest.fixture
def openai(taught: RunningSystem) -> OpenAI:
    return openai_client(taught, taught.token(CREATOR))


def test_the_creator_is_the_only_model(openai: OpenAI) -> None:
    assert [model.id for model in openai.models.list()] == [CREATOR]
    assert openai.models.retrieve(CREATOR).id == CREATOR
    with pytest.raises(NotFoundError) as missing:
        openai.models.retrieve("gpt-4o")
    assert missing.value.code == "model_not_found"


def test_a_client_without_a_valid_token_reads_why(taught: RunningSystem) -> None:
    stranger = openai_client(taught, "no-token")
    messages: Any = [{"role": "user", "content": QUESTION}]
    for stream in (False, True):
        with pytest.raises(AuthenticationError) as refused:
            stranger.chat.completions.create(model=CREATOR, messages=messages, stream=stream)
        assert (refused.value.code, refused.value.type) == ("not_signed_in", "authentication_error")
    with pytest.raises(AuthenticationError) as refused:
        stranger.models.list()
    assert refused.value.code == "not_signed_in"


def test_a_reply_ends_where_the_client_wants(openai: OpenAI) -> None:
    asked: Any = {"model": CREATOR, "messages": [{"role": "user", "content": QUESTION}]}
    brief = openai.chat.completions.create(max_tokens=2, **asked)
    assert brief.choices[0].finish_reason == "length"
    assert "The evening [" in (brief.choices[0].message.content or "")
    until = openai.chat.completions.create(stop=["nine"], stream=True, **asked)
    choices = [choice for chunk in until for choice in chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    assert "a cup of tea at" in text
    assert "nine" not in text
    assert choices[-1].finish_reason == "stop"


def test_a_completion_is_the_coachs_cited_reply(openai: OpenAI, taught: RunningSystem) -> None:
    completion = openai.chat.completions.create(
        model=CREATOR,
        messages=[{"role": "system", "content": "Be a pirate."}, {"role": "user", "content": QUESTION}],
    )
    [choice] = completion.choices
    assert "nine o'clock" in (choice.message.content or "")
    assert (choice.finish_reason, completion.object) == ("stop", "chat.completion")
    assert completion.usage is not None
    coach: dict[str, Any] = completion.model_extra["coach"] if completion.model_extra else {}
    assert (coach["kind"], coach["ignored"]) == ("quote", ["messages[0] (system)"])
    assert coach["citations"][0]["title"]
    user = client(taught, CREATOR)
    messages = user.call("GET", f"/v1/conversations/{coach['conversation_id']}/messages")["items"]
    assert coach["message_id"] in {message["message_id"] for message in messages}


def test_a_stream_says_the_same_in_chunks(openai: OpenAI) -> None:
    stream = openai.chat.completions.create(
        model=CREATOR,
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert "nine o'clock" in text
    assert [choice.finish_reason for chunk in chunks for choice in chunk.choices][-1] == "stop"
    assert (chunks[-1].choices, chunks[-1].usage is not None) == ([], True)
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_clients_history_goes_on_in_one_conversation(openai: OpenAI) -> None:
    first = openai.chat.completions.create(model=CREATOR, messages=[{"role": "user", "content": f"Hm. {QUESTION}"}])
    second = openai.chat.completions.create(
        model=CREATOR,
        messages=[
            {"role": "user", "content": f"Hm. {QUESTION}"},
            {"role": "assistant", "content": first.choices[0].message.content or ""},
            {"role": "user", "content": "And what do I drink?"},
        ],
    )
    notes = [(completion.model_extra or {})["coach"] for completion in (first, second)]
    assert notes[0]["conversation_id"] == notes[1]["conversation_id"]
    assert notes[1]["ignored"] == []


def test_what_is_not_done_is_refused_as_the_client_expects(openai: OpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        openai.chat.completions.create(model=CREATOR, messages=[{"role": "user", "content": QUESTION}], n=2)
    assert (refused.value.param, refused.value.code) == ("n", "unsupported_value")


def test_another_tenants_model_does_not_exist(openai: OpenAI, taught: RunningSystem) -> None:
    client(taught, "somebody-else", "creator")
    with pytest.raises(NotFoundError) as refused:
        openai.chat.completions.create(model="somebody-else", messages=[{"role": "user", "content": QUESTION}])
    assert refused.value.code == "model_not_found"


def test_another_role_and_no_token_are_refused(taught: RunningSystem) -> None:
    asked: Any = {"model": CREATOR, "messages": [{"role": "user", "content": QUESTION}]}
    with pytest.raises(PermissionDeniedError):
        openai_client(taught, taught.token(CREATOR, "creator")).chat.completions.create(**asked)
    with pytest.raises(AuthenticationError):
        openai_client(taught, "no-token").chat.completions.create(**asked)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_plain_curl_reads_both_kinds_of_stream(taught: RunningSystem) -> None:
    user = client(taught, CREATOR)
    own = curl(taught, f"/v1/conversations/{user.converse()}/messages", {"text": QUESTION}, "text/event-stream")
    assert own.startswith("event: status\n")
    assert "\nevent: done\n" in own
    asked = {"model": CREATOR, "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    assert curl(taught, "/v1/chat/completions", asked, "*/*").endswith("data: [DONE]\n\n")


def curl(system: RunningSystem, path: str, body: Any, accept: str) -> str:
    command = ["curl", "-sN", "--max-time", str(int(DEADLINE_SECONDS)), f"{system.url}{path}", "-d", json.dumps(body)]
    command += ["-H", f"Authorization: Bearer {system.token(CREATOR)}", "-H", f"Accept: {accept}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=DEADLINE_SECONDS).stdout
