"""The template's HTTP API is the plan's."""

import json
from typing import Any

import pytest

from coaching.contract.common import Problem
from infra.plan import Route
from infra.system import SYSTEM
from tests.infra.templates import Assembly

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]


def path_of(dev: Assembly, resource: object) -> str:
    reference = dev.text(resource)
    if reference.endswith(".RootResourceId>"):
        return ""
    found = dev.of("AWS::ApiGateway::Resource")[reference.strip("<>")]
    return f"{path_of(dev, found['ParentId'])}/{found['PathPart']}"


@pytest.fixture(scope="module")
def methods(dev: Assembly) -> dict[str, dict[str, Any]]:
    return {
        f"{method['HttpMethod']} {path_of(dev, method['ResourceId'])}": method
        for method in dev.of("AWS::ApiGateway::Method").values()
    }


def test_every_route_of_the_plan_is_served_and_no_other(methods: dict[str, Any]) -> None:
    assert set(methods) == {route.key for route in SYSTEM.routes}


@pytest.mark.parametrize("route", SYSTEM.routes, ids=lambda route: route.key)
def test_a_route_with_roles_takes_a_token_and_one_without_takes_none(
    dev: Assembly, methods: dict[str, Any], route: Route
) -> None:
    method = methods[route.key]
    if not route.roles:
        assert method["AuthorizationType"] == "NONE"
        return
    assert method["AuthorizationType"] == "COGNITO_USER_POOLS"
    # With scopes the authorizer would want an access token, which does not name the creator.
    assert "AuthorizationScopes" not in method
    authorizer = dev.of("AWS::ApiGateway::Authorizer")[dev.text(method["AuthorizerId"]).strip("<>")]
    (pool,) = dev.of("AWS::Cognito::UserPool")
    assert [dev.text(arn) for arn in authorizer["ProviderARNs"]] == [f"<{pool}.Arn>"]


@pytest.mark.parametrize("route", SYSTEM.routes, ids=lambda route: route.key)
def test_a_route_reaches_its_capability(dev: Assembly, methods: dict[str, Any], route: Route) -> None:
    integration = methods[route.key]["Integration"]
    target = dev.text(integration["Uri"])
    function_id = target.split("functions/<")[1].split(".Arn>")[0]
    assert dev.functions()[route.capability] == dev.of("AWS::Lambda::Function")[function_id]
    # The adapter in front of an app that streams answers every request as a stream.
    streamed = SYSTEM.capability(route.capability).asgi
    assert streamed or not route.streams
    assert integration.get("ResponseTransferMode", "BUFFERED") == ("STREAM" if streamed else "BUFFERED")
    assert target.endswith("response-streaming-invocations" if streamed else "/invocations")


@pytest.mark.parametrize("capability", sorted({route.capability for route in SYSTEM.routes}))
def test_a_function_knows_the_roles_of_its_own_routes_and_of_no_others(dev: Assembly, capability: str) -> None:
    told = json.loads(dev.environment(capability)["ROUTE_ROLES"])
    assert told == {route.key: list(route.roles) for route in SYSTEM.routes_of(capability)}


def test_the_stream_may_last_as_long_as_its_function(methods: dict[str, Any]) -> None:
    for route in SYSTEM.routes:
        if route.streams:
            seconds = SYSTEM.capability(route.capability).timeout_seconds
            assert methods[route.key]["Integration"]["TimeoutInMillis"] == seconds * 1_000


def test_the_api_is_regional(dev: Assembly) -> None:
    assert dev.only("AWS::ApiGateway::RestApi")["EndpointConfiguration"]["Types"] == ["REGIONAL"]


@pytest.mark.parametrize(
    ("response_type", "status", "code"),
    [
        ("UNAUTHORIZED", 401, "not_signed_in"),
        ("EXPIRED_TOKEN", 401, "not_signed_in"),
        ("ACCESS_DENIED", 403, "not_allowed"),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found"),
        ("INVALID_SIGNATURE", 404, "not_found"),
        ("DEFAULT_4XX", 404, "not_found"),
        ("REQUEST_TOO_LARGE", 413, "too_large"),
        ("THROTTLED", 429, "too_many"),
        ("INTEGRATION_TIMEOUT", 503, "unavailable"),
        ("DEFAULT_5XX", 500, "internal"),
    ],
)
def test_the_gateway_itself_answers_in_problem_documents(
    dev: Assembly, response_type: str, status: int, code: str
) -> None:
    answers = {answer["ResponseType"]: answer for answer in dev.of("AWS::ApiGateway::GatewayResponse").values()}
    answer = answers[response_type]
    problem = Problem.model_validate_json(answer["ResponseTemplates"]["application/json"])
    assert (problem.status, problem.code, problem.instance) == (status, code, "$context.requestId")
    assert answer["StatusCode"] == str(status)
    headers = answer["ResponseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert ("gatewayresponse.header.Retry-After" in headers) == (status in {429, 503})
    assert ("gatewayresponse.header.WWW-Authenticate" in headers) == (status == 401)


def test_requests_are_throttled_traced_and_logged_without_what_users_wrote(dev: Assembly) -> None:
    stage = dev.only("AWS::ApiGateway::Stage")
    assert stage["TracingEnabled"] is True
    (settings,) = stage["MethodSettings"]
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] >= settings["ThrottlingRateLimit"]
    assert settings["LoggingLevel"] == "OFF"
    assert settings["DataTraceEnabled"] is False
    logged = json.loads(stage["AccessLogSetting"]["Format"])
    words = ("$context.path", "$context.error.message", "querystring", "header", "email", "body")
    assert not [value for value in logged.values() if any(word in value for word in words)]
    assert logged["request_id"] == "$context.requestId"
