"""What the README says about deploying is true of the templates and of AWS's own commands."""

import re
import shlex
from pathlib import Path
from typing import Any, get_args

import boto3
import pytest

from coaching.vocabulary import Role
from tests.infra.templates import Assembly

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
DEPLOY = README.split("## Deploy it")[1].split("\n## ")[0]
COMMANDS = [
    shlex.split(line.partition("#")[0])
    for block in re.findall(r"```sh\n(.*?)```", DEPLOY, re.DOTALL)
    for line in block.replace("\\\n", "").splitlines()
]
COGNITO = {command[2]: command[3:] for command in COMMANDS if command[:2] == ["aws", "cognito-idp"]}


def options(command: list[str]) -> dict[str, list[str]]:
    """Return each option's values by its name in the API."""
    found: dict[str, list[str]] = {}
    for word in command:
        if word.startswith("--"):
            values = found.setdefault(word.removeprefix("--").title().replace("-", ""), [])
        else:
            values.append(word)
    return found


def test_it_deploys_by_make_alone() -> None:
    assert ["make", "deploy"] in COMMANDS
    assert "npx aws-cdk" not in README


def test_the_pools_id_is_asked_of_the_stack_that_has_it() -> None:
    assert "--stack-name creator-coach-dev-storage" in DEPLOY
    assert "OutputKey=='UserPoolId'" in DEPLOY


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_the_stack_that_has_the_pools_id_is_called_so(dev: Assembly) -> None:
    assert (dev.folder / "creator-coach-dev-storage.template.json").is_file()
    assert (
        dev.text(dev.storage["Outputs"]["UserPoolId"]["Value"]) == f"<{next(iter(dev.of('AWS::Cognito::UserPool')))}>"
    )


@pytest.mark.parametrize(("command", "operation"), [
    ("admin-create-user", "AdminCreateUser"), ("admin-add-user-to-group", "AdminAddUserToGroup"),
])  # fmt: skip
def test_an_invitation_is_by_commands_that_aws_has(command: str, operation: str) -> None:
    client = boto3.client("cognito-idp", region_name="us-east-1")
    shape: Any = client.meta.service_model.operation_model(operation).input_shape
    given = set(options(COGNITO[command]))
    assert given <= set(shape.members)
    assert set(shape.required_members) <= given


@pytest.mark.synth
@pytest.mark.xdist_group("synth")
def test_the_first_creator_gets_a_mail_a_tenant_and_a_role_that_there_is(dev: Assembly) -> None:
    invited = options(COGNITO["admin-create-user"])
    # The default is a text message, and nobody gave a number.
    assert invited["DesiredDeliveryMediums"] == ["EMAIL"]
    attributes = {pair.split(",")[0].removeprefix("Name=") for pair in invited["UserAttributes"]}
    assert attributes == {"email", "email_verified", "custom:creator_id"}
    assert {"email", "creator_id"} <= {a["Name"] for a in dev.only("AWS::Cognito::UserPool")["Schema"]}
    assert options(COGNITO["admin-add-user-to-group"])["GroupName"][0] in get_args(Role)
