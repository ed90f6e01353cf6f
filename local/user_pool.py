"""The local Cognito user pool: who may sign in, and ID tokens for them."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from coaching.vocabulary import Role
from local.functions import REGION
from local.loopback import fetch_json

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CREATOR_ATTRIBUTE = "custom:creator_id"
# A user's name in the pool is `creator.label`: without dots in the first part no two tenants can share one.
_CREATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}")


@dataclass(frozen=True, slots=True)
class UserPool:
    """`url` is where the pool answers; `issuer` is what stands in its tokens, as on AWS."""

    url: str
    pool_id: str
    client_id: str

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool_id}"

    def jwks(self) -> Mapping[str, Any]:
        """Return the keys that sign the pool's tokens."""
        keys: Mapping[str, Any] = fetch_json(f"{self.url}/{self.pool_id}/.well-known/jwks.json")
        return keys


def create_user_pool(cognito: "CognitoIdentityProviderClient", url: str) -> UserPool:
    """Create the pool with a group per role. Users may read which creator they belong to, and not change it."""
    pool = cognito.create_user_pool(
        PoolName="coaching",
        Schema=[{"Name": "creator_id", "AttributeDataType": "String", "Mutable": False}],
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        ReadAttributes=[CREATOR_ATTRIBUTE],
        WriteAttributes=["email"],
    )["UserPoolClient"]["ClientId"]
    for role in get_args(Role):
        cognito.create_group(UserPoolId=pool, GroupName=role)
    return UserPool(url, pool, client)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Signs users in without a password of their own, which only the pool's administrator can."""

    cognito: "CognitoIdentityProviderClient"
    pool: UserPool

    def token(self, creator: str, role: Role, label: str) -> str:
        """Return an ID token of the creator's user `label`, who has exactly this role now.

        An unknown user is created. Raises: ValueError for a creator or label that cannot be a name.
        """
        self.create(creator, label)
        username = _username(creator, label)
        self._take_role(username, role)
        password = secrets.token_urlsafe(24) + "aA1!"
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool.pool_id, Username=username, Password=password, Permanent=True
        )
        answer = self.cognito.admin_initiate_auth(
            UserPoolId=self.pool.pool_id,
            ClientId=self.pool.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        return answer["AuthenticationResult"]["IdToken"]

    def user_id(self, creator: str, label: str) -> str:
        """Return the id that stands in a known user's tokens."""
        user = self.cognito.admin_get_user(UserPoolId=self.pool.pool_id, Username=_username(creator, label))
        return next(each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub")

    def create(self, creator: str, label: str) -> bool:
        """Create the user; return whether it is new. Raises: ValueError."""
        try:
            self.cognito.admin_create_user(
                UserPoolId=self.pool.pool_id,
                Username=_username(creator, label),
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": CREATOR_ATTRIBUTE, "Value": creator}],
            )
        except self.cognito.exceptions.UsernameExistsException:
            return False
        return True

    def _take_role(self, username: str, role: Role) -> None:
        pool = self.pool.pool_id
        groups = self.cognito.admin_list_groups_for_user(UserPoolId=pool, Username=username)["Groups"]
        for group in groups:
            if group["GroupName"] != role:
                self.cognito.admin_remove_user_from_group(
                    UserPoolId=pool, Username=username, GroupName=group["GroupName"]
                )
        self.cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=role)


def _username(creator: str, label: str) -> str:
    if not _CREATOR.fullmatch(creator):
        raise ValueError("A creator's id has 1 to 63 letters, digits, _ and -, and begins with a letter or digit.")
    if not _LABEL.fullmatch(label):
        raise ValueError("A user's label has 1 to 63 letters, digits and _ . @ -, and begins with a letter or digit.")
    return f"{creator}.{label}"
