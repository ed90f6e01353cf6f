"""Signing in locally: tokens that the gateway's own check accepts, tenants that cannot meet."""

import pytest

from coaching.vocabulary import Role
from local.identity import TokenVerifier
from local.user_pool import SignIn
from tests.support.small_cloud import SmallCloud

pytestmark = pytest.mark.xdist_group("aws")


@pytest.fixture
def sign_in(aws: SmallCloud) -> SignIn:
    return SignIn(aws.cloud.clients.cognito, aws.cloud.user_pool)


@pytest.fixture
def verifier(aws: SmallCloud) -> TokenVerifier:
    pool = aws.cloud.user_pool
    return TokenVerifier(pool.jwks(), pool.issuer, pool.client_id)


def test_a_token_names_the_creator_the_user_and_the_role(sign_in: SignIn, verifier: TokenVerifier) -> None:
    claims = verifier.verify(sign_in.token("acme", "coach", "ann@example.com"))
    assert (claims["custom:creator_id"], claims["cognito:groups"]) == ("acme", ["coach"])


def test_a_user_stays_the_same_and_has_only_the_role_asked_for(sign_in: SignIn, verifier: TokenVerifier) -> None:
    roles: tuple[Role, ...] = ("user", "creator", "user")
    seen = [verifier.verify(sign_in.token("acme", role, "bob")) for role in roles]
    assert [claims["cognito:groups"] for claims in seen] == [["user"], ["creator"], ["user"]]
    assert len({claims["sub"] for claims in seen}) == 1


def test_users_of_one_name_belong_to_their_own_creators(sign_in: SignIn, verifier: TokenVerifier) -> None:
    first, second = (verifier.verify(sign_in.token(creator, "user", "user-1")) for creator in ("acme", "other"))
    assert first["sub"] != second["sub"]
    assert (first["custom:creator_id"], second["custom:creator_id"]) == ("acme", "other")


@pytest.mark.parametrize(
    ("creator", "label"), [("a.b", "c"), ("", "c"), ("a", ""), ("a b", "c"), ("a#b", "c"), ("a", "x/y")]
)
def test_a_name_that_could_be_mistaken_is_refused(sign_in: SignIn, creator: str, label: str) -> None:
    with pytest.raises(ValueError, match="has 1 to 63"):
        sign_in.token(creator, "user", label)
