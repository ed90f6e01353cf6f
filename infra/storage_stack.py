"""What must survive a deployment of the code: data, passages, people, and who is told of alarms."""

from aws_cdk import Aws, CfnOutput, Stack
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra.constructs.passage_search import PassageSearch
from infra.constructs.sign_in import SignIn
from infra.constructs.storage_bucket import StorageBucket
from infra.constructs.table import CoachingTable
from infra.plan import System
from infra.stage import Stage


class StorageStack(Stack):
    """`table`, `buckets` by their names in the plan, `search` if the stage has it, `sign_in` and the `alarms` topic."""

    def __init__(self, scope: Construct, *, system: System, stage: Stage) -> None:
        super().__init__(
            scope,
            f"{stage.prefix}-storage",
            description="Creator Coach: what it keeps",
            termination_protection=stage.deletion_protection,
        )
        self.table = CoachingTable(self, "Coaching", drawn=system.table, stage=stage).table
        self.buckets: dict[str, Bucket] = {
            bucket.name: StorageBucket(self, bucket.name.title(), drawn=bucket, stage=stage).bucket
            for bucket in system.buckets
        }
        self.search = PassageSearch(self, "Passages", size=stage.search, stage=stage) if stage.search else None
        self.sign_in = SignIn(self, "SignIn", stage=stage)
        self.alarms = self._alarm_topic(stage)
        CfnOutput(self, "UserPoolId", value=self.sign_in.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.sign_in.client.user_pool_client_id)

    def _alarm_topic(self, stage: Stage) -> Topic:
        topic = Topic(self, "Alarms", topic_name=f"{stage.prefix}-alarms", enforce_ssl=True)
        topic.add_to_resource_policy(
            PolicyStatement(
                principals=[ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if stage.alarm_email:
            topic.add_subscription(EmailSubscription(stage.alarm_email))
        return topic
