"""Who asks, read in one place: the claims that the gateway verified and put into the request context."""

from collections.abc import Mapping
from typing import Any, get_args

from coaching.errors import NotAllowed, NotSignedIn
from coaching.settings import settings
from coaching.vocabulary import CreatorId, Identity, Role, UserId

_ROLES: frozenset[str] = frozenset(get_args(Role))


def identity_of(request_context: Mapping[str, Any]) -> Identity:
    """Return the identity in the context's verified claims.

    Raises: NotSignedIn if there are no claims, or they are not those of this pool's client's ID token.
    """
    claims = (request_context.get("authorizer") or {}).get("claims") or {}
    if claims.get("token_use") != "id" or claims.get("aud") != settings().user_pool_client_id:
        raise NotSignedIn("Sign in and send the ID token as `Authorization: Bearer <token>`.")
    user, creator = claims.get("sub"), claims.get("custom:creator_id")
    if not user or not creator:
        raise NotSignedIn("This token names no creator; ask the creator for an invitation and sign in again.")
    groups = frozenset(str(claims.get("cognito:groups") or "").split(","))
    roles: frozenset[Role] = frozenset(role for role in get_args(Role) if role in groups & _ROLES)
    return Identity(UserId(user), CreatorId(creator), roles)


def permit(route_key: str, request_context: Mapping[str, Any]) -> Identity | None:
    """Return the identity that may call the route, or None for a route that is open to everyone.

    Raises: NotSignedIn; NotAllowed if no role of the caller's may call it, or the route is not in the plan.
    """
    allowed = settings().route_roles.get(route_key)
    if allowed is None:
        raise NotAllowed("This path is not served here.")
    if not allowed:
        return None
    identity = identity_of(request_context)
    if not identity.roles & set(allowed):
        raise NotAllowed(f"This needs the role {' or '.join(allowed)}.")
    return identity
