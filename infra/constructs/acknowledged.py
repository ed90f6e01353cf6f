"""What a checker of templates finds and we mean: said beside the resource, where cdk-nag reads it."""

from collections.abc import Mapping

from aws_cdk import CfnResource
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Note, for every resource of the construct, why it is meant to be as these rules of AWS Solutions find it."""
    listed = [{"id": f"AwsSolutions-{rule}", "reason": reason} for rule, reason in reasons.items()]
    for resource in construct.node.find_all():
        if isinstance(resource, CfnResource):
            resource.add_metadata("cdk_nag", {"rules_to_suppress": listed})
