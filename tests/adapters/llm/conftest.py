import os

import pytest

from tests.support.bedrock_server import given_credentials


@pytest.fixture
def bedrock_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    given_credentials(monkeypatch)


@pytest.fixture(scope="session")
def ollama_url() -> str:
    """The address of a real Ollama."""
    named = os.environ.get("OLLAMA_HOST")  # noqa: TID251 - names what only these tests use
    if not named:
        pytest.skip("OLLAMA_HOST names no Ollama: make test-ollama OLLAMA_HOST=http://127.0.0.1:11434")
    return named if "://" in named else f"http://{named}"


@pytest.fixture(scope="session")
def ollama_model() -> str:
    """The model to try it with; empty for its first."""
    return os.environ.get("OLLAMA_MODEL", "")  # noqa: TID251 - names what only these tests use
