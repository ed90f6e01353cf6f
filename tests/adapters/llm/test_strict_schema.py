from typing import Any

import pytest

from coaching.adapters.llm.strict_schema import strict_schema

TEXT = {"type": "string"}


def described(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def closed(*required: str, **properties: object) -> dict[str, Any]:
    return described(**properties) | {"additionalProperties": False, "required": list(required)}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (TEXT, TEXT),
        ({"type": "object"}, {"type": "object"}),
        (described(a=TEXT, b=TEXT) | {"required": ["a"]}, closed("a", "b", a=TEXT, b=TEXT)),
        (described(a=described(b=TEXT)), closed("a", a=closed("b", b=TEXT))),
        ({"type": "array", "items": described(a=TEXT)}, {"type": "array", "items": closed("a", a=TEXT)}),
        ({"anyOf": [described(a=TEXT), TEXT]}, {"anyOf": [closed("a", a=TEXT), TEXT]}),
        (
            {"$defs": {"x": described(a=TEXT)}, "$ref": "#/$defs/x"},
            {"$defs": {"x": closed("a", a=TEXT)}, "$ref": "#/$defs/x"},
        ),
        ({"not": described(a=TEXT)}, {"not": described(a=TEXT)}),
        ({"oneOf": [described(a=TEXT)]}, {"oneOf": [described(a=TEXT)]}),
        ({"enum": ["a"], "items": True}, {"enum": ["a"], "items": True}),
    ],
)
def test_leaves_no_room_for_more_and_asks_for_all(schema: dict[str, Any], strict: dict[str, Any]) -> None:
    assert strict_schema(schema, all_required=True) == strict


def test_may_leave_what_is_optional_so() -> None:
    schema = described(a=TEXT, b=TEXT) | {"required": ["a"]}
    assert strict_schema(schema, all_required=False) == schema | {"additionalProperties": False}


def test_keeps_what_is_said_of_further_properties_and_the_given_schema_as_it_is() -> None:
    schema = described(a=described(b=TEXT)) | {"additionalProperties": TEXT}
    assert strict_schema(schema, all_required=False)["additionalProperties"] == TEXT
    assert schema["properties"]["a"] == described(b=TEXT)
