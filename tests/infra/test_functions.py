"""The template's functions are the plan's capabilities."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coaching.settings import Settings
from infra.plan import Capability
from infra.system import SYSTEM
from tests.infra.templates import Assembly

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]
ROOT = Path(__file__).resolve().parents[2]
every_capability = pytest.mark.parametrize("capability", SYSTEM.capabilities, ids=lambda capability: capability.name)


def test_there_is_a_function_for_each_capability_and_none_besides(dev: Assembly) -> None:
    assert set(dev.functions()) == {capability.name for capability in SYSTEM.capabilities}


def layer_names(dev: Assembly, function: dict[str, Any]) -> list[str]:
    layers = dev.of("AWS::Lambda::LayerVersion")
    found = [dev.text(layer) for layer in function["Layers"]]
    return [
        layers[name.strip("<>")]["LayerName"].removeprefix("creator-coach-dev-") if name.startswith("<Layers") else name
        for name in found
    ]


@every_capability
def test_a_function_has_the_size_the_time_and_the_layers_of_the_plan(dev: Assembly, capability: Capability) -> None:
    function = dev.functions()[capability.name]
    assert function["Runtime"] == "python3.13"
    assert function["MemorySize"] == capability.memory_mb
    assert function["Timeout"] == capability.timeout_seconds
    assert function["TracingConfig"] == {"Mode": "Active"}
    layers = layer_names(dev, function)
    assert layers[: 1 + len(capability.layers)] == ["coaching", *capability.layers]
    assert len(layers) <= 5
    assert len(layers) - 1 - len(capability.layers) == int(capability.asgi)


@every_capability
def test_a_function_has_a_log_of_its_own_that_is_kept_for_a_while(dev: Assembly, capability: Capability) -> None:
    log_group = dev.text(dev.functions()[capability.name]["LoggingConfig"]["LogGroup"]).strip("<>")
    assert capability.name.replace("_", "-") in dev.of("AWS::Logs::LogGroup")[log_group]["LogGroupName"]


def test_every_log_is_kept_for_a_while_and_not_for_ever(dev: Assembly, prod: Assembly) -> None:
    for assembly in (dev, prod):
        assert all("RetentionInDays" in group for group in assembly.of("AWS::Logs::LogGroup").values())


@every_capability
def test_a_function_is_told_what_its_grants_are_on_and_nothing_else(dev: Assembly, capability: Capability) -> None:
    told = dev.environment(capability.name)
    touched = {grant.resource for grant in capability.grants}
    assert ("TABLE_NAME" in told) == ("table" in touched)
    assert ("UPLOADS_BUCKET" in told) == ("uploads" in touched)
    assert ("WORK_BUCKET" in told) == ("work" in touched)
    started = {grant.resource for grant in capability.grants if "StartExecution" in grant.actions}
    assert ("INGESTION_STATE_MACHINE_ARN" in told) == ("ingestion" in started)
    assert ("DELETION_STATE_MACHINE_ARN" in told) == ("deletion" in started)
    assert ("SWITCHING_STATE_MACHINE_ARN" in told) == ("switching" in started)
    assert ("SEGMENTS_BUCKET" in told) == ("VECTOR_FOLDER" in told) == ("segments" in touched)
    assert told.get("VECTOR_STORE") == ("s3" if "segments" in touched else None)
    assert ("USER_POOL_CLIENT_ID" in told) == bool(SYSTEM.routes_of(capability.name))


def test_with_a_domain_functions_are_told_where_it_is_and_nothing_of_a_bucket(prod: Assembly) -> None:
    for capability in SYSTEM.capabilities:
        told = prod.environment(capability.name)
        touches = "passages" in {grant.resource for grant in capability.grants}
        assert ("OPENSEARCH_ENDPOINT" in told) == touches
        assert told.get("VECTOR_STORE") == ("opensearch" if touches else None)
        assert not {"SEGMENTS_BUCKET", "VECTOR_FOLDER"} & set(told)


@every_capability
def test_every_variable_is_one_that_somebody_reads(dev: Assembly, capability: Capability) -> None:
    settings = {name.upper() for name in Settings.model_fields}
    others = {name for name in dev.environment(capability.name) if name not in settings}
    assert not [name for name in others if not name.startswith(("POWERTOOLS_", "AWS_LWA_", "AWS_LAMBDA_"))]


def test_the_variables_make_valid_settings(prod: Assembly) -> None:
    for capability in SYSTEM.capabilities:
        variables = {name.lower(): value for name, value in prod.environment(capability.name).items()}
        settings = Settings.model_validate(variables)
        assert settings.stage == "prod"
        assert not settings.opensearch_endpoint or settings.opensearch_endpoint.startswith("https://")


def test_chat_words_by_what_the_stage_says_and_the_others_are_not_told(dev: Assembly, arm64: Assembly) -> None:
    composer = Settings.model_validate({name.lower(): value for name, value in dev.environment("chat").items()})
    assert composer.chat_models == ()
    ollama = Settings.model_validate({name.lower(): value for name, value in arm64.environment("chat").items()})
    assert ollama.chat_models == ("ollama:llama3:8b", "bedrock:us.amazon.nova-micro-v1:0", "openai:gpt-4.1-mini")
    assert ollama.ollama_url == "https://ollama.example.com"
    assert ollama.model_keys_secret == "creator-coach/model-keys"
    names = {"CHAT_MODELS", "OLLAMA_URL", "MODEL_KEYS_SECRET"}
    told = {name for name in arm64.functions() if names & set(arm64.environment(name))}
    concerned = {each.name for each in SYSTEM.capabilities if each.chats or each.names_models or each.verifies}
    assert told == concerned
    assert not {"OLLAMA_URL", "MODEL_KEYS_SECRET"} & set(arm64.environment("current_model"))


def test_speech_is_what_the_stage_says_and_the_others_are_not_told(dev: Assembly) -> None:
    told = {name for name in dev.functions() if "SPEECH_PROVIDER" in dev.environment(name)}
    assert told == {capability.name for capability in SYSTEM.capabilities if capability.hears}
    for name in told:
        found = Settings.model_validate({name.lower(): value for name, value in dev.environment(name).items()})
        assert (found.speech_provider, found.transcription_prefix) == ("transcribe", "creator-coach-dev")


def test_a_model_is_asked_by_the_functions_that_the_plan_says() -> None:
    asking = {
        path.parent.name
        for path in ROOT.glob("functions/*/handler.py")
        if {"wiring.ask_coach", "wiring.switch_model"} & set(re.findall(r"wiring\.\w+", path.read_text("utf-8")))
    }
    assert asking == {capability.name for capability in SYSTEM.capabilities if capability.chats}


def test_chat_streams_through_the_web_adapter(dev: Assembly, arm64: Assembly) -> None:
    chat = dev.functions()["chat"]
    assert chat["Handler"] == "run.sh"
    told = dev.environment("chat")
    assert told["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert told["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert ":layer:LambdaAdapterLayerX86:" in dev.text(chat["Layers"][-1])
    assert ":layer:LambdaAdapterLayerArm64:" in arm64.text(arm64.functions()["chat"]["Layers"][-1])


# As the server behind the adapter: in a function, but not told of the request's trace.
AN_AWS_CALL = """
import boto3.session
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from coaching.entrypoint import chat, tracing
session = boto3.session.Session("x", "x", region_name="us-east-1")
once = Config(retries={"total_max_attempts": 1})
try:
    session.client("dynamodb", endpoint_url="http://127.0.0.1:9", config=once).list_tables()
