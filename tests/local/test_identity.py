"""The token check that stands in front of every route, attacked."""

import time
from collections.abc import Callable

import pytest

from coaching.errors import NotSignedIn
from local.identity import LONGEST_TOKEN, TokenVerifier, authorizer_claims, bearer_token
from tests.support import tokens


@pytest.fixture(scope="module")
def verifier() -> TokenVerifier:
    return TokenVerifier(tokens.jwks(), tokens.ISSUER, tokens.AUDIENCE)


def test_a_good_id_token_gives_its_claims(verifier: TokenVerifier) -> None:
    assert verifier.verify(tokens.signed())["custom:creator_id"] == "demo"


REFUSED: dict[str, Callable[[], str]] = {
    "expired": lambda: tokens.signed(exp=int(time.time()) - 1),
    "of another pool's key under our key's name": lambda: tokens.signed(tokens.foreign_key()),
    "of a key that is not ours": lambda: tokens.signed(tokens.foreign_key(), kid="k2"),
    "bringing its own key": tokens.with_own_key_in_header,
    "access instead of ID": lambda: tokens.signed(token_use="access"),
    "access without audience": lambda: tokens.signed(token_use="access", aud=None, client_id=tokens.AUDIENCE),
    "alg none": tokens.unsigned,
    "HS256 with the public key": tokens.signed_with_the_public_key,
    "for another client": lambda: tokens.signed(aud="another-client"),
    "for several clients": lambda: tokens.signed(aud=[tokens.AUDIENCE, "another-client"]),
    "of another issuer": lambda: tokens.signed(iss=f"{tokens.ISSUER}x"),
    "without issuer": lambda: tokens.signed(iss=None),
    "without expiry": lambda: tokens.signed(exp=None),
    "from the future": lambda: tokens.signed(iat=int(time.time()) + 600),
    "without creator": lambda: tokens.signed(changed={"custom:creator_id": None}),
    "with an empty creator": lambda: tokens.signed(changed={"custom:creator_id": ""}),
    "with a creator that is no text": lambda: tokens.signed(changed={"custom:creator_id": ["demo"]}),
    "without user": lambda: tokens.signed(sub=None),
    "with an empty user": lambda: tokens.signed(sub=""),
    "with a user that is no text": lambda: tokens.signed(sub=7),
    "garbage": lambda: "garbage",
    "three empty parts": lambda: "..",
    "not ASCII": lambda: "ümläut.ümläut.ümläut",
    "a header that is no object": lambda: "W10.e30.AAAA",
    "a key name that is no text": lambda: "eyJhbGciOiJSUzI1NiIsImtpZCI6WzFdfQ.e30.AAAA",
    "empty": lambda: "",
    "huge": lambda: tokens.signed(padding="x" * LONGEST_TOKEN),
    "changed after it was signed": lambda: tokens.signed()[:-4] + "AAAA",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_a_token(verifier: TokenVerifier, kind: str) -> None:
    with pytest.raises(NotSignedIn):
        verifier.verify(REFUSED[kind]())


def test_the_refusal_does_not_repeat_the_token(verifier: TokenVerifier) -> None:
    with pytest.raises(NotSignedIn) as refused:
        verifier.verify("secret.secret.secret")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcg==", "token-alone"])
def test_an_authorization_header_without_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(NotSignedIn):
        bearer_token(header)


def test_the_scheme_may_be_written_in_any_case() -> None:
    assert bearer_token("bEARER abc") == "abc"


def test_claims_reach_a_function_as_text_with_groups_joined_by_commas() -> None:
    handed = authorizer_claims(tokens.claims(exp=17))
    assert handed["cognito:groups"] == "user,coach"
    assert handed["exp"] == "17"
