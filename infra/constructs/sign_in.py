"""Who may sign in: the user pool and the client of the creators' apps."""

from typing import get_args

from aws_cdk import Duration
from aws_cdk.aws_cognito import (
    AccountRecovery,
    AuthFlow,
    AutoVerifiedAttrs,
    CfnUserPoolGroup,
    ClientAttributes,
    KeepOriginalAttrs,
    PasswordPolicy,
    SignInAliases,
    StandardAttribute,
    StandardAttributes,
    StringAttribute,
    UserPool,
)
from constructs import Construct

from coaching.vocabulary import Role
from infra.stage import Stage


class SignIn(Construct):
    """`pool` and `client`. People are invited, and their creator is fixed when they are."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.pool = UserPool(
            self,
            "Pool",
            self_sign_up_enabled=False,
            sign_in_aliases=SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=AutoVerifiedAttrs(email=True),
            # A new address counts once its owner has confirmed it; until then the one before stays.
            keep_original=KeepOriginalAttrs(email=True),
            account_recovery=AccountRecovery.EMAIL_ONLY,
            standard_attributes=StandardAttributes(email=StandardAttribute(required=True, mutable=True)),
            # The tenant: set when the person is invited, and by nobody afterwards.
            custom_attributes={"creator_id": StringAttribute(mutable=False, min_len=1, max_len=64)},
            password_policy=PasswordPolicy(min_length=12, temp_password_validity=Duration.days(3)),
            deletion_protection=stage.deletion_protection,
            removal_policy=stage.removal_policy,
        )
        self.client = self.pool.add_client(
            "App",
            generate_secret=False,
            auth_flows=AuthFlow(user_srp=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            id_token_validity=Duration.hours(1),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
            read_attributes=ClientAttributes().with_standard_attributes(
                email=True, email_verified=True, fullname=True, locale=True
            ).with_custom_attributes("creator_id"),
            # Listed, because a client without a list may write every standard attribute. Cognito refuses a client that
            # may not write a required one (github.com/aws/aws-cdk/issues/2608).
            write_attributes=ClientAttributes().with_standard_attributes(email=True, fullname=True, locale=True),
        )  # fmt: skip
        for role in get_args(Role):
            group = CfnUserPoolGroup(self, f"{role.title()}s", user_pool_id=self.pool.user_pool_id, group_name=role)
            group.apply_removal_policy(stage.removal_policy)
