"""A JSON schema as vendors take it that hold an answer to it strictly."""

from collections.abc import Mapping
from typing import Any, Final

from coaching.models.ports import JsonSchema

_OF_NAMES: Final = ("properties", "$defs", "definitions")
_OF_SCHEMAS: Final = ("anyOf", "allOf", "prefixItems")


def strict_schema(schema: JsonSchema, *, all_required: bool) -> dict[str, Any]:
    """Return the schema without room for properties that it does not name; with `all_required` each must be given.

    What satisfies the result satisfies `schema` as well. Parts that would break this rule, such as `not` and `oneOf`,
    stay as they are, and so does an object that names no properties.
    """

    def strict(part: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        return strict_schema(part, all_required=all_required) if isinstance(part, Mapping) else part

    result: dict[str, Any] = dict(schema)
    for key in _OF_NAMES:
        if isinstance(parts := result.get(key), Mapping):
            result[key] = {name: strict(part) for name, part in parts.items()}
    for key in _OF_SCHEMAS:
        if isinstance(parts := result.get(key), list | tuple):
            result[key] = [strict(part) for part in parts]
    if "items" in result:
        result["items"] = strict(result["items"])
    if isinstance(properties := result.get("properties"), Mapping):
        if result.get("additionalProperties", True) is True:
            result["additionalProperties"] = False
        if all_required:
            result["required"] = list(dict.fromkeys([*properties, *result.get("required", ())]))
    return result
