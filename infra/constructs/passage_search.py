"""The OpenSearch domain in which passages are found."""

from aws_cdk import Stack
from aws_cdk.aws_iam import AccountRootPrincipal, PolicyDocument, PolicyStatement
from aws_cdk.aws_opensearchservice import CfnDomain
from constructs import Construct

from infra.stage import SearchSize, Stage

ENGINE = "OpenSearch_2.19"
_CALLS = ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut"]


class PassageSearch(Construct):
    """`arn`, `name`, `url` and `size` of a domain that takes signed requests of this account's roles.

    The L2 construct would set the access policy through a custom resource with a Lambda of its own.
    """

    def __init__(self, scope: Construct, construct_id: str, *, size: SearchSize, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.name, self.size = stage.prefix, size
        domain = CfnDomain(
            self,
            "Domain",
            domain_name=self.name,
            engine_version=ENGINE,
            cluster_config=_cluster(size),
            ebs_options=CfnDomain.EBSOptionsProperty(ebs_enabled=True, volume_type="gp3", volume_size=size.volume_gib),
            node_to_node_encryption_options=CfnDomain.NodeToNodeEncryptionOptionsProperty(enabled=True),
            encryption_at_rest_options=CfnDomain.EncryptionAtRestOptionsProperty(enabled=True),
            domain_endpoint_options=CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            access_policies=_access(self, self.name),
        )
        domain.apply_removal_policy(stage.removal_policy)
        self.arn = domain.attr_arn
        self.url = f"https://{domain.attr_domain_endpoint}"


def _cluster(size: SearchSize) -> CfnDomain.ClusterConfigProperty:
    spread = size.nodes > 1
    zones = CfnDomain.ZoneAwarenessConfigProperty(availability_zone_count=min(size.nodes, 3)) if spread else None
    return CfnDomain.ClusterConfigProperty(
        instance_type=size.instance_type,
        instance_count=size.nodes,
        zone_awareness_enabled=spread,
        zone_awareness_config=zones,
        multi_az_with_standby_enabled=False,
    )


def _access(scope: Construct, name: str) -> PolicyDocument:
    """Leave it to IAM: a role of this account may do what its own policy grants, and nobody else anything."""
    contents = Stack.of(scope).format_arn(service="es", resource="domain", resource_name=f"{name}/*")
    return PolicyDocument(
        statements=[PolicyStatement(principals=[AccountRootPrincipal()], actions=_CALLS, resources=[contents])]
    )
