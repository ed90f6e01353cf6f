"""A user pool of a test's own: keys, and tokens that are right or wrong in one respect."""

import base64
import hashlib
import hmac
import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.functions import Json

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Test00001"
AUDIENCE = "client-of-the-app"


@cache
def pool_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def foreign_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks() -> dict[str, Any]:
    """Return the pool's keys as it publishes them."""
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(pool_key().public_key()))
    return {"keys": [{**key, "kid": "k1", "alg": "RS256", "use": "sig"}]}


def claims(**changed: Json) -> dict[str, Any]:
    """Return the claims of a good ID token with some of them changed; None leaves a claim out."""
    moment = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-1",
        "custom:creator_id": "demo",
        "cognito:groups": ["user", "coach"],
        "token_use": "id",
        "iat": moment,
        "exp": moment + 3600,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(
    key: rsa.RSAPrivateKey | None = None, kid: str = "k1", changed: dict[str, Json] | None = None, **more: Json
) -> str:
    """Return a token signed with RS256, by the pool's key unless another is given."""
    return jwt.encode(claims(**(changed or {}), **more), key or pool_key(), algorithm="RS256", headers={"kid": kid})


def unsigned() -> str:
    """Return a token that says `alg: none`."""
    return f"{_part({'alg': 'none', 'typ': 'JWT', 'kid': 'k1'})}.{_part(claims())}."


def signed_with_the_public_key() -> str:
    """Return a token with an HMAC keyed by the pool's public key, which everyone has."""
    public = pool_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{_part(claims())}"
    return f"{text}.{_encoded(hmac.new(public, text.encode(), hashlib.sha256).digest())}"


def with_own_key_in_header() -> str:
    """Return a token that brings the key along by which it wants to be checked."""
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(foreign_key().public_key()))
    return jwt.encode(claims(), foreign_key(), algorithm="RS256", headers={"kid": "k1", "jwk": own})


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
