"""The OpenAPI document is the plan's, and the one that is served."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from infra.openapi import SERVED, openapi_document, written
from infra.plan import Route
from infra.system import SYSTEM

every_route = pytest.mark.parametrize("route", SYSTEM.routes, ids=lambda route: route.key)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def operation(document: dict[str, Any], route: Route) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][route.path][route.method.lower()]
    return found


def test_the_served_document_is_current(document: dict[str, Any]) -> None:
    assert SERVED.read_text("utf-8") == written(document), "run: make openapi"


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(json.loads(written(document)))
    assert document["openapi"] == "3.1.0"


def test_it_has_every_route_and_no_other(document: dict[str, Any]) -> None:
    found = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert found == {route.key for route in SYSTEM.routes}


def test_operations_are_told_apart(document: dict[str, Any]) -> None:
    names = [operation(document, route)["operationId"] for route in SYSTEM.routes]
    assert len(set(names)) == len(SYSTEM.routes)


@every_route
def test_a_route_says_who_may_call_it(document: dict[str, Any], route: Route) -> None:
    expected = [{"idToken": list(route.roles)}] if route.roles else []
    assert operation(document, route)["security"] == expected
    assert {"401", "403"} <= set(operation(document, route)["responses"]) or not route.roles


@every_route
def test_a_route_says_what_it_takes_and_gives(document: dict[str, Any], route: Route) -> None:
    found = operation(document, route)
    names = {(p["in"], p["name"]) for p in found.get("parameters", [])}
    assert {name for place, name in names if place == "query"} == set(route.query)
    assert {name for place, name in names if place == "path"} == {
        part.strip("{}") for part in route.path.split("/") if part.startswith("{")
    }
    assert (("header", "Idempotency-Key") in names) == (route.method == "POST")
    assert ("requestBody" in found) == (route.body is not None)
    success = found["responses"][str(route.status)]
    assert ("text/event-stream" in success.get("content", {})) == route.streams
    if route.reply:
        reference = success["content"]["application/json"]["schema"]["$ref"].removeprefix("#/components/schemas/")
        assert document["components"]["schemas"][reference]["title"] == route.reply.__name__


@every_route
def test_every_refusal_is_a_problem_document_or_as_openai_refuses(document: dict[str, Any], route: Route) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    openai = {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}}
    for status, response in operation(document, route)["responses"].items():
        if int(status) >= 400:
            name = response["$ref"].removeprefix("#/components/responses/")
            content = document["components"]["responses"][name]["content"]
            # The gateway's own refusals are problem documents whatever stands behind it.
            assert content in ([openai, openai | problem] if route.face == "openai" else [problem])


def test_only_an_announced_files_type_can_be_one_that_is_not_handled(document: dict[str, Any]) -> None:
    # JSON is read as JSON, whatever its Content-Type says.
    refused = {route.key for route in SYSTEM.routes if "415" in operation(document, route)["responses"]}
    assert refused == {"POST /v1/documents"}


def test_a_body_that_may_be_left_out_is_not_required(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/v1/conversations"]["post"]["requestBody"]["required"] is False
    assert paths["/v1/goals"]["post"]["requestBody"]["required"] is True
