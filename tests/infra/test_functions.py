"""The template's functions are the plan's capabilities."""

from typing import Any

import pytest

from coaching.settings import Settings
from infra.plan import Capability
from infra.system import SYSTEM
from tests.infra.templates import Assembly

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]
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
    assert ("INGESTION_STATE_MACHINE_ARN" in told) == ("ingestion" in touched)
    assert ("DELETION_STATE_MACHINE_ARN" in told) == ("deletion" in touched)
    assert ("OPENSEARCH_ENDPOINT" in told) == ("passages" in touched)
    assert ("USER_POOL_CLIENT_ID" in told) == bool(SYSTEM.routes_of(capability.name))
    assert told["VECTOR_STORE"] == "opensearch"


@every_capability
def test_every_variable_is_one_that_somebody_reads(dev: Assembly, capability: Capability) -> None:
    settings = {name.upper() for name in Settings.model_fields}
    others = {name for name in dev.environment(capability.name) if name not in settings}
    assert not [name for name in others if not name.startswith(("POWERTOOLS_", "AWS_LWA_", "AWS_LAMBDA_"))]


def test_the_variables_make_valid_settings(dev: Assembly) -> None:
    for capability in SYSTEM.capabilities:
        variables = {name.lower(): value for name, value in dev.environment(capability.name).items()}
        settings = Settings.model_validate(variables)
        assert settings.stage == "dev"
        assert not settings.opensearch_endpoint or settings.opensearch_endpoint.startswith("https://")


def test_chat_streams_through_the_web_adapter(dev: Assembly, arm64: Assembly) -> None:
    chat = dev.functions()["chat"]
    assert chat["Handler"] == "run.sh"
    told = dev.environment("chat")
    assert told["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/bootstrap"
    assert told["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert ":layer:LambdaAdapterLayerX86:" in dev.text(chat["Layers"][-1])
    assert ":layer:LambdaAdapterLayerArm64:" in arm64.text(arm64.functions()["chat"]["Layers"][-1])


def test_functions_and_layers_are_for_the_stages_machines(dev: Assembly, arm64: Assembly) -> None:
    for assembly, machine in ((dev, "x86_64"), (arm64, "arm64")):
        assert {*map(str, (f["Architectures"] for f in assembly.functions().values()))} == {str([machine])}
        layers = assembly.of("AWS::Lambda::LayerVersion").values()
        assert {str(layer["CompatibleArchitectures"]) for layer in layers} == {str([machine])}
