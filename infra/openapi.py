"""The OpenAPI 3.1 document, from the plan's routes and the models that validate.

`python -m infra.openapi` writes it to functions/platform/openapi.json, from where it is served.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from coaching.contract.common import Problem
from coaching.contract.openai_error import OpenAIError
from coaching.contract.openai_replies import ChatCompletionChunk
from infra.openapi_parts import (
    CHUNKS,
    COMPONENT_HEADERS,
    IDEMPOTENCY_KEY,
    PROBLEM_RESPONSES,
    QUERY_PARAMETERS,
    REPLAYED,
    SECURITY_SCHEMES,
    STREAM,
    openai_response,
    openai_response_name,
    problem_response_name,
)
from infra.plan import Route, System
from infra.system import SYSTEM

Json = dict[str, Any]
SERVED: Final = Path(__file__).resolve().parents[1] / "functions/platform/openapi.json"
_SCHEMAS: Final = "#/components/schemas/{model}"
_CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def openapi_document(system: System = SYSTEM) -> Json:
    """Return the whole contract. Its server is where the document itself is served."""
    references, schemas = _schemas(system)
    paths: dict[str, Json] = {}
    for route in system.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Creator Coach",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "..", "description": "Where this document is served"}],
        "tags": [{"name": capability.name} for capability in system.capabilities if system.routes_of(capability.name)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {problem_response_name(status): response for status, response in PROBLEM_RESPONSES.items()}
            | {openai_response_name(status): openai_response(status) for status in _openai_statuses(system)},
            "headers": COMPONENT_HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def written(document: Json) -> str:
    """Return the document as it is committed."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _schemas(system: System) -> tuple[dict[type[BaseModel], Json], Json]:
    """Return each model's reference, and the schemas that the references point to."""
    modes: dict[type[BaseModel], JsonSchemaMode] = dict.fromkeys(
        (Problem, OpenAIError, ChatCompletionChunk), "serialization"
    )
    modes |= {route.body: "validation" for route in system.routes if route.body}
    modes |= {route.reply: "serialization" for route in system.routes if route.reply}
    found, definitions = models_json_schema(list(modes.items()), ref_template=_SCHEMAS)
    return {model: found[model, mode] for model, mode in modes.items()}, definitions["$defs"]


def _operation(route: Route, references: dict[type[BaseModel], Json]) -> Json:
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [route.capability],
        # An empty list: open to everyone.
        "security": [{"idToken": list(route.roles)}] if route.roles else [],
    }
    parameters = list(_parameters(route))
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        operation["requestBody"] = {
            "required": needed,
            "content": {"application/json": {"schema": references[route.body]}},
        }
    operation["responses"] = {str(route.status): _success(route, references)} | {
        str(status): {"$ref": f"#/components/responses/{_refusal_name(route, status)}"}
        for status in sorted(_problem_statuses(route))
    }
    return operation


def _operation_id(route: Route) -> str:
    path = route.path.removeprefix("/v1/").replace("{", "by_").replace("}", "")
    return f"{route.method.lower()}_{re.sub(r'[^a-z0-9_]+', '_', path)}"


def _parameters(route: Route) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name in route.query:
        yield QUERY_PARAMETERS[name]
    if route.method == "POST":
        yield IDEMPOTENCY_KEY


def _success(route: Route, references: dict[type[BaseModel], Json]) -> Json:
    if route.status == 204:
        return {"description": "Done."}
    schema = references[route.reply] if route.reply else {"type": "object"}
    content: Json = {"application/json": {"schema": schema}}
    if route.streams:
        content["text/event-stream"] = CHUNKS if route.face == "openai" else STREAM
    response: Json = {"description": _sentence(route.status), "content": content}
    if route.method == "POST":
        response["headers"] = REPLAYED
    return response


def _sentence(status: int) -> str:
    return {200: "The answer.", 201: "Created.", 202: "Accepted; it is being worked on."}[status]


def _problem_statuses(route: Route) -> set[int]:
    statuses = {429, 500, 503, *route.refusals}
    if route.roles:
        statuses |= {401, 403}
    if "{" in route.path:
        statuses |= {404}
    if route.query:
        statuses |= {400}
    if route.method in _CHANGES:
        statuses |= {409}
    if route.body:
        statuses |= {400, 413, 422}
    if route.method == "POST":
        statuses |= {422}
    if route.face == "openai" and 422 in statuses:
        # OpenAI's API knows no 422.
        statuses = statuses - {422} | {400}
    return statuses


def _refusal_name(route: Route, status: int) -> str:
    return (openai_response_name if route.face == "openai" else problem_response_name)(status)


def _openai_statuses(system: System) -> list[int]:
    return sorted({status for route in system.routes if route.face == "openai" for status in _problem_statuses(route)})


def main() -> None:
    SERVED.write_text(written(openapi_document()), encoding="utf-8")
    print(f"Wrote {SERVED.relative_to(Path.cwd()) if SERVED.is_relative_to(Path.cwd()) else SERVED}")  # noqa: T201


if __name__ == "__main__":
    main()
