"""Opaque list cursors, each bound to one list of one owner.

A cursor holds no secret: the list it names is compared with the list that is asked for, so a cursor of
another tenant, user or list is refused.
"""

import base64
import json

from coaching.errors import Malformed

LONGEST_ENTRY = 200
"""Characters of an entry's name. What is longer never was one, and no storage key could hold it."""


def cursor_after(scope: tuple[str, ...], last: str) -> str:
    """Return the cursor of the page that follows the entry `last` in the list `scope`."""
    text = json.dumps([*scope, last], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def last_before(scope: tuple[str, ...], cursor: str) -> str:
    """Return the entry after which the page starts. Raises: Malformed unless the cursor is of this very list."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise Malformed("The cursor cannot be read; start again without one.") from error
    match parts:
        case [*owner, str(last)] if owner == list(scope) and len(last) <= LONGEST_ENTRY:
            return last
        case _:
            raise Malformed("The cursor belongs to another list; start again without one.")
