"""Checks an ID token as the API's Cognito authorizer does. The only way into the local gateway with an identity."""

from collections.abc import Mapping
from typing import Any

import jwt

from coaching.errors import NotSignedIn

LONGEST_TOKEN = 8_192
"""Characters. API Gateway takes 10,240 bytes of headers in all."""
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "token_use", "custom:creator_id"]


class TokenVerifier:
    """Knows one user pool's keys (`jwks`, as the pool publishes them), its issuer and the one client it serves."""

    def __init__(self, jwks: Mapping[str, Any], issuer: str, audience: str) -> None:
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys}
        self._issuer = issuer
        self._audience = audience

    def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a valid ID token. Raises: NotSignedIn, with the same words for every forgery."""
        try:
            claims = self._decoded(token)
        except jwt.ExpiredSignatureError:
            raise NotSignedIn("The token has expired; sign in again.") from None
        except jwt.InvalidTokenError:
            raise NotSignedIn("The token is not valid here; send this pool's ID token.") from None
        if claims["token_use"] != "id":  # noqa: S105
            raise NotSignedIn("This is not an ID token; send the ID token.")
        return claims

    def _decoded(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise jwt.InvalidTokenError("too long")
        key = self._keys.get(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            raise jwt.InvalidTokenError("unknown key")
        # The algorithm is ours to choose: what the token's header says about it is only compared.
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            issuer=self._issuer,
            audience=self._audience,
            options={"require": _REQUIRED, "strict_aud": True},
        )
        if not all(isinstance(claims[name], str) and claims[name] for name in ("sub", "custom:creator_id")):
            raise jwt.InvalidTokenError("empty claim")
        return claims


def bearer_token(authorization: str | None) -> str:
    """Return the token of an `Authorization` header. Raises: NotSignedIn."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("Sign in and send the ID token as `Authorization: Bearer <token>`.")
    return token.strip()


def authorizer_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the claims as a REST API hands them to a function: all of them text, groups joined by commas."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in claims.items()
    }
