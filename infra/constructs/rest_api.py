"""The HTTP API: every route of the plan, on a regional REST API that checks tokens itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_apigateway import (
    AccessLogFormat,
    AuthorizationType,
    CfnGatewayResponse,
    CognitoUserPoolsAuthorizer,
    EndpointType,
    LambdaIntegration,
    LogGroupLogDestination,
    MethodLoggingLevel,
    ResponseTransferMode,
    RestApi,
    StageOptions,
)
from aws_cdk.aws_cognito import IUserPool
from aws_cdk.aws_logs import LogGroup
from constructs import Construct

from infra.constructs.capability import CapabilityFunction
from infra.gateway_responses import GatewayResponse, gateway_responses
from infra.plan import Route
from infra.stage import Stage

# The path's template and ids: what a user wrote stands in no path, and queries and bodies stay out.
ACCESS_LOG: Final = {
    "request_id": "$context.requestId",
    "route": "$context.httpMethod $context.resourcePath",
    "status": "$context.status",
    "gateway_response": "$context.error.responseType",
    "user_id": "$context.authorizer.claims.sub",
    "milliseconds": "$context.responseLatency",
    "function_milliseconds": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "requested_at": "$context.requestTimeEpoch",
}


class CoachingApi(Construct):
    """`api`, with one method per route. A route with roles takes the pool's ID tokens; its function checks the role."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        routes: Sequence[Route],
        functions: Mapping[str, CapabilityFunction],
        pool: IUserPool,
        stage: Stage,
    ) -> None:
        super().__init__(scope, construct_id)
        self.api = self._rest_api(stage)
        authorizer = CognitoUserPoolsAuthorizer(self, "IdToken", cognito_user_pools=[pool])
        integrations = {name: _integration(function) for name, function in functions.items()}
        for route in routes:
            self.api.root.resource_for_path(route.path).add_method(
                route.method,
                integrations[route.capability],
                authorization_type=AuthorizationType.COGNITO if route.roles else AuthorizationType.NONE,
                authorizer=authorizer if route.roles else None,
            )
        for response in gateway_responses():
            self._answer(response)

    def _rest_api(self, stage: Stage) -> RestApi:
        access_log = LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{stage.prefix}-access",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        return RestApi(
            self,
            "Api",
            rest_api_name=stage.prefix,
            # An edge-optimised API ends a silent stream after 30 seconds, a regional one after 5 minutes.
            endpoint_types=[EndpointType.REGIONAL],
            cloud_watch_role=True,
            # The role belongs to the account's gateway in this region, so it outlives the stack.
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN,
            deploy_options=StageOptions(
                stage_name=stage.name,
                throttling_rate_limit=stage.requests_per_second,
                throttling_burst_limit=stage.request_burst,
                tracing_enabled=True,
                metrics_enabled=True,
                # Execution logs would hold bodies.
                logging_level=MethodLoggingLevel.OFF,
                data_trace_enabled=False,
                access_log_destination=LogGroupLogDestination(access_log),
                access_log_format=AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
            ),
        )

    def _answer(self, response: GatewayResponse) -> None:
        resource = CfnGatewayResponse(
            self,
            response.response_type,
            rest_api_id=self.api.rest_api_id,
            response_type=response.response_type,
            status_code=str(response.status),
            response_templates={"application/json": response.body},
            response_parameters={
                f"gatewayresponse.header.{name}": f"'{value}'" for name, value in response.headers.items()
            },
        )
        # A deployment is a snapshot: without this it may be taken before the answer is there.
        if self.api.latest_deployment:
            self.api.latest_deployment.node.add_dependency(resource)
            self.api.latest_deployment.add_to_logical_id(response.body)


def _integration(owner: CapabilityFunction) -> LambdaIntegration:
    if not owner.capability.asgi:
        return LambdaIntegration(owner.function, allow_test_invoke=False)
    return LambdaIntegration(
        owner.function,
        allow_test_invoke=False,
        response_transfer_mode=ResponseTransferMode.STREAM,
        timeout=Duration.seconds(owner.capability.timeout_seconds),
    )