except EndpointConnectionError:
    print("asked")
"""


def test_an_aws_call_of_the_streaming_function_logs_no_lost_trace(dev: Assembly) -> None:
    function = {"LAMBDA_TASK_ROOT": "/var/task", "AWS_LAMBDA_FUNCTION_NAME": "chat"}
    path = {"PATH": os.defpath, "PYTHONPATH": str(ROOT / "layers/coaching/python")}
    done = subprocess.run(
        [sys.executable, "-c", AN_AWS_CALL],
        env={**dev.environment("chat"), **function, **path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("asked\n", "")


def test_no_other_function_is_told_not_to_trace(dev: Assembly) -> None:
    untraced = {name for name in dev.functions() if "POWERTOOLS_TRACE_DISABLED" in dev.environment(name)}
    assert untraced == {capability.name for capability in SYSTEM.capabilities if capability.asgi}


def test_functions_and_layers_are_for_the_stages_machines(dev: Assembly, arm64: Assembly) -> None:
    for assembly, machine in ((dev, "x86_64"), (arm64, "arm64")):
        assert {*map(str, (f["Architectures"] for f in assembly.functions().values()))} == {str([machine])}
        layers = assembly.of("AWS::Lambda::LayerVersion").values()
        assert {str(layer["CompatibleArchitectures"]) for layer in layers} == {str([machine])}
