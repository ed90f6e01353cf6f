"""Synthesised templates, read without caring for the ids that CDK makes up."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Assembly:
    """The stacks of one stage; `models` only where it has machines for them.

    `text` turns any value of a template into a readable string.
    """

    folder: Path

    @cached_property
    def storage(self) -> Json:
        return self._template("storage")

    @cached_property
    def coaching(self) -> Json:
        return self._template("coaching")

    @cached_property
    def models(self) -> Json:
        return self._template("models")

    @cached_property
    def resources(self) -> dict[str, Json]:
        return {**self.storage["Resources"], **self.coaching["Resources"]}

    def of(self, kind: str) -> dict[str, Json]:
        """Return the properties of every resource of a type, by id."""
        return {
            resource_id: resource.get("Properties", {})
            for resource_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def only(self, kind: str) -> Json:
        """Return the properties of the one resource of a type."""
        (found,) = self.of(kind).values()
        return found

    def named(self, kind: str, attribute: str) -> dict[str, Json]:
        """Return the properties of every resource of a type by its name, without the stage's prefix."""
        return {
            re.sub(r"^creator-coach-(dev|prod)-", "", properties[attribute]): properties
            for properties in self.of(kind).values()
        }

    def functions(self) -> dict[str, Json]:
        """Return every function's properties by its name in the plan."""
        named = self.named("AWS::Lambda::Function", "FunctionName")
        return {name.replace("-", "_"): properties for name, properties in named.items()}

    def environment(self, capability: str) -> dict[str, str]:
        variables: Json = self.functions()[capability]["Environment"]["Variables"]
        return {name: self.text(value) for name, value in variables.items()}

    def statements(self, role: str) -> list[Json]:
        """Return the statements of every policy on a role, given as `text` writes it."""
        return [
            statement
            for policy in self.of("AWS::IAM::Policy").values()
            if role in {self.text(attached) for attached in policy["Roles"]}
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def text(self, value: object) -> str:
        """Return a value with `<id>` for a reference, `<id.Attribute>` for an attribute and imports followed."""
        match value:
            case {"Ref": name}:
                return f"<{name}>"
            case {"Fn::GetAtt": [name, attribute]}:
                return f"<{name}.{attribute}>"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(part) for part in parts)
            case {"Fn::Sub": text}:
                return str(text)
            case {"Fn::ImportValue": name}:
                return self.text(self._exports[name])
            case str() | int():
                return str(value)
        raise AssertionError(f"The templates were not expected to hold {value}")

    @cached_property
    def _exports(self) -> dict[str, Any]:
        outputs = self.storage["Outputs"].values()
        return {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}

    def template_files(self) -> list[Path]:
        return sorted(self.folder.glob("*.template.json"))

    def _template(self, stack: str) -> Json:
        (path,) = self.folder.glob(f"*-{stack}.template.json")
        template: Json = json.loads(path.read_text("utf-8"))
        return template


def listed(value: object) -> list[Any]:
    """Return what CDK writes as one thing or as a list of them as a list."""
    return value if isinstance(value, list) else [value]
