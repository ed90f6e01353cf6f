"""The keys of hosted models come from one secret and are looked for anew when they may have changed."""

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from coaching.adapters.aws.clients import secretsmanager_client
from coaching.adapters.aws.model_keys import AGAIN_SECONDS, FRESH_SECONDS, SecretsManagerModelKeys
from coaching.errors import ModelUnavailable
from coaching.vocabulary import new_ulid

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEY = "sk-a-key-that-nobody-may-read"


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def client(aws_address: str) -> "Iterator[SecretsManagerClient]":
    yield secretsmanager_client(aws_address)
    secretsmanager_client.cache_clear()


@pytest.fixture
def secret(client: "SecretsManagerClient") -> str:
    name = f"keys-{new_ulid()}"
    client.create_secret(Name=name, SecretString=json.dumps({"openai": KEY}))
    return name


def test_gives_the_key_of_a_provider(client: "SecretsManagerClient", secret: str) -> None:
    assert SecretsManagerModelKeys(lambda: client, secret).key("openai") == KEY


def test_a_key_that_was_exchanged_is_used_after_a_while(client: "SecretsManagerClient", secret: str) -> None:
    clock = Clock()
    keys = SecretsManagerModelKeys(lambda: client, secret, clock)
    assert keys.key("openai") == KEY
    client.put_secret_value(SecretId=secret, SecretString=json.dumps({"openai": "another"}))
    assert keys.key("openai") == KEY
    clock.now += FRESH_SECONDS
    assert keys.key("openai") == "another"


def test_what_was_read_serves_while_nobody_answers(client: "SecretsManagerClient", secret: str) -> None:
    clock, clients = Clock(), [client]
    keys = SecretsManagerModelKeys(lambda: clients[-1], secret, clock)
    keys.key("openai")
    clients.append(secretsmanager_client("http://127.0.0.1:9"))
    clock.now += FRESH_SECONDS
    assert keys.key("openai") == KEY


def test_says_that_nobody_answers_where_nothing_was_read() -> None:
    nobody = secretsmanager_client("http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable) as failure:
        SecretsManagerModelKeys(lambda: nobody, "keys").key("openai")
    assert failure.value.code == "unreachable"


def test_a_failure_is_told_to_all_for_a_moment_and_then_looked_at_again(client: "SecretsManagerClient") -> None:
    clock, name = Clock(), f"later-{new_ulid()}"
    keys = SecretsManagerModelKeys(lambda: client, name, clock)
    with pytest.raises(ModelUnavailable):
        keys.key("openai")
    client.create_secret(Name=name, SecretString=json.dumps({"openai": KEY}))
    with pytest.raises(ModelUnavailable):
        keys.key("openai")
    clock.now += AGAIN_SECONDS
    assert keys.key("openai") == KEY


@pytest.mark.parametrize("text", ['["a list"]', f'{{"openai": ["{KEY}"]}}', f"{KEY} and no JSON", "{}"])
def test_a_secret_that_holds_something_else_is_told_and_not_repeated(
    client: "SecretsManagerClient", secret: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    client.put_secret_value(SecretId=secret, SecretString=text)
    with caplog.at_level(logging.DEBUG, logger="coaching"), pytest.raises(ModelUnavailable) as failure:
        SecretsManagerModelKeys(lambda: client, secret).key("openai")
    assert failure.value.code == "bad_credentials"
    assert secret in failure.value.message
    assert KEY not in failure.value.message + repr(failure.value.__cause__) + caplog.text


def test_a_secret_that_is_not_there_is_named(client: "SecretsManagerClient") -> None:
    with pytest.raises(ModelUnavailable, match="nowhere") as failure:
        SecretsManagerModelKeys(lambda: client, "nowhere").key("openai")
    assert failure.value.code == "bad_credentials"
