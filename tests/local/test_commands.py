"""What the commands say when they cannot do what is asked."""

from pathlib import Path

import pytest

from local.__main__ import main
from local.demo import Demo, dated
from local.model_choice import choose_models, ollama_url
from local.state_folder import StateFolder


def test_a_token_needs_a_running_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "token"]) == 1
    assert "make run" in capsys.readouterr().err


def test_a_broken_state_file_is_no_running_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "running.json").write_text("{")
    assert main(["--state", str(tmp_path), "token"]) == 1
    assert "make run" in capsys.readouterr().err


def test_an_unknown_capability_is_answered_with_those_that_are_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--state", str(tmp_path), "invoke", "nothing", "events/s3_upload.json"]) == 1
    said = capsys.readouterr().err
    assert "ingest_document" in said
    assert "chat" in said


def test_an_event_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "invoke", "goals", "events/nothing.json"]) == 1
    assert "events/nothing.json" in capsys.readouterr().err


def test_an_event_that_is_not_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--state", str(tmp_path), "invoke", "goals", "events/notes.md"]) == 1
    assert "events/notes.md is not JSON" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["token", "--role", "king"], ["invoke", "goals"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "http://127.0.0.1:11434"),
        ({"OLLAMA_HOST": "0.0.0.0"}, "http://127.0.0.1:11434"),
        ({"OLLAMA_HOST": "10.0.0.5:1234"}, "http://10.0.0.5:1234"),
        ({"OLLAMA_HOST": ":1234"}, "http://127.0.0.1:1234"),
        ({"OLLAMA_HOST": "https://models.example/"}, "https://models.example"),
        ({"OLLAMA_HOST": "10.0.0.5", "OLLAMA_URL": "http://10.0.0.6:1"}, "http://10.0.0.6:1"),
    ],
)
def test_the_address_of_ollama_is_read_as_ollama_reads_it(variables: dict[str, str], url: str) -> None:
    assert ollama_url(variables) == url


def test_the_composer_answers_where_no_model_does() -> None:
    choice = choose_models(environment={"OLLAMA_URL": "http://127.0.0.1:9"})
    assert choice.models.chat_models == ()
    assert "No model" in choice.reason


def test_a_named_gguf_file_is_used(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").touch()
    choice = choose_models(environment={"GGUF_PATH": str(tmp_path / "m.gguf")})
    assert choice.models.chat_models == ("llama_cpp:m",)
    assert choice.models.gguf_path == str(tmp_path / "m.gguf")


def test_models_may_be_named_in_the_order_in_which_they_are_asked() -> None:
    choice = choose_models(environment={"CHAT_MODELS": "openai:gpt-4o-mini, ollama:llama3:8b", "OLLAMA_HOST": ":1234"})
    assert choice.models.chat_models == ("openai:gpt-4o-mini", "ollama:llama3:8b")
    assert choice.models.ollama_url == "http://127.0.0.1:1234"
    assert choice.reason == "Replies are worded by openai:gpt-4o-mini, else ollama:llama3:8b."


def test_a_model_that_only_aws_has_is_refused_here() -> None:
    with pytest.raises(ValueError, match="has no Bedrock"):
        choose_models(environment={"CHAT_MODELS": "bedrock:amazon.nova-lite-v1:0"})


def test_a_named_gguf_file_that_is_missing_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.gguf"):
        choose_models(environment={"GGUF_PATH": "/nowhere.gguf"})


@pytest.mark.parametrize(("named", "embedder"), [("", "minilm"), ("hash", "hash"), ("onnx", "onnx")])
def test_the_embedder_may_be_named(named: str, embedder: str) -> None:
    choice = choose_models(environment={"OLLAMA_URL": "http://127.0.0.1:9", "EMBEDDER": named})
    assert (choice.models.embedder, choice.models.ollama_url) == (embedder, "")


def test_an_ollama_may_embed_where_none_words_replies() -> None:
    choice = choose_models(chat="composer", environment={"OLLAMA_URL": "http://127.0.0.1:9", "EMBEDDER": "ollama"})
    assert (choice.models.embedder, choice.models.ollama_url) == ("ollama", "http://127.0.0.1:9")
    assert choice.models.chat_models == ()


def test_every_document_of_the_demo_is_there() -> None:
    demo = Demo.read()
    assert 8 <= len(demo.documents) <= 12
    assert all((demo.folder / document["file"]).is_file() for document in demo.documents)
    assert {"md", "html", "docx", "pdf", "vtt"} <= {document["file"].rsplit(".", 1)[1] for document in demo.documents}
    assert "user-1" in {user["label"] for user in demo.users}


def test_goals_of_the_demo_are_dated_from_today() -> None:
    from datetime import UTC, datetime

    goal = {
        "title": "g",
        "due_in_days": 10,
        "milestones": [{"title": "past", "due_in_days": -1}, {"title": "to come", "due_in_days": 1}],
    }
    described = dated(goal, datetime(2026, 1, 31, tzinfo=UTC))
    assert described == {
        "title": "g",
        "due": "2026-02-10",
        "milestones": [
            {"title": "past", "due": "2026-01-30", "reached_at": "2026-01-30T00:00:00+00:00"},
            {"title": "to come", "due": "2026-02-01"},
        ],
    }


def test_wiping_the_state_leaves_what_is_not_ours(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    (tmp_path / "letter.txt").write_text("mine")
    state.vectors.mkdir()
    (state.vectors / "segment").touch()
    state.wipe()
    assert (tmp_path / "letter.txt").read_text() == "mine"
    assert not state.vectors.exists()
    assert list(state.log_file.parent.iterdir()) == []
