"""What the template keeps: table, buckets, passages, people."""

from typing import Any, get_args

import pytest

from coaching.vocabulary import Role
from infra.plan import Bucket
from infra.system import SYSTEM
from tests.infra.templates import Assembly, listed

pytestmark = [pytest.mark.synth, pytest.mark.xdist_group("synth")]


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {part["KeyType"]: part["AttributeName"] for part in schema}


def test_the_table_is_the_plans(dev: Assembly) -> None:
    table, drawn = dev.only("AWS::DynamoDB::Table"), SYSTEM.table
    assert keys(table["KeySchema"]) == {"HASH": drawn.partition_key, "RANGE": drawn.sort_key}
    assert table["TimeToLiveSpecification"] == {"AttributeName": drawn.ttl_attribute, "Enabled": True}
    indexes = {
        index["IndexName"]: (keys(index["KeySchema"]), index["Projection"]["ProjectionType"])
        for index in table["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        index.name: ({"HASH": index.partition_key, "RANGE": index.sort_key}, "KEYS_ONLY") for index in drawn.indexes
    }
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def bucket(dev: Assembly, name: str) -> dict[str, Any]:
    reader = {"uploads": "documents", "work": "split_document", "segments": "search"}[name]
    return dev.of("AWS::S3::Bucket")[dev.environment(reader)[f"{name.upper()}_BUCKET"].strip("<>")]


def test_there_are_the_plans_buckets_and_no_others(dev: Assembly, prod: Assembly) -> None:
    assert len(dev.of("AWS::S3::Bucket")) == len(SYSTEM.buckets)
    # Where passages are in the domain, no bucket waits for them.
    assert len(prod.of("AWS::S3::Bucket")) == len(SYSTEM.buckets) - 1


@pytest.mark.parametrize("drawn", SYSTEM.buckets, ids=lambda drawn: drawn.name)
def test_a_bucket_keeps_and_announces_what_the_plan_says(dev: Assembly, drawn: Bucket) -> None:
    found = bucket(dev, drawn.name)
    assert (found.get("VersioningConfiguration", {}).get("Status") == "Enabled") == drawn.versioned
    (rule,) = found["LifecycleConfiguration"]["Rules"]
    assert rule.get("ExpirationInDays") == drawn.expire_days
    assert rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == drawn.keep_versions_days
    announced = found.get("NotificationConfiguration", {}).get("EventBridgeConfiguration")
    assert announced == ({"EventBridgeEnabled": True} if drawn.announces else None)


@pytest.mark.parametrize("drawn", SYSTEM.buckets, ids=lambda drawn: drawn.name)
def test_a_bucket_is_private_encrypted_and_behind_tls(dev: Assembly, drawn: Bucket) -> None:
    found = bucket(dev, drawn.name)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    (encryption,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    refusals = [
        statement
        for policy in dev.of("AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    assert len(refusals) == len(SYSTEM.buckets)


def test_no_helper_function_of_cdk_is_deployed(dev: Assembly, prod: Assembly) -> None:
    for assembly in (dev, prod):
        kinds = {resource["Type"] for resource in assembly.resources.values()}
        assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))]


def test_passages_are_found_in_an_encrypted_domain_that_asks_iam(prod: Assembly) -> None:
    domain = prod.only("AWS::OpenSearchService::Domain")
    assert domain["EngineVersion"] == "OpenSearch_2.19"
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["EncryptionAtRestOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    assert domain["EBSOptions"]["VolumeType"] == "gp3"
    (statement,) = domain["AccessPolicies"]["Statement"]
    assert prod.text(statement["Principal"]["AWS"]) == "arn:<AWS::Partition>:iam::<AWS::AccountId>:root"
    (resource,) = listed(statement["Resource"])
    assert prod.text(resource).endswith(f":domain/{domain['DomainName']}/*")


def test_prod_searches_on_several_nodes_in_as_many_zones(prod: Assembly) -> None:
    large = prod.only("AWS::OpenSearchService::Domain")["ClusterConfig"]
    assert large["InstanceCount"] == large["ZoneAwarenessConfig"]["AvailabilityZoneCount"] == 3


def test_dev_has_nothing_that_costs_while_nobody_asks(dev: Assembly) -> None:
    kinds = {resource["Type"] for resource in dev.resources.values()}
    by_the_hour = ("AWS::OpenSearch", "AWS::EC2::", "AWS::ECS::", "AWS::RDS::", "AWS::ElastiCache::", "AWS::Kinesis::")
    assert not [kind for kind in kinds if kind.startswith(by_the_hour)]
    assert dev.only("AWS::DynamoDB::Table")["BillingMode"] == "PAY_PER_REQUEST"


def test_nobody_signs_up_unasked(dev: Assembly) -> None:
    pool = dev.only("AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]


def test_a_persons_creator_is_fixed_and_readable_and_never_writable_by_an_app(dev: Assembly) -> None:
    (attribute,) = [a for a in dev.only("AWS::Cognito::UserPool")["Schema"] if a["Name"] == "creator_id"]
    assert attribute["Mutable"] is False
    client = dev.only("AWS::Cognito::UserPoolClient")
    assert "custom:creator_id" in client["ReadAttributes"]
    # An app without a list could write every standard attribute.
    assert sorted(client["WriteAttributes"]) == ["email", "locale", "name"]


def test_an_app_may_write_what_the_pool_requires(dev: Assembly) -> None:
    # Cognito refuses the client otherwise: "Invalid write attributes specified while creating a client".
    required = {a["Name"] for a in dev.only("AWS::Cognito::UserPool")["Schema"] if a.get("Required")}
    assert required == {"email"}
    assert required <= set(dev.only("AWS::Cognito::UserPoolClient")["WriteAttributes"])


def test_a_new_address_counts_once_it_is_confirmed(dev: Assembly) -> None:
    settings = dev.only("AWS::Cognito::UserPool")["UserAttributeUpdateSettings"]
    assert settings["AttributesRequireVerificationBeforeUpdate"] == ["email"]


def test_apps_sign_in_without_sending_a_password(dev: Assembly) -> None:
    client = dev.only("AWS::Cognito::UserPoolClient")
    assert sorted(client["ExplicitAuthFlows"]) == ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_there_is_a_group_for_each_role(dev: Assembly) -> None:
    groups = dev.of("AWS::Cognito::UserPoolGroup").values()
    assert sorted(group["GroupName"] for group in groups) == sorted(get_args(Role))


def test_prod_keeps_its_data_when_a_stack_goes(dev: Assembly, prod: Assembly) -> None:
    kept = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::OpenSearchService::Domain", "AWS::Cognito::UserPool")
    for assembly, policy in ((dev, "Delete"), (prod, "Retain")):
        found = [r["DeletionPolicy"] for r in assembly.resources.values() if r["Type"] in kept]
        assert set(found) == {policy}
    assert prod.only("AWS::DynamoDB::Table")["DeletionProtectionEnabled"] is True
    assert prod.only("AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"
