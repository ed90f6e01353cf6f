"""A bucket, as the plan draws it."""

from aws_cdk import Duration
from aws_cdk.aws_s3 import BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, LifecycleRule, ObjectOwnership
from constructs import Construct

from infra import plan
from infra.stage import Stage


class StorageBucket(Construct):
    """`bucket` is private, encrypted and answers over TLS only."""

    def __init__(self, scope: Construct, construct_id: str, *, drawn: plan.Bucket, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.bucket = Bucket(
            self,
            "Bucket",
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            versioned=drawn.versioned,
            lifecycle_rules=[_lifecycle(drawn)],
            removal_policy=stage.removal_policy,
        )
        if drawn.announces:
            _announce(self.bucket)


def _lifecycle(drawn: plan.Bucket) -> LifecycleRule:
    kept = drawn.keep_versions_days
    return LifecycleRule(
        abort_incomplete_multipart_upload_after=Duration.days(1),
        expiration=Duration.days(drawn.expire_days) if drawn.expire_days else None,
        noncurrent_version_expiration=Duration.days(kept) if kept else None,
    )


def _announce(bucket: Bucket) -> None:
    # Bucket(event_bridge_enabled=True) would bring a custom resource and its Lambda for this one property.
    resource = bucket.node.default_child
    if not isinstance(resource, CfnBucket):
        raise TypeError("A Bucket's default child is its CfnBucket.")
    resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
    )
